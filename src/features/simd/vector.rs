//! The operations that kernels are written in.

/// Frames that are processed side by side.
pub(in crate::features) const LANES: usize = 8;

/// One value of each of eight frames.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C, align(32))]
pub(in crate::features) struct Lanes(pub [f32; LANES]);

/// One value of each of eight frames, in double precision.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C, align(64))]
pub(in crate::features) struct Wide(pub [f64; LANES]);

/// Bits of `sqrt(1/2)`, where [`Simd::split_exponent`] begins a mantissa.
pub(super) const SQRT_HALF: i32 = 0x3f35_04f3;
/// Bits of a mantissa.
pub(super) const MANTISSA: i32 = 0x007f_ffff;

/// Eight-lane arithmetic of one instruction set. A value of the type is the proof that the processor has it.
///
/// `min` and `max` return their second operand where a lane is not a number, as the processor's instructions do.
pub(in crate::features) trait Simd: Copy {
    /// Eight single-precision lanes.
    type F32: Copy;
    /// Eight double-precision lanes.
    type F64: Copy;

    fn load(self, from: &Lanes) -> Self::F32;
    fn store(self, value: Self::F32, to: &mut Lanes);
    fn splat(self, value: f32) -> Self::F32;
    fn add(self, a: Self::F32, b: Self::F32) -> Self::F32;
    fn mul(self, a: Self::F32, b: Self::F32) -> Self::F32;
    fn min(self, a: Self::F32, b: Self::F32) -> Self::F32;
    fn max(self, a: Self::F32, b: Self::F32) -> Self::F32;
    fn sqrt(self, a: Self::F32) -> Self::F32;
    /// `a * b + c`.
    fn mul_add(self, a: Self::F32, b: Self::F32, c: Self::F32) -> Self::F32;
    /// `(exponent, mantissa - 1)` of positive normal numbers, with mantissas from `sqrt(1/2)` to `sqrt(2)`.
    fn split_exponent(self, a: Self::F32) -> (Self::F32, Self::F32);
    /// A bit a lane where `a > b`.
    fn greater(self, a: Self::F32, b: Self::F32) -> u8;
    /// Eight consecutive samples of each of eight frames, turned into eight vectors of one sample of each frame.
    fn transpose(self, frames: [&[f32; LANES]; LANES]) -> [Self::F32; LANES];

    fn widen(self, a: Self::F32) -> Self::F64;
    fn narrow(self, a: Self::F64) -> Self::F32;
    fn load64(self, from: &Wide) -> Self::F64;
    fn store64(self, value: Self::F64, to: &mut Wide);
    fn splat64(self, value: f64) -> Self::F64;
    fn add64(self, a: Self::F64, b: Self::F64) -> Self::F64;
    fn sub64(self, a: Self::F64, b: Self::F64) -> Self::F64;
    fn mul64(self, a: Self::F64, b: Self::F64) -> Self::F64;
    /// `a * b + c`.
    fn mul_add64(self, a: Self::F64, b: Self::F64, c: Self::F64) -> Self::F64;
    /// `a * b - c`.
    fn mul_sub64(self, a: Self::F64, b: Self::F64, c: Self::F64) -> Self::F64;
}
