//! The built-in corpus: synthetic voices that speak four short sentences in eight emotions.
//!
//! A source-filter synthesiser after Klatt (1980): [glottal pulses](glottis) and noise excite a [cascade of resonators](tract)
//! whose [targets](phones) are measured formants. What an emotion does to a voice follows the literature; [`profile`] has the table.
//! Nobody recorded these voices: wherever they show, they are marked as synthetic, and a score on them says that the
//! laboratory works, not how well emotion is recognised in people.

pub mod glottis;
mod make;
mod performance;
pub mod phones;
pub mod profile;
mod render;
mod score;
mod speaker;
pub mod tract;
mod utterance;

pub use make::{CORPUS_NAME, corpus};
pub use speaker::{Sex, Speaker};
pub use utterance::{SAMPLE_RATE, Utterance};
