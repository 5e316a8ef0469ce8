//! Blocks of 16 floats and the functions of the LSTM cell on them. Local arrays of fixed length are what the compiler turns into one
//! register; loops over many slices stay scalar.

/// Floats in a block: one AVX-512 register, two AVX2 registers.
pub(super) const LANES: usize = 16;

pub(super) type Block = [f32; LANES];

/// The block at `at`, filled up with zeros past the slice's end.
#[inline(always)]
pub(super) fn load(from: &[f32], at: usize) -> Block {
    if let Some(block) = from.get(at..at + LANES) {
        let mut out = [0.0; LANES];
        out.copy_from_slice(block);
        out
    } else {
        let mut out = [0.0; LANES];
        for (to, value) in out.iter_mut().zip(&from[at..]) {
            *to = *value;
        }
        out
    }
}

/// Writes the block at `at`, as far as the slice goes.
#[inline(always)]
pub(super) fn store(to: &mut [f32], at: usize, block: &Block) {
    if let Some(slot) = to.get_mut(at..at + LANES) {
        slot.copy_from_slice(block);
    } else {
        for (slot, value) in to[at..].iter_mut().zip(block) {
            *slot = *value;
        }
    }
}

/// `a * b + c`, fused where that is one instruction.
#[inline(always)]
pub(super) fn multiply_add<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// Hyperbolic tangent: the rational function of degrees 13 and 6 that Eigen uses (`generic_fast_tanh_float`), within 4e-7 of the truth.
#[inline(always)]
pub(super) fn tanh<const FMA: bool>(x: &Block) -> Block {
    const NUMERATOR: [f32; 7] = [
        -2.760_768_5e-16,
        2.000_188e-13,
        -8.604_672e-11,
        5.122_297e-8,
        1.485_722_3e-5,
        6.372_619e-4,
        4.893_524_6e-3,
    ];
    const DENOMINATOR: [f32; 4] = [1.198_258_4e-6, 1.185_347_1e-4, 2.268_434_6e-3, 4.893_525e-3];
    let mut out = [0.0; LANES];
    for lane in 0..LANES {
        let x = x[lane].clamp(-7.905_311, 7.905_311);
        let square = x * x;
        let mut p = NUMERATOR[0];
        for coefficient in &NUMERATOR[1..] {
            p = multiply_add::<FMA>(p, square, *coefficient);
        }
        let mut q = DENOMINATOR[0];
        for coefficient in &DENOMINATOR[1..] {
            q = multiply_add::<FMA>(q, square, *coefficient);
        }
        out[lane] = x * p / q;
    }
    out
}

/// Logistic function, `(1 + tanh(x / 2)) / 2`.
#[inline(always)]
pub(super) fn sigmoid<const FMA: bool>(x: &Block) -> Block {
    let half = x.map(|value| 0.5 * value);
    tanh::<FMA>(&half).map(|value| multiply_add::<FMA>(0.5, value, 0.5))
}
