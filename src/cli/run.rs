//! `intone run`: an experiment file in, a run folder and a report out.

use std::path::{Path, PathBuf};

use clap::Args;
use intone::experiment::cache::FeatureCache;
use intone::experiment::record::Manifest;
use intone::experiment::{RunFolder, RunOptions, Runs, runner, sweep};
use intone::metrics::{Requirement, Scope, ScoreTable};
use intone::report;

use super::exit::{Done, Failure};
use super::print;
use super::progress::Progress;

/// Arguments of `intone run`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The experiment file
    config: PathBuf,
    /// Set a value over the file's: training.epochs=20
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Threads; 0 = one a core
    #[arg(long, default_value_t = 0)]
    jobs: usize,
    /// Begin anew where an earlier run of the same experiment was finished or ended
    #[arg(long)]
    fresh: bool,
    /// Measure every clip anew and keep no features
    #[arg(long)]
    no_cache: bool,
    /// The folder of runs
    #[arg(long, value_name = "DIR", default_value = "runs")]
    runs_dir: PathBuf,
    /// The folder of reports
    #[arg(long, value_name = "DIR", default_value = "reports")]
    reports_dir: PathBuf,
    /// A bound that the scores must keep, else the exit code is 1: 'uar>=0.62'
    #[arg(long, value_name = "SCORE>=BOUND")]
    check: Vec<Requirement>,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let declared = sweep::load(&arguments.config, &arguments.set)?;
    let options = RunOptions {
        jobs: arguments.jobs,
        fresh: arguments.fresh,
        runs_dir: arguments.runs_dir.clone(),
        cache: if arguments.no_cache { None } else { FeatureCache::of_user() },
        command: command(arguments),
    };
    if let Some(sweep) = &declared.sweep {
        if !arguments.check.is_empty() {
            return Err(Failure::usage(
                "--check holds one run against bounds, and this is a sweep; use `intone report ID --check` for one of its runs",
            ));
        }
        return super::sweep::run(sweep, &options, &arguments.reports_dir);
    }
    let config = declared.config;
    let progress = Progress::new();
    let outcome = runner::run(&config, &options, &progress);
    progress.finish();
    let outcome = outcome.map_err(|error| Failure::from(error).in_file(&arguments.config))?;
    let folder = RunFolder::open(&outcome.dir).map_err(Failure::failed)?;
    let out = arguments.reports_dir.join(format!("{}.html", config.name));
    report::write(&folder, &out).map_err(Failure::failed)?;
    report::write_index(&Runs::new(&arguments.runs_dir), &arguments.reports_dir).map_err(Failure::failed)?;
    let table = scores(&folder)?;
    if outcome.already_done {
        eprintln!("run {} was finished before; --fresh runs it anew", outcome.manifest.id);
    }
    print(&summary(&outcome.manifest, &table, &outcome.dir, &out))?;
    super::report::check(&folder, &arguments.check)?;
    Ok(Done::leaving_out(outcome.manifest.corpus.left_out.len()))
}

fn scores(folder: &RunFolder) -> Result<ScoreTable, Failure> {
    let frame = folder.scores.as_ref().ok_or_else(|| Failure::failed(format!("{} has no scores.parquet", folder.dir.display())))?;
    ScoreTable::from_frame(frame).map_err(Failure::failed)
}

/// The command that repeats the run. Folders of runs and reports and the number of threads change nothing in it.
fn command(arguments: &Arguments) -> String {
    let quoted = |text: &str| if text.contains([' ', '"', '[', '*']) { format!("'{text}'") } else { text.to_owned() };
    let mut command = format!("intone run {}", quoted(&arguments.config.display().to_string()));
    for assignment in &arguments.set {
        command.push_str(&format!(" --set {}", quoted(assignment)));
    }
    command
}

/// The table of scores that a run ends with.
fn summary(manifest: &Manifest, table: &ScoreTable, dir: &Path, report: &Path) -> String {
    let corpus = &manifest.corpus;
    let mut text = format!("\n{}  run {}\n{}\n", manifest.name, manifest.id, manifest.protocol.description);
    if corpus.synthetic {
        text.push_str("synthetic voices: these scores say nothing about people\n");
    }
    if !manifest.protocol.speaker_independent {
        text.push_str("SPEAKERS ARE SHARED between training and test: these scores flatter\n");
    }
    let seeds = manifest.protocol.seeds.len();
    text.push_str(&format!(
        "{} clips, {} speakers, {seeds} {}\n\n",
        corpus.clips,
        corpus.speakers.len(),
        if seeds == 1 { "seed" } else { "seeds" }
    ));
    for (metric, name) in [("uar", "UAR"), ("accuracy", "accuracy"), ("macro_f1", "macro F1"), ("weighted_f1", "weighted F1")] {
        let Some(score) = table.overall(metric) else { continue };
        text.push_str(&format!("{name:<12}{:5.1} %", 100.0 * score.value));
        if score.low.is_finite() {
            text.push_str(&format!("   95 % interval {:.1} to {:.1}", 100.0 * score.low, 100.0 * score.high));
        }
        if let Some(deviation) = table.get(Scope::Deviation, "", metric) {
            text.push_str(&format!("   deviation over seeds {:.1}", 100.0 * deviation.value));
        }
        text.push('\n');
    }
    if let Some(together) = table.get(Scope::Ensemble, "", "uar") {
        let (value, low, high) = (100.0 * together.value, 100.0 * together.low, 100.0 * together.high);
        text.push_str(&format!("UAR of all seeds' models together (probabilities averaged): {value:.1} %, {low:.1} to {high:.1}\n"));
    }
    text.push_str("\nclass        recall  precision     F1  clips\n");
    for label in &corpus.labels {
        let value = |metric| table.get(Scope::Class, label, metric).map_or(f64::NAN, |score| score.value);
        text.push_str(&format!(
            "{label:<12}{:5.1} %    {:5.1} % {:5.1} % {:6.0}\n",
            100.0 * value("recall"),
            100.0 * value("precision"),
            100.0 * value("f1"),
            value("support")
        ));
    }
    text.push_str(&format!("\nrun     {}\nreport  {}\n", dir.display(), report.display()));
    text
}
