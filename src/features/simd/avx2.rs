//! Eight lanes with AVX2 and FMA.

use std::arch::x86_64::*;

use super::vector::{LANES, Lanes, MANTISSA, SQRT_HALF, Simd, Wide};

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

/// Eight values from anywhere.
#[target_feature(enable = "avx2,fma")]
#[inline]
fn load(from: &[f32; LANES]) -> __m256 {
    // SAFETY: `from` is valid for 32 bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_ps(from.as_ptr()) }
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
    fn mul(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        // SAFETY: `self` proves AVX.
        unsafe { _mm256_mul_ps(a, b) }
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
    fn split_exponent(self, a: Self::F32) -> (Self::F32, Self::F32) {
        // SAFETY: `self` proves AVX2.
        unsafe {
            let base = _mm256_set1_epi32(SQRT_HALF);
            let shifted = _mm256_sub_epi32(_mm256_castps_si256(a), base);
            let mantissa = _mm256_add_epi32(_mm256_and_si256(shifted, _mm256_set1_epi32(MANTISSA)), base);
            let exponent = _mm256_cvtepi32_ps(_mm256_srai_epi32::<23>(shifted));
            (exponent, _mm256_sub_ps(_mm256_castsi256_ps(mantissa), _mm256_set1_ps(1.0)))
        }
    }
    #[inline(always)]
    fn greater(self, a: Self::F32, b: Self::F32) -> u8 {
        // SAFETY: `self` proves AVX.
        (unsafe { _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GT_OQ>(a, b)) }) as u8
    }
    #[inline(always)]
    fn transpose(self, frames: [&[f32; LANES]; LANES]) -> [Self::F32; LANES] {
        // SAFETY: `self` proves AVX2 and FMA.
        unsafe {
            // Spelled out: a closure would be compiled without AVX, and every instruction in it would become a call.
            let [r0, r1, r2, r3] = [load(frames[0]), load(frames[1]), load(frames[2]), load(frames[3])];
            let [r4, r5, r6, r7] = [load(frames[4]), load(frames[5]), load(frames[6]), load(frames[7])];
            let [a0, a1] = [_mm256_unpacklo_ps(r0, r1), _mm256_unpackhi_ps(r0, r1)];
            let [b0, b1] = [_mm256_unpacklo_ps(r2, r3), _mm256_unpackhi_ps(r2, r3)];
            let [c0, c1] = [_mm256_unpacklo_ps(r4, r5), _mm256_unpackhi_ps(r4, r5)];
            let [d0, d1] = [_mm256_unpacklo_ps(r6, r7), _mm256_unpackhi_ps(r6, r7)];
            let [e0, f0] = [_mm256_shuffle_ps::<0x44>(a0, b0), _mm256_shuffle_ps::<0x44>(c0, d0)];
            let [e1, f1] = [_mm256_shuffle_ps::<0xEE>(a0, b0), _mm256_shuffle_ps::<0xEE>(c0, d0)];
            let [e2, f2] = [_mm256_shuffle_ps::<0x44>(a1, b1), _mm256_shuffle_ps::<0x44>(c1, d1)];
            let [e3, f3] = [_mm256_shuffle_ps::<0xEE>(a1, b1), _mm256_shuffle_ps::<0xEE>(c1, d1)];
            [
                _mm256_permute2f128_ps::<0x20>(e0, f0),
                _mm256_permute2f128_ps::<0x20>(e1, f1),
                _mm256_permute2f128_ps::<0x20>(e2, f2),
                _mm256_permute2f128_ps::<0x20>(e3, f3),
                _mm256_permute2f128_ps::<0x31>(e0, f0),
                _mm256_permute2f128_ps::<0x31>(e1, f1),
                _mm256_permute2f128_ps::<0x31>(e2, f2),
                _mm256_permute2f128_ps::<0x31>(e3, f3),
            ]
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
