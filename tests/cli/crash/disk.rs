//! A disk without room: writes fail, at first all, then only the larger ones.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::over_files;
use crate::folder::{Ended, Folder, ended};

/// The command under a limit on the size of any file, in blocks of 512 bytes, whose signal is ignored: writes beyond it fail as on a full
/// disk.
fn with_room_for(blocks: u32, folder: &Folder, arguments: &[&str]) -> Ended {
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' XFSZ; ulimit -f \"$0\" || exit 77; exec \"$@\"", &blocks.to_string(), env!("CARGO_BIN_EXE_intone")])
        .args(arguments)
        .current_dir(folder.path(""))
        .env("INTONE_CACHE_DIR", folder.path("cache"))
        .env_remove("INTONE_RAVDESS")
        .stdin(Stdio::null());
    ended(&command.output().expect("a shell"))
}

/// The folder of the run, if it was made.
fn run_in(runs: &Path) -> Option<std::path::PathBuf> {
    fs::read_dir(runs).ok()?.flatten().map(|entry| entry.path()).find(|path| path.is_dir())
}

#[test]
fn a_full_disk_is_named_the_store_still_reads_and_a_later_run_completes() {
    let folder = Folder::new();
    over_files(&folder, 3);
    let arguments = ["run", "tiny.toml", "--jobs", "2"];
    folder.intone(&[&arguments[..], &["--runs-dir", "unbroken"]].concat()).with_code(0);
    let mut failures = Vec::new();
    for blocks in [0, 4, 8, 12, 16, 24, 32, 64] {
        let full = with_room_for(blocks, &folder, &arguments);
        assert!(!full.err.contains("panicked"), "{}", full.err);
        if full.code == 0 {
            continue;
        }
        assert_eq!(full.code, 1, "{} blocks: {}", blocks, full.err);
        let told = full.err.lines().rev().find(|line| line.starts_with("intone: ")).unwrap_or_default().to_owned();
        assert!(told.contains("cannot write ") && told.contains("File too large"), "{blocks} blocks: {}", full.err);
        folder.intone(&["runs", "list"]).with_code(0);
        if let Some(run) = run_in(&folder.path("runs")).filter(|run| run.join("manifest.json").exists()) {
            let id = run.file_name().expect("an id").to_string_lossy().into_owned();
            folder.intone(&["runs", "show", &id]).with_code(0);
        }
        failures.push(told);
    }
    failures.dedup();
    println!("{}", failures.join("\n"));
    assert!(failures.len() >= 3, "several files were the first that did not fit: {failures:?}");

    folder.intone(&arguments).with_code(0);
    let predictions = |runs: &str| fs::read(run_in(&folder.path(runs)).expect("a run").join("predictions.parquet")).expect("predictions");
    assert!(predictions("runs") == predictions("unbroken"));
}

#[test]
fn a_sweep_on_a_full_disk_names_it_and_goes_on_later() {
    let folder = Folder::new();
    over_files(&folder, 2);
    let config = folder.read("tiny.toml");
    folder.write("tiny.toml", &format!("{config}\n[sweep.over]\n\"training.learning_rate\" = [0.001, 0.01]\n"));
    let full = with_room_for(4, &folder, &["run", "tiny.toml"]);
    assert_eq!(full.code, 1, "{}", full.err);
    full.says(&["cannot write ", "File too large"]);
    folder.intone(&["runs", "list"]).with_code(0);
    folder.intone(&["run", "tiny.toml"]).with_code(0);
}
