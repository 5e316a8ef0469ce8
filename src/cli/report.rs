//! `intone report`: the page of a run, its scores in other formats, and whether they are good enough.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use intone::experiment::store::write_whole;
use intone::experiment::sweep::{SweepRecord, Sweeps};
use intone::experiment::{RunFolder, Runs};
use intone::metrics::{Requirement, ScoreTable};
use intone::report::{self, Format, Summary};

use super::exit::{Done, Failure};
use super::print;

/// Arguments of `intone report`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Ids of runs or sweeps, or their beginnings
    #[arg(required = true)]
    ids: Vec<String>,
    /// Where it goes: a page (one run only; else reports/NAME.html), or the text of --format (else standard output)
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The scores as text instead of a page: md, json, csv or latex
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// A bound that every run must keep, else the exit code is 1: 'uar>=0.62', 'uar.low>=55%', 'class.sad.recall>=0.3'
    #[arg(long, value_name = "SCORE>=BOUND")]
    check: Vec<Requirement>,
    /// The folder of runs
    #[arg(long, value_name = "DIR", default_value = "runs")]
    runs_dir: PathBuf,
    /// The folder of reports
    #[arg(long, value_name = "DIR", default_value = "reports")]
    reports_dir: PathBuf,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    if arguments.out.is_some() && arguments.format.is_none() && arguments.ids.len() > 1 {
        return Err(Failure::usage("--out names one file, but there are several runs; leave it out to get reports/NAME.html for each"));
    }
    let runs = Runs::new(&arguments.runs_dir);
    let (mut folders, mut sweeps) = (Vec::new(), Vec::new());
    for id in &arguments.ids {
        match runs.find(id) {
            Ok(dir) => folders.push(RunFolder::open(&dir).map_err(Failure::failed)?),
            Err(error) => sweeps.push(Sweeps::new(&arguments.runs_dir).find(id).map_err(|_| Failure::failed(error))?),
        }
    }
    if let Some(sweep) = sweeps.first().filter(|_| arguments.format.is_some() || !arguments.check.is_empty()) {
        return Err(Failure::usage(format!(
            "{} is a sweep; --format and --check are for one of its runs, whose ids its page has",
            sweep.id
        )));
    }
    match arguments.format {
        Some(format) => text(&folders, format, arguments.out.as_deref())?,
        None => pages(&folders, &sweeps, arguments)?,
    };
    folders.iter().try_for_each(|folder| check(folder, &arguments.check))?;
    Ok(Done::All)
}

fn text(folders: &[RunFolder], format: Format, out: Option<&Path>) -> Result<Done, Failure> {
    let summaries = folders.iter().map(Summary::new).collect::<Result<Vec<_>, _>>().map_err(Failure::failed)?;
    let text = report::summarise(&summaries, format);
    match out {
        Some(path) => {
            write_whole(path, |file| file.write_all(text.as_bytes())).map_err(Failure::failed)?;
            print(&format!("{}\n", path.display()))
        }
        None => print(&text),
    }
}

fn pages(folders: &[RunFolder], sweeps: &[SweepRecord], arguments: &Arguments) -> Result<Done, Failure> {
    let mut text = String::new();
    for sweep in sweeps {
        let out = arguments.out.clone().unwrap_or_else(|| arguments.reports_dir.join(format!("{}.html", sweep.name)));
        report::sweep::write(sweep, &out).map_err(Failure::failed)?;
        text.push_str(&format!("{}\n", out.display()));
    }
    for folder in folders {
        let out = arguments.out.clone().unwrap_or_else(|| arguments.reports_dir.join(format!("{}.html", folder.manifest.name)));
        report::write(folder, &out).map_err(Failure::failed)?;
        text.push_str(&format!("{}\n", out.display()));
    }
    if arguments.out.is_none() {
        report::write_index(&Runs::new(&arguments.runs_dir), &arguments.reports_dir).map_err(Failure::failed)?;
    }
    print(&text)
}

/// Holds the scores of a run against bounds; all that are not kept are named.
pub fn check(folder: &RunFolder, requirements: &[Requirement]) -> Result<(), Failure> {
    if requirements.is_empty() {
        return Ok(());
    }
    let frame = folder.scores.as_ref().ok_or_else(|| Failure::failed(format!("{} has no scores yet", folder.dir.display())))?;
    let table = ScoreTable::from_frame(frame).map_err(Failure::failed)?;
    let mut broken = Vec::new();
    for requirement in requirements {
        let (value, kept) = requirement.check(&table).map_err(Failure::usage)?;
        let name = &folder.manifest.name;
        if kept {
            eprintln!("{name}: {requirement} is kept: {value:.4}");
        } else {
            broken.push(format!("{name}: {requirement} is not kept: {value:.4}"));
        }
    }
    if broken.is_empty() { Ok(()) } else { Err(Failure::failed(broken.join("\n"))) }
}
