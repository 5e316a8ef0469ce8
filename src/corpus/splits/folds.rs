//! From settings to folds.

use std::collections::BTreeSet;

use super::people::{Person, people};
use super::presets::{LUNA_JIMENEZ_5, RANDOM_TEST_PART};
use super::speakers::{self, Tested};
use super::{Fold, SplitError, SplitKind, SplitSettings, random};
use crate::corpus::Corpus;

/// The folds of an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    /// In the order of their names' making.
    pub folds: Vec<Fold>,
    /// One sentence for people.
    pub description: String,
    /// No speaker of a test part is in the training or validation part of the same fold: looked up in the rows.
    pub speaker_independent: bool,
    /// Speakers that the protocol names and the corpus lacks.
    pub missing_speakers: Vec<String>,
}

/// What a protocol comes down to.
enum Protocol {
    Dealt(usize),
    OneEach,
    Listed { key: &'static str, lists: Vec<Vec<String>> },
    Random(f64),
    Across,
}

/// Splits `corpus` as `settings` say; every random choice comes from `seed`.
///
/// The same clips, settings and seed give the same folds, whatever the order of clips.
///
/// # Errors
/// A setting that cannot be used; speakers that are named and missing; a part without clips; a class without a training clip.
///
/// ```
/// use intone::corpus::{demo, splits::{SplitKind, SplitSettings, make_folds}};
/// let settings = SplitSettings {
///     kind: SplitKind::SpeakerFolds,
///     folds: 3,
///     preset: String::new(),
///     allow_missing_speakers: false,
///     validation: 0.25,
///     test_speakers: vec![],
///     test_part: 0.2,
///     train_on: vec![],
///     test_on: vec![],
/// };
/// let split = make_folds(&demo::corpus(6, 1), &settings, 42)?;
/// assert_eq!(split.folds.len(), 3);
/// assert!(split.speaker_independent);
/// # Ok::<(), intone::corpus::splits::SplitError>(())
/// ```
pub fn make_folds(corpus: &Corpus, settings: &SplitSettings, seed: u64) -> Result<Folds, SplitError> {
    settings.check()?;
    let labels = corpus.clips_by_label().into_iter().filter(|&count| count > 0).count();
    if labels < 2 {
        return Err(SplitError::TooFewLabels { labels });
    }
    let people = people(corpus);
    let mut missing_speakers = Vec::new();
    let by_speakers = |tested: Vec<Tested>, key| -> Result<Vec<Fold>, SplitError> {
        tested.iter().map(|tested| speakers::fold(&people, tested, settings.validation, seed, key)).collect()
    };
    let folds = match protocol(settings) {
        Protocol::Dealt(folds) => by_speakers(speakers::dealt(&people, folds, seed)?, "split.folds")?,
        Protocol::OneEach => by_speakers(speakers::one_each(&people), "split.kind")?,
        Protocol::Listed { key, lists } => {
            let (tested, missing) = speakers::listed(&people, &lists)?;
            if !missing.is_empty() && !settings.allow_missing_speakers {
                return Err(SplitError::MissingSpeakers { key, missing, present: corpus.speakers() });
            }
            missing_speakers = missing;
            by_speakers(tested, key)?
        }
        Protocol::Across => across(corpus, &people, settings, seed)?,
        Protocol::Random(test_part) => vec![random::fold(corpus, test_part, settings.validation, seed)?],
    };
    check_classes(corpus, &folds)?;
    let speaker_independent = folds.iter().all(|fold| keeps_speakers_apart(corpus, fold));
    let description = describe(corpus, settings, &folds, speaker_independent);
    Ok(Folds { folds, description, speaker_independent, missing_speakers })
}

/// The rows for a model that is to be used rather than scored: all speakers train, but for the validation part.
///
/// # Errors
/// Too few speakers for a validation part, or a class without a training clip.
pub fn whole_corpus(corpus: &Corpus, settings: &SplitSettings, seed: u64) -> Result<Fold, SplitError> {
    let fold = speakers::untested(&people(corpus), settings.validation, seed)?;
    check_classes(corpus, std::slice::from_ref(&fold))?;
    Ok(fold)
}

fn protocol(settings: &SplitSettings) -> Protocol {
    match settings.kind {
        SplitKind::SpeakerFolds => Protocol::Dealt(settings.folds),
        SplitKind::LeaveOneSpeakerOut => Protocol::OneEach,
        SplitKind::Fixed => Protocol::Listed { key: "split.test_speakers", lists: settings.test_speakers.clone() },
        SplitKind::Random => Protocol::Random(settings.test_part),
        SplitKind::CrossCorpus => Protocol::Across,
        SplitKind::Preset => match settings.preset.as_str() {
            "leave-one-speaker-out" => Protocol::OneEach,
            "random-80-20" => Protocol::Random(RANDOM_TEST_PART),
            // `SplitSettings::check` knows no fourth.
            _ => Protocol::Listed {
                key: "split.preset",
                lists: LUNA_JIMENEZ_5.iter().map(|list| list.iter().map(|&name| name.to_owned()).collect()).collect(),
            },
        },
    }
}

/// A fold a pair of a corpus that is trained on and another that is tested on.
fn across(corpus: &Corpus, people: &[Person], settings: &SplitSettings, seed: u64) -> Result<Vec<Fold>, SplitError> {
    let parts = corpus.parts();
    settings.check_parts(&parts.iter().map(String::as_str).collect::<Vec<_>>())?;
    let mut folds = Vec::new();
    for train in parts.iter().filter(|part| settings.trains_on(part)) {
        for test in parts.iter().filter(|part| *part != train && settings.tests_on(part)) {
            folds.push(speakers::across(people, (train, test), settings.validation, seed)?);
        }
    }
    Ok(folds)
}

/// Each class must have something to learn from in each fold.
fn check_classes(corpus: &Corpus, folds: &[Fold]) -> Result<(), SplitError> {
    for fold in folds {
        let trained: BTreeSet<usize> = fold.train.indices().iter().map(|&row| corpus.clips[row].label).collect();
        if let Some((label, name)) = corpus.labels.iter().enumerate().find(|(label, _)| !trained.contains(label)) {
            let clips = corpus.clips.iter().filter(|clip| clip.label == label);
            let speakers: BTreeSet<&str> = clips.clone().map(|clip| clip.speaker.as_str()).collect();
            return Err(SplitError::NoTrainingClip {
                fold: fold.name.clone(),
                label: name.clone(),
                clips: clips.count(),
                speakers: speakers.len(),
            });
        }
    }
    Ok(())
}

fn keeps_speakers_apart(corpus: &Corpus, fold: &Fold) -> bool {
    let of = |rows: &[usize]| rows.iter().map(|&row| corpus.clips[row].speaker.as_str()).collect::<BTreeSet<_>>();
    let tested = of(fold.test.indices());
    of(fold.train.indices()).is_disjoint(&tested) && of(fold.validation.indices()).is_disjoint(&tested)
}

fn describe(corpus: &Corpus, settings: &SplitSettings, folds: &[Fold], speaker_independent: bool) -> String {
    let percent = |part: f64| format!("{} %", (1000.0 * part).round() / 10.0);
    let speakers = corpus.speakers().len();
    let what = match (settings.kind, settings.preset.as_str()) {
        (SplitKind::Preset, name @ "luna-jimenez-5") => format!("{} folds of the preset {name} over {speakers} speakers", folds.len()),
        (SplitKind::LeaveOneSpeakerOut, _) | (SplitKind::Preset, "leave-one-speaker-out") => {
            format!("each of {} speakers left out in turn", folds.len())
        }
        (SplitKind::Preset, _) => random_text(&percent(RANDOM_TEST_PART)),
        (SplitKind::Random, _) => random_text(&percent(settings.test_part)),
        (SplitKind::SpeakerFolds, _) => format!("{} folds over {speakers} speakers", folds.len()),
        (SplitKind::CrossCorpus, _) => cross_text(folds),
        (SplitKind::Fixed, _) => format!("{} folds with listed test speakers, {speakers} speakers in all", folds.len()),
    };
    let apart = if settings.kind == SplitKind::CrossCorpus && speaker_independent {
        "speakers are told apart by corpus and name, and none is in two parts of a fold; whether one person speaks in both corpora is not known"
    } else if speaker_independent {
        "no speaker is in two parts of a fold"
    } else {
        "speakers are shared between training and test, so scores flatter"
    };
    let validated = match settings.validation {
        0.0 => "no validation part".to_owned(),
        part => format!("about {} of the training {} validate", percent(part), if speaker_independent { "speakers" } else { "clips" }),
    };
    let train_only = match corpus.clips.iter().filter(|clip| clip.train_only).count() {
        0 => String::new(),
        count => format!("; {count} further clips only ever train"),
    };
    format!("{what}; {apart}; {validated}{train_only}")
}

fn cross_text(folds: &[Fold]) -> String {
    let pairs: Vec<&str> = folds.iter().map(|fold| fold.name.as_str()).collect();
    let what = "every clip tested on is of a corpus that nothing was fitted on or chosen by";
    match pairs[..] {
        [one] => format!("across corpora ({one}: trained on the one, tested on all of the other); {what}"),
        _ => {
            format!("across corpora, {} folds ({}: trained on the one, tested on all of the other); {what}", pairs.len(), pairs.join(", "))
        }
    }
}

fn random_text(percent: &str) -> String {
    format!("{percent} of the clips, drawn at random within each label, tested on")
}
