//! Voice quality, frame by frame: fundamental frequency, jitter, shimmer, harmonics-to-noise ratio, formants, levels of harmonics.
//!
//! Definitions are those of Praat (P. Boersma & D. Weenink, *Praat: doing phonetics by computer*), whose values these are tested on; the
//! columns and that only voiced frames have values follow GeMAPS (Eyben et al. 2016).

mod autocorrelation;
mod candidates;
mod formants;
mod harmonicity;
mod harmonics;
mod path;
mod perturbation;
mod plan;
mod prediction;
mod pulses;
mod resample;
mod roots;
mod sinc;
mod voicing;

#[cfg(test)]
mod tests;

pub(super) use formants::COLUMNS as FORMANT_COLUMNS;
pub(super) use harmonics::COLUMNS as HARMONIC_COLUMNS;
pub(super) use perturbation::COLUMNS as PERTURBATION_COLUMNS;
pub(super) use plan::{F0_COLUMNS, SETS, VoicePlan, VoiceScratch};
pub(crate) use voicing::Voicing;
