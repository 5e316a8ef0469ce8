//! Several corpora as one, and folds across them.

use std::collections::BTreeSet;

use intone::corpus::splits::{SplitKind, make_folds};
use intone::corpus::{Corpus, PART_COLUMN};
use intone::experiment::Config;

use crate::touch;

/// Files of EmoDB and SAVEE, a speaker and emotion each, under a fresh folder.
fn files() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    for speaker in ["03", "08", "09", "10"] {
        for emotion in ["W", "L", "F", "T", "N"] {
            touch(root.path(), [format!("emodb/wav/{speaker}a01{emotion}a.wav").as_str()]);
        }
    }
    for speaker in ["DC", "JE", "JK", "KL"] {
        for name in ["a01", "h01", "n01", "sa01", "su01"] {
            touch(root.path(), [format!("savee/{speaker}/{name}.wav").as_str()]);
        }
    }
    root
}

fn experiment(root: &tempfile::TempDir, emodb: &str, savee: &str, rest: &str) -> String {
    let folder = root.path().display();
    format!(
        "[corpus]\nkind = \"parts\"\n[[corpus.parts]]\nkind = \"emodb\"\npath = \"{folder}/emodb\"\n{emodb}\n[[corpus.parts]]\nkind = \"savee\"\n\
         path = \"{folder}/savee\"\n{savee}\n[split]\nkind = \"cross-corpus\"\nvalidation = 0.25\n{rest}"
    )
}

fn load(text: &str) -> Result<(Config, Corpus), String> {
    let config = Config::from_toml(text).map_err(|error| error.to_string())?;
    let corpus = Corpus::load_from(&config.corpus, None).map_err(|error| error.to_string())?;
    Ok((config, corpus))
}

#[test]
fn labels_are_mapped_and_names_kept_apart() {
    let root = files();
    let (_, corpus) = load(&experiment(
        &root,
        "labels = { boredom = \"\", happy = \"glad\" }",
        "labels = { happy = \"glad\", surprised = \"glad\" }",
        "",
    ))
    .expect("a corpus");
    assert_eq!(corpus.name, "EmoDB + SAVEE");
    assert_eq!(corpus.labels, ["neutral", "glad", "sad", "angry"]);
    assert_eq!(corpus.clips_by_label(), [8, 12, 8, 8]);
    assert_eq!(corpus.parts(), ["emodb", "savee"]);
    assert_eq!(corpus.speakers(), ["emodb:03", "emodb:08", "emodb:09", "emodb:10", "savee:DC", "savee:JE", "savee:JK", "savee:KL"]);
    assert_eq!(corpus.clips[0].id, "emodb:03a01Fa");
    assert_eq!(corpus.clips.iter().map(|clip| &clip.id).collect::<BTreeSet<_>>().len(), 36);
    assert_eq!(
        corpus.notes,
        [
            "emodb: happy counts as glad",
            "emodb: 4 clips of boredom left out, as `labels` declares",
            "savee: happy counts as glad, surprised counts as glad",
        ]
    );
    assert!(corpus.citation.is_some_and(|text| text.contains("Burkhardt") && text.contains("Haq")));
}

#[test]
fn labels_that_only_one_has_are_refused_or_left_out_as_declared() {
    let root = files();
    let text = experiment(&root, "", "labels = { surprised = \"boredum\" }", "");
    let message = load(&text).expect_err("refused");
    for part in ["`boredom` (only emodb; did you mean `boredum`?)", "`boredum` (only savee; did you mean `boredom`?)", "leave-out"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let (_, corpus) = load(&text.replace("kind = \"parts\"", "kind = \"parts\"\nunshared_labels = \"leave-out\"")).expect("a corpus");
    assert_eq!(corpus.labels, ["neutral", "happy", "sad", "angry"]);
    assert_eq!(corpus.clips.len(), 32);
    assert!(
        corpus.notes.iter().any(|note| note.starts_with("labels that not every corpus has are left out: `boredom`")),
        "{:?}",
        corpus.notes
    );
}

#[test]
fn bad_maps_and_names_are_refused_with_the_key_and_the_nearest_name() {
    let root = files();
    for (emodb, savee, rest, says) in [
        ("labels = { bordom = \"\" }", "", "", vec!["`corpus.parts[0].labels`", "`bordom`", "did you mean `boredom`?"]),
        ("name = \"a:b\"", "", "", vec!["`corpus.parts[0].name`"]),
        ("", "name = \"emodb\"", "", vec!["`corpus.parts[1].name`", "part 1"]),
        ("colour = 1", "", "", vec!["corpus.parts[0]", "colour"]),
        ("", "", "train_on = [\"emdb\"]", vec!["`split.train_on`", "did you mean `emodb`?"]),
        ("", "", "train_on = [\"emodb\"]\ntest_on = [\"emodb\"]", vec!["`split.test_on`", "name another"]),
    ] {
        // Before any folder is looked at.
        let message = Config::from_toml(&experiment(&root, emodb, savee, rest)).expect_err("refused").to_string();
        for part in says {
            assert!(message.contains(part), "{part}: {message}");
        }
    }
    let twin = experiment(&root, "", "", "[report]\nleaky_twin = true");
    assert!(Config::from_toml(&twin).expect_err("refused").to_string().contains("`report.leaky_twin`"));
    let message = Config::from_toml("[split]\nkind = \"cross-corpus\"").expect_err("one corpus").to_string();
    assert!(message.contains("`split.kind`") && message.contains("[[corpus.parts]]"), "{message}");
    let message = Config::from_toml("[corpus]\nkind = \"parts\"").expect_err("no parts").to_string();
    assert!(message.contains("`corpus.parts`"), "{message}");
}

#[test]
fn folds_train_on_one_corpus_and_test_on_all_of_the_other() {
    let root = files();
    let maps = ("labels = { boredom = \"\" }", "labels = { surprised = \"\" }");
    let (config, corpus) = load(&experiment(&root, maps.0, maps.1, "")).expect("a corpus");
    let split = make_folds(&corpus, &config.split, 7).expect("folds");
    assert_eq!(split.folds.iter().map(|fold| fold.name.as_str()).collect::<Vec<_>>(), ["emodb to savee", "savee to emodb"]);
    assert!(split.speaker_independent);
    assert!(
        split.description.contains("emodb to savee") && split.description.contains("whether one person speaks in both"),
        "{}",
        split.description
    );
    for (fold, (train, test)) in split.folds.iter().zip([("emodb", "savee"), ("savee", "emodb")]) {
        let part = |row: usize| corpus.clips[row].extra[PART_COLUMN].as_str();
        assert!(fold.train.indices().iter().chain(fold.validation.indices()).all(|&row| part(row) == train));
        assert!(fold.test.indices().iter().all(|&row| part(row) == test));
        assert_eq!((fold.train.indices().len(), fold.validation.indices().len(), fold.test.indices().len()), (12, 4, 16));
    }
    let (config, corpus) = load(&experiment(&root, maps.0, maps.1, "train_on = [\"savee\"]")).expect("a corpus");
    let one = make_folds(&corpus, &config.split, 7).expect("a fold");
    assert_eq!(one.folds, split.folds[1..]);
    // All parts pooled go through every other protocol.
    let mut pooled = config.split.clone();
    (pooled.kind, pooled.folds) = (SplitKind::SpeakerFolds, 4);
    assert_eq!(make_folds(&corpus, &pooled, 7).expect("folds").folds.len(), 4);
}
