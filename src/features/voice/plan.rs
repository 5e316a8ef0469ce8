//! What is asked about the voice, planned: f0 first, then the rest where a frame is voiced.

use super::autocorrelation::AutocorrelationScratch;
use super::formants::{self, FORMANTS, Formant, FormantPlan, FormantScratch};
use super::harmonicity::{Harmonicity, HarmonicityScratch};
use super::harmonics::{self, Spectrum};
use super::path::{Tracker, TrackerScratch};
use super::perturbation::{self, Cycles};
use super::pulses::Contour;
use crate::features::lanes::LaneMatrix;
use crate::features::settings::{FeatureSet, FeatureSettings};

/// The sets that only voiced frames have values of.
pub(in crate::features) const SETS: [FeatureSet; 5] =
    [FeatureSet::F0, FeatureSet::JitterShimmer, FeatureSet::Hnr, FeatureSet::Formants, FeatureSet::Harmonics];
/// Names of the columns of f0.
pub(in crate::features) const F0_COLUMNS: [&str; 2] = ["f0", "f0_semitone"];
/// 0 semitones, Hz (A0, as in GeMAPS).
const SEMITONE_ZERO: f64 = 27.5;

/// What is asked for, planned.
#[derive(Clone)]
pub(in crate::features) struct VoicePlan {
    sample_rate: f64,
    hop: usize,
    tracker: Tracker,
    perturbation: bool,
    harmonicity: Option<Harmonicity>,
    formants: Option<FormantPlan>,
    harmonics: bool,
}

/// Working memory, and what was found: zeros where a frame has no value.
#[derive(Default)]
pub(in crate::features) struct VoiceScratch {
    hertz: Vec<f64>,
    tracker: TrackerScratch,
    cycles: Cycles,
    harmonicity: HarmonicityScratch,
    formant: FormantScratch,
    spectrum: AutocorrelationScratch,
    pub f0: LaneMatrix,
    pub perturbation: LaneMatrix,
    pub hnr: LaneMatrix,
    pub formants: LaneMatrix,
    pub harmonics: LaneMatrix,
}

impl std::fmt::Debug for VoicePlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VoicePlan").field("tracker", &self.tracker).finish_non_exhaustive()
    }
}

impl VoicePlan {
    /// `None` where the settings ask for nothing about the voice. They have been checked.
    pub fn from_settings(settings: &FeatureSettings, sample_rate: u32) -> Option<Self> {
        let sample_rate = f64::from(sample_rate);
        let (floor, ceiling) = (f64::from(settings.f0_min), f64::from(settings.f0_max));
        let has = |set| settings.uses(set);
        let formants = has(FeatureSet::Formants) || has(FeatureSet::Harmonics);
        settings.uses_voice().then(|| Self {
            sample_rate,
            hop: settings.hop_length,
            tracker: Tracker::new(sample_rate, floor, ceiling, settings.hop_length),
            perturbation: has(FeatureSet::JitterShimmer),
            harmonicity: has(FeatureSet::Hnr).then(|| Harmonicity::new(sample_rate, floor)),
            formants: formants.then(|| FormantPlan::new(sample_rate, f64::from(settings.formant_ceiling))),
            harmonics: has(FeatureSet::Harmonics),
        })
    }

    /// Measures the first `frames` frames of checked samples.
    pub fn measure(&self, samples: &[f32], frames: usize, scratch: &mut VoiceScratch) {
        let loudest = loudest(samples);
        self.tracker.track(samples, frames, loudest, &mut scratch.tracker, &mut scratch.hertz);
        scratch.reshape(frames);
        if self.perturbation {
            let contour = Contour { f0: &scratch.hertz, sample_rate: self.sample_rate, hop: self.hop };
            contour.pulses(samples, &mut scratch.cycles.times);
            scratch.cycles.measure(samples, self.sample_rate);
        }
        if let Some(plan) = &self.formants
            && scratch.hertz.iter().any(|&f0| f0 > 0.0)
        {
            plan.prepare(samples, &mut scratch.formant);
        }
        for frame in 0..frames {
            let f0 = scratch.hertz[frame];
            if f0 > 0.0 {
                self.measure_frame(samples, frame, f0, loudest, scratch);
            }
        }
    }

    /// A voiced frame.
    fn measure_frame(&self, samples: &[f32], frame: usize, f0: f64, loudest: f64, scratch: &mut VoiceScratch) {
        let centre = frame * self.hop;
        set(&mut scratch.f0, frame, [f0 as f32, (12.0 * (f0 / SEMITONE_ZERO).log2()) as f32]);
        if self.perturbation {
            let columns = scratch.cycles.around(centre as f64 - 0.5, self.sample_rate);
            set(&mut scratch.perturbation, frame, columns);
        }
        if let Some(plan) = &self.harmonicity {
            set(&mut scratch.hnr, frame, [plan.of_frame(samples, centre, loudest, &mut scratch.harmonicity)]);
        }
        let mut formants = [Formant::default(); FORMANTS];
        if let Some(plan) = &self.formants {
            formants = plan.of_frame(centre, &mut scratch.formant);
            let [frequencies, bandwidths] =
                [formants.map(|formant| formant.frequency as f32), formants.map(|formant| formant.bandwidth as f32)];
            for (row, value) in frequencies.into_iter().chain(bandwidths).enumerate() {
                scratch.formants.set(row, frame, value);
            }
        }
        if self.harmonics {
            let plan = &self.tracker.autocorrelation;
            let power = plan.power(samples, centre, &mut scratch.spectrum);
            let spectrum = Spectrum { power, step: self.sample_rate / plan.n_fft() as f64 };
            set(&mut scratch.harmonics, frame, spectrum.levels(f0, &formants));
        }
    }
}

impl VoiceScratch {
    fn reshape(&mut self, frames: usize) {
        let rows = [F0_COLUMNS.len(), perturbation::COLUMNS.len(), 1, formants::COLUMNS.len(), harmonics::COLUMNS.len()];
        let matrices = [&mut self.f0, &mut self.perturbation, &mut self.hnr, &mut self.formants, &mut self.harmonics];
        for (matrix, rows) in matrices.into_iter().zip(rows) {
            matrix.reshape(rows, frames);
            matrix.as_lanes_mut().fill(Default::default());
        }
    }
}

fn set<const N: usize>(matrix: &mut LaneMatrix, frame: usize, column: [f32; N]) {
    for (row, value) in column.into_iter().enumerate() {
        matrix.set(row, frame, value);
    }
}

/// The largest deviation from the mean.
pub(super) fn loudest(samples: &[f32]) -> f64 {
    let mean = samples.iter().map(|&sample| f64::from(sample)).sum::<f64>() / samples.len() as f64;
    samples.iter().fold(0.0, |loudest: f64, &sample| loudest.max((f64::from(sample) - mean).abs()))
}
