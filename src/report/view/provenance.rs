//! Where the result comes from, and how long it took.

use super::model::{Fact, Timing};
use crate::experiment::record::Manifest;
use crate::experiment::reproduce::Reproduction;
use crate::report::format::{count, date, duration, list, plural, points};

/// Everything needed to tell whether another run was the same.
pub(super) fn provenance(manifest: &Manifest, reproduction: Option<&Reproduction>) -> Vec<Fact> {
    let (code, machine) = (&manifest.code, &manifest.machine);
    let unknown = || "not known".to_owned();
    vec![
        Fact::code("Run", &manifest.id),
        Fact::new("Started", date(&manifest.started)),
        Fact::new("Finished", manifest.finished.as_deref().map_or_else(|| "not finished".to_owned(), date)),
        Fact::new("Reproduced", reproduced(reproduction)),
        Fact::new("intone", format!("version {}, run format {}", code.version, manifest.format_version)),
        Fact::code("Commit", code.git_commit.clone().unwrap_or_else(unknown)),
        Fact::code("Uncommitted changes", code.git_diff.clone().unwrap_or_else(|| "none recorded".to_owned())),
        Fact::code("Cargo.lock, SHA-256", &code.lock_hash),
        Fact::code("Corpus, SHA-256", &manifest.corpus.fingerprint),
        Fact::new("Declared seed", manifest.seed.to_string()),
        Fact::new("System", &machine.system),
        Fact::new("Processor", &machine.processor),
        Fact::new("Instruction sets", if machine.cpu_features.is_empty() { unknown() } else { machine.cpu_features.join(", ") }),
        Fact::new("Threads", machine.threads.to_string()),
        Fact::new("Largest memory", manifest.peak_memory_mib.map_or_else(unknown, |mib| format!("{} MiB", count(mib)))),
    ]
}

/// The verdict of `intone reproduce`.
fn reproduced(reproduction: Option<&Reproduction>) -> String {
    let Some(reproduction) = reproduction else { return "not run again yet; `intone reproduce` does it".to_owned() };
    let threads = plural(reproduction.machine.threads, "thread");
    let mut text = format!("{}, on {threads}: {}", date(&reproduction.date), reproduction.comparison.verdict());
    if !reproduction.differences.is_empty() {
        let what: Vec<&str> = reproduction.differences.iter().map(|difference| difference.what.as_str()).collect();
        text.push_str(&format!(". Not as recorded: {}", list(&what)));
    }
    text
}

/// The stages with their part of the whole.
pub(super) fn timings(manifest: &Manifest) -> Vec<Timing> {
    let total: f64 = manifest.timings.iter().map(|t| t.seconds).filter(|s| s.is_finite()).sum();
    let row = |stage: &str, seconds: f64| Timing {
        stage: stage.to_owned(),
        time: duration(seconds),
        bar: if total > 0.0 && seconds.is_finite() { points(seconds / total) } else { "0".to_owned() },
    };
    let mut rows: Vec<Timing> = manifest.timings.iter().map(|t| row(&t.stage, t.seconds)).collect();
    if rows.len() > 1 {
        rows.push(row("total", total));
    }
    rows
}
