//! Folds: what holds for all of them, and what each protocol promises.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use intone::corpus::splits::{Fold, Folds, LUNA_JIMENEZ_5, SplitError, SplitKind, SplitSettings, make_folds};
use intone::corpus::{ClipRow, ClipSource, Corpus};
use proptest::prelude::*;

use crate::strings;

const LABELS: usize = 3;

fn split(kind: SplitKind) -> SplitSettings {
    SplitSettings {
        kind,
        folds: 5,
        preset: "luna-jimenez-5".into(),
        allow_missing_speakers: false,
        validation: 0.25,
        test_speakers: Vec::new(),
        test_part: 0.2,
        train_on: Vec::new(),
        test_on: Vec::new(),
    }
}

fn clip(speaker: &str, label: usize, number: usize, train_only: bool) -> ClipRow {
    let sex = speaker.parse::<usize>().map_or("", |n| if n % 2 == 1 { "male" } else { "female" });
    ClipRow {
        id: format!("{speaker}-{label}-{number}{}", if train_only { "-t" } else { "" }),
        source: ClipSource::File(PathBuf::from("x.wav")),
        label,
        speaker: speaker.to_owned(),
        train_only,
        extra: BTreeMap::from([("sex".to_owned(), sex.to_owned())]),
    }
}

/// Speakers "01".. with `clips` clips a label, and for every third speaker one clip a label that may only train.
fn corpus(speakers: usize, clips: usize) -> Corpus {
    let mut rows = Vec::new();
    for speaker in 1..=speakers {
        for label in 0..LABELS {
            rows.extend((0..clips).map(|number| clip(&format!("{speaker:02}"), label, number, false)));
            if speaker % 3 == 0 {
                rows.push(clip(&format!("{speaker:02}"), label, 0, true));
            }
        }
    }
    Corpus::new("test", (0..LABELS).map(|label| format!("l{label}")).collect(), rows)
}

fn parts(fold: &Fold) -> [&[usize]; 3] {
    [fold.train.indices(), fold.validation.indices(), fold.test.indices()]
}

fn speakers<'a>(corpus: &'a Corpus, rows: &[usize]) -> BTreeSet<&'a str> {
    rows.iter().map(|&row| corpus.clips[row].speaker.as_str()).collect()
}

/// What must hold of every fold of every protocol.
fn check(corpus: &Corpus, split: &Folds, by_speaker: bool) {
    for fold in &split.folds {
        let all: Vec<usize> = parts(fold).concat();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "a row is in two parts");
        assert!(parts(fold).iter().all(|rows| rows.is_sorted()));
        assert!(!fold.train.indices().is_empty() && !fold.validation.indices().is_empty() && !fold.test.indices().is_empty());
        // Every clip that may be tested on is somewhere; clips that may only train are nowhere else.
        let testable: BTreeSet<usize> = (0..corpus.clips.len()).filter(|&row| !corpus.clips[row].train_only).collect();
        assert!(testable.iter().all(|row| all.contains(row)));
        assert!([fold.validation.indices(), fold.test.indices()].concat().iter().all(|row| testable.contains(row)));
        let trained: BTreeSet<usize> = fold.train.indices().iter().map(|&row| corpus.clips[row].label).collect();
        assert_eq!(trained.len(), corpus.labels.len());
        if by_speaker {
            let [train, validation, test] = parts(fold).map(|rows| speakers(corpus, rows));
            assert!(train.is_disjoint(&validation) && train.is_disjoint(&test) && validation.is_disjoint(&test));
            let extra =
                (0..corpus.clips.len()).filter(|row| !testable.contains(row) && train.contains(corpus.clips[*row].speaker.as_str()));
            assert!(extra.clone().all(|row| fold.train.indices().contains(&row)), "a training speaker's extra clips train");
        }
    }
    assert_eq!(split.speaker_independent, by_speaker);
}

/// Each part by ids, so that corpora in different orders compare.
fn by_id(corpus: &Corpus, split: &Folds) -> Vec<(String, [BTreeSet<String>; 3])> {
    let ids = |rows: &[usize]| rows.iter().map(|&row| corpus.clips[row].id.clone()).collect();
    split.folds.iter().map(|fold| (fold.name.clone(), parts(fold).map(ids))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn all_protocols_keep_parts_apart_and_are_fixed_by_seed_and_names(
        count in 6usize..26, clips in 2usize..4, folds in 2usize..6, validation in 0.05f64..0.5, seed: u64, order: u64,
    ) {
        let corpus = corpus(count, clips);
        let mut shuffled = corpus.clone();
        use rand::seq::SliceRandom;
        shuffled.clips.shuffle(&mut intone::seed::stream(order, &["order"]));
        for kind in [SplitKind::SpeakerFolds, SplitKind::LeaveOneSpeakerOut, SplitKind::Fixed, SplitKind::Preset, SplitKind::Random] {
            let settings = SplitSettings {
                folds,
                validation,
                allow_missing_speakers: true,
                test_speakers: vec![strings(&["1", "2"]), strings(&["04", "99"])],
                preset: if seed % 2 == 0 { "leave-one-speaker-out" } else { "random-80-20" }.into(),
                ..split(kind)
            };
            let made = make_folds(&corpus, &settings, seed).expect("folds");
            let random = kind == SplitKind::Random || (kind == SplitKind::Preset && seed % 2 == 1);
            check(&corpus, &made, !random);
            prop_assert_eq!(&made, &make_folds(&corpus, &settings, seed).expect("folds"));
            let other = make_folds(&shuffled, &settings, seed).expect("folds");
            prop_assert_eq!(by_id(&corpus, &made), by_id(&shuffled, &other));
            prop_assert_eq!(&made.description, &other.description);

            if kind == SplitKind::SpeakerFolds {
                let sizes: Vec<usize> = made.folds.iter().map(|fold| speakers(&corpus, fold.test.indices()).len()).collect();
                prop_assert_eq!(sizes.iter().sum::<usize>(), count);
                prop_assert!(sizes.iter().max().unwrap_or(&0) - sizes.iter().min().unwrap_or(&0) <= 1, "{:?}", sizes);
            }
        }
    }
}

#[test]
fn speaker_folds_test_each_clip_once_with_both_sexes_in_each_part() {
    let corpus = corpus(20, 2);
    let split = make_folds(&corpus, &split(SplitKind::SpeakerFolds), 42).expect("folds");
    let tested: Vec<usize> = split.folds.iter().flat_map(|fold| fold.test.indices().iter().copied()).collect();
    assert_eq!(tested.len(), 20 * LABELS * 2);
    assert_eq!(tested.iter().collect::<BTreeSet<_>>().len(), tested.len());
    for fold in &split.folds {
        for (rows, men, women) in [(fold.test.indices(), 2, 2), (fold.validation.indices(), 2, 2), (fold.train.indices(), 6, 6)] {
            let who = speakers(&corpus, rows);
            let odd = who.iter().filter(|name| name.ends_with(['1', '3', '5', '7', '9'])).count();
            assert_eq!((odd, who.len() - odd), (men, women), "fold {}", fold.name);
        }
    }
    let expected = "5 folds over 20 speakers; no speaker is in two parts of a fold; about 25 % of the training speakers validate; \
                    18 further clips only ever train";
    assert_eq!(split.description, expected);
    let other = make_folds(&corpus, &self::split(SplitKind::SpeakerFolds), 43).expect("folds");
    assert_ne!(split.folds, other.folds);
}

#[test]
fn luna_jimenez_tests_the_published_actors() {
    let corpus = corpus(24, 1);
    let made = make_folds(&corpus, &split(SplitKind::Preset), 1).expect("folds");
    for (fold, actors) in made.folds.iter().zip(LUNA_JIMENEZ_5) {
        let expected: BTreeSet<String> = actors.iter().map(|actor| format!("{actor:0>2}")).collect();
        assert_eq!(speakers(&corpus, fold.test.indices()), expected.iter().map(String::as_str).collect());
    }
    let all: BTreeSet<&str> = LUNA_JIMENEZ_5.concat().into_iter().collect();
    assert_eq!(all.len(), 24);
    assert!(made.missing_speakers.is_empty());
}

#[test]
fn missing_speakers_are_an_error_unless_allowed() {
    let corpus = corpus(20, 1);
    let mut settings = split(SplitKind::Preset);
    let error = make_folds(&corpus, &settings, 1).expect_err("four actors are missing").to_string();
    assert!(error.starts_with("`split.preset` names speakers whom the corpus lacks: 21, 23, 24, 22; it has 01, 02,"), "{error}");
    assert!(error.contains("split.allow_missing_speakers = true"));
    settings.allow_missing_speakers = true;
    let made = make_folds(&corpus, &settings, 1).expect("allowed");
    assert_eq!(made.missing_speakers, ["21", "23", "24", "22"]);
    assert_eq!(speakers(&corpus, made.folds[3].test.indices()), BTreeSet::from(["08", "17"]));
}

#[test]
fn random_splits_are_stratified_and_say_that_they_leak() {
    let corpus = corpus(10, 4);
    let made = make_folds(&corpus, &split(SplitKind::Random), 7).expect("a fold");
    assert!(!made.speaker_independent && made.description.contains("speakers are shared"));
    for label in 0..LABELS {
        let of = |rows: &[usize]| rows.iter().filter(|&&row| corpus.clips[row].label == label && !corpus.clips[row].train_only).count();
        assert_eq!(parts(&made.folds[0]).map(of), [24, 8, 8]);
    }
}

#[test]
fn independence_is_found_in_the_rows_not_in_the_settings() {
    // A clip a speaker: even a random split shares nobody.
    let rows = (0..40).map(|n| clip(&format!("{n:02}"), n % LABELS, 0, false)).collect();
    let corpus = Corpus::new("test", strings(&["a", "b", "c"]), rows);
    assert!(make_folds(&corpus, &split(SplitKind::Random), 1).expect("a fold").speaker_independent);
}

#[test]
fn no_validation_part_where_none_is_asked_for() {
    let corpus = corpus(6, 1);
    for kind in [SplitKind::SpeakerFolds, SplitKind::Random] {
        let made = make_folds(&corpus, &SplitSettings { validation: 0.0, ..split(kind) }, 1).expect("folds");
        assert!(made.folds.iter().all(|fold| fold.validation.indices().is_empty()));
    }
}

#[test]
fn speakers_who_only_train_are_in_no_other_part() {
    let mut corpus = corpus(4, 1);
    corpus.clips.extend((0..LABELS).map(|label| clip("30", label, 0, true)));
    let made = make_folds(&corpus, &split(SplitKind::LeaveOneSpeakerOut), 1).expect("folds");
    assert_eq!(made.folds.iter().map(|fold| fold.name.as_str()).collect::<Vec<_>>(), ["01", "02", "03", "04"]);
    assert!(made.folds.iter().all(|fold| speakers(&corpus, fold.train.indices()).contains("30")));
}

#[test]
fn what_cannot_be_split_is_refused_with_the_key_and_the_way_out() {
    let refuse = |corpus: &Corpus, settings: &SplitSettings| make_folds(corpus, settings, 1).expect_err("refused");
    let error = refuse(&corpus(4, 1), &split(SplitKind::SpeakerFolds));
    assert_eq!(error, SplitError::TooManyFolds { folds: 5, speakers: 4 });
    assert!(error.to_string().starts_with("`split.folds` is 5, but the corpus has 4 speakers"));

    let fixed = |lists: &[&[&str]]| SplitSettings {
        test_speakers: lists.iter().map(|list| strings(list)).collect(),
        allow_missing_speakers: true,
        ..split(SplitKind::Fixed)
    };
    assert!(
        matches!(refuse(&corpus(6, 1), &fixed(&[&["1"], &["77"]])), SplitError::NoTestSpeaker { key: "split.test_speakers", fold } if fold == "2")
    );
    assert!(
        matches!(refuse(&corpus(6, 1), &fixed(&[&["1"], &["3", "01"]])), SplitError::RepeatedSpeaker { speaker, .. } if speaker == "01")
    );
    assert!(matches!(refuse(&corpus(2, 1), &split(SplitKind::LeaveOneSpeakerOut)), SplitError::TooFewSpeakers { speakers: 1, .. }));
    assert!(matches!(refuse(&corpus(2, 1), &fixed(&[&["1", "2"]])), SplitError::TooFewSpeakers { speakers: 0, .. }));

    let mut lonely = corpus(6, 1);
    lonely.labels.push("rare".into());
    lonely.clips.push(clip("01", LABELS, 0, false));
    let error = refuse(&lonely, &split(SplitKind::LeaveOneSpeakerOut));
    assert!(
        matches!(&error, SplitError::NoTrainingClip { fold, label, clips: 1, speakers: 1 } if fold == "01" && label == "rare"),
        "{error}"
    );

    let mut one = corpus(6, 1);
    one.clips.retain(|clip| clip.label == 0);
    assert_eq!(refuse(&one, &split(SplitKind::SpeakerFolds)), SplitError::TooFewLabels { labels: 1 });
}

#[test]
fn values_of_the_section_are_checked() {
    let refuse = |settings: SplitSettings| settings.check().expect_err("refused").to_string();
    let misspelt = refuse(SplitSettings { preset: "luna-jimenes-5".into(), ..split(SplitKind::Preset) });
    assert!(
        misspelt.starts_with("`split.preset` is `luna-jimenes-5`") && misspelt.ends_with("did you mean `luna-jimenez-5`?"),
        "{misspelt}"
    );
    assert!(refuse(SplitSettings { folds: 1, ..split(SplitKind::SpeakerFolds) }).starts_with("`split.folds` is 1"));
    assert!(refuse(SplitSettings { validation: f64::NAN, ..split(SplitKind::Random) }).starts_with("`split.validation` is NaN"));
    assert!(refuse(SplitSettings { test_part: 1.0, ..split(SplitKind::Random) }).starts_with("`split.test_part` is 1"));
    assert!(refuse(split(SplitKind::Fixed)).starts_with("`split.test_speakers` is empty"));
    let empty = SplitSettings { test_speakers: vec![strings(&["1"]), vec![]], ..split(SplitKind::Fixed) };
    assert!(refuse(empty).starts_with("`split.test_speakers` has no speaker in list 2"));
}
