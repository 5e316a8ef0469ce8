//! Two processes over one folder of runs or one cache.

use std::fs;
use std::time::Duration;

use super::over_files;
use crate::folder::{Folder, ended, frame, only_run};

const RUN: [&str; 4] = ["run", "tiny.toml", "--jobs", "1"];

#[test]
fn of_two_runs_in_one_folder_one_works_and_the_other_says_so() {
    let folder = Folder::new();
    over_files(&folder, 40);
    let first = folder.command(&RUN).spawn().expect("the binary starts");
    let runs = folder.path("runs");
    let holds = || fs::read_dir(&runs).into_iter().flatten().flatten().any(|entry| entry.path().join("manifest.json").exists());
    while !holds() {
        std::thread::sleep(Duration::from_millis(5));
    }
    // While the first works, a second is sent away, and so is one that would begin anew or remove it.
    folder.intone(&RUN).with_code(1).says(&["another intone is working on run"]);
    folder.intone(&[&RUN[..], &["--fresh"]].concat()).with_code(1).says(&["another intone is working on run"]);
    folder.intone(&["runs", "prune"]).with_code(1).says(&["another intone"]);
    let first = ended(&first.wait_with_output().expect("it ends")).with_code(0);
    assert!(!first.err.contains("done before"), "it was not disturbed: {}", first.err);

    folder.intone(&[&RUN[..], &["--runs-dir", "alone"]].concat()).with_code(0);
    let predictions = |runs: &str| frame(&only_run(&folder.path(runs)).join("predictions.parquet"));
    assert!(predictions("runs").equals_missing(&predictions("alone")));
}

#[test]
fn two_runs_that_start_at_once_share_a_cache_and_harm_nothing() {
    let folder = Folder::new();
    over_files(&folder, 4);
    let start =
        |runs: &str| folder.command(&[&RUN[..], &["--runs-dir", runs, "--reports-dir", runs]].concat()).spawn().expect("the binary starts");
    // One cache, two folders of runs; and two in the same folder.
    let children = [start("one"), start("two"), start("both"), start("both")];
    let ends: Vec<_> = children.into_iter().map(|child| ended(&child.wait_with_output().expect("it ends"))).collect();
    let codes: Vec<i32> = ends.iter().map(|end| end.code).collect();
    assert_eq!(codes[..2], [0, 0], "{}{}", ends[0].err, ends[1].err);
    let sent_away = ends[2..].iter().filter(|end| end.code != 0).collect::<Vec<_>>();
    assert!(sent_away.len() <= 1, "one of them works: {codes:?}");
    assert!(sent_away.iter().all(|end| end.err.contains("another intone is working on run")));

    let bytes = |runs: &str| {
        let run = fs::read_dir(folder.path(runs)).expect("runs").flatten().map(|entry| entry.path()).find(|path| path.is_dir());
        fs::read(run.expect("a run").join("predictions.parquet")).expect("predictions")
    };
    assert!(bytes("one") == bytes("two") && bytes("one") == bytes("both"));
    // Every entry that they left is whole: a third run measures nothing.
    let third = folder.intone(&[&RUN[..], &["--runs-dir", "three"]].concat()).with_code(0);
    assert!(bytes("one") == bytes("three"), "{}", third.err);
}
