//! `intone run` on a file with a `[sweep]`: its runs, a report each, and the page of them all.

use std::path::Path;

use intone::experiment::record::State;
use intone::experiment::sweep::{self, Sweep, SweepOutcome, SweepRecord};
use intone::experiment::{RunFolder, RunOptions, Runs};
use intone::report;

use super::exit::{Done, Failure};
use super::print;
use super::progress::Progress;

/// Does it.
pub fn run(sweep: &Sweep, options: &RunOptions, reports_dir: &Path) -> Result<Done, Failure> {
    eprintln!("{} sweep, {} runs", sweep.settings.method.name(), sweep.rungs.iter().map(|rung| rung.runs).sum::<usize>());
    let progress = Progress::new();
    let outcome = sweep::run(sweep, options, &progress);
    progress.finish();
    let SweepOutcome { dir, record, left_out } = outcome?;
    write_reports(&record, &options.runs_dir, reports_dir)?;
    let page = reports_dir.join(format!("{}.html", record.name));
    report::sweep::write(&record, &page).map_err(Failure::failed)?;
    report::write_index(&Runs::new(&options.runs_dir), reports_dir).map_err(Failure::failed)?;
    print(&format!("{}\nsweep   {}\nreport  {}\n", summary(&record), dir.display(), page.display()))?;
    if record.state == State::Interrupted {
        return Err(Failure::failed("interrupted; the same command goes on from here"));
    }
    let failures: Vec<String> = record.failures().map(|(run, cause)| format!("\n  {}: {cause}", run.name)).collect();
    if !failures.is_empty() {
        return Err(Failure::failed(format!("{} of {} runs failed:{}", failures.len(), record.runs.len(), failures.concat())));
    }
    Ok(Done::leaving_out(left_out))
}

/// The reports of the runs that are done.
fn write_reports(record: &SweepRecord, runs_dir: &Path, reports_dir: &Path) -> Result<(), Failure> {
    let runs = Runs::new(runs_dir);
    for run in &record.runs {
        let Some(id) = &run.run else { continue };
        let folder = RunFolder::open(&runs.find(id).map_err(Failure::failed)?).map_err(Failure::failed)?;
        report::write(&folder, &reports_dir.join(format!("{}.html", run.name))).map_err(Failure::failed)?;
    }
    Ok(())
}

/// A line a run.
fn summary(record: &SweepRecord) -> String {
    let percent = |value: Option<f64>| value.map_or_else(|| format!("{:>6}", "-"), |value| format!("{:6.1}", 100.0 * value));
    let mut text = format!("\n{}  {} sweep {}\n\nvalidation   test   95 % interval\n", record.name, record.method.name(), record.id);
    for (index, run) in record.runs.iter().enumerate() {
        let interval = run.interval.map_or_else(String::new, |(low, high)| format!("{:.1} to {:.1}", 100.0 * low, 100.0 * high));
        let mark = if record.best == Some(index) { "  <- best by validation" } else { "" };
        let difference = run.difference.map_or_else(String::new, |difference| format!("  {:+.1}", 100.0 * difference.value));
        let state = if run.state == State::Complete { String::new() } else { format!("  {:?}", run.state).to_lowercase() };
        let rung = if record.rungs.len() > 1 { format!(" (epochs: {})", run.epochs) } else { String::new() };
        text.push_str(&format!(
            "    {} {}   {interval:<13}{difference}  {}{rung}{state}{mark}\n",
            percent(run.validation_uar),
            percent(run.uar),
            run.label
        ));
    }
    if record.synthetic {
        text.push_str("synthetic voices: these scores say nothing about people\n");
    }
    text
}
