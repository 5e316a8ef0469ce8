//! Sweeps and ablations through `intone run`.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::folder::{Folder, TINY};

/// [`TINY`] with a `[sweep]`.
fn declare(folder: &Folder, sweep: &str) {
    folder.write("tiny.toml", &format!("{TINY}\n{sweep}\n"));
}

/// The record of the one sweep.
fn record(folder: &Folder) -> Value {
    let folders: Vec<PathBuf> = fs::read_dir(folder.path("runs/sweeps")).expect("sweeps").flatten().map(|entry| entry.path()).collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    let text = fs::read_to_string(folders[0].join("sweep.json")).expect("a record");
    serde_json::from_str(&text).expect("JSON")
}

fn runs(record: &Value) -> &Vec<Value> {
    record["runs"].as_array().expect("runs")
}

#[test]
fn a_grid_runs_every_combination_once_and_chooses_by_validation() {
    let folder = Folder::new();
    declare(&folder, "[sweep.over]\n\"training.learning_rate\" = [0.001, 0.02]\nmodel.cnn-bilstm.channels = [[8], [4]]");
    let first = folder.intone(&["run", "tiny.toml"]).with_code(0);
    assert!(first.out.contains("best by validation"), "{}", first.out);
    let record_of = record(&folder);
    let all = runs(&record_of);
    assert_eq!(all.len(), 4);
    let validation: Vec<f64> = all.iter().map(|run| run["validation_uar"].as_f64().expect("a validation UAR")).collect();
    let best = record_of["best"].as_u64().expect("a choice") as usize;
    assert!(validation.iter().all(|uar| *uar <= validation[best]), "{validation:?}, {best}");
    assert!(all.iter().all(|run| run["state"] == "complete" && run["uar"].is_f64() && run["interval"].is_array()));

    // Each is an ordinary run with a report, to which the page links; the shape is the same as that of a run made by hand.
    assert_eq!(folder.intone(&["runs", "list"]).with_code(0).out.matches("complete").count(), 4);
    let page = folder.read("reports/tiny.html");
    for run in all {
        let name = run["name"].as_str().expect("a name");
        assert!(page.contains(&format!("href=\"{name}.html\"")), "{name}");
        assert!(folder.path(&format!("reports/{name}.html")).exists());
    }
    for words in ["What varied", "training.learning_rate", "The effect of each key", "Test scores stand here to be told, not to choose by"]
    {
        assert!(page.contains(words), "{words}");
    }
    let id = record_of["id"].as_str().expect("an id");
    folder.intone(&["report", &id[..6], "--out", "reports/again.html"]).with_code(0);
    assert_eq!(folder.read("reports/again.html"), page);

    // Nothing is done twice, and a value more is two runs more.
    let second = folder.intone(&["run", "tiny.toml"]).with_code(0);
    assert!(!second.err.contains("UAR"), "{}", second.err);
    declare(&folder, "[sweep.over]\n\"training.learning_rate\" = [0.001, 0.02, 0.005]\nmodel.cnn-bilstm.channels = [[8], [4]]");
    let more = folder.intone(&["run", "tiny.toml"]).with_code(0);
    assert_eq!(more.err.matches(": UAR ").count(), 2 * 2, "two runs of two folds: {}", more.err);
}

#[test]
fn models_without_epochs_are_chosen_by_their_validation_predictions() {
    let folder = Folder::new();
    declare(&folder, "[sweep.over]\n\"model.kind\" = [\"svm\", \"knn\"]\n\"model.vector\" = [\"mean\", \"functionals\"]");
    folder.intone(&["run", "tiny.toml"]).with_code(0);
    let record = record(&folder);
    assert!(runs(&record).iter().all(|run| run["validation_uar"].is_f64()) && record["best"].is_u64());
    assert!(folder.read("reports/tiny.html").contains("svm | knn"));
}

#[test]
fn a_failing_run_does_not_end_the_others_and_is_named() {
    let folder = Folder::new();
    declare(&folder, "[sweep.over]\n\"split.folds\" = [2, 9, 3]");
    let ended = folder.intone(&["run", "tiny.toml"]).with_code(1).says(&["1 of 3 runs failed", "tiny.folds-9: "]);
    assert_eq!(record(&folder)["state"], "failed", "{}", ended.err);
    assert_eq!(folder.intone(&["runs", "list"]).out.matches("complete").count(), 2);
    assert!(folder.read("reports/tiny.html").contains("1 run failed"));
}

#[test]
fn successive_halving_gives_more_epochs_to_the_best_by_validation() {
    let folder = Folder::new();
    declare(
        &folder,
        "[sweep]\nmethod = \"successive-halving\"\nsamples = 4\nmin_epochs = 1\nreduction = 2\n[sweep.over]\n\"training.learning_rate\" = { \
         low = 1e-4, high = 3e-2, log = true }",
    );
    folder.intone(&["run", "tiny.toml", "--set", "training.epochs=4"]).with_code(0);
    let record = record(&folder);
    let of_rung = |rung: u64| runs(&record).iter().filter(|run| run["rung"] == rung).collect::<Vec<_>>();
    assert_eq!([0, 1, 2].map(|rung| of_rung(rung).len()), [4, 2, 1]);
    assert_eq!([0, 1, 2].map(|rung| of_rung(rung)[0]["epochs"].as_u64()), [Some(1), Some(2), Some(4)]);
    let labels = |rung: u64| of_rung(rung).iter().map(|run| run["label"].clone()).collect::<Vec<_>>();
    let uar = |run: &Value| run["validation_uar"].as_f64().expect("a validation UAR");
    let lowest_kept = of_rung(0).iter().filter(|run| labels(1).contains(&run["label"])).map(|run| uar(run)).fold(1.0, f64::min);
    let highest_dropped = of_rung(0).iter().filter(|run| !labels(1).contains(&run["label"])).map(|run| uar(run)).fold(0.0, f64::max);
    assert!(lowest_kept >= highest_dropped);
    assert_eq!(record["best"].as_u64(), Some(6));
    assert!(folder.read("reports/tiny.html").contains("Rung 3 of 3: 4 epochs"));
}

#[test]
fn an_ablation_turns_off_each_part_and_compares_by_pairs() {
    let folder = Folder::new();
    declare(&folder, "[balance]\nclass_weights = \"balanced\"\n[augment]\ntime_masks = 1\n[sweep]\nmethod = \"ablation\"\nalone = true");
    // No choice is made, so no validation part is needed.
    folder.intone(&["run", "tiny.toml", "--set", "split.validation=0"]).with_code(0);
    let record = record(&folder);
    let labels: Vec<&str> = runs(&record).iter().filter_map(|run| run["label"].as_str()).collect();
    let expected = [
        "all parts",
        "without class weights",
        "without focal loss",
        "without time masks",
        "only class weights",
        "only focal loss",
        "only time masks",
        "none of class weights, focal loss, time masks",
    ];
    assert_eq!(labels, expected);
    assert!(record["best"].is_null());
    assert!(runs(&record)[1..].iter().all(|run| run["difference"]["value"].is_f64() && run["difference"]["interval"].is_array()));
    let page = folder.read("reports/tiny.html");
    for words in ["What each part is worth", "same resamples of the speakers", "Nothing is chosen"] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn an_ablation_without_any_copies_predicts_test_clips_by_themselves() {
    let folder = Folder::new();
    let copies = "speed = [0.9]\nvoice = [{ pitch = 0.8, formants = 0.93 }]\ntest_copies = true";
    let parts = "parts = [\"augment.speed\", \"augment.voice\", \"augment\"]";
    declare(&folder, &format!("[augment]\n{copies}\n[sweep]\nmethod = \"ablation\"\n{parts}"));
    folder.intone(&["run", "tiny.toml", "--set", "split.validation=0"]).with_code(0);
    let record = record(&folder);
    let labels: Vec<&str> = runs(&record).iter().filter_map(|run| run["label"].as_str()).collect();
    let expected = ["all parts", "without speed copies", "without copies in other voices", "without any augmentation"];
    assert_eq!(labels, expected);
}

#[test]
fn what_cannot_be_swept_is_refused_before_any_work() {
    let folder = Folder::new();
    let refused = |sweep: &str, sets: &[&str], words: &[&str]| {
        declare(&folder, sweep);
        let mut arguments = vec!["run", "tiny.toml"];
        sets.iter().for_each(|set| arguments.extend(["--set", set]));
        folder.intone(&arguments).with_code(2).says(words);
    };
    let line = format!("tiny.toml:{}", TINY.lines().count() + 3);
    refused("[sweep.over]\n\"training.learnin_rate\" = [1]", &[], &[&line, "training.learning_rate"]);
    refused("[sweep.over]\n\"training.learning_rate\" = [0.1, -1]", &[], &[&line, "learning_rate", "-1"]);
    refused("[sweep.over]\n\"training.learning_rate\" = [\"fast\"]", &[], &[&line, "learning_rate"]);
    refused("[sweep.over]\n\"training.learning_rate\" = 0.1", &[], &[&line, "list of values"]);
    refused("[sweep.over]\n\"training.learning_rate\" = { low = 1e-4, high = 1e-2 }", &[], &[&line, "random"]);
    refused("[sweep.over]\n\"name\" = [\"a\"]", &[], &[&line, "name"]);
    refused("[sweep.over]\n\"training.epochs\" = [1, 2]", &["split.validation=0"], &["split.validation", "never by test", "ablation"]);
    refused("[sweep]\nmethod = \"random\"", &[], &["sweep.samples"]);
    refused("[sweep]\nmethod = \"halving\"", &[], &["sweep.method", "successive-halving"]);
    refused("[sweep]\nmethod = \"ablation\"\nparts = [\"features.mfcc\"]", &[], &["features.mfcc", "training.loss"]);
    refused(
        "[sweep]\nmethod = \"successive-halving\"\nmin_epochs = 1\n[sweep.over]\n\"training.epochs\" = [1, 2]",
        &[],
        &["training.epochs", "successive halving"],
    );
    assert!(!folder.path("runs").exists());
    declare(&folder, "[sweep.over]\n\"training.epochs\" = [1, 2]");
    let checked = folder.intone(&["config", "check", "tiny.toml"]).with_code(0).out;
    assert!(checked.contains("2 runs") && checked.contains("tiny.epochs-1"), "{checked}");
}

#[test]
fn the_examples_of_sweeps_are_in_order() {
    let experiments = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments");
    let folder = Folder::new();
    for (file, runs) in [("sweep.toml", 6), ("ablation.toml", 8)] {
        let out = folder.intone(&["config", "check", &format!("{experiments}/{file}")]).with_code(0).out;
        assert!(out.contains(&format!("begins with {runs} runs")), "{out}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_goes_on() {
    use std::io::{BufRead, BufReader};

    let folder = Folder::new();
    declare(&folder, "[sweep.over]\n\"training.learning_rate\" = [0.001, 0.002, 0.003]");
    let arguments = ["run", "tiny.toml", "--set", "training.epochs=20", "--jobs", "1"];
    let mut child = folder.command(&arguments).spawn().expect("the binary starts");
    let mut lines = BufReader::new(child.stderr.take().expect("standard error")).lines().map_while(Result::ok);
    assert!(lines.by_ref().any(|line| line.starts_with("fold ")), "a fold ended");
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    lines.for_each(drop);
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    assert_eq!(record(&folder)["state"], "interrupted");
    assert!(folder.read("reports/tiny.html").contains("goes on with the sweep"));

    let second = folder.intone(&arguments).with_code(0);
    assert!(second.err.contains("done before"), "{}", second.err);
    assert_eq!(record(&folder)["state"], "complete");
}
