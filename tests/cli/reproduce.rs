//! `intone reproduce`, and portable runs.

use std::process::{Command, Stdio};

use intone::experiment::load;
use intone::experiment::reproduce::Reproduction;
use intone::metrics::Predictions;
use polars::prelude::{IntoColumn, NamedFrom, Series};

use crate::folder::{Folder, TINY, ended, frame, only_run};

/// A finished run and its id.
fn finished(folder: &Folder, arguments: &[&str]) -> String {
    folder.write("tiny.toml", TINY);
    folder.intone(&[&["run", "tiny.toml", "--jobs", "2"], arguments].concat()).with_code(0);
    only_run(&folder.path("runs")).file_name().expect("an id").to_string_lossy().into_owned()
}

#[test]
fn a_run_is_reproduced_to_the_bit_on_another_number_of_threads_and_its_report_says_so() {
    let folder = Folder::new();
    let id = finished(&folder, &[]);
    assert!(folder.read("reports/tiny.html").contains("not run again yet"));
    let ended = folder.intone(&["reproduce", &id[..6], "--jobs", "1"]).with_code(0);
    assert!(ended.out.contains("all 32 predictions are equal to the bit"), "{}", ended.out);
    assert!(!ended.err.contains("not as recorded"), "{}", ended.err);

    let run = folder.path("runs").join(&id);
    let kept = Reproduction::read(&run).expect("an outcome");
    assert!(kept.comparison.is_exact() && kept.machine.threads == 1 && kept.differences.is_empty());
    assert!(!run.join("reproducing").exists(), "nothing is left of the second run");
    assert!(folder.read("reports/tiny.html").contains("all 32 predictions are equal to the bit"));
}

#[test]
fn a_changed_record_is_told_first_and_a_changed_prediction_is_found() {
    let folder = Folder::new();
    let id = finished(&folder, &[]);
    let run = folder.path("runs").join(&id);

    // One probability of one clip, by the least that a double can change.
    let path = run.join("predictions.parquet");
    let mut predictions = frame(&path);
    let name = "p_calm";
    let mut values: Vec<f64> = predictions.column(name).expect("a column").f64().expect("numbers").into_no_null_iter().collect();
    values[5] = f64::from_bits(values[5].to_bits() ^ 1);
    predictions.replace(name, Series::new(name.into(), values).into_column()).expect("a column of the same length");
    let clip = Predictions::from_frame(predictions.clone()).expect("predictions").clips().expect("clips")[5].clone();
    intone::experiment::store::write_frame(&path, &predictions).expect("a frame");

    // A record of another commit and another corpus.
    let manifest = std::fs::read_to_string(run.join("manifest.json")).expect("a manifest");
    let mut manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    manifest["code"]["git_commit"] = "0123456789".into();
    manifest["corpus"]["fingerprint"] = "feed".into();
    std::fs::write(run.join("manifest.json"), manifest.to_string()).expect("a manifest");

    let ended = folder.intone(&["reproduce", &id]).with_code(1);
    let ended = ended.says(&["commit: 0123456789 then", "corpus: feed then", "1 of 32 predictions differ", &clip]);
    let told = |words: &str| ended.err.find(words).unwrap_or_else(|| panic!("{words}: {}", ended.err));
    assert!(told("commit: ") < told("corpus: ") && told("corpus: ") < told("training"), "what differs comes first: {}", ended.err);
    assert!(folder.read("reports/tiny.html").contains("Not as recorded: commit and corpus"));
}

#[test]
fn only_a_finished_run_can_be_reproduced() {
    let folder = Folder::new();
    let id = finished(&folder, &[]);
    let path = folder.path("runs").join(&id).join("manifest.json");
    let text = std::fs::read_to_string(&path).expect("a manifest");
    std::fs::write(&path, text.replace("\"complete\"", "\"interrupted\"")).expect("a manifest");
    folder.intone(&["reproduce", &id]).with_code(1).says(&["was not finished", "run its experiment again"]);
    folder.intone(&["reproduce", "zzz"]).with_code(1).says(&["zzz", "runs list"]);
}

#[test]
fn a_portable_run_records_no_wider_instruction_set_than_avx2_and_is_reproduced() {
    let folder = Folder::new();
    let id = finished(&folder, &["--set", "portable=true"]);
    let manifest = intone::experiment::read_manifest(&folder.path("runs").join(&id)).expect("a manifest");
    assert!(!manifest.machine.cpu_features.iter().any(|set| set.starts_with("avx512")), "{:?}", manifest.machine.cpu_features);
    folder.intone(&["reproduce", &id, "--jobs", "3"]).with_code(0);
    assert!(!load::defaults(&[]).expect("defaults").portable, "speed is the default");
}

/// The processor that is emulated has AVX2 and FMA, and no AVX-512: on a machine with AVX-512 the two differ in the kernels they would choose.
#[test]
fn a_portable_run_has_the_same_bits_on_a_processor_with_avx2_only() {
    const EMULATOR: &str = "qemu-x86_64";
    if !cfg!(target_arch = "x86_64") || Command::new(EMULATOR).arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: no {EMULATOR} on this machine (Debian: qemu-user)");
        return;
    }
    let folder = Folder::new();
    folder.write("tiny.toml", TINY);
    for kind in ["cnn-bilstm", "svm"] {
        let kind = format!("model.kind={kind}");
        let arguments = ["run", "tiny.toml", "--set", "portable=true", "--set", &kind, "--no-cache", "--runs-dir"];
        folder.intone(&[&arguments[..], &["here"]].concat()).with_code(0);
        let emulated = Command::new(EMULATOR)
            .args(["-cpu", "max", env!("CARGO_BIN_EXE_intone")])
            .args(arguments)
            .arg("there")
            .current_dir(folder.path(""))
            .output();
        ended(&emulated.expect("the emulator starts")).with_code(0);
        let predictions = |runs: &str| std::fs::read(only_run(&folder.path(runs)).join("predictions.parquet")).expect("predictions");
        assert!(predictions("here") == predictions("there"), "{kind}: the bits differ");
        ["here", "there"].iter().for_each(|runs| std::fs::remove_dir_all(folder.path(runs)).expect("runs"));
    }
}
