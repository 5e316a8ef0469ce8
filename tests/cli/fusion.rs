//! Fusions of several models through `intone run`.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use intone::metrics::Predictions;
use serde_json::Value;

use crate::folder::{Folder, TINY, tiny_over_manifest};

/// The tiny experiment, two seeds of a network beside a baseline.
fn declare(folder: &Folder, further: &str) {
    let fusion = "[[fusion]]\nname = \"net\"\nlive = true\n[[fusion]]\nname = \"means\"\nweight = 2.0\n[fusion.set.model]\nkind = \"logistic\"\n\
                  [fusion.set.training]\nseeds = 1\n";
    let config = tiny_over_manifest().replace("[training]\n", "[training]\nseeds = 2\n");
    folder.write("tiny.toml", &format!("{config}\n{further}\n{fusion}"));
}

/// Folder and record of the run called `name`.
fn run_called(folder: &Folder, name: &str) -> (PathBuf, Value) {
    let dirs = fs::read_dir(folder.path("runs")).expect("runs").flatten().map(|entry| entry.path());
    let record = |dir: PathBuf| Some((dir.clone(), serde_json::from_slice(&fs::read(dir.join("manifest.json")).ok()?).ok()?));
    dirs.filter_map(record).find(|(_, record): &(_, Value)| record["name"] == name).expect("the run")
}

fn rows(dir: &std::path::Path) -> Vec<intone::metrics::PredictionRow> {
    Predictions::read_parquet(&dir.join("predictions.parquet")).and_then(|table| table.rows()).expect("predictions")
}

#[test]
fn members_are_runs_and_their_opinions_are_pooled() {
    let folder = Folder::new();
    let clips = folder.manifest_corpus(4, 2);
    declare(&folder, "[model]\nsave_final = true\n");
    folder.intone(&["run", "tiny.toml"]).with_code(0);
    let (fused, record) = run_called(&folder, "tiny");
    let (net, _) = run_called(&folder, "tiny.net");
    let (means, _) = run_called(&folder, "tiny.means");

    let (net, means) = (rows(&net), rows(&means));
    let fused_rows = rows(&fused);
    assert_eq!((fused_rows.len(), net.len()), (2 * means.len(), 2 * means.len()));
    for row in &fused_rows {
        let of_net = net.iter().find(|other| (&other.clip, other.seed) == (&row.clip, row.seed)).expect("the network's");
        let of_means = means.iter().find(|other| other.clip == row.clip).expect("the baseline's");
        let product = |class: usize| of_net.probabilities[class].max(1e-6) * of_means.probabilities[class].max(1e-6).powi(2);
        let pooled: Vec<f64> = (0..row.probabilities.len()).map(|class| product(class).cbrt()).collect();
        let sum: f64 = pooled.iter().sum();
        assert!(row.probabilities.iter().zip(&pooled).all(|(p, product)| (p - product / sum).abs() < 1e-9), "{row:?}");
    }

    assert_eq!(record["members"][1]["weight"], 2.0);
    assert!(record["members"].as_array().expect("members").iter().all(|member| member["uar"].is_f64()));
    let audit: Value = serde_json::from_slice(&fs::read(fused.join("audit.json")).expect("an audit")).expect("JSON");
    assert!(audit["facts"].as_array().expect("facts").iter().all(|fact| fact["verdict"] != "fail"), "{audit}");
    // Two members do not make more speakers or clips of a fold.
    let looked_at = |check: &str| {
        audit["facts"].as_array().into_iter().flatten().find(|fact| fact["check"] == check).map(|fact| fact["looked_at"].clone())
    };
    assert_eq!((looked_at("test-speakers"), looked_at("rows")), (Some(4.into()), Some(clips.into())));
    let page = folder.read("reports/tiny.html");
    for words in ["weighted geometric mean", "means, weight 2", "multinomial logistic regression"] {
        assert!(page.to_lowercase().contains(&words.to_lowercase()), "{words}");
    }

    // The bundle says what its parts say together.
    let bundle = intone::model::Bundle::load(&fused.join("model/final")).expect("a bundle");
    let parts = ["net", "means"].map(|name| intone::model::Bundle::load(&fused.join("model/final").join(name)).expect("a member"));
    let file = fs::read_dir(folder.path("audio")).expect("audio").flatten().next().expect("a clip").path();
    let clip = intone::audio::read(&file).expect("a clip").clip;
    let explained = bundle.explain(clip.clone()).expect("an answer");
    let [net, means] = parts.map(|part| part.explain(clip.clone()).expect("an answer"));
    assert_eq!(explained.probabilities, intone::model::pool(&[(1.0, net.probabilities.clone()), (2.0, means.probabilities)]));
    assert_eq!(explained.attention, net.attention);
    assert_eq!(bundle.live().explain(clip.clone()).expect("an answer"), net);
    let means = intone::model::Bundle::load(&fused.join("model/final/means")).expect("a member");
    let other = bundle.clone().with_live(means.clone()).expect("the same labels");
    assert_eq!(other.live().explain(clip.clone()).expect("an answer"), means.explain(clip.clone()).expect("an answer"));
    assert_eq!(other.explain(clip.clone()).expect("an answer").probabilities, explained.probabilities);
    let head = fused.join("model/final/means/bundle.json");
    let mut value: Value = serde_json::from_slice(&fs::read(&head).expect("a bundle")).expect("JSON");
    value["labels"][0] = "serene".into();
    fs::write(&head, value.to_string()).expect("written");
    let serene = intone::model::Bundle::load(&fused.join("model/final/means")).expect("a member");
    assert!(bundle.clone().with_live(serene).err().expect("other labels").to_string().contains("same labels"));
    assert!(bundle.card().scores.contains(record["id"].as_str().expect("an id")), "{:?}", bundle.card());

    // The run is done, and the same again.
    folder.intone(&["run", "tiny.toml"]).with_code(0).says(&["was finished before"]);
    let id = record["id"].as_str().expect("an id");
    folder.intone(&["reproduce", id]).with_code(0);
}

#[test]
fn folds_bundles_say_what_the_run_says_of_their_test_clips() {
    let folder = Folder::new();
    folder.manifest_corpus(4, 1);
    declare(&folder, "[model]\nsave_folds = true\n");
    folder.intone(&["run", "tiny.toml"]).with_code(0);
    let (fused, record) = run_called(&folder, "tiny");
    let folds: Vec<&str> = record["protocol"]["folds"].as_array().expect("folds").iter().filter_map(|fold| fold["name"].as_str()).collect();
    for row in rows(&fused) {
        let fold = folds.iter().position(|name| *name == row.fold).expect("a fold of the record");
        let dir = fused.join("model").join(format!("seed-{}_fold-{:03}", row.seed, fold + 1));
        let clip = intone::audio::read(&folder.path(&format!("audio/{}.wav", row.clip))).expect("a clip").clip;
        let answer = intone::model::Bundle::load(&dir).expect("a bundle").predict(clip).expect("an answer");
        assert!(answer.iter().zip(&row.probabilities).all(|(a, b)| (a - b).abs() < 1e-5), "{row:?}: {answer:?}");
    }
}

/// Of three, the first two read the same features, which are extracted once for both; the third reads others.
#[test]
fn members_that_read_the_same_answer_together_as_each_does_alone() {
    let folder = Folder::new();
    folder.manifest_corpus(4, 1);
    let config = tiny_over_manifest();
    let fusion = "[model]\nsave_final = true\n[augment]\nspeed = [0.9]\ntest_copies = true\n[[fusion]]\nname = \"corpus\"\n\
                  [fusion.set.normalise]\nover = \"corpus\"\n[[fusion]]\nname = \"clip\"\n[fusion.set.normalise]\nover = \"clip\"\n\
                  [[fusion]]\nname = \"other\"\n[fusion.set.features]\nsets = [\"rms\", \"zcr\"]\n";
    folder.write("tiny.toml", &format!("{config}\n{fusion}"));
    folder.intone(&["run", "tiny.toml"]).with_code(0);
    let model = run_called(&folder, "tiny").0.join("model/final");

    let file = fs::read_dir(folder.path("audio")).expect("audio").flatten().next().expect("a clip").path();
    let clip = intone::audio::read(&file).expect("a clip").clip;
    let ask = |dir: &std::path::Path| intone::model::Bundle::load(dir).expect("a bundle").predict(clip.clone()).expect("an answer");
    let alone = ["corpus", "clip", "other"].map(|name| (1.0, ask(&model.join(name))));
    assert!(alone[0].1 != alone[1].1 && alone[1].1 != alone[2].1);
    assert_eq!(ask(&model), intone::model::pool(&alone));
}

/// The baseline comes first and learns from speech alone; the network learns from song too, and so does the fusion.
#[test]
fn the_record_counts_the_clips_that_any_member_learns_from() {
    let folder = Folder::new();
    let clips = folder.manifest_corpus(4, 2);
    let rows = folder.read("clips.csv");
    let rows: Vec<Vec<&str>> = rows.lines().skip(1).map(|row| row.split(',').collect()).collect();
    fs::create_dir(folder.path("ravdess")).expect("a folder");
    let speakers: BTreeSet<&str> = rows.iter().map(|row| row[2]).collect();
    for (index, row) in rows.iter().enumerate() {
        let take = rows[..index].iter().filter(|other| other[1..3] == row[1..3]).count();
        let speaker = speakers.iter().position(|speaker| *speaker == row[2]).expect("a speaker");
        let emotion = if row[1] == rows[0][1] { 3 } else { 4 };
        let name = format!("ravdess/03-{:02}-{emotion:02}-01-01-01-{:02}.wav", 1 + take, 1 + speaker);
        fs::rename(folder.path(row[0]), folder.path(&name)).expect("a clip");
    }
    let corpus = "kind = \"ravdess\"\npath = \"ravdess\"\nchannels = [\"speech\"]";
    let config = TINY.replace("kind = \"demo\"\nspeakers = 4\nclips_per_emotion = 1", corpus);
    let fusion = "[model]\nsave_final = true\n[[fusion]]\nname = \"means\"\n[fusion.set.model]\nkind = \"logistic\"\n\
                  [fusion.set.model.logistic]\nmax_iterations = 1\n\
                  [[fusion]]\nname = \"net\"\n[fusion.set.corpus]\ntrain_only_channels = [\"song\"]\n";
    folder.write("tiny.toml", &format!("{config}\n{fusion}"));
    folder.intone(&["run", "tiny.toml"]).with_code(0);

    let (fused, record) = run_called(&folder, "tiny");
    let (_, means) = run_called(&folder, "tiny.means");
    assert_eq!((&record["corpus"]["clips"], &means["corpus"]["clips"]), (&clips.into(), &(clips / 2).into()));
    assert_eq!(record["protocol"]["folds"][0]["test_clips"], means["protocol"]["folds"][0]["test_clips"]);
    let card: Value = serde_json::from_slice(&fs::read(fused.join("model/final/bundle.json")).expect("a bundle")).expect("JSON");
    let data = card["card"]["data"].as_str().expect("data");
    assert!(data.contains(&format!("{clips} clips")), "{data}");
    let warnings = record["warnings"].as_array().expect("warnings");
    let of_means: Vec<&str> = warnings.iter().filter_map(|warning| warning.as_str()?.strip_prefix("means: ")).collect();
    assert!(matches!(&of_means[..], [one] if one.starts_with("folds 1, 2: logistic regression ended")), "{warnings:?}");
}

#[test]
fn a_fusion_that_cannot_be_is_refused_where_it_stands() {
    for (text, words) in [
        ("[[fusion]]\nname = \"a\"\n", "at least two"),
        ("[[fusion]]\nname = \"a\"\n[[fusion]]\nname = \"a\"\n", "another member"),
        ("[[fusion]]\nname = \"../a\"\n[[fusion]]\nname = \"b\"\n", "names a folder"),
        ("[[fusion]]\nname = \"a\"\nweight = 0.0\n[[fusion]]\nname = \"b\"\n", "over 0"),
        ("[[fusion]]\nname = \"a\"\n[fusion.set.split]\nfolds = 3\n[[fusion]]\nname = \"b\"\n", "the same for all members"),
        ("[[fusion]]\nname = \"a\"\n[fusion.set.model]\nkinds = \"svm\"\n[[fusion]]\nname = \"b\"\n", "not a setting"),
        ("[[fusion]]\nname = \"a\"\n[fusion.set.model]\nkind = \"svn\"\n[[fusion]]\nname = \"b\"\n", "svn"),
        ("[[fusion]]\nname = \"a\"\n[[fusion]]\nname = \"b\"\n[sweep.over]\nseed = [1, 2]\n", "several models"),
    ] {
        let folder = Folder::new();
        folder.write("tiny.toml", &format!("{TINY}\n{text}"));
        folder.intone(&["run", "tiny.toml"]).with_code(2).says(&[words, "tiny.toml"]);
    }
}
