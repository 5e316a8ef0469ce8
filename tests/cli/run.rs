//! `intone run`, `runs`, `report` and `predict`.

use std::io::{BufRead, BufReader};

use polars::prelude::DataFrame;

use crate::folder::{Folder, TINY, frame, only_run, tiny_over_manifest};

fn predictions(folder: &Folder, runs: &str) -> DataFrame {
    frame(&only_run(&folder.path(runs)).join("predictions.parquet"))
}

/// The frames that a run of a network leaves for each tested and validated clip.
fn clip_frames(folder: &Folder, runs: &str) -> [DataFrame; 3] {
    let run = only_run(&folder.path(runs));
    ["predictions.parquet", "validation.parquet", "traces.parquet"].map(|name| frame(&run.join(name)))
}

/// Whether two runs left the same, to the bit.
fn same_frames(folder: &Folder, one: &str, other: &str) -> bool {
    clip_frames(folder, one).iter().zip(&clip_frames(folder, other)).all(|(one, other)| one.equals_missing(other))
}

#[test]
fn a_run_leaves_scores_a_report_and_a_record() {
    let folder = Folder::new();
    folder.write("tiny.toml", TINY);
    let first = folder.intone(&["run", "tiny.toml"]).with_code(0);
    for word in ["UAR", "95 % interval", "synthetic", "surprised", "reports/tiny.html"] {
        assert!(first.out.contains(word), "{word}: {}", first.out);
    }
    let page = folder.read("reports/tiny.html");
    assert!(page.contains("</html>") && page.contains("<audio controls"), "the demo voices are heard");
    assert!(!page.contains("not fitted"), "validation rows give a temperature");
    for section in ["errors", "groups", "calibration", "coverage", "embeddings"] {
        assert!(page.contains(&format!("<section id=\"{section}\">")), "{section}");
    }

    let run = only_run(&folder.path("runs"));
    let id = run.file_name().expect("an id").to_string_lossy().into_owned();
    let [_, validation, traces] = clip_frames(&folder, "runs");
    assert!(validation.height() > 0 && traces.height() == 4 * 8, "each tested clip is traced");
    for row in intone::experiment::trace_rows(&traces).expect("traces") {
        let attention = row.attention.expect("the network has attention");
        assert!((attention.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert_eq!(row.embedding.len(), 8, "units of the last dense layer");
    }
    for file in ["config.toml", "manifest.json", "epochs.parquet", "predictions.parquet", "scores.parquet", "events.jsonl"] {
        assert!(run.join(file).exists(), "{file}");
    }
    assert_eq!(predictions(&folder, "runs").height(), 4 * 8, "each clip is tested once");
    assert_eq!(frame(&run.join("epochs.parquet")).height(), 2 * 2, "folds x epochs");

    assert!(folder.intone(&["runs", "list"]).with_code(0).out.contains("complete"));
    assert!(folder.intone(&["runs", "show", &id[..6]]).with_code(0).out.contains(&id));
    folder.intone(&["runs", "show", "zzz"]).with_code(1).says(&["zzz", "runs list"]);
    folder.intone(&["report", &id[..6], "--out", "again.html"]).with_code(0);
    assert_eq!(folder.read("again.html"), folder.read("reports/tiny.html"));

    let markdown =
        folder.intone(&["report", &id[..6], "--format", "md", "--check", "uar>=0", "--check", "class.sad.recall<=1"]).with_code(0);
    assert!(markdown.out.starts_with("## tiny"), "{}", markdown.out);
    folder.intone(&["report", &id[..6], "--check", "uar.low>100%"]).with_code(1).says(&["uar.low>1 is not kept"]);
    folder.intone(&["report", &id[..6], "--check", "uar"]).with_code(2).says(&["no operator"]);
    folder.intone(&["report", &id[..6], "--check", "class.glad.f1>0"]).with_code(2).says(&["there are", "sad"]);
    folder.intone(&["run", "tiny.toml", "--check", "uar>100%"]).with_code(1).says(&["is not kept"]);
    assert!(folder.read("reports/index.html").contains("href=\"tiny.html\""));

    folder.intone(&["run", "tiny.toml"]).with_code(0).says(&["finished before", "--fresh"]);
    // The resolved configuration is itself an experiment file, of the same run.
    std::fs::copy(run.join("config.toml"), folder.path("resolved.toml")).expect("a copy");
    folder.intone(&["run", "resolved.toml"]).with_code(0).says(&["finished before"]);
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let folder = Folder::new();
    folder.write("tiny.toml", TINY);
    let importance = ["--set", "report.importance=2", "--set", "report.audio=never"];
    let run = |rest: &[&str]| folder.intone(&[["run", "tiny.toml"].as_slice(), &importance, rest].concat()).with_code(0);
    run(&["--jobs", "1", "--runs-dir", "one"]);
    run(&["--jobs", "3", "--runs-dir", "three", "--no-cache"]);
    assert!(same_frames(&folder, "one", "three"));
    let [one, three] = ["one", "three"].map(|runs| frame(&only_run(&folder.path(runs)).join("importance.parquet")));
    assert!(one.height() == 2 * 2 && one.equals_missing(&three), "a group, two folds, two permutations");
    let page = folder.read("reports/tiny.html");
    assert!(page.contains("<section id=\"importance\">") && !page.contains("<audio"));
    folder.intone(&["run", "tiny.toml", "--set", "seed=7", "--runs-dir", "other"]).with_code(0);
    assert!(!predictions(&folder, "one").equals_missing(&predictions(&folder, "other")), "the seed matters");
}

/// [`TINY`], its training rows varied and measured anew each epoch.
fn varied() -> String {
    format!(
        "{TINY}\n[augment.reverberation]\nprobability = 0.3\n[augment.noise]\nprobability = 0.5\n[augment.band-limit]\nprobability = \
         0.3\nhigh_hz = [2000.0, 4000.0]\n[augment.gain]\nprobability = 0.5\n"
    )
}

#[test]
fn rows_measured_anew_change_with_no_thread_and_are_reported() {
    let folder = Folder::new();
    folder.manifest_corpus(4, 1);
    let files =
        |config: &str| config.replace("kind = \"demo\"\nspeakers = 4\nclips_per_emotion = 1", "kind = \"manifest\"\npath = \"clips.csv\"");
    folder.write("tiny.toml", &files(&varied()));
    folder.intone(&["run", "tiny.toml", "--jobs", "1", "--runs-dir", "one"]).with_code(0);
    // Features now come from the cache, which holds no samples.
    folder.intone(&["run", "tiny.toml", "--jobs", "3", "--runs-dir", "three"]).with_code(0);
    assert!(predictions(&folder, "one").equals_missing(&predictions(&folder, "three")));
    let page = folder.read("reports/tiny.html");
    for words in ["anew each epoch", "reverberation of 0.2 to 0.8 s (RT60)", "white or pink noise at 10 to 40 dB SNR (probability 0.5)"] {
        assert!(page.contains(words), "{words}");
    }
    folder.write("plain.toml", &files(TINY));
    folder.intone(&["run", "plain.toml", "--runs-dir", "plain"]).with_code(0);
    assert!(!predictions(&folder, "one").equals_missing(&predictions(&folder, "plain")), "augmentation matters");

    let svm = ["run", "tiny.toml", "--set", "model.kind=svm", "--set", "augment.copies=2", "--runs-dir", "svm"];
    folder.intone(&svm).with_code(0);
    assert!(folder.read("reports/tiny.html").contains("in 2 copies of each clip"));
}

/// Stops a run by a signal when its first fold has ended, goes on with it, and compares with one that was never stopped. Returns the exit
/// code of the stopped one, what `runs list` then said, and what the second call said.
#[cfg(unix)]
fn stopped_by(signal: &str, config: &str, epochs: usize) -> (Option<i32>, String, String) {
    let folder = Folder::new();
    folder.write("tiny.toml", config);
    let epochs = format!("training.epochs={epochs}");
    let arguments = ["run", "tiny.toml", "--set", &epochs, "--jobs", "1"];
    let mut child = folder.command(&arguments).spawn().expect("the binary starts");
    let mut lines = BufReader::new(child.stderr.take().expect("standard error")).lines().map_while(Result::ok);
    let first_fold = lines.find(|line| line.starts_with("fold "));
    assert!(first_fold.is_some(), "a fold ended");
    let sent = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    lines.for_each(drop);
    let code = child.wait().expect("it ends").code();
    let list = folder.intone(&["runs", "list"]).out;

    let second = folder.intone(&arguments).with_code(0);
    let mut unbroken = arguments.to_vec();
    unbroken.extend(["--runs-dir", "unbroken"]);
    folder.intone(&unbroken).with_code(0);
    assert!(same_frames(&folder, "runs", "unbroken"));
    let kept = std::fs::read_dir(only_run(&folder.path("runs")).join("parts")).expect("parts");
    assert!(kept.flatten().all(|entry| entry.path().is_dir()), "no checkpoint outlives its part");
    (code, list, second.err)
}

#[cfg(unix)]
#[test]
fn a_run_that_was_interrupted_goes_on_within_its_fold_to_the_same_predictions() {
    for (config, epochs) in [(TINY.to_owned(), 40), (varied(), 12)] {
        let (code, list, second) = stopped_by("-INT", &config, epochs);
        assert_eq!(code, Some(1));
        assert!(list.contains("interrupted"), "{list}");
        assert!(second.contains("done before") && second.contains("goes on after epoch"), "{second}");
    }
}

#[cfg(unix)]
#[test]
fn a_run_that_was_killed_goes_on_to_the_same_predictions() {
    let (code, _, second) = stopped_by("-KILL", TINY, 40);
    assert_eq!(code, None);
    assert!(second.contains("done before"), "{second}");
}

#[test]
fn prune_removes_what_was_not_finished_and_nothing_else() {
    let folder = Folder::new();
    folder.write("tiny.toml", TINY);
    folder.intone(&["run", "tiny.toml"]).with_code(0);
    let finished = only_run(&folder.path("runs"));
    folder.intone(&["run", "tiny.toml", "--set", "seed=7"]).with_code(0);
    let other = std::fs::read_dir(folder.path("runs")).expect("runs").flatten().map(|entry| entry.path()).find(|path| *path != finished);
    let other = other.expect("a second run");
    let manifest = std::fs::read_to_string(other.join("manifest.json")).expect("a manifest");
    let broken_off = manifest.replace("\"complete\"", "\"interrupted\"");
    assert_ne!(manifest, broken_off);
    std::fs::write(other.join("manifest.json"), broken_off).expect("written");

    let pruned = folder.intone(&["runs", "prune"]).with_code(0).out;
    assert!(pruned.starts_with("removed ") && pruned.lines().count() == 1, "{pruned}");
    assert_eq!(only_run(&folder.path("runs")), finished);
    assert_eq!(folder.intone(&["runs", "prune"]).with_code(0).out, "");
}

#[test]
fn a_final_model_recognises_clips() {
    let folder = Folder::new();
    let clips = folder.manifest_corpus(4, 2);
    let config = tiny_over_manifest();
    folder.write("tiny.toml", &format!("{config}\n[model]\nsave_final = true\nsave_folds = true\n"));
    folder.intone(&["run", "tiny.toml"]).with_code(0);
    let models = only_run(&folder.path("runs")).join("model");
    assert_eq!(std::fs::read_dir(&models).expect("models").count(), 3, "two folds and the final one");
    let model = models.join("final");
    let model = model.to_str().expect("a path");

    let json = folder.intone(&["predict", "audio", "--model", model, "--format", "json"]).with_code(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let rows = json.as_array().expect("an array");
    assert_eq!(rows.len(), clips);
    for row in rows {
        let probabilities = row["probabilities"].as_object().expect("an object by emotion");
        let sum: f64 = probabilities.values().filter_map(serde_json::Value::as_f64).sum();
        assert!((sum - 1.0).abs() < 1e-6, "{row}");
        assert_eq!(probabilities[row["predicted"].as_str().expect("a label")], row["confidence"]);
    }

    let bundle = intone::model::Bundle::load(&models.join("final")).expect("a bundle");
    let first = std::fs::read_dir(folder.path("audio")).expect("audio").flatten().next().expect("a clip").path();
    let clip = intone::audio::read(&first).expect("a clip").clip;
    let explained = bundle.explain(clip.clone()).expect("an answer");
    assert_eq!(explained.probabilities, bundle.predict(clip.clone()).expect("an answer"));
    assert_eq!(explained.embedding.expect("a network's vector").len(), 8);
    let covered = explained.attention.expect("attention").len() as f64 * bundle.attention_step_s();
    let heard = bundle.heard(clip).expect("the clip").duration_s();
    assert!((covered - heard).abs() <= bundle.attention_step_s(), "attention over {covered} s of {heard} s");

    folder.write("audio/broken.wav", "RIFF, but not really");
    let csv = folder.intone(&["predict", "audio", "--model", model, "--format", "csv"]).with_code(3).says(&["broken.wav"]).out;
    assert!(csv.starts_with("clip,predicted,confidence,p_"), "{csv}");
    assert_eq!(csv.lines().count(), clips + 1);
    folder.intone(&["predict", "audio/broken.wav", "--model", model]).with_code(1);
    folder.intone(&["predict", "audio", "--model", "nowhere"]).with_code(1).says(&["nowhere"]);
}

#[test]
fn the_model_that_comes_with_the_program_answers_where_none_is_named() {
    let folder = Folder::new();
    let clips = folder.manifest_corpus(1, 1);
    let json = folder.intone(&["predict", "audio", "--format", "json"]).with_code(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(clips));

    let bundle = intone::model::Bundle::bundled().expect("a whole build");
    assert_eq!(bundle.labels(), ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"]);
    let card = bundle.card();
    assert!(card.data.contains("RAVDESS") && card.citation.as_ref().is_some_and(|text| text.contains("CC BY-NC-SA 4.0")), "{card:?}");
    assert!(!card.scores.is_empty() && card.limits.contains("not for decisions about people"), "{card:?}");
    let folder = |name| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name);
    for (name, bundled) in [("default", &bundle), ("live", bundle.live())] {
        assert_eq!(intone::model::Bundle::load(&folder(name)).expect("the same").card(), bundled.card());
    }
    assert_eq!(bundle.live().card().name, "ravdess-live");
}

#[test]
fn a_model_of_a_fold_predicts_what_the_run_did_copies_included() {
    let close = fold_against_run("speed = [0.9, 1.1]", &[]);
    assert!(close < 1e-9, "{close}");
    // A network rounds otherwise where a batch has other rows, as copies of the clip's own length are; a regression over what it would read
    // departs by no more than a double's last digit.
    let voices = "speed = [0.9]\nvoice = [{ pitch = 0.8, formants = 0.93 }]";
    let closer = fold_against_run(voices, &["--set", "model.kind=logistic", "--set", "model.vector=functionals"]);
    assert!(closer < 1e-15, "{closer}");
}

/// By how much the model of the first fold departs from what its run predicted, at most, with these copies in the test.
fn fold_against_run(copies: &str, set: &[&str]) -> f64 {
    let folder = Folder::new();
    folder.manifest_corpus(4, 2);
    let config = tiny_over_manifest();
    folder.write("tiny.toml", &format!("{config}\n[model]\nsave_folds = true\n[augment]\n{copies}\ntest_copies = true\n"));
    folder.intone(&[&["run", "tiny.toml"], set].concat()).with_code(0);
    let run = only_run(&folder.path("runs"));
    let frame = frame(&run.join("predictions.parquet"));
    let model = std::fs::read_dir(run.join("model")).expect("models").flatten().map(|entry| entry.path()).min().expect("a first fold");
    let json = folder.intone(&["predict", "audio", "--model", model.to_str().expect("a path"), "--format", "json"]).with_code(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");

    let text = |name: &str| frame.column(name).and_then(|column| column.str().cloned()).expect("a column of text");
    let (clips, folds) = (text("clip"), text("fold"));
    let (mut compared, mut farthest) = (0, 0.0_f64);
    for (row, (clip, fold)) in clips.iter().zip(folds.iter()).enumerate() {
        let (Some(clip), Some("1")) = (clip, fold) else { continue };
        let name = std::path::Path::new(clip).file_stem().and_then(std::ffi::OsStr::to_str).expect("a name");
        let predicted = json.as_array().expect("an array").iter().find(|row| row["clip"].as_str().is_some_and(|path| path.contains(name)));
        for (label, probability) in predicted.expect("a row")["probabilities"].as_object().expect("by emotion") {
            let want = frame.column(&format!("p_{label}")).and_then(|column| column.f64().map(|values| values.get(row))).expect("a number");
            farthest = farthest.max((want.expect("a number") - probability.as_f64().expect("a number")).abs());
            compared += 1;
        }
    }
    assert!(compared >= 8, "{compared} probabilities compared");
    farthest
}

#[test]
fn baselines_run_and_are_kept() {
    let folder = Folder::new();
    folder.manifest_corpus(4, 3);
    for (kind, vector) in
        [("svm", "functionals"), ("logistic", "mean"), ("ridge", "functionals"), ("random-forest", "functionals"), ("knn", "fisher")]
    {
        let config = format!(
            "name = \"{kind}\"\n[corpus]\nkind = \"manifest\"\npath = \"clips.csv\"\n[features]\nsets = [\"mfcc\", \"rms\", \"zcr\"]\n\
             [split]\nfolds = 2\nvalidation = 0.0\n[model]\nkind = \"{kind}\"\nvector = \"{vector}\"\nsave_final = true\n[model.random-forest]\ntrees = 10\n[report]\nbootstrap = 50\n"
        );
        folder.write(&format!("{kind}.toml"), &config);
        folder.intone(&["run", &format!("{kind}.toml"), "--runs-dir", kind]).with_code(0);
        let model = only_run(&folder.path(kind)).join("model/final");
        folder.intone(&["predict", "audio", "--model", model.to_str().expect("a path")]).with_code(0);
    }
    let hasty = ["run", "logistic.toml", "--runs-dir", "hasty", "--set", "model.logistic.max_iterations=1"];
    let told = folder.intone(&hasty).with_code(0).err;
    let warning = "folds 1, 2: logistic regression ended before it converged";
    assert!(told.contains(&format!("warning: {warning}")), "{told}");
    let manifest = std::fs::read_to_string(only_run(&folder.path("hasty")).join("manifest.json")).expect("a manifest");
    assert!(manifest.contains(warning) && manifest.contains("`model.logistic.max_iterations` (1)"), "{manifest}");
}
