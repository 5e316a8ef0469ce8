//! `intone notebook run`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nbformat::v4::{Cell, KernelSpec, LanguageInfo, Notebook};
use serde_json::{Map, Value, json};

use super::outputs::Collector;
use super::parameters::{self, Values};
use super::{check, file, html, machine};
use crate::cli::Place;
use crate::install::{DISPLAY_NAME, KERNEL_NAME};
use crate::session::{self, CellError, Session};

/// Outputs that come while a cell runs are written at most this often.
const WRITE_EVERY: Duration = Duration::from_secs(1);

/// Arguments of `intone notebook run`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The notebook
    notebook: PathBuf,
    /// Sets a variable of the cell tagged `parameters`
    #[arg(short = 'p', long = "parameter", value_name = "NAME=VALUE", value_parser = parameters::parse)]
    parameters: Vec<(String, String)>,
    /// Where the executed notebook goes [default: in place, or nowhere with --check]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also writes a self-contained page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Fails where outputs differ from those in the file, timings apart
    #[arg(long)]
    check: bool,
}

impl Arguments {
    /// What can be known to be wrong before anything is built.
    pub fn check(&self) -> Result<(), String> {
        let mut notebook = file::read(&self.notebook).map_err(|error| format!("{error:#}"))?;
        parameters::inject(&mut notebook, &self.parameters).map(|_| ())
    }

    fn target(&self) -> Option<&Path> {
        self.out.as_deref().or((!self.check).then_some(self.notebook.as_path()))
    }
}

/// A notebook that is being executed and written.
struct Desk {
    notebook: Notebook,
    collector: Collector,
    target: Option<PathBuf>,
    written: Instant,
}

impl Desk {
    fn show(&mut self, changed: Vec<usize>) {
        for index in changed {
            let now = self.collector.of(index);
            if let Some(Cell::Code { outputs, .. }) = self.notebook.cells.get_mut(index) {
                *outputs = now;
            }
        }
    }

    fn write(&mut self) -> Result<()> {
        self.written = Instant::now();
        self.target.as_deref().map_or(Ok(()), |target| file::write(target, &self.notebook))
    }
}

/// What stopped a run.
struct Stopped {
    cell: usize,
    id: String,
    error: CellError,
}

/// Executes the notebook inside a session.
pub fn run(arguments: &Arguments, place: &Place) -> Result<ExitCode> {
    session::watch()?;
    let committed = file::read(&arguments.notebook)?;
    let mut notebook = committed.clone();
    let values = parameters::inject(&mut notebook, &arguments.parameters).map_err(anyhow::Error::msg)?;
    for cell in &mut notebook.cells {
        if let Cell::Code { outputs, execution_count, .. } = cell {
            outputs.clear();
            *execution_count = None;
        }
    }
    let target = arguments.target().map(std::path::absolute).transpose()?;
    let html_target = arguments.html.as_deref().map(std::path::absolute).transpose()?;
    enter_folder(&arguments.notebook)?;
    let started = Instant::now();
    let mut session = Session::start(&place.toolchain, &place.template)?;
    let desk = Arc::new(Mutex::new(Desk { notebook, collector: Collector::default(), target, written: Instant::now() }));
    let mut durations = Map::new();
    let stopped = execute(&mut session, &desk, &mut durations)?;
    let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
    record(&mut desk.notebook, place, &values, durations, started.elapsed());
    desk.write()?;
    if let Some(path) = html_target {
        file::write_whole(&path, &html::render(&desk.notebook)?)?;
    }
    if let Some(stopped) = stopped {
        eprintln!("intone: cell {} ({}) failed: {}", stopped.cell, stopped.id, stopped.error);
        stopped.error.traceback.iter().for_each(|line| eprintln!("{line}"));
        return Ok(ExitCode::FAILURE);
    }
    Ok(if arguments.check { tell(&check::compare(&committed, &desk.notebook, closeness(&committed))) } else { ExitCode::SUCCESS })
}

/// Cells run in the notebook's folder, as under Jupyter.
fn enter_folder(notebook: &Path) -> Result<()> {
    let folder = notebook.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::env::set_current_dir(folder).with_context(|| format!("cannot enter {}", folder.display()))
}

/// Executes the cells in order, until one fails.
fn execute(session: &mut Session, desk: &Arc<Mutex<Desk>>, durations: &mut Map<String, Value>) -> Result<Option<Stopped>> {
    let lock = || desk.lock().unwrap_or_else(PoisonError::into_inner);
    let cells = lock().notebook.cells.clone();
    let mut count = 0;
    for (index, cell) in cells.iter().enumerate() {
        let source = file::source(cell);
        if !matches!(cell, Cell::Code { .. }) || source.trim().is_empty() {
            continue;
        }
        count += 1;
        let began = Instant::now();
        let sink = {
            let desk = Arc::clone(desk);
            move |event| {
                let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
                let changed = desk.collector.take(index, count, event);
                desk.show(changed);
                if desk.written.elapsed() > WRITE_EVERY {
                    // What cannot be written now is tried again when the cell has ended, and told then.
                    let _ = desk.write();
                }
            }
        };
        // Nobody is there to be asked.
        let result = session.execute(&source, count, sink, &|_, _| String::new());
        let mut desk = lock();
        if let Some(Cell::Code { execution_count, .. }) = desk.notebook.cells.get_mut(index) {
            *execution_count = i32::try_from(count).ok();
        }
        durations.insert(cell.id().to_string(), json!((began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0));
        if let Err(error) = &result {
            desk.collector.fail(index, error);
            desk.show(vec![index]);
        }
        desk.write()?;
        match result {
            Err(error) if !file::has_tag(cell, "raises-exception") => {
                return Ok(Some(Stopped { cell: count as usize, id: cell.id().to_string(), error }));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// Writes down what the outputs came from.
fn record(notebook: &mut Notebook, place: &Place, values: &Values, durations: Map<String, Value>, total: Duration) {
    let stamp = place.template.stamp();
    let seed = values.get("seed").and_then(|seed| seed.parse::<u64>().ok());
    let facts = json!({
        "version": stamp.version,
        "lock_hash": stamp.lock_hash,
        "sources_hash": stamp.sources_hash,
        "toolchain": place.toolchain.release(),
        "profile": stamp.profile,
        "instructions": machine::instructions(),
        "seed": seed,
        "parameters": values,
        "durations_s": durations,
        "total_s": (total.as_secs_f64() * 1000.0).round() / 1000.0,
    });
    let metadata = &mut notebook.metadata;
    metadata.additional.insert("intone".to_owned(), facts);
    metadata.kernelspec = Some(KernelSpec {
        display_name: DISPLAY_NAME.to_owned(),
        name: KERNEL_NAME.to_owned(),
        language: Some("rust".to_owned()),
        additional: Default::default(),
    });
    metadata.language_info = Some(LanguageInfo {
        name: "rust".to_owned(),
        version: place.toolchain.release().split_whitespace().nth(1).map(str::to_owned),
        codemirror_mode: None,
        additional: [("file_extension".to_owned(), json!(".rs")), ("mimetype".to_owned(), json!("text/rust"))].into_iter().collect(),
    });
}

/// How closely outputs can be compared: numbers of a machine with other instructions are rounded otherwise.
fn closeness(committed: &Notebook) -> check::Closeness {
    let recorded = committed.metadata.additional.get("intone").and_then(|facts| facts["instructions"].as_str());
    let here = machine::instructions();
    match recorded {
        Some(recorded) if recorded != here => {
            eprintln!("intone: outputs were computed with {recorded}, here is {here}: only the kinds of outputs are compared");
            check::Closeness::Kinds
        }
        _ => check::Closeness::Exact,
    }
}

/// Tells how outputs differ.
fn tell(differences: &[check::Difference]) -> ExitCode {
    for difference in differences {
        eprintln!(
            "intone: cell {} ({}) differs\n  committed: {}\n  now:       {}",
            difference.cell, difference.id, difference.committed, difference.now
        );
    }
    if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
