//! One utterance: a description that is turned into sound on demand.

use super::performance::Performance;
use super::phones::STATEMENTS;
use super::render::render;
use super::score::targets;
use super::speaker::Speaker;
use crate::audio::Clip;
use crate::corpus::Emotion;
use crate::seed;

/// Samples a second of all synthetic voices, Hz.
pub const SAMPLE_RATE: u32 = 16_000;

/// One utterance, fully described: the same value gives the same samples to the bit, on any number of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utterance {
    /// Seed of the corpus it belongs to.
    pub seed: u64,
    /// Who speaks, from 1; odd numbers are men.
    pub speaker: usize,
    /// In what emotion.
    pub emotion: Emotion,
    /// Which of the [sentences](STATEMENTS), from 1; beyond their number they start again.
    pub statement: usize,
    /// Which repetition, from 1.
    pub repetition: usize,
}

impl Utterance {
    /// Speaks it: 1.2 to 2.5 s of mono sound at [`SAMPLE_RATE`], silence of about 0.1 s at both ends.
    ///
    /// ```
    /// use intone::corpus::{Emotion, demo::Utterance};
    /// let clip = Utterance { seed: 1, speaker: 1, emotion: Emotion::Happy, statement: 1, repetition: 1 }.synthesise();
    /// assert!(clip.duration_s() > 1.19 && clip.duration_s() < 2.51);
    /// ```
    pub fn synthesise(&self) -> Clip {
        let (_, statement) = STATEMENTS[self.statement_index()];
        let path = [self.speaker, self.emotion.index(), self.statement, self.repetition].map(|number| number.to_string());
        let [speaker, emotion, number, repetition] = &path;
        let rng = &mut seed::stream(self.seed, &["demo", "utterance", speaker, emotion, number, repetition]);
        let performance = Performance::new(&Speaker::new(self.seed, self.speaker), self.emotion, rng);
        let targets = targets(statement, &performance, rng);
        Clip { samples: render(&targets, &performance, f64::from(SAMPLE_RATE), rng), sample_rate: SAMPLE_RATE }
    }

    /// What is said.
    pub fn text(&self) -> &'static str {
        STATEMENTS[self.statement_index()].0
    }

    fn statement_index(&self) -> usize {
        self.statement.saturating_sub(1) % STATEMENTS.len()
    }
}
