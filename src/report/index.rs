//! `reports/index.html`: all runs as one table.

use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::error::ReportError;
use super::format::{date, duration, percent, plural, points};
use super::page::write_page;
use super::palette;
use crate::experiment::record::{Manifest, State};
use crate::experiment::store::StoreError;
use crate::experiment::{Runs, read_frame};
use crate::metrics::ScoreTable;

/// The script of the page: it sorts. The page forbids any other by its hash.
const SCRIPT: &str = include_str!("../../templates/index.js");

/// How much of a report is read for the id of its run.
const HEAD_BYTES: u64 = 4096;

#[derive(Template)]
#[template(path = "index.html")]
struct Index {
    rows: Vec<Row>,
    heat_light: String,
    heat_dark: String,
    script: &'static str,
    script_hash: String,
}

/// A run.
struct Row {
    id: String,
    name: String,
    /// File name of its page beside the index, where there is one.
    page: Option<String>,
    state: &'static str,
    complete: bool,
    corpus: String,
    protocol: String,
    /// Words of warning: "speakers shared".
    caveats: Vec<&'static str>,
    model: String,
    uar: String,
    interval: String,
    accuracy: String,
    /// For sorting; nothing for a run without scores.
    uar_value: Option<f64>,
    accuracy_value: Option<f64>,
    started: String,
    started_value: String,
    time: String,
    seconds: f64,
}

/// Writes `index.html` into the folder of reports: a sortable table of all runs, with links to those whose page lies there.
///
/// # Errors
/// Folders that cannot be listed or written.
pub fn write_index(runs: &Runs, reports_dir: &Path) -> Result<(), ReportError> {
    let pages = pages_by_run(reports_dir);
    let rows = runs.list()?.into_iter().map(|manifest| Ok(row(runs, manifest, &pages))).collect::<Result<_, StoreError>>()?;
    let (heat_light, heat_dark) = palette::declarations();
    let script_hash = STANDARD.encode(Sha256::digest(SCRIPT));
    let page = Index { rows, heat_light, heat_dark, script: SCRIPT, script_hash }.render()?;
    write_page(&page, &reports_dir.join("index.html"))
}

/// Names of the pages in a folder, by the id of the run that they are about.
fn pages_by_run(dir: &Path) -> HashMap<String, String> {
    let Ok(entries) = fs::read_dir(dir) else { return HashMap::new() };
    let pages = entries.filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        let mut head = Vec::new();
        fs::File::open(dir.join(&name)).ok().filter(|_| name.ends_with(".html"))?.take(HEAD_BYTES).read_to_end(&mut head).ok()?;
        let head = String::from_utf8_lossy(&head).into_owned();
        let (_, rest) = head.split_once(r#"<meta name="intone-run" content=""#)?;
        Some((rest.split_once('"')?.0.to_owned(), name))
    });
    pages.collect()
}

fn row(runs: &Runs, manifest: Manifest, pages: &HashMap<String, String>) -> Row {
    let frame = read_frame(&runs.dir().join(&manifest.id).join("scores.parquet")).ok().flatten();
    let table = frame.and_then(|frame| ScoreTable::from_frame(&frame).ok());
    let score = |metric| table.as_ref().and_then(|table| table.overall(metric)).cloned();
    let (uar, accuracy) = (score("uar"), score("accuracy"));
    let (corpus, protocol) = (&manifest.corpus, &manifest.protocol);
    let seconds = manifest.timings.iter().map(|timing| timing.seconds).sum();
    let shown = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), percent);
    Row {
        page: pages.get(&manifest.id).cloned(),
        complete: manifest.state == State::Complete,
        state: match manifest.state {
            State::Running => "not finished",
            State::Interrupted => "interrupted",
            State::Failed => "failed",
            State::Complete => "complete",
        },
        corpus: format!("{}, {}", corpus.name, plural(corpus.clips, "clip")),
        protocol: format!("{}, {}, {}", protocol.kind, plural(protocol.folds.len(), "fold"), plural(protocol.seeds.len(), "seed")),
        caveats: [(!protocol.speaker_independent, "speakers shared"), (corpus.synthetic, "synthetic voices")]
            .into_iter()
            .filter_map(|(holds, text)| holds.then_some(text))
            .collect(),
        model: manifest.model.kind,
        uar_value: uar.as_ref().map(|row| row.value),
        interval: uar
            .as_ref()
            .filter(|row| row.low.is_finite())
            .map_or_else(String::new, |row| format!("{} to {}", points(row.low), points(row.high))),
        uar: shown(uar.map(|row| row.value)),
        accuracy_value: accuracy.as_ref().map(|row| row.value),
        accuracy: shown(accuracy.map(|row| row.value)),
        started: date(&manifest.started),
        started_value: manifest.started,
        time: if manifest.timings.is_empty() { "-".to_owned() } else { duration(seconds) },
        seconds,
        id: manifest.id,
        name: manifest.name,
    }
}
