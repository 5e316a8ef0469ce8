//! Eight lanes with AVX2 and FMA.

use std::arch::x86_64::*;

use super::vector::{LANES, Lanes, Simd, Wide};

/// The processor has AVX2 and FMA.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// The proof, which only code compiled for these features can make.
    #[target_feature(enable = "avx2,fma")]
    #[inline]
    pub fn new() -> Self {
        Self(())
    }
}

impl Simd for Avx2 {
    type F32 = __m256;
    type F64 = [__m256d; 2];

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::F32 {
        // SAFETY: `from` is valid for 32 bytes and aligned to 32; `self` proves AVX.
        unsafe { _mm256_load_ps(from.0.as_ptr()) }
    }
    #[inline(always)]
    fn store(self, value: Self::F32, to: &mut Lanes) {
        // SAFETY: `to` is valid for 32 bytes and aligned to 32; `self` proves AVX.
        unsafe { _mm256_store_ps(to.0.as_mut_ptr(), value) }
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::F32 {
        // SAFETY: `self` proves AVX.
        unsafe { _mm256_set1_ps(value) }
    }
    #[inline(always)]
    fn add(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        // SAFETY: `self` proves AVX.
        unsafe { _mm256_add_ps(a, b) }
    }
    #[inline(always)]
    fn min(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        // SAFETY: `self` proves AVX.
        unsafe { _mm256_min_ps(a, b) }
    }
    #[inline(always)]
    fn max(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        // SAFETY: `self` proves AVX.
        unsafe { _mm256_max_ps(a, b) }
    }
    #[inline(always)]
    fn sqrt(self, a: Self::F32) -> Self::F32 {
        // SAFETY: `self` proves AVX.
        unsafe { _mm256_sqrt_ps(a) }
    }
    #[inline(always)]
    fn mul_add(self, a: Self::F32, b: Self::F32, c: Self::F32) -> Self::F32 {
        // SAFETY: `self` proves FMA.
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }
    #[inline(always)]
    fn greater(self, a: Self::F32, b: Self::F32) -> u8 {
        // SAFETY: `self` proves AVX.
        (unsafe { _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(a, b)) }) as u8
    }
    #[inline(always)]
    fn transpose(self, frames: [&[f32; LANES]; LANES]) -> [Self::F32; LANES] {
        // SAFETY: each reference is valid for 32 bytes, loads are unaligned; `self` proves AVX.
        unsafe {
            let rows = frames.map(|frame| _mm256_loadu_ps(frame.as_ptr()));
            let low = [0, 2, 4, 6].map(|i| _mm256_unpacklo_ps(rows[i], rows[i + 1]));
            let high = [0, 2, 4, 6].map(|i| _mm256_unpackhi_ps(rows[i], rows[i + 1]));
            let quads = [
                [_mm256_shuffle_ps::<0x44>(low[0], low[1]), _mm256_shuffle_ps::<0x44>(low[2], low[3])],
                [_mm256_shuffle_ps::<0xEE>(low[0], low[1]), _mm256_shuffle_ps::<0xEE>(low[2], low[3])],
                [_mm256_shuffle_ps::<0x44>(high[0], high[1]), _mm256_shuffle_ps::<0x44>(high[2], high[3])],
                [_mm256_shuffle_ps::<0xEE>(high[0], high[1]), _mm256_shuffle_ps::<0xEE>(high[2], high[3])],
            ];
            let first = quads.map(|[a, b]| _mm256_permute2f128_ps::<0x20>(a, b));
            let last = quads.map(|[a, b]| _mm256_permute2f128_ps::<0x31>(a, b));
            [first[0], first[1], first[2], first[3], last[0], last[1], last[2], last[3]]
        }
    }

    #[inline(always)]
    fn widen(self, a: Self::F32) -> Self::F64 {
        // SAFETY: `self` proves AVX.
        unsafe { [_mm256_cvtps_pd(_mm256_castps256_ps128(a)), _mm256_cvtps_pd(_mm256_extractf128_ps::<1>(a))] }
    }
    #[inline(always)]
    fn narrow(self, a: Self::F64) -> Self::F32 {
        // SAFETY: `self` proves AVX.
        unsafe { _mm256_set_m128(_mm256_cvtpd_ps(a[1]), _mm256_cvtpd_ps(a[0])) }
    }
    #[inline(always)]
    fn load64(self, from: &Wide) -> Self::F64 {
        // SAFETY: `from` is valid for 64 bytes and aligned to 64; `self` proves AVX.
        unsafe { [_mm256_load_pd(from.0.as_ptr()), _mm256_load_pd(from.0.as_ptr().add(4))] }
    }
    #[inline(always)]
    fn store64(self, value: Self::F64, to: &mut Wide) {
        // SAFETY: `to` is valid for 64 bytes and aligned to 64; `self` proves AVX.
        unsafe {
            _mm256_store_pd(to.0.as_mut_ptr(), value[0]);
            _mm256_store_pd(to.0.as_mut_ptr().add(4), value[1]);
        }
    }
    #[inline(always)]
    fn splat64(self, value: f64) -> Self::F64 {
        // SAFETY: `self` proves AVX.
        unsafe { [_mm256_set1_pd(value); 2] }
    }
    #[inline(always)]
    fn add64(self, a: Self::F64, b: Self::F64) -> Self::F64 {
        // SAFETY: `self` proves AVX.
        unsafe { [_mm256_add_pd(a[0], b[0]), _mm256_add_pd(a[1], b[1])] }
    }
    #[inline(always)]
    fn sub64(self, a: Self::F64, b: Self::F64) -> Self::F64 {
        // SAFETY: `self` proves AVX.
        unsafe { [_mm256_sub_pd(a[0], b[0]), _mm256_sub_pd(a[1], b[1])] }
    }
    #[inline(always)]
    fn mul64(self, a: Self::F64, b: Self::F64) -> Self::F64 {
        // SAFETY: `self` proves AVX.
        unsafe { [_mm256_mul_pd(a[0], b[0]), _mm256_mul_pd(a[1], b[1])] }
    }
    #[inline(always)]
    fn mul_add64(self, a: Self::F64, b: Self::F64, c: Self::F64) -> Self::F64 {
        // SAFETY: `self` proves FMA.
        unsafe { [_mm256_fmadd_pd(a[0], b[0], c[0]), _mm256_fmadd_pd(a[1], b[1], c[1])] }
    }
    #[inline(always)]
    fn mul_sub64(self, a: Self::F64, b: Self::F64, c: Self::F64) -> Self::F64 {
        // SAFETY: `self` proves FMA.
        unsafe { [_mm256_fmsub_pd(a[0], b[0], c[0]), _mm256_fmsub_pd(a[1], b[1], c[1])] }
    }
}
