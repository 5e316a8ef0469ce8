//! Eight lanes in plain Rust: for any processor, and the yardstick that the others are tested against.

use super::vector::{LANES, Lanes, MANTISSA, SQRT_HALF, Simd, Wide};

/// No instruction set in particular.
#[derive(Clone, Copy)]
pub(super) struct Portable;

#[inline(always)]
fn zip<T: Copy>(mut a: [T; LANES], b: [T; LANES], op: impl Fn(T, T) -> T) -> [T; LANES] {
    for (a, b) in a.iter_mut().zip(b) {
        *a = op(*a, b);
    }
    a
}

impl Simd for Portable {
    type F32 = [f32; LANES];
    type F64 = [f64; LANES];

    #[inline(always)]
    fn load(self, from: &Lanes) -> Self::F32 {
        from.0
    }
    #[inline(always)]
    fn store(self, value: Self::F32, to: &mut Lanes) {
        to.0 = value;
    }
    #[inline(always)]
    fn splat(self, value: f32) -> Self::F32 {
        [value; LANES]
    }
    #[inline(always)]
    fn add(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        zip(a, b, |a, b| a + b)
    }
    #[inline(always)]
    fn mul(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        zip(a, b, |a, b| a * b)
    }
    #[inline(always)]
    fn min(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        zip(a, b, |a, b| if a < b { a } else { b })
    }
    #[inline(always)]
    fn max(self, a: Self::F32, b: Self::F32) -> Self::F32 {
        zip(a, b, |a, b| if a > b { a } else { b })
    }
    #[inline(always)]
    fn sqrt(self, a: Self::F32) -> Self::F32 {
        a.map(f32::sqrt)
    }
    #[inline(always)]
    fn mul_add(self, a: Self::F32, b: Self::F32, c: Self::F32) -> Self::F32 {
        self.add(self.mul(a, b), c)
    }
    #[inline(always)]
    fn split_exponent(self, a: Self::F32) -> (Self::F32, Self::F32) {
        let shifted = a.map(|a| a.to_bits() as i32 - SQRT_HALF);
        let fraction = shifted.map(|shifted| f32::from_bits(((shifted & MANTISSA) + SQRT_HALF) as u32) - 1.0);
        (shifted.map(|shifted| (shifted >> 23) as f32), fraction)
    }
    #[inline(always)]
    fn greater(self, a: Self::F32, b: Self::F32) -> u8 {
        (0..LANES).fold(0, |bits, lane| bits | (u8::from(a[lane] > b[lane]) << lane))
    }
    #[inline(always)]
    fn transpose(self, frames: [&[f32; LANES]; LANES]) -> [Self::F32; LANES] {
        std::array::from_fn(|sample| std::array::from_fn(|lane| frames[lane][sample]))
    }

    #[inline(always)]
    fn widen(self, a: Self::F32) -> Self::F64 {
        a.map(f64::from)
    }
    #[inline(always)]
    fn narrow(self, a: Self::F64) -> Self::F32 {
        a.map(|a| a as f32)
    }
    #[inline(always)]
    fn load64(self, from: &Wide) -> Self::F64 {
        from.0
    }
    #[inline(always)]
    fn store64(self, value: Self::F64, to: &mut Wide) {
        to.0 = value;
    }
    #[inline(always)]
    fn splat64(self, value: f64) -> Self::F64 {
        [value; LANES]
    }
    #[inline(always)]
    fn add64(self, a: Self::F64, b: Self::F64) -> Self::F64 {
        zip(a, b, |a, b| a + b)
    }
    #[inline(always)]
    fn sub64(self, a: Self::F64, b: Self::F64) -> Self::F64 {
        zip(a, b, |a, b| a - b)
    }
    #[inline(always)]
    fn mul64(self, a: Self::F64, b: Self::F64) -> Self::F64 {
        zip(a, b, |a, b| a * b)
    }
    #[inline(always)]
    fn mul_add64(self, a: Self::F64, b: Self::F64, c: Self::F64) -> Self::F64 {
        self.add64(self.mul64(a, b), c)
    }
    #[inline(always)]
    fn mul_sub64(self, a: Self::F64, b: Self::F64, c: Self::F64) -> Self::F64 {
        self.sub64(self.mul64(a, b), c)
    }
}
