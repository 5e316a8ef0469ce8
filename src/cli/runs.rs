//! `intone runs`: what was run.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use intone::experiment::record::{Manifest, State};
use intone::experiment::{RunFolder, Runs};
use intone::metrics::ScoreTable;

use super::compare;
use super::exit::{Done, Failure};
use super::print;

/// Arguments of `intone runs`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of runs
    #[arg(long, value_name = "DIR", default_value = "runs", global = true)]
    runs_dir: PathBuf,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// A line a run, the latest first
    List,
    /// The record of a run
    Show {
        /// The run's id, or the beginning of it
        id: String,
    },
    /// Hold runs against each other: settings, scores with paired intervals, confusions, clips
    Compare(compare::Arguments),
    /// Remove runs that were not finished
    Prune,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let runs = Runs::new(&arguments.runs_dir);
    match &arguments.action {
        Action::List => list(&runs),
        Action::Show { id } => show(&runs, id),
        Action::Compare(arguments) => compare::run(&runs, arguments),
        Action::Prune => prune(&runs),
    }
}

fn list(runs: &Runs) -> Result<Done, Failure> {
    let mut text = String::new();
    for manifest in runs.list().map_err(Failure::failed)? {
        let uar = overall_uar(runs, &manifest).map_or_else(|| format!("{:>8}", "-"), |uar| format!("{:6.1} %", 100.0 * uar));
        let state = format!("{:?}", manifest.state).to_lowercase();
        text.push_str(&format!("{}  {}  {state:<12} {uar}  {}\n", manifest.id, manifest.started, manifest.name));
    }
    print(&text)
}

/// UAR of a finished run.
fn overall_uar(runs: &Runs, manifest: &Manifest) -> Option<f64> {
    let folder = RunFolder::open(&runs.find(&manifest.id).ok()?).ok()?;
    Some(ScoreTable::from_frame(folder.scores.as_ref()?).ok()?.overall("uar")?.value)
}

fn show(runs: &Runs, id: &str) -> Result<Done, Failure> {
    let dir = runs.find(id).map_err(Failure::failed)?;
    let manifest = intone::experiment::read_manifest(&dir).map_err(Failure::failed)?;
    let json = serde_json::to_string_pretty(&manifest).map_err(Failure::failed)?;
    print(&format!("{json}\n"))
}

fn prune(runs: &Runs) -> Result<Done, Failure> {
    let mut text = String::new();
    for manifest in runs.list().map_err(Failure::failed)? {
        if manifest.state != State::Complete {
            let id = runs.remove(&manifest.id).map_err(Failure::failed)?;
            text.push_str(&format!("removed {id}  {}\n", manifest.name));
        }
    }
    print(&text)
}
