//! `intone report`: the page of a run.

use std::path::PathBuf;

use clap::Args;
use intone::experiment::sweep::Sweeps;
use intone::experiment::{RunFolder, Runs};
use intone::report;

use super::exit::{Done, Failure};
use super::print;

/// Arguments of `intone report`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Ids of runs or sweeps, or their beginnings
    #[arg(required = true)]
    ids: Vec<String>,
    /// Where the page goes (one run only); else reports/NAME.html
    #[arg(long, value_name = "FILE.html")]
    out: Option<PathBuf>,
    /// The folder of runs
    #[arg(long, value_name = "DIR", default_value = "runs")]
    runs_dir: PathBuf,
    /// The folder of reports
    #[arg(long, value_name = "DIR", default_value = "reports")]
    reports_dir: PathBuf,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    if arguments.out.is_some() && arguments.ids.len() > 1 {
        return Err(Failure::usage("--out names one file, but there are several runs; leave it out to get reports/NAME.html for each"));
    }
    let runs = Runs::new(&arguments.runs_dir);
    let mut text = String::new();
    for id in &arguments.ids {
        let dir = match runs.find(id) {
            Ok(dir) => dir,
            Err(error) => {
                // Not a run; perhaps a sweep.
                let sweep = Sweeps::new(&arguments.runs_dir).find(id).map_err(|_| Failure::failed(error))?;
                let out = arguments.out.clone().unwrap_or_else(|| arguments.reports_dir.join(format!("{}.html", sweep.name)));
                report::sweep::write(&sweep, &out).map_err(Failure::failed)?;
                text.push_str(&format!("{}\n", out.display()));
                continue;
            }
        };
        let folder = RunFolder::open(&dir).map_err(Failure::failed)?;
        let out = arguments.out.clone().unwrap_or_else(|| arguments.reports_dir.join(format!("{}.html", folder.manifest.name)));
        report::write(&folder, &out).map_err(Failure::failed)?;
        text.push_str(&format!("{}\n", out.display()));
    }
    print(&text)
}
