//! The harmonics-to-noise ratio of a frame: `10 log10(r / (1 - r))` of the highest maximum `r` of its autocorrelation (Boersma 1993,
//! equation 4; Praat's Harmonicity (ac) with 4.5 periods a window).

use super::autocorrelation::{Autocorrelation, AutocorrelationScratch, Shape};
use super::candidates::{self, Candidate};

/// Frames weaker than this part of the loudest sample have none.
const SILENCE: f64 = 0.1;
/// Candidates that are looked at.
const CANDIDATES: usize = 14;
/// Samples on each side that a maximum is interpolated from.
const DEPTH: usize = 700;
/// Candidates that come so close to the best at a first look are measured too.
const CLOSE: f64 = 0.02;
/// What a perfectly periodic frame has, dB.
const HIGHEST: f64 = 150.0;

/// Measures frames.
#[derive(Debug, Clone)]
pub(super) struct Harmonicity {
    autocorrelation: Autocorrelation,
    sample_rate: f64,
}

/// Working memory.
#[derive(Debug, Clone, Default)]
pub(super) struct HarmonicityScratch {
    autocorrelation: AutocorrelationScratch,
    found: Vec<Candidate>,
}

impl Harmonicity {
    /// For voices from `floor` Hz.
    pub fn new(sample_rate: f64, floor: f64) -> Self {
        Self { autocorrelation: Autocorrelation::new(sample_rate, floor, Shape::Gaussian), sample_rate }
    }

    /// Of the frame around the boundary before sample `centre`, dB; 0 where there is none. `loudest` is the largest deviation from the
    /// clip's mean.
    pub fn of_frame(&self, samples: &[f32], centre: usize, loudest: f64, scratch: &mut HarmonicityScratch) -> f32 {
        let HarmonicityScratch { autocorrelation, found } = scratch;
        let Some(peak) = self.autocorrelation.analyse(samples, centre, autocorrelation) else { return 0.0 };
        let values = &autocorrelation.values;
        candidates::find(&self.autocorrelation, values, self.sample_rate, 0.0, CANDIDATES, 0.0, found);
        let coarse = found.iter().map(|candidate| candidate.strength).fold(0.0, f64::max);
        let close = found.iter().filter(|candidate| candidate.strength >= coarse - CLOSE);
        let strength = close.map(|candidate| candidate.refined(values, self.sample_rate, DEPTH).strength).fold(0.0, f64::max);
        let silent = 2.0 - (peak / loudest).min(1.0) / SILENCE;
        if strength <= silent.max(0.0) {
            return 0.0;
        }
        // Single precision cannot hold the last of it.
        (10.0 * (strength / (1.0 - strength)).log10()).clamp(-HIGHEST, HIGHEST) as f32
    }
}
