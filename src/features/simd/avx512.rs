//! Eight lanes with AVX-512: double precision in one register; single precision is AVX2's.

use std::arch::x86_64::*;

use super::avx2::Avx2;
use super::vector::{LANES, Lanes, Simd, Wide};

/// The processor has AVX-512 F, VL, DQ and BW, and AVX2 and FMA.
#[derive(Clone, Copy)]
pub(super) struct Avx512(Avx2);

impl Avx512 {
    /// The proof, which only code compiled for these features can make.
    #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
    #[inline]
    pub fn new() -> Self {
        Self(Avx2::new())
    }
}

impl Simd for Avx512 {
    type F32 = __m256;
    type F64 = __m512d;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::F32 {
        self.0.load(from)
    }
    #[inline(always)]
    fn store(self, value: Self::F32, to: &mut Lanes) {
        self.0.store(value, to);
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::F32 {
        self.0.splat(value)
    }
    #[inline(always)]
    fn add(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        self.0.add(a, b)
    }
    #[inline(always)]
    fn mul(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        self.0.mul(a, b)
    }
    #[inline(always)]
    fn min(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        self.0.min(a, b)
    }
    #[inline(always)]
    fn max(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        self.0.max(a, b)
    }
    #[inline(always)]
    fn sqrt(self, a: Self::F32) -> Self::F32 {
        self.0.sqrt(a)
    }
    #[inline(always)]
    fn mul_add(self, a: Self::F32, b: Self::F32, c: Self::F32) -> Self::F32 {
        self.0.mul_add(a, b, c)
    }
    #[inline(always)]
    fn split_exponent(self, a: Self::F32) -> (Self::F32, Self::F32) {
        self.0.split_exponent(a)
    }
    #[inline(always)]
    fn greater(self, a: Self::F32, b: Self::F32) -> u8 {
        self.0.greater(a, b)
    }
    #[inline(always)]
    fn transpose(self, frames: [&[f32; LANES]; LANES]) -> [Self::F32; LANES] {
        self.0.transpose(frames)
    }

    #[inline(always)]
    fn widen(self, a: Self::F32) -> Self::F64 {
        // SAFETY: `self` proves AVX-512 F.
        unsafe { _mm512_cvtps_pd(a) }
    }
    #[inline(always)]
    fn narrow(self, a: Self::F64) -> Self::F32 {
        // SAFETY: `self` proves AVX-512 F.
        unsafe { _mm512_cvtpd_ps(a) }
    }
    #[inline(always)]
    fn load64(self, from: &Wide) -> Self::F64 {
        // SAFETY: `from` is valid for 64 bytes and aligned to 64; `self` proves AVX-512 F.
        unsafe { _mm512_load_pd(from.0.as_ptr()) }
    }
    #[inline(always)]
    fn store64(self, value: Self::F64, to: &mut Wide) {
        // SAFETY: `to` is valid for 64 bytes and aligned to 64; `self` proves AVX-512 F.
        unsafe { _mm512_store_pd(to.0.as_mut_ptr(), value) }
    }
    #[inline(always)]
    fn splat64(self, value: f64) -> Self::F64 {
        // SAFETY: `self` proves AVX-512 F.
        unsafe { _mm512_set1_pd(value) }
    }
    #[inline(always)]
    fn add64(self, a: Self::F64, b: Self::F64) -> Self::F64 {
        // SAFETY: `self` proves AVX-512 F.
        unsafe { _mm512_add_pd(a, b) }
    }
    #[inline(always)]
    fn sub64(self, a: Self::F64, b: Self::F64) -> Self::F64 {
        // SAFETY: `self` proves AVX-512 F.
        unsafe { _mm512_sub_pd(a, b) }
    }
    #[inline(always)]
    fn mul64(self, a: Self::F64, b: Self::F64) -> Self::F64 {
        // SAFETY: `self` proves AVX-512 F.
        unsafe { _mm512_mul_pd(a, b) }
    }
    #[inline(always)]
    fn mul_add64(self, a: Self::F64, b: Self::F64, c: Self::F64) -> Self::F64 {
        // SAFETY: `self` proves AVX-512 F.
        unsafe { _mm512_fmadd_pd(a, b, c) }
    }
    #[inline(always)]
    fn mul_sub64(self, a: Self::F64, b: Self::F64, c: Self::F64) -> Self::F64 {
        // SAFETY: `self` proves AVX-512 F.
        unsafe { _mm512_fmsub_pd(a, b, c) }
    }
}
