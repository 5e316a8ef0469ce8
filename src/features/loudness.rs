//! Loudness from an auditory spectrum, as in eGeMAPS.
//!
//! Eyben et al. 2016 (*The Geneva Minimalistic Acoustic Parameter Set (GeMAPS) for voice research and affective computing*) take it from
//! Hermansky's auditory spectrum (*Perceptual linear predictive (PLP) analysis of speech*, 1990): power in 26 triangular mel bands from 20
//! to 8000 Hz, weighted by an equal-loudness curve, to the power of 0.33. The value is the mean of the bands, as in openSMILE's eGeMAPSv02,
//! which analyses 20 ms under a Hamming window; spectrograms with other windows are scaled to the level that such a frame would have.

use super::simd::{LANES, Lanes};
use super::stft::bin_frequencies;

const BANDS: usize = 26;
const LOWEST: f64 = 20.0;
const HIGHEST: f64 = 8000.0;
/// Weaker bands are taken for this.
const FLOOR: f32 = 9.3e-10;
/// The power law of hearing.
const COMPRESSION: f32 = 0.33;

/// The planned bank.
#[derive(Debug, Clone)]
pub(super) struct Loudness {
    /// For each bin inside the bank: its place, the band whose centre is under it plus 1, and the part of it that this band gets; the
    /// next band gets the rest.
    bins: Vec<(usize, usize, f32)>,
    /// Equal-loudness weight of each band.
    weights: [f32; BANDS],
}

fn mel(frequency: f64) -> f64 {
    1127.0 * (frequency / 700.0).ln_1p()
}

/// Hermansky's equal-loudness curve for frequencies over 5 kHz too, as openSMILE has it.
fn equal_loudness(frequency: f64) -> f64 {
    let w = std::f64::consts::TAU * frequency;
    let w2 = w * w;
    1e32 * (w2 + 56.8e6) * w2 * w2 / ((w2 + 6.3e6).powi(2) * (w2 + 0.38e9) * (w2 * w2 * w2 * w + 1.7e31))
}

/// The sum of the squares of a Hamming window of 20 ms, and the length of its transform: eGeMAPS's analysis at this sample rate.
fn reference(sample_rate: u32) -> (f64, f64) {
    let samples = (0.02 * f64::from(sample_rate)).round().max(1.0);
    // 0.54^2 + 0.46^2 / 2, the mean square of a Hamming window.
    (0.3974 * samples, (samples as usize).next_power_of_two() as f64)
}

/// What a power of a spectrogram is multiplied by to have the level of eGeMAPS's; `window_power` is the sum of the window's squares.
pub(super) fn level(sample_rate: u32, window_power: f64) -> f64 {
    reference(sample_rate).0 / window_power
}

impl Loudness {
    pub fn new(sample_rate: u32, n_fft: usize, window_power: f64) -> Self {
        let highest = HIGHEST.min(f64::from(sample_rate) / 2.0);
        let (from, to) = (mel(LOWEST.min(highest / 2.0)), mel(highest));
        let step = (to - from) / (BANDS + 1) as f64;
        // A band's sum grows with the number of its bins.
        let scale = level(sample_rate, window_power) * reference(sample_rate).1 / n_fft as f64;
        let weight = |band: usize| {
            let centre = 700.0 * ((from + (band + 1) as f64 * step) / 1127.0).exp_m1();
            (scale * equal_loudness(centre)) as f32
        };
        let frequencies = bin_frequencies(sample_rate, n_fft);
        let place = |(bin, &frequency): (usize, &f64)| {
            let position = (mel(frequency) - from) / step;
            (position > 0.0 && position < (BANDS + 1) as f64).then(|| (bin, position as usize, (1.0 - position.fract()) as f32))
        };
        Self { bins: frequencies.iter().enumerate().filter_map(place).collect(), weights: std::array::from_fn(weight) }
    }

    /// Loudness of eight frames.
    pub fn of_block(&self, power: &[Lanes]) -> Lanes {
        // A band under the lowest and one over the highest take what is outside the bank.
        let mut bands = [[0.0_f32; LANES]; BANDS + 2];
        for &(bin, under, part) in &self.bins {
            let [low, high] = &mut bands[under..under + 2] else { continue };
            for ((low, high), power) in low.iter_mut().zip(high).zip(power[bin].0) {
                *low += part * power;
                *high += (1.0 - part) * power;
            }
        }
        let mut loudness = Lanes::default();
        for (band, weight) in bands[1..=BANDS].iter().zip(self.weights) {
            for (sum, power) in loudness.0.iter_mut().zip(band) {
                *sum += (power * weight).max(FLOOR).powf(COMPRESSION) / BANDS as f32;
            }
        }
        loudness
    }
}
