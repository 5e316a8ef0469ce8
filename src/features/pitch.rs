//! The fundamental frequency of the frames of a clip, by YIN, pYIN or both from one difference function.

use super::difference::{Difference, DifferenceScratch};
use super::frames::Framing;
use super::lanes::LaneMatrix;
use super::pyin::{COLUMNS, Observation, Pyin};
use super::settings::{FeatureSet, FeatureSettings};
use super::viterbi::{Decoder, Lattice};
use super::yin;

/// What is asked for, planned.
#[derive(Debug, Clone)]
pub(super) struct PitchPlan {
    sample_rate: f64,
    difference: Difference,
    /// Threshold of YIN.
    yin: Option<f64>,
    pyin: Option<(Pyin, Decoder)>,
}

/// Working memory, and what was found.
#[derive(Default)]
pub(super) struct PitchScratch {
    difference: DifferenceScratch,
    observation: Observation,
    lattice: Lattice,
    /// Hz.
    pub yin: LaneMatrix,
    /// Hz or 0, voiced or not, probability of it.
    pub pyin: LaneMatrix,
}

impl PitchPlan {
    /// `None` where the settings ask for neither. They have been checked.
    pub fn from_settings(settings: &FeatureSettings, sample_rate: u32) -> Option<Self> {
        let sample_rate = f64::from(sample_rate);
        let (f0_min, f0_max) = (f64::from(settings.f0_min), f64::from(settings.f0_max));
        let has = |set| settings.uses(set);
        settings.uses_pitch().then(|| {
            let framing = Framing { frame_length: settings.f0_frame_length, hop_length: settings.hop_length };
            let difference = Difference::new(framing, sample_rate, f0_min, f0_max);
            let pyin = has(FeatureSet::Pyin).then(|| {
                let pyin = Pyin::new(sample_rate, difference.first_period(), difference.periods(), f0_min, f0_max);
                let decoder = pyin.decoder(settings.hop_length);
                (pyin, decoder)
            });
            Self { sample_rate, difference, yin: has(FeatureSet::Yin).then_some(f64::from(settings.yin_threshold)), pyin }
        })
    }

    /// Finds the fundamental frequency of the first `frames` frames of checked samples.
    pub fn track(&self, samples: &[f32], frames: usize, scratch: &mut PitchScratch) {
        let PitchScratch { difference, observation, lattice, yin, pyin } = scratch;
        yin.reshape(1, frames);
        pyin.reshape(COLUMNS.len(), frames);
        if let Some((_, decoder)) = &self.pyin {
            decoder.start(lattice);
        }
        for frame in 0..frames {
            let values = self.difference.of_frame(samples, frame, difference);
            if let Some(threshold) = self.yin {
                yin.set(0, frame, (self.sample_rate / yin::period(values, self.difference.first_period(), threshold)) as f32);
            }
            if let Some((plan, decoder)) = &self.pyin {
                plan.observe(values, observation);
                pyin.set(2, frame, observation.voiced as f32);
                decoder.push(observation, lattice);
            }
        }
        if let Some((plan, decoder)) = &self.pyin {
            for (frame, state) in decoder.finish(lattice).enumerate() {
                pyin.set(0, frame, if state.voiced { plan.frequency(state.bin) as f32 } else { 0.0 });
                pyin.set(1, frame, f32::from(u8::from(state.voiced)));
            }
        }
    }
}
