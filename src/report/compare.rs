//! The page of a comparison.

use std::path::Path;

use askama::Template;

use super::charts;
use super::error::ReportError;
use super::format::{count, decimal, percent, plural, points, signed_points};
use super::page::write_page;
use super::palette;
use super::view::Confusion;
use crate::experiment::compare::{ComparedPair, ComparedRun, Comparison, Disagreement, SettingDifference, letter};
use crate::metrics::{McNemar, PairedDifference};

/// Half of the width of the differences' bars: the least that holds every interval of a pair.
const REACHES: [f64; 5] = [0.05, 0.1, 0.2, 0.4, 1.0];

/// `templates/compare.html`.
#[derive(Template)]
#[template(path = "compare.html")]
struct Page<'a> {
    title: String,
    runs: Vec<Run<'a>>,
    settings: &'a [SettingDifference],
    pairs: Vec<Pair<'a>>,
    heat_light: String,
    heat_dark: String,
    diverging_light: String,
    diverging_dark: String,
}

/// A run and the letter that stands for it.
struct Run<'a> {
    letter: String,
    seeds: String,
    run: &'a ComparedRun,
}

/// The first run against another.
struct Pair<'a> {
    /// Their letters.
    first: String,
    other: String,
    id: usize,
    on: String,
    verdict: String,
    scores: Vec<Score>,
    /// Half of the width of the bars, percentage points.
    reach: String,
    mcnemar: String,
    first_matrix: String,
    other_matrix: String,
    difference: String,
    lists: Vec<(String, Vec<&'a Disagreement>)>,
}

/// A row of the table of scores.
struct Score {
    name: String,
    first: String,
    other: String,
    difference: String,
    interval: String,
    flipped: String,
    /// The interval holds only one sign.
    clear: bool,
    /// Where the bar stands, percent of its width: low, value, high. Not for log-loss, which has no points.
    bar: Option<(String, String, String)>,
}

/// The page of a comparison, referring to nothing outside it.
///
/// # Errors
/// A picture or the page cannot be made.
pub fn render_comparison(comparison: &Comparison) -> Result<String, ReportError> {
    let (heat_light, heat_dark) = palette::declarations();
    let (diverging_light, diverging_dark) = palette::diverging_declarations();
    let names: Vec<String> = (0..comparison.runs.len()).map(letter).collect();
    let page = Page {
        title: format!("{} compared", plural(comparison.runs.len(), "run")),
        runs: comparison
            .runs
            .iter()
            .enumerate()
            .map(|(index, run)| Run { letter: letter(index), seeds: plural(run.seeds.len(), "seed"), run })
            .collect(),
        settings: &comparison.settings,
        pairs: comparison.pairs.iter().map(|pair| pair_of(pair, &names)).collect::<Result<_, _>>()?,
        heat_light,
        heat_dark,
        diverging_light,
        diverging_dark,
    };
    Ok(page.render()?)
}

/// Writes the page of a comparison, whole or not at all.
///
/// # Errors
/// As [`render_comparison`], and a file that cannot be written.
pub fn write_comparison(comparison: &Comparison, out: &Path) -> Result<(), ReportError> {
    write_page(&render_comparison(comparison)?, out)
}

fn pair_of<'a>(pair: &'a ComparedPair, names: &[String]) -> Result<Pair<'a>, ReportError> {
    let (first, other) = (names[0].clone(), names[pair.other].clone());
    let matrix = |counts: &Vec<Vec<u64>>| Confusion { labels: pair.labels.clone(), counts: counts.clone(), seeds: 1 };
    let (ours, theirs) = (matrix(&pair.first_matrix), matrix(&pair.other_matrix));
    let left_out = match (pair.only_first, pair.only_other) {
        (0, 0) => String::new(),
        (ours, theirs) => {
            format!(" Left out: {} that only {first} predicts and {} that only {other} does.", plural(ours, "clip"), plural(theirs, "clip"))
        }
    };
    let list = |gains: bool| pair.disagreements.iter().filter(|clip| clip.is_gain() == gains).collect::<Vec<_>>();
    let id = pair.other;
    let reach = reach(&pair.differences);
    Ok(Pair {
        on: format!("On the {} of {} that both predict.{left_out}", plural(pair.clips, "clip"), plural(pair.speakers, "speaker")),
        verdict: verdict(pair, &first, &other),
        scores: pair.differences.iter().map(|difference| score(difference, reach)).collect(),
        reach: format!("{:.0}", 100.0 * reach),
        mcnemar: tested(&pair.mcnemar, &first, &other),
        first_matrix: charts::confusion(&ours, &format!("confusion-first-{id}"))?,
        other_matrix: charts::confusion(&theirs, &format!("confusion-other-{id}"))?,
        difference: charts::difference(&ours, &theirs, &format!("difference-{id}"))?,
        lists: vec![(format!("only {other} has right"), list(true)), (format!("only {first} has right"), list(false))],
        first,
        other,
        id,
    })
}

/// What the UAR says, in a sentence.
fn verdict(pair: &ComparedPair, first: &str, other: &str) -> String {
    let Some(uar) = pair.differences.iter().find(|score| score.metric == "uar") else { return String::new() };
    if uar.difference == 0.0 {
        return format!("{first} and {other} have the same UAR.");
    }
    let (more, way) = (points(uar.difference.abs()), if uar.difference > 0.0 { "above" } else { "below" });
    let sure = match (uar.low.is_finite(), uar.low > 0.0 || uar.high < 0.0) {
        (false, _) => "one speaker is too few to say how sure that is".to_owned(),
        (true, true) => format!(
            "95% interval {} to {}: more than chance among these speakers explains",
            signed_points(uar.low),
            signed_points(uar.high)
        ),
        (true, false) => {
            format!("95% interval {} to {}: these speakers do not tell the two apart", signed_points(uar.low), signed_points(uar.high))
        }
    };
    format!("The UAR of {other} is {more} points {way} that of {first} ({sure}).")
}

fn tested(test: &McNemar, first: &str, other: &str) -> String {
    let how =
        if test.exact { "exact binomial test".to_owned() } else { format!("chi-squared {:.2} with continuity correction", test.statistic) };
    let p = if test.p < 0.001 { "below 0.001".to_owned() } else { decimal(test.p) };
    format!(
        "McNemar's test: {} clips only {first} has right, {} only {other}; {how}, p {p}. It takes clips as independent, which those of one \
         speaker are not: read it beside the intervals.",
        count(test.only_first),
        count(test.only_second)
    )
}

fn reach(differences: &[PairedDifference]) -> f64 {
    let parts = differences.iter().filter(|score| score.metric != "log_loss");
    let widest = parts.flat_map(|score| [score.low.abs(), score.high.abs()]).filter(|end| end.is_finite()).fold(0.0, f64::max);
    REACHES.into_iter().find(|reach| *reach >= widest).unwrap_or(1.0)
}

fn score(score: &PairedDifference, reach: f64) -> Score {
    let is_part = score.metric != "log_loss";
    let value = |value: f64| if is_part { percent(value) } else { decimal(value) };
    let change = |value: f64| if is_part { signed_points(value) } else { format!("{value:+.3}").replace('-', "\u{2212}") };
    let known = score.low.is_finite();
    let place = |value: f64| format!("{:.1}", 50.0 + 50.0 * (value / reach).clamp(-1.0, 1.0));
    Score {
        name: match score.metric {
            "uar" => "UAR".to_owned(),
            "auc" => "AUC".to_owned(),
            "macro_f1" => "macro F1".to_owned(),
            "weighted_f1" => "weighted F1".to_owned(),
            other => other.replace('_', " "),
        },
        first: value(score.first),
        other: value(score.second),
        difference: change(score.difference),
        interval: if known { format!("{} to {}", change(score.low), change(score.high)) } else { "none".to_owned() },
        flipped: percent(score.flipped),
        clear: known && (score.low > 0.0 || score.high < 0.0),
        bar: (known && is_part).then(|| (place(score.low), place(score.difference), place(score.high))),
    }
}
