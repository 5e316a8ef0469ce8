//! What the page of a sweep says, as plain data.

use std::path::Path;

use crate::experiment::record::State;
use crate::experiment::sweep::{SweepMethod, SweepRecord, SweepRun};
use crate::report::format::{date, percent, plural, points, signed_points};

/// Keys that change what is validated on: their runs cannot be compared clip by clip.
const CHANGES_CLIPS: [&str; 4] = ["corpus.", "split.", "audio.max_duration_s", "seed"];

/// The page.
pub(super) struct View {
    pub name: String,
    pub id: String,
    pub date: String,
    pub method: &'static str,
    pub note: String,
    pub lead: String,
    /// Class of the style sheet and text, with causes.
    pub banners: Vec<(&'static str, String, Vec<String>)>,
    pub protocol: Option<String>,
    /// Key and values.
    pub varied: Vec<(String, String)>,
    pub ablation: bool,
    pub rungs: Vec<RungView>,
    pub command: String,
    pub config: String,
}

/// A table of runs.
pub(super) struct RungView {
    pub title: String,
    /// Full key and short name of each column.
    pub keys: Vec<(String, String)>,
    pub rows: Vec<RowView>,
}

/// A run.
pub(super) struct RowView {
    pub label: String,
    /// The run's id, once it is done.
    pub run: Option<String>,
    pub href: Option<String>,
    pub values: Vec<String>,
    pub validation: String,
    pub uar: String,
    pub interval: String,
    pub difference: String,
    pub difference_interval: String,
    /// The interval of the difference does not reach zero.
    pub clear: bool,
    pub state: &'static str,
    pub best: bool,
}

impl View {
    /// Puts together the page that will stand in the folder `beside`, next to the reports of the runs.
    pub(super) fn new(record: &SweepRecord, beside: &Path) -> Self {
        let ablation = record.method == SweepMethod::Ablation;
        Self {
            name: record.name.clone(),
            id: record.id.clone(),
            date: date(&record.started),
            method: match record.method {
                SweepMethod::Grid => "Grid sweep",
                SweepMethod::Random => "Random sweep",
                SweepMethod::SuccessiveHalving => "Successive halving",
                SweepMethod::Ablation => "Ablation",
            },
            note: record.note.clone(),
            lead: if ablation { ablation_lead(record) } else { choice_lead(record) },
            banners: banners(record),
            protocol: record.protocol.clone(),
            varied: record.axes.iter().map(|axis| (axis.key.clone(), varied(&axis.values, axis.range))).collect(),
            ablation,
            rungs: (0..record.rungs.len()).rev().map(|rung| rung_view(record, rung, beside)).filter(|rung| !rung.rows.is_empty()).collect(),
            command: record.command.clone(),
            config: record.config.clone(),
        }
    }
}

fn varied(values: &[String], range: bool) -> String {
    match values {
        [low, high, scale] if range => {
            format!("{low} to {high}, drawn on a {} scale", if scale == "log" { "logarithmic" } else { "linear" })
        }
        values => values.join(" | "),
    }
}

fn choice_lead(record: &SweepRecord) -> String {
    let done = record.runs.iter().filter(|run| run.state == State::Complete).count();
    let runs = format!("{} of {} done.", plural(done, "run"), record.runs.len());
    let Some(best) = record.best.and_then(|index| record.runs.get(index)) else {
        let why = if record.finalists().any(|(_, run)| run.state == State::Complete && run.validation_uar.is_none()) {
            "None is chosen: a run has no validation score, and test scores are no ground for a choice."
        } else {
            "None is chosen yet."
        };
        return format!("{runs} {why}");
    };
    let validation = percent(best.validation_uar.unwrap_or(f64::NAN));
    let test = percent(best.uar.unwrap_or(f64::NAN));
    let interval = best.interval.map(|(low, high)| format!(" ({} to {})", points(low), points(high))).unwrap_or_default();
    format!(
        "{runs} The best by validation UAR, {validation}, has {}. On the test clips, which had no say in this, it reaches {test}{interval}.",
        best.label
    )
}

fn ablation_lead(record: &SweepRecord) -> String {
    let Some(whole) = record.runs.first().filter(|run| run.state == State::Complete) else {
        return "The whole experiment is not done yet, so there is nothing to compare with.".to_owned();
    };
    let uar = percent(whole.uar.unwrap_or(f64::NAN));
    let compared = record.runs.iter().filter(|run| run.difference.is_some()).count();
    let clear: Vec<&str> = record.runs.iter().filter(|run| is_clear(run)).map(|run| run.label.as_str()).collect();
    let verdict = match clear.len() {
        0 => "for none of them does the 95% interval of the difference leave out zero".to_owned(),
        _ => format!("the 95% interval of the difference leaves out zero for: {}", clear.join("; ")),
    };
    format!("The whole experiment reaches {uar} UAR on the test clips. Compared with {}, {verdict}.", plural(compared, "variant"))
}

fn is_clear(run: &SweepRun) -> bool {
    run.difference.and_then(|difference| difference.interval).is_some_and(|(low, high)| low > 0.0 || high < 0.0)
}

fn banners(record: &SweepRecord) -> Vec<(&'static str, String, Vec<String>)> {
    let mut banners = Vec::new();
    if record.synthetic {
        banners.push(("note", "Synthetic voices: these scores say nothing about people.".to_owned(), Vec::new()));
    }
    let failures: Vec<String> = record.failures().map(|(run, cause)| format!("{}: {cause}", run.name)).collect();
    if !failures.is_empty() {
        banners.push(("danger", format!("{} failed; the others are not affected.", plural(failures.len(), "run")), failures));
    }
    if matches!(record.state, State::Interrupted | State::Running) {
        let text = "Not all runs are done. The same command goes on with the sweep; nothing is chosen until then.";
        banners.push(("warning", text.to_owned(), Vec::new()));
    }
    let other_clips: Vec<&str> = record
        .axes
        .iter()
        .map(|axis| axis.key.as_str())
        .filter(|key| CHANGES_CLIPS.iter().any(|prefix| key == prefix || (prefix.ends_with('.') && key.starts_with(prefix))))
        .collect();
    if !other_clips.is_empty() {
        let text = format!(
            "{} changes which clips are validated and tested: these runs differ in the clips too, not only in the recogniser.",
            other_clips.join(", ")
        );
        banners.push(("warning", text, Vec::new()));
    }
    banners
}

fn rung_view(record: &SweepRecord, rung: usize, beside: &Path) -> RungView {
    let keys: Vec<String> = record.axes.iter().map(|axis| axis.key.clone()).collect();
    let mut rows: Vec<(usize, &SweepRun)> = record.runs.iter().enumerate().filter(|(_, run)| run.rung == rung).collect();
    if record.method.chooses() {
        // Best first, in the order of the choice; what has no score comes last.
        rows.sort_by(|(_, a), (_, b)| b.validation_uar.unwrap_or(-1.0).total_cmp(&a.validation_uar.unwrap_or(-1.0)));
    }
    let rows = rows.into_iter().map(|(index, run)| row_view(run, &keys, record.best == Some(index), beside)).collect();
    let short = |key: &String| {
        let last = key.rsplit('.').next().unwrap_or(key).to_owned();
        let alone = keys.iter().filter(|other| other.rsplit('.').next() == Some(&last)).count() == 1;
        if alone { last } else { key.clone() }
    };
    RungView { title: rung_title(record, rung), keys: keys.iter().map(|key| (key.clone(), short(key))).collect(), rows }
}

fn rung_title(record: &SweepRecord, rung: usize) -> String {
    match record.rungs.get(rung) {
        Some(facts) if record.rungs.len() > 1 => format!("Rung {} of {}: {}", rung + 1, record.rungs.len(), plural(facts.epochs, "epoch")),
        _ => "All runs".to_owned(),
    }
}

fn row_view(run: &SweepRun, keys: &[String], best: bool, beside: &Path) -> RowView {
    let none = || "–".to_owned();
    let value = |key: &String| run.changes.iter().find(|(changed, _)| changed == key).map_or_else(none, |(_, value)| value.clone());
    let pair = |pair: Option<(f64, f64)>, sign: bool| {
        let number = |value: f64| if sign { signed_points(value) } else { points(value) };
        pair.map_or_else(none, |(low, high)| format!("{} to {}", number(low), number(high)))
    };
    let file = format!("{}.html", run.name);
    RowView {
        label: run.label.clone(),
        run: run.run.clone(),
        href: (run.run.is_some() && beside.join(&file).is_file()).then_some(file),
        values: keys.iter().map(value).collect(),
        validation: run.validation_uar.map_or_else(none, points),
        uar: run.uar.map_or_else(none, points),
        interval: pair(run.interval, false),
        difference: run.difference.map_or_else(none, |difference| signed_points(difference.value)),
        difference_interval: pair(run.difference.and_then(|difference| difference.interval), true),
        clear: is_clear(run),
        state: match run.state {
            State::Running => "not done",
            State::Interrupted => "interrupted",
            State::Failed => "failed",
            State::Complete => "done",
        },
        best,
    }
}
