//! How energy is spread over frequency, and how much the spectrum changes: alpha ratio, Hammarberg index, spectral slopes, spectral flux.
//!
//! Definitions of GeMAPS and eGeMAPS (Eyben et al. 2016), of the power spectrum `P(f)` of a frame:
//!
//! | column | definition | unit |
//! | --- | --- | --- |
//! | `alpha_ratio` | energy from 1 to 5 kHz over that under 1 kHz (Sundberg & Nordenberg 2006) | dB |
//! | `hammarberg` | strongest bin under 2 kHz over the strongest from 2 to 5 kHz (Hammarberg et al. 1980) | dB |
//! | `slope_0_500`, `slope_500_1500` | least-squares line of `10 log10 P` over the band | dB/Hz |
//! | `flux` | root mean square, over the bins up to 5 kHz, of the change of magnitude since the frame before; 0 in the first | - |
//!
//! Magnitudes in `flux` are at the level of a 20 ms Hamming window, so that the window matters little; the step from frame to frame
//! does. openSMILE's slopes divide by one bin fewer than they sum over, which lets the level of the frame into them; these do not.

use super::decibel::decibel;
use super::lanes::LaneMatrix;
use super::loudness::level;
use super::simd::{Kernel, LANES, Lanes, Level, Simd};
use super::stft::bin_frequencies;

/// Names of the columns.
pub(super) const COLUMNS: [&str; 5] = ["alpha_ratio", "hammarberg", "slope_0_500", "slope_500_1500", "flux"];
const ALPHA: usize = 0;
const HAMMARBERG: usize = 1;
const SLOPES: [usize; 2] = [2, 3];
const FLUX: usize = 4;
/// Weaker bins are taken for this (openSMILE's floor).
const FLOOR: f32 = 1e-14;

/// Where the bands begin and end, in bins.
#[derive(Debug, Clone)]
pub(super) struct Balance {
    /// First bin from 1 kHz, from 2 kHz, and over 5 kHz.
    kilohertz: [usize; 3],
    slopes: [Line; 2],
    /// Factor of magnitudes.
    level: f32,
    simd: Level,
}

/// A weight for each bin from `first` on: their sum with the values is the slope of the least-squares line.
#[derive(Debug, Clone)]
struct Line {
    first: usize,
    weights: Vec<f32>,
}

/// The columns, and the magnitudes of the frame before.
#[derive(Debug, Clone, Default)]
pub(super) struct BalanceScratch {
    pub matrix: LaneMatrix,
    before: Vec<f32>,
}

impl BalanceScratch {
    pub fn reshape(&mut self, frames: usize) {
        self.matrix.reshape(COLUMNS.len(), frames);
    }
}

impl Line {
    fn new(frequencies: &[f64], from: f64, to: f64) -> Self {
        let first = frequencies.partition_point(|&frequency| frequency < from);
        let band = &frequencies[first..frequencies.partition_point(|&frequency| frequency <= to).max(first)];
        let mean = band.iter().sum::<f64>() / band.len().max(1) as f64;
        let spread: f64 = band.iter().map(|frequency| (frequency - mean).powi(2)).sum();
        let weight = |&frequency: &f64| if spread > 0.0 { ((frequency - mean) / spread) as f32 } else { 0.0 };
        Self { first, weights: band.iter().map(weight).collect() }
    }
}

impl Balance {
    pub fn new(sample_rate: u32, n_fft: usize, window_power: f64) -> Self {
        let frequencies = bin_frequencies(sample_rate, n_fft);
        let under = |limit: f64| frequencies.partition_point(|&frequency| frequency < limit);
        Self {
            kilohertz: [under(1000.0), under(2000.0), frequencies.partition_point(|&frequency| frequency <= 5000.0)],
            slopes: [Line::new(&frequencies, 0.0, 500.0), Line::new(&frequencies, 500.0, 1500.0)],
            level: level(sample_rate, window_power).sqrt() as f32,
            simd: Level::detect(),
        }
    }

    /// Fills block `block` from the power spectrum of its eight frames. Blocks are to come in order.
    pub fn apply_block(&self, power: &[Lanes], block: usize, out: &mut BalanceScratch) {
        let BalanceScratch { matrix, before } = out;
        let rows = matrix.block_mut(block);
        let [one, two, five] = self.kilohertz;
        rows[ALPHA] = ratio(fold(&power[one..five], |a, b| a + b), fold(&power[..one], |a, b| a + b));
        rows[HAMMARBERG] = ratio(fold(&power[..two], f32::max), fold(&power[two..five], f32::max));
        for (line, row) in self.slopes.iter().zip(SLOPES) {
            self.simd.run(Slope { weights: &line.weights, power: &power[line.first..], out: &mut rows[row] });
        }
        rows[FLUX] = self.flux(&power[..five], block, before);
    }

    fn flux(&self, power: &[Lanes], block: usize, before: &mut Vec<f32>) -> Lanes {
        before.resize(power.len(), 0.0);
        let mut sums = [0.0_f32; LANES];
        for (power, before) in power.iter().zip(before.iter_mut()) {
            let magnitudes = power.0.map(|power| power.sqrt() * self.level);
            // The first frame has none before it.
            let mut last = if block == 0 { magnitudes[0] } else { *before };
            for (sum, magnitude) in sums.iter_mut().zip(magnitudes) {
                *sum += (magnitude - last).powi(2);
                last = magnitude;
            }
            *before = last;
        }
        Lanes(sums.map(|sum| (sum / power.len().max(1) as f32).sqrt()))
    }
}

fn fold(power: &[Lanes], merge: impl Fn(f32, f32) -> f32) -> Lanes {
    let mut folded = Lanes::default();
    for power in power {
        for (folded, &power) in folded.0.iter_mut().zip(&power.0) {
            *folded = merge(*folded, power);
        }
    }
    folded
}

/// `10 log10(a / b)`; of nothing over nothing 0.
fn ratio(a: Lanes, b: Lanes) -> Lanes {
    let decibel = |power: f32| 10.0 * power.max(FLOOR).log10();
    Lanes(std::array::from_fn(|lane| decibel(a.0[lane]) - decibel(b.0[lane])))
}

struct Slope<'a> {
    weights: &'a [f32],
    power: &'a [Lanes],
    out: &'a mut Lanes,
}

impl Kernel for Slope<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut sum = simd.splat(0.0);
        for (power, &weight) in self.power.iter().zip(self.weights) {
            let decibels = decibel(simd, simd.max(simd.load(power), simd.splat(FLOOR)));
            sum = simd.mul_add(decibels, simd.splat(weight), sum);
        }
        simd.store(sum, self.out);
    }
}
