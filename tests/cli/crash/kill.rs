//! `intone run` killed (SIGKILL) at random moments of every stage and called again until it is done: the same predictions, to the bit.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant, SystemTime};

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::over_files;
use crate::folder::{Ended, Folder, ended, only_run};

/// Results of a run that no kill may change.
const RESULTS: [&str; 5] =
    ["predictions.parquet", "validation.parquet", "traces.parquet", "scores.parquet", "model/final/weights.safetensors"];

/// When a run is killed.
enum Moment {
    /// So long after its start.
    After(Duration),
    /// So long after it wrote a file under this name, in the run folder or in the folder of reports.
    Seen(&'static str, Duration),
}

/// Names whose coming is a stage of the work, each written under a temporary name shortly before.
const LANDMARKS: [&str; 9] =
    ["config.toml", "manifest.json", "checkpoint", "part.json", "bundle.json", ".tmp", "predictions.parquet", "scores.parquet", ".report-"];

fn moment(random: &mut ChaCha8Rng, whole: Duration) -> Moment {
    if random.gen_bool(0.5) {
        return Moment::After(whole.mul_f64(random.gen_range(0.0..1.1)));
    }
    let name = LANDMARKS[random.gen_range(0..LANDMARKS.len())];
    Moment::Seen(name, Duration::from_micros(random.gen_range(0..8000)))
}

/// Whether a file or folder whose name contains `part`, and that changed since then, is anywhere under `dir`.
fn is_there(dir: &Path, part: &str, since: SystemTime) -> bool {
    fs::read_dir(dir).into_iter().flatten().flatten().any(|entry| {
        let Ok(facts) = entry.metadata() else { return false };
        let is_it = entry.file_name().to_string_lossy().contains(part) && facts.modified().is_ok_and(|changed| changed >= since);
        is_it || (facts.is_dir() && is_there(&entry.path(), part, since))
    })
}

/// Waits for the moment; `false` where the process ended before it came.
fn wait_for(moment: &Moment, child: &mut Child, folders: [&Path; 2]) -> bool {
    let (begun, since) = (Instant::now(), SystemTime::now());
    let mut seen = None;
    loop {
        if child.try_wait().expect("the process").is_some() {
            return false;
        }
        let due = match moment {
            Moment::After(patience) => begun.elapsed() >= *patience,
            Moment::Seen(name, patience) => {
                if seen.is_none() && folders.iter().any(|folder| is_there(folder, name, since)) {
                    seen = Some(Instant::now());
                }
                seen.is_some_and(|seen| seen.elapsed() >= *patience)
            }
        };
        if due {
            return true;
        }
        std::thread::sleep(Duration::from_micros(300));
    }
}

/// The stage that a killed run was in, by the last it said.
fn stage(killed: &Ended, run: Option<PathBuf>) -> &'static str {
    let complete = run.and_then(|run| fs::read_to_string(run.join("manifest.json")).ok()).is_some_and(|text| text.contains("\"complete\""));
    if complete {
        return "report";
    }
    let stages =
        [("final model", "final model"), ("scores", "scores"), ("training", "training"), ("features", "features"), ("corpus", "corpus")];
    let said = |stage: &str| killed.err.lines().any(|line| line.starts_with(stage));
    stages.into_iter().find(|(word, _)| said(word)).map_or("start", |(_, name)| name)
}

/// Kills runs until `kills` were killed, each chain until it ends by itself and with the results of an unbroken run; how many kills fell
/// into each stage.
fn kill_again_and_again(kills: usize) -> BTreeMap<&'static str, usize> {
    let folder = Folder::new();
    over_files(&folder, 6);
    let begun = Instant::now();
    folder.intone(&["run", "tiny.toml", "--jobs", "2", "--runs-dir", "unbroken", "--reports-dir", "unbroken-reports"]).with_code(0);
    let whole = begun.elapsed();
    let unbroken = only_run(&folder.path("unbroken"));

    let mut random = intone::seed::stream(5, &["kills"]);
    let mut stages = BTreeMap::new();
    let mut killed = 0;
    for chain in 0.. {
        if killed >= kills {
            break;
        }
        let (runs, reports) = (format!("runs-{chain}"), format!("reports-{chain}"));
        // Some chains find the features in the cache, some begin without.
        let cache = folder.path(if chain % 3 == 0 { "cache" } else { runs.as_str() }).join("cache");
        loop {
            let arguments = ["run", "tiny.toml", "--jobs", "2", "--runs-dir", &runs, "--reports-dir", &reports];
            let mut child = folder.command(&arguments).env("INTONE_CACHE_DIR", &cache).spawn().expect("the binary starts");
            let due = killed < kills && {
                let moment = moment(&mut random, whole);
                wait_for(&moment, &mut child, [&folder.path(&runs), &folder.path(&reports)])
            };
            if due {
                child.kill().expect("it can be killed");
            }
            let output = child.wait_with_output().expect("it ends");
            let left = ended(&output);
            assert!(!left.err.contains("panicked"), "{}", left.err);
            if output.status.success() {
                break;
            }
            assert_eq!(output.status.code(), None, "killed, not failed: {}", left.err);
            killed += 1;
            let run = fs::read_dir(folder.path(&runs))
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.path())
                .find(|path| path.join(".lock").exists());
            *stages.entry(stage(&left, run)).or_insert(0) += 1;
            if killed % 10 == 0 {
                // The store reads at any moment.
                folder.intone(&["runs", "list", "--runs-dir", &runs]).with_code(0);
            }
        }
        let run =
            fs::read_dir(folder.path(&runs)).expect("runs").flatten().map(|entry| entry.path()).find(|path| path.join(".lock").exists());
        let run = run.expect("a run");
        for file in RESULTS {
            let same = fs::read(run.join(file)).expect("a result") == fs::read(unbroken.join(file)).expect("a result");
            assert!(same, "{file} differs after chain {chain}");
        }
        assert!(folder.read(&format!("{reports}/tiny.html")).ends_with("</html>"), "a whole report");
        assert!(
            [".tmp", "checkpoint"].iter().all(|name| !is_there(&run, name, SystemTime::UNIX_EPOCH)),
            "nothing half-done is left in {}",
            run.display()
        );
    }
    println!("{killed} kills: {stages:?}, {:.0} s", begun.elapsed().as_secs_f64());
    stages
}

#[test]
fn killed_at_more_than_a_hundred_random_moments_a_run_ends_with_the_same_bits() {
    let stages = kill_again_and_again(110);
    assert!(stages.len() >= 4, "the kills fell into several stages: {stages:?}");
}
