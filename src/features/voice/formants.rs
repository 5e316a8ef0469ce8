//! Formants: the resonances of the vocal tract, as poles of a linear prediction filter (Praat's "To Formant (burg)": five formants, 25 ms,
//! pre-emphasis from 50 Hz).
//!
//! The clip is resampled to twice the ceiling and pre-emphasised; ten coefficients are fitted to 50 ms under a Gaussian window, which
//! counts as 25. A pole at angle `w` with radius `r` is a resonance at `w / pi * ceiling` with bandwidth `-2 ln(r) / pi * ceiling`;
//! those within 50 Hz of either end are none.

use super::autocorrelation::gaussian;
use super::prediction::{BurgScratch, burg};
use super::resample::{Resampler, ResamplerScratch};
use super::roots::poles;

/// Names of the columns.
pub(in crate::features) const COLUMNS: [&str; 2 * FORMANTS] =
    ["formant_1", "formant_2", "formant_3", "formant_bandwidth_1", "formant_bandwidth_2", "formant_bandwidth_3"];
/// Formants that are reported.
pub(super) const FORMANTS: usize = 3;
/// Two for each of the five formants that are looked for.
const POLES: usize = 10;
/// The whole window, seconds.
const WINDOW_S: f64 = 0.05;
const EMPHASIS_HZ: f64 = 50.0;
/// Hz from either end.
const MARGIN: f64 = 50.0;

/// A resonance.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Formant {
    /// Hz.
    pub frequency: f64,
    /// Hz.
    pub bandwidth: f64,
}

/// A planned analysis.
#[derive(Clone)]
pub(super) struct FormantPlan {
    ceiling: f64,
    resampler: Resampler,
    window: Vec<f64>,
}

/// Working memory.
#[derive(Default)]
pub(super) struct FormantScratch {
    resampler: ResamplerScratch,
    frame: Vec<f64>,
    burg: BurgScratch,
    found: Vec<Formant>,
}

impl FormantPlan {
    /// For formants up to `ceiling` Hz, which is at most half of `sample_rate`.
    pub fn new(sample_rate: f64, ceiling: f64) -> Self {
        let length = (WINDOW_S * 2.0 * ceiling) as usize;
        // An odd one's last sample is not used.
        let window = (0..length / 2 * 2).map(|sample| gaussian((sample + 1) as f64, (length + 1) as f64)).collect();
        Self { ceiling, resampler: Resampler::new(sample_rate, 2.0 * ceiling), window }
    }

    /// Resamples and pre-emphasises a clip, of which frames can then be asked.
    pub fn prepare(&self, samples: &[f32], scratch: &mut FormantScratch) {
        self.resampler.resample(samples, &mut scratch.resampler);
        let emphasis = (-std::f64::consts::PI * EMPHASIS_HZ / self.ceiling).exp();
        let samples = &mut scratch.resampler.samples;
        for sample in (1..samples.len()).rev() {
            samples[sample] -= emphasis * samples[sample - 1];
        }
    }

    /// The first formants of the frame around the boundary before sample `centre` of the clip; zeros where there are fewer.
    pub fn of_frame(&self, centre: usize, scratch: &mut FormantScratch) -> [Formant; FORMANTS] {
        let mut formants = [Formant::default(); FORMANTS];
        let FormantScratch { resampler: ResamplerScratch { samples, first, .. }, frame, burg: prediction, found, .. } = scratch;
        let place = (centre as f64 - 0.5 - *first) * self.resampler.factor();
        let start = place.floor() as isize + 1 - self.window.len() as isize / 2;
        frame.clear();
        frame.extend((start..).zip(&self.window).map(|(sample, window)| {
            let sample = usize::try_from(sample).ok().and_then(|sample| samples.get(sample));
            sample.map_or(0.0, |sample| sample * window)
        }));
        let Some(coefficients) = burg::<POLES>(frame, prediction) else { return formants };
        found.clear();
        found.extend(poles(&coefficients).into_iter().filter(|pole| pole.im >= 0.0).map(|pole| {
            // A pole outside the unit circle is mirrored into it.
            let radius = pole.norm().min(pole.norm().recip());
            let hertz = self.ceiling / std::f64::consts::PI;
            Formant { frequency: pole.arg() * hertz, bandwidth: -2.0 * radius.ln() * hertz }
        }));
        found.retain(|formant| (MARGIN..=self.ceiling - MARGIN).contains(&formant.frequency) && formant.bandwidth.is_finite());
        found.sort_unstable_by(|a, b| a.frequency.total_cmp(&b.frequency));
        formants.iter_mut().zip(found).for_each(|(formant, found)| *formant = *found);
        formants
    }
}
