//! Markdown.

use super::run::{Summary, plain, with_interval};
use crate::metrics::Scope;

pub(super) fn write(runs: &[Summary]) -> String {
    let mut text = String::new();
    if runs.len() > 1 {
        text.push_str(&overview(runs));
    }
    for run in runs {
        text.push_str(&section(run));
    }
    text
}

/// A row a run.
fn overview(runs: &[Summary]) -> String {
    let mut text = String::from(
        "| experiment | run | UAR % (95 % interval) | accuracy % | macro F1 % | protocol |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for run in runs {
        let overall = |metric| run.scores.overall(metric);
        text.push_str(&row(&[
            run.manifest.name.clone(),
            run.manifest.id.clone(),
            with_interval(overall("uar")),
            plain(overall("accuracy")),
            plain(overall("macro_f1")),
            run.manifest.protocol.description.clone(),
        ]));
    }
    text + "\n"
}

fn section(run: &Summary) -> String {
    let manifest = &run.manifest;
    let mut text =
        format!("## {}\n\nRun `{}`. {}. {}.", manifest.name, manifest.id, run.data(), manifest.protocol.description.trim_end_matches('.'));
    for caveat in run.caveats() {
        text.push_str(&format!(" **{caveat}.**"));
    }
    text.push_str("\n\n| score | % (95 % interval) |\n| --- | --- |\n");
    for (metric, name) in [("uar", "UAR"), ("accuracy", "accuracy"), ("macro_f1", "macro F1"), ("weighted_f1", "weighted F1")] {
        text.push_str(&row(&[name.to_owned(), with_interval(run.scores.overall(metric))]));
    }
    if let Some(together) = run.scores.get(Scope::Ensemble, "", "uar") {
        text.push_str(&row(&["UAR of all seeds' models together".to_owned(), with_interval(Some(together))]));
    }
    text.push_str("\n| class | recall % | precision % | F1 % | clips |\n| --- | --- | --- | --- | --- |\n");
    for label in &manifest.corpus.labels {
        let score = |metric| run.scores.get(Scope::Class, label, metric);
        let clips = score("support").map_or_else(|| "-".to_owned(), |support| format!("{:.0}", support.value));
        text.push_str(&row(&[label.clone(), with_interval(score("recall")), plain(score("precision")), plain(score("f1")), clips]));
    }
    text + "\n"
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect::<Vec<_>>().join(" | "))
}
