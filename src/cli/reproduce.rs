//! `intone reproduce`: a run again, compared to the bit.

use std::path::PathBuf;

use clap::Args;
use intone::experiment::reproduce::{self, Difference, ReproduceError, Reproduction};
use intone::experiment::{RunFolder, Runs};
use intone::report;

use super::exit::{Done, Failure};
use super::print;
use super::progress::Progress;

/// Arguments of `intone reproduce`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The run's id, or the beginning of it
    id: String,
    /// Threads; 0 = one a core. Results do not depend on it
    #[arg(long, default_value_t = 0)]
    jobs: usize,
    /// The folder of runs
    #[arg(long, value_name = "DIR", default_value = "runs")]
    runs_dir: PathBuf,
    /// The folder of reports: the run's report there is written again, with the verdict
    #[arg(long, value_name = "DIR", default_value = "reports")]
    reports_dir: PathBuf,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let dir = Runs::new(&arguments.runs_dir).find(&arguments.id).map_err(Failure::failed)?;
    let progress = Progress::new();
    let outcome = reproduce::reproduce(&dir, arguments.jobs, &progress, &|difference| eprintln!("{}", sentence(difference)));
    progress.finish();
    let outcome = outcome.map_err(|error| match error {
        ReproduceError::Run(error) => Failure::from(error),
        other => Failure::failed(other),
    })?;
    let folder = RunFolder::open(&dir).map_err(Failure::failed)?;
    let out = arguments.reports_dir.join(format!("{}.html", folder.manifest.name));
    report::write(&folder, &out).map_err(Failure::failed)?;
    report::write_index(&Runs::new(&arguments.runs_dir), &arguments.reports_dir).map_err(Failure::failed)?;
    let text = format!("run {}: {}\nreport  {}\n", folder.manifest.id, outcome.comparison.verdict(), out.display());
    if outcome.comparison.is_exact() { print(&text) } else { Err(Failure::failed(text + &explanation(&outcome))) }
}

fn sentence(difference: &Difference) -> String {
    format!("not as recorded: {}: {} then, {} now", difference.what, difference.recorded, difference.now)
}

/// What a reader can make of predictions that differ.
fn explanation(outcome: &Reproduction) -> String {
    let mut text: String = outcome.comparison.examples.iter().map(|example| format!("  {example}\n")).collect();
    if outcome.differences.is_empty() {
        text.push_str(
            "code, corpus, lock file and instruction sets are as recorded: a processor with other caches may add up in another order; ",
        );
        text.push_str("`portable = true` in the experiment file rules that out");
    } else {
        let what: Vec<&str> = outcome.differences.iter().map(|difference| difference.what.as_str()).collect();
        text.push_str(&format!("not as recorded: {}", what.join(", ")));
    }
    text
}
