//! Why a corpus cannot be split as asked.

use crate::corpus::names::listed;
use crate::settings::InvalidSetting;

/// A split that the corpus does not allow, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// A key of `[split]` has a value that cannot be used.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// More folds than speakers.
    #[error(
        "`split.folds` is {folds}, but the corpus has {speakers} speakers to test on, and each fold needs one; ask for at most {speakers} folds"
    )]
    TooManyFolds {
        /// Folds asked for.
        folds: usize,
        /// Speakers who may be tested on.
        speakers: usize,
    },
    /// Speakers who are named and not there.
    #[error(
        "`{key}` names speakers whom the corpus lacks: {}; it has {}; set `split.allow_missing_speakers = true` to go on without them, or choose another split",
        listed(missing.iter().map(String::as_str), 30),
        listed(present.iter().map(String::as_str), 30)
    )]
    MissingSpeakers {
        /// The key that names them.
        key: &'static str,
        /// As named.
        missing: Vec<String>,
        /// All speakers of the corpus.
        present: Vec<String>,
    },
    /// A speaker who would be tested on twice.
    #[error(
        "`split.test_speakers` names speaker {speaker} more than once (fold {fold} is the second time); test on each speaker in one fold only"
    )]
    RepeatedSpeaker {
        /// Who.
        speaker: String,
        /// Name of the later fold.
        fold: String,
    },
    /// Nobody to test on.
    #[error("fold {fold} of `{key}` has no speaker whom the corpus can test on; take the fold out, or add its speakers to the corpus")]
    NoTestSpeaker {
        /// The key that makes the folds.
        key: &'static str,
        /// Name of the fold.
        fold: String,
    },
    /// Too few speakers to train on, or to train and validate on.
    #[error(
        "fold {fold} leaves {speakers} speakers to train on, and `split.validation` is {validation}; training needs one speaker and validation another: add speakers, test on fewer at a time, or set `split.validation = 0`"
    )]
    TooFewSpeakers {
        /// Name of the fold.
        fold: String,
        /// Speakers who are not tested on.
        speakers: usize,
        /// Part asked for, as text.
        validation: String,
    },
    /// Too few clips to fill a part.
    #[error("the corpus has too few clips ({clips}) for a {part} part by `{key}`; add clips or change the part")]
    TooFewClips {
        /// The part.
        part: &'static str,
        /// The key.
        key: &'static str,
        /// Clips that may be tested on.
        clips: usize,
    },
    /// A class that a fold cannot learn.
    #[error(
        "fold {fold} has no training clip of `{label}` ({clips} clips by {speakers} speakers in the corpus): a class needs clips of at least two speakers (three with a validation part); leave the class out of the corpus, add clips, or change `split.kind`, `split.folds` or `split.validation`"
    )]
    NoTrainingClip {
        /// Name of the fold.
        fold: String,
        /// The class.
        label: String,
        /// Its clips in the corpus.
        clips: usize,
        /// Their speakers.
        speakers: usize,
    },
    /// Nothing to tell apart.
    #[error("the corpus has clips of {labels} label(s); recognition needs at least two: look at `corpus.path` and the label column")]
    TooFewLabels {
        /// Labels with a clip.
        labels: usize,
    },
}
