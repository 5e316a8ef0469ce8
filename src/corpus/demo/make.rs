//! The demo corpus as a clip table.

use std::collections::BTreeMap;

use super::phones::STATEMENTS;
use super::speaker::Sex;
use super::utterance::Utterance;
use crate::corpus::{ClipRow, ClipSource, Corpus, Emotion};

/// What reports call the demo corpus.
pub const CORPUS_NAME: &str = "demo (synthetic voices)";

/// The corpus has a seed of its own: it is the same corpus in every experiment, whatever the experiment's seed.
const SEED: u64 = 0x1A70_5EED;

/// `speakers` speakers, each with `clips_per_emotion` utterances in each of the eight emotions.
///
/// Nothing is synthesised yet: see [`Utterance::synthesise`].
pub fn corpus(speakers: usize, clips_per_emotion: usize) -> Corpus {
    let mut clips = Vec::with_capacity(speakers * Emotion::ALL.len() * clips_per_emotion);
    for speaker in 1..=speakers {
        for emotion in Emotion::ALL {
            for clip in 0..clips_per_emotion {
                let (statement, repetition) = (clip % STATEMENTS.len() + 1, clip / STATEMENTS.len() + 1);
                clips.push(row(Utterance { seed: SEED, speaker, emotion, statement, repetition }));
            }
        }
    }
    Corpus::new(CORPUS_NAME, Emotion::ALL.map(|emotion| emotion.name().to_owned()).to_vec(), clips)
        .synthetic()
        .with_citation("Synthetic voices made by intone's source-filter synthesiser: nobody recorded them.")
}

fn row(utterance: Utterance) -> ClipRow {
    let speaker = format!("s{:02}", utterance.speaker);
    let id = format!("demo-{speaker}-{}-{:02}-{:02}", utterance.emotion, utterance.statement, utterance.repetition);
    let extra = BTreeMap::from([
        ("repetition".to_owned(), utterance.repetition.to_string()),
        ("sex".to_owned(), Sex::of_number(utterance.speaker).name().to_owned()),
        ("statement".to_owned(), utterance.statement.to_string()),
        ("text".to_owned(), utterance.text().to_owned()),
    ]);
    ClipRow { id, source: ClipSource::Demo(utterance), label: utterance.emotion.index(), speaker, train_only: false, extra }
}
