//! The shape of a spectrum: `librosa.feature.spectral_centroid`, `spectral_bandwidth`, `spectral_rolloff` and `spectral_flatness`.

use super::decibel::decibel;
use super::lanes::LaneMatrix;
use super::settings::{FeatureSet, FeatureSettings};
use super::simd::{Kernel, LANES, Lanes, Level, Simd, Wide};
use super::stft::bin_frequencies;

/// Flatness takes weaker bins for this (librosa's `amin`).
const AMIN: f32 = 1e-10;

/// What is asked of the magnitudes (for flatness, the powers) of each frame.
#[derive(Debug, Clone)]
pub(super) struct SpectralShape {
    frequencies: Vec<f64>,
    roll_percent: f32,
    moments: bool,
    rolloff: bool,
    flatness: bool,
    level: Level,
}

/// A value a frame of each descriptor, Hz but for flatness.
#[derive(Debug, Clone, Default)]
pub(super) struct ShapeMatrices {
    pub centroid: LaneMatrix,
    pub bandwidth: LaneMatrix,
    pub rolloff: LaneMatrix,
    pub flatness: LaneMatrix,
}

impl ShapeMatrices {
    pub fn reshape(&mut self, frames: usize) {
        for matrix in [&mut self.centroid, &mut self.bandwidth, &mut self.rolloff, &mut self.flatness] {
            matrix.reshape(1, frames);
        }
    }
}

impl SpectralShape {
    /// `None` where the settings ask for no descriptor.
    pub fn from_settings(settings: &FeatureSettings, sample_rate: u32) -> Option<Self> {
        let has = |set| settings.uses(set);
        let moments = has(FeatureSet::Centroid) || has(FeatureSet::Bandwidth);
        let (rolloff, flatness) = (has(FeatureSet::Rolloff), has(FeatureSet::Flatness));
        (moments || rolloff || flatness).then(|| Self {
            frequencies: bin_frequencies(sample_rate, settings.n_fft),
            roll_percent: settings.roll_percent,
            moments,
            rolloff,
            flatness,
            level: Level::detect(),
        })
    }

    /// Fills block `block` from the power spectrum of its eight frames.
    pub fn apply_block(&self, power: &[Lanes], block: usize, out: &mut ShapeMatrices) {
        let frequencies = &self.frequencies;
        if self.moments {
            let (centroid, bandwidth) = (&mut out.centroid.block_mut(block)[0], &mut out.bandwidth.block_mut(block)[0]);
            self.level.run(Moments { frequencies, power, centroid, bandwidth });
        }
        if self.rolloff {
            let out = &mut out.rolloff.block_mut(block)[0];
            self.level.run(Rolloff { frequencies, power, roll_percent: self.roll_percent, out });
        }
        if self.flatness {
            self.level.run(Flatness { power, out: &mut out.flatness.block_mut(block)[0] });
        }
    }
}

/// Mean and standard deviation of frequency, weighted by magnitude; 0 of a silent frame.
struct Moments<'a> {
    frequencies: &'a [f64],
    power: &'a [Lanes],
    centroid: &'a mut Lanes,
    bandwidth: &'a mut Lanes,
}

impl Kernel for Moments<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut sums = [simd.splat64(0.0); 3];
        for (power, &frequency) in self.power.iter().zip(self.frequencies) {
            let frequency = simd.splat64(frequency);
            let magnitude = simd.widen(simd.sqrt(simd.load(power)));
            let weighted = simd.mul64(magnitude, frequency);
            sums[0] = simd.add64(sums[0], magnitude);
            sums[1] = simd.add64(sums[1], weighted);
            sums[2] = simd.mul_add64(weighted, frequency, sums[2]);
        }
        let mut stored = [Wide::default(); 3];
        for (sum, stored) in sums.into_iter().zip(&mut stored) {
            simd.store64(sum, stored);
        }
        for lane in 0..LANES {
            let [sum, first, second] = stored.map(|wide| wide.0[lane]);
            let length = if sum < f64::from(f32::MIN_POSITIVE) { 1.0 } else { sum };
            let centroid = first / length;
            let variance = (second - centroid * (2.0 * first - centroid * sum)) / length;
            self.centroid.0[lane] = centroid as f32;
            self.bandwidth.0[lane] = variance.max(0.0).sqrt() as f32;
        }
    }
}

/// The first bin that the magnitudes up to it add up to a part of their sum at. Summed one after the other in single precision, as
/// `numpy.cumsum` does: the bin depends on it where two partial sums are close to the threshold.
struct Rolloff<'a> {
    frequencies: &'a [f64],
    power: &'a [Lanes],
    roll_percent: f32,
    out: &'a mut Lanes,
}

impl Kernel for Rolloff<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut total = simd.splat(0.0);
        for power in self.power {
            total = simd.add(total, simd.sqrt(simd.load(power)));
        }
        let threshold = simd.mul(total, simd.splat(self.roll_percent));
        let mut sum = simd.splat(0.0);
        let mut waiting = u8::MAX;
        for (power, &frequency) in self.power.iter().zip(self.frequencies) {
            sum = simd.add(sum, simd.sqrt(simd.load(power)));
            let below = simd.greater(threshold, sum);
            let mut reached = waiting & !below;
            while reached != 0 {
                self.out.0[reached.trailing_zeros() as usize % LANES] = frequency as f32;
                reached &= reached - 1;
            }
            waiting &= below;
            if waiting == 0 {
                break;
            }
        }
    }
}

/// The geometric over the arithmetic mean of the powers.
struct Flatness<'a> {
    power: &'a [Lanes],
    out: &'a mut Lanes,
}

impl Kernel for Flatness<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (mut decibels, mut powers) = (simd.splat64(0.0), simd.splat64(0.0));
        for power in self.power {
            let power = simd.max(simd.load(power), simd.splat(AMIN));
            decibels = simd.add64(decibels, simd.widen(decibel(simd, power)));
            powers = simd.add64(powers, simd.widen(power));
        }
        let (mut sum_db, mut sum) = (Wide::default(), Wide::default());
        simd.store64(decibels, &mut sum_db);
        simd.store64(powers, &mut sum);
        let bins = self.power.len() as f64;
        for lane in 0..LANES {
            let geometric = 10_f64.powf(sum_db.0[lane] / bins / 10.0);
            self.out.0[lane] = (geometric / (sum.0[lane] / bins)) as f32;
        }
    }
}
