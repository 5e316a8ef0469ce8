//! The phase vocoder's loops over bins and samples, compiled for AVX2 besides the processor that the build aims at.
//!
//! Both do the same operations in the same order, so results are the same to the bit. All `unsafe` of the augmentation lives here.

use super::interpolate::{Kernel, TAPS};
use super::normal::PAIRS;
use super::vocoder::{BINS, Bin, FRAME};

/// Lanes that are worked on together.
const LANES: usize = 16;
/// Bins with those that fill up the last lanes; they are silent.
pub(super) const PADDED: usize = BINS.next_multiple_of(LANES);

/// The lengths and directions of a spectrum's bins; directions are unit vectors.
#[derive(PartialEq)]
pub(super) struct Polar {
    pub norm: Box<[f32; PADDED]>,
    pub re: Box<[f32; PADDED]>,
    pub im: Box<[f32; PADDED]>,
}

/// Declares loops of [`plain`] that enter the faster of their two versions.
macro_rules! dispatch {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?);)*) => {$(
        $(#[$doc])*
        pub(super) fn $name($($argument: $kind),*) {
            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") {
                #[target_feature(enable = "avx2")]
                fn wide($($argument: $kind),*) {
                    plain::$name($($argument),*);
                }
                // SAFETY: the processor has AVX2.
                return unsafe { wide($($argument),*) };
            }
            plain::$name($($argument),*);
        }
    )*};
}

dispatch! {
    /// `to = samples * window`.
    fn apply_window(samples: &[f32; FRAME], window: &[f32; FRAME], to: &mut [f32; FRAME]);
    /// Takes a spectrum apart. The direction of silence is 1, as its angle is 0.
    fn take_apart(spectrum: &[Bin; PADDED], polar: &mut Polar);
    /// One step: each bin's length lies `part` of the way between those of two frames, times its gain; its direction is `phase`, which then
    /// turns as far as the bin does from frame to frame.
    fn advance(frames: [&Polar; 2], part: f32, gains: &[f32; PADDED], phase: [&mut [f32; PADDED]; 2], out: &mut [Bin; PADDED]);
    /// Packs the spectrum of a real frame so that the complex inverse of `FRAME` points has its samples as real parts, and those half-way
    /// between them as imaginary parts: `packed[k] = (1 + i turn[k]) spectrum[k]`, where `turn` is half a sample's.
    fn pack_doubled(spectrum: &[Bin; PADDED], turns: &[Bin; BINS], packed: &mut [Bin; FRAME]);
    /// `sum += values * window`.
    fn overlap_add(values: &[f32], window: &[f32], sum: &mut [f32]);
    /// As [`overlap_add`], of values in pairs.
    fn overlap_add_pairs(values: &[Bin], window: &[f32], sum: &mut [f32]);
    /// `values *= factors`.
    fn scale(values: &mut [f32], factors: &[f32]);
    /// Standard normal numbers from random bits: the first half gives their radii, the second half their angles.
    fn box_muller(random: &[u32; 2 * PAIRS], normals: &mut [f32; 2 * PAIRS]);
    /// Values of `samples` at `TAPS / 2 - 1`, and then at every `step` samples.
    fn interpolate(samples: &[f32], step: f64, kernel: &Kernel, out: &mut [f32]);
}

mod plain {
    use std::f32::consts::{FRAC_PI_2, LN_2};

    use super::{BINS, Bin, FRAME, Kernel, LANES, PADDED, PAIRS, Polar, TAPS};

    #[inline(always)]
    pub fn apply_window(samples: &[f32; FRAME], window: &[f32; FRAME], to: &mut [f32; FRAME]) {
        for ((to, sample), window) in to.iter_mut().zip(samples).zip(window) {
            *to = sample * window;
        }
    }

    #[inline(always)]
    pub fn take_apart(spectrum: &[Bin; PADDED], polar: &mut Polar) {
        let norms = polar.norm.as_chunks_mut().0.iter_mut();
        let directions = polar.re.as_chunks_mut().0.iter_mut().zip(polar.im.as_chunks_mut().0);
        for (values, (norms, (res, ims))) in spectrum.as_chunks::<LANES>().0.iter().zip(norms.zip(directions)) {
            let (mut norm, mut re, mut im) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
            for lane in 0..LANES {
                let value = values[lane];
                // Without the care for overflow that `Complex::norm` takes, which is slow.
                let length = (value.re * value.re + value.im * value.im).sqrt();
                let heard = length > 0.0;
                let inverse = 1.0 / if heard { length } else { 1.0 };
                norm[lane] = length;
                re[lane] = if heard { value.re * inverse } else { 1.0 };
                im[lane] = value.im * inverse;
            }
            (*norms, *res, *ims) = (norm, re, im);
        }
    }

    /// A block of values, copied so that no store can be thought to change it.
    #[inline(always)]
    fn block(values: &[f32; PADDED], index: usize) -> [f32; LANES] {
        values.as_chunks().0[index]
    }

    #[inline(always)]
    pub fn advance(
        [before, after]: [&Polar; 2],
        part: f32,
        gains: &[f32; PADDED],
        [phase_re, phase_im]: [&mut [f32; PADDED]; 2],
        out: &mut [Bin; PADDED],
    ) {
        for (index, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let (low, high, gain) = (block(&before.norm, index), block(&after.norm, index), block(gains, index));
            let (from_re, from_im) = (block(&before.re, index), block(&before.im, index));
            let (to_re, to_im) = (block(&after.re, index), block(&after.im, index));
            let (mut phases_re, mut phases_im) = (block(phase_re, index), block(phase_im, index));
            let mut values = [Bin::new(0.0, 0.0); LANES];
            for lane in 0..LANES {
                let (re, im) = (phases_re[lane], phases_im[lane]);
                let length = ((1.0 - part) * low[lane] + part * high[lane]) * gain[lane];
                values[lane] = Bin::new(re * length, im * length);
                // The turn is after / before; both are unit vectors.
                let turn_re = to_re[lane] * from_re[lane] + to_im[lane] * from_im[lane];
                let turn_im = to_im[lane] * from_re[lane] - to_re[lane] * from_im[lane];
                let (re, im) = (re * turn_re - im * turn_im, re * turn_im + im * turn_re);
                // A Newton step towards length 1, from which rounding has led it hardly away.
                let correction = 1.5 - 0.5 * (re * re + im * im);
                phases_re[lane] = re * correction;
                phases_im[lane] = im * correction;
            }
            *out = values;
            phase_re.as_chunks_mut().0[index] = phases_re;
            phase_im.as_chunks_mut().0[index] = phases_im;
        }
    }

    #[inline(always)]
    pub fn pack_doubled(spectrum: &[Bin; PADDED], turns: &[Bin; BINS], packed: &mut [Bin; FRAME]) {
        let (upper, lower) = packed.split_at_mut(BINS);
        for ((packed, value), turn) in upper.iter_mut().zip(spectrum).zip(turns) {
            // (1 + i turn) value
            let (re, im) = (1.0 - turn.im, turn.re);
            *packed = Bin::new(re * value.re - im * value.im, re * value.im + im * value.re);
        }
        let inner = 1..BINS - 1;
        for ((packed, value), turn) in lower.iter_mut().rev().zip(&spectrum[inner.clone()]).zip(&turns[inner]) {
            // The bin of the negative frequency: (1 + i conj(turn)) conj(value)
            let (re, im) = (1.0 + turn.im, turn.re);
            *packed = Bin::new(re * value.re + im * value.im, im * value.re - re * value.im);
        }
    }

    #[inline(always)]
    pub fn overlap_add(values: &[f32], window: &[f32], sum: &mut [f32]) {
        for ((sum, value), window) in sum.iter_mut().zip(values).zip(window) {
            *sum += value * window;
        }
    }

    #[inline(always)]
    pub fn overlap_add_pairs(values: &[Bin], window: &[f32], sum: &mut [f32]) {
        for ((sum, value), window) in sum.as_chunks_mut::<2>().0.iter_mut().zip(values).zip(window.as_chunks::<2>().0) {
            sum[0] += value.re * window[0];
            sum[1] += value.im * window[1];
        }
    }

    #[inline(always)]
    pub fn scale(values: &mut [f32], factors: &[f32]) {
        for (value, factor) in values.iter_mut().zip(factors) {
            *value *= factor;
        }
    }

    #[inline(always)]
    pub fn box_muller(random: &[u32; 2 * PAIRS], normals: &mut [f32; 2 * PAIRS]) {
        let (radii, angles) = random.split_at(PAIRS);
        let (cosines, sines) = normals.split_at_mut(PAIRS);
        for (((&radius, &angle), cosine), sine) in radii.iter().zip(angles).zip(cosines).zip(sines) {
            // From 2^-24 to 1, so that the logarithm is finite.
            let uniform = ((radius >> 8) + 1) as f32 / 16_777_216.0;
            let length = (-2.0 * logarithm(uniform)).max(0.0).sqrt();
            let (s, c) = sine_and_cosine(angle);
            *cosine = length * c;
            *sine = length * s;
        }
    }

    /// The natural logarithm of a positive number: that of its mantissa, from the root of a half to that of two, by the series of the area
    /// tangent, to a part in 10^7.
    #[inline(always)]
    fn logarithm(value: f32) -> f32 {
        const ROOT_OF_HALF: u32 = 0x3f35_04f3;
        let offset = value.to_bits().wrapping_sub(ROOT_OF_HALF);
        let exponent = (offset as i32) >> 23;
        let mantissa = f32::from_bits((offset & 0x007f_ffff) + ROOT_OF_HALF);
        let t = (mantissa - 1.0) / (mantissa + 1.0);
        let square = t * t;
        let series = 1.0 + square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * (1.0 / 7.0 + square * (1.0 / 9.0))));
        exponent as f32 * LN_2 + 2.0 * t * series
    }

    /// Sine and cosine of the part `turn / 2^32` of a turn, by their series within an eighth of a turn of a quarter's multiple, to 4 parts in
    /// 10^7.
    #[inline(always)]
    fn sine_and_cosine(turn: u32) -> (f32, f32) {
        let quarter = turn.wrapping_add(1 << 29) >> 30;
        // What is left of it, signed.
        let rest = turn.wrapping_sub(quarter << 30) as i32;
        let angle = rest as f32 / 1_073_741_824.0 * FRAC_PI_2;
        let square = angle * angle;
        let sine = angle * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)));
        let cosine = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0)));
        let (s, c) = if quarter & 1 == 0 { (sine, cosine) } else { (cosine, sine) };
        // The sine is below 0 in the third and fourth quarter, the cosine in the second and third.
        (if quarter & 2 == 0 { s } else { -s }, if (quarter + 1) & 2 == 0 { c } else { -c })
    }

    #[inline(always)]
    pub fn interpolate(samples: &[f32], step: f64, kernel: &Kernel, out: &mut [f32]) {
        // Places in units of 2^-32 samples.
        let step = (step * 4_294_967_296.0) as u64;
        for (block, out) in out.chunks_mut(LANES).enumerate() {
            let mut sums = [[0.0; 4]; LANES];
            for (lane, sums) in sums.iter_mut().enumerate() {
                let at = (block * LANES + lane) as u64 * step;
                let (first, part) = ((at >> 32) as usize, at as u32);
                if let Some(near) = samples.get(first..).and_then(|rest| rest.first_chunk::<TAPS>()) {
                    let (place, along) = kernel.at(part);
                    let mut four = [0.0; 4];
                    for ((near, taps), slopes) in near.as_chunks::<4>().0.iter().zip(&place.taps).zip(&place.slopes) {
                        for lane in 0..4 {
                            four[lane] += near[lane] * (taps[lane] + along * slopes[lane]);
                        }
                    }
                    *sums = four;
                }
            }
            for (out, [a, b, c, d]) in out.iter_mut().zip(sums) {
                *out = (a + b) + (c + d);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(length: usize, step: f32) -> Vec<f32> {
        (0..length).map(|n| (n as f32 * step).sin()).collect()
    }

    fn fixed<T: Copy, const N: usize>(values: &[T]) -> Box<[T; N]> {
        values.to_vec().into_boxed_slice().try_into().unwrap_or_else(|_| panic!("{} values, not {N}", values.len()))
    }

    fn bins(length: usize) -> Vec<Bin> {
        let mut bins: Vec<Bin> = wave(length, 0.7).iter().zip(wave(length, 1.1)).map(|(&re, im)| Bin::new(re, im)).collect();
        bins[3] = Bin::default();
        bins
    }

    fn polar() -> Polar {
        Polar { norm: fixed(&wave(PADDED, 0.0)), re: fixed(&wave(PADDED, 0.3)), im: fixed(&wave(PADDED, 0.4)) }
    }

    /// Runs both versions of a loop over the same arguments and compares what they change.
    macro_rules! same {
        ($name:ident, $target:expr, |$changed:ident| ($($argument:expr),*)) => {{
            let (mut entered, mut portable) = ($target, $target);
            let $changed = &mut entered;
            $name($($argument),*);
            let $changed = &mut portable;
            plain::$name($($argument),*);
            assert!(entered == portable, stringify!($name));
        }};
    }

    #[test]
    fn normal_numbers_are_those_of_the_definition() {
        for round in 0..200_u32 {
            let random: [u32; 2 * PAIRS] =
                std::array::from_fn(|index| (round * 64 + index as u32).wrapping_mul(2_654_435_769) ^ (round.wrapping_mul(40_503) << 7));
            let mut normals = [0.0; 2 * PAIRS];
            box_muller(&random, &mut normals);
            for pair in 0..PAIRS {
                let uniform = (f64::from(random[pair] >> 8) + 1.0) / 16_777_216.0;
                let length = (-2.0 * uniform.ln()).sqrt();
                let (sine, cosine) = (std::f64::consts::TAU * f64::from(random[PAIRS + pair]) / 4_294_967_296.0).sin_cos();
                let far = (f64::from(normals[pair]) - length * cosine).abs().max((f64::from(normals[PAIRS + pair]) - length * sine).abs());
                assert!(far < 4e-6, "round {round}, pair {pair}: {far}");
            }
        }
        let mut edges = [1.0; 2 * PAIRS];
        box_muller(&[u32::MAX; 2 * PAIRS], &mut edges);
        assert!(edges[0] == 0.0 && edges.iter().all(|value| value.is_finite()));
        box_muller(&[0; 2 * PAIRS], &mut edges);
        assert!((edges[0] - 5.768_108).abs() < 1e-5 && edges[PAIRS] == 0.0);
    }

    #[test]
    fn both_versions_of_each_loop_give_the_same_bits() {
        let (frame, window) = (fixed::<f32, FRAME>(&wave(FRAME, 0.2)), fixed::<f32, FRAME>(&wave(FRAME, 0.01)));
        let (spectrum, turns) = (fixed::<Bin, PADDED>(&bins(PADDED)), fixed::<Bin, BINS>(&bins(BINS)));
        same!(apply_window, Box::new([0.0; FRAME]), |to| (&frame, &window, to));
        same!(pack_doubled, Box::new([Bin::default(); FRAME]), |to| (&spectrum, &turns, to));
        same!(overlap_add, wave(FRAME, 0.3), |sum| (&*frame, &*window, sum));
        same!(overlap_add_pairs, wave(2 * FRAME, 0.3), |sum| (&bins(FRAME), &wave(2 * FRAME, 0.1), sum));
        let random = std::array::from_fn(|index| (index as u32).wrapping_mul(2_654_435_769));
        same!(box_muller, [0.0; 2 * PAIRS], |normals| (&random, normals));
        same!(scale, wave(777, 0.3), |values| (values, &wave(777, 0.2)));
        same!(interpolate, vec![0.0; 500], |out| (&wave(600, 0.5), 1.17, &Kernel::new(), out));

        let (mut entered, mut portable) = (polar(), polar());
        take_apart(&spectrum, &mut entered);
        plain::take_apart(&spectrum, &mut portable);
        assert!(entered == portable);
        assert_eq!((entered.norm[3], entered.re[3], entered.im[3]), (0.0, 1.0, 0.0), "silence");
        let gains = fixed::<f32, PADDED>(&wave(PADDED, 0.05));
        same!(advance, (polar(), Box::new([Bin::default(); PADDED])), |target| (
            [&entered, &portable],
            0.3,
            &gains,
            [&mut target.0.re, &mut target.0.im],
            &mut target.1
        ));
    }
}
