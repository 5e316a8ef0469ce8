//! `intone runs compare`: runs held against each other.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use intone::experiment::compare::{ComparedPair, Comparison, letter};
use intone::experiment::{RunFolder, Runs};
use intone::metrics::{BootstrapSettings, PairedDifference};
use intone::report;

use super::exit::{Done, Failure};
use super::print;

/// Clips listed on a terminal, of those that one run alone has right.
const LISTED: usize = 10;
/// Width of a run's column.
const WIDTH: usize = 24;

/// Arguments of `intone runs compare`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Ids of runs, or their beginnings; the others are compared with the first
    #[arg(required = true, num_args = 2..)]
    ids: Vec<String>,
    /// Write the comparison as a page, too
    #[arg(long, value_name = "FILE.html")]
    out: Option<PathBuf>,
    /// What is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Resamples of the paired bootstrap over speakers
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    resamples: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

/// Does it.
pub fn run(runs: &Runs, arguments: &Arguments) -> Result<Done, Failure> {
    let folders = arguments.ids.iter().map(|id| RunFolder::open(&runs.find(id).map_err(Failure::failed)?).map_err(Failure::failed));
    let folders = folders.collect::<Result<Vec<_>, _>>()?;
    let bootstrap = BootstrapSettings { resamples: arguments.resamples as usize, seed: 0 };
    let comparison = Comparison::new(&folders, bootstrap).map_err(Failure::failed)?;
    if let Some(out) = &arguments.out {
        report::write_comparison(&comparison, out).map_err(Failure::failed)?;
    }
    match arguments.format {
        Format::Table => print(&table(&comparison)),
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(&comparison).map_err(Failure::failed)?)),
    }
}

fn table(comparison: &Comparison) -> String {
    let mut text = String::new();
    for (index, run) in comparison.runs.iter().enumerate() {
        let seeds = if run.seeds.len() == 1 { "1 seed".to_owned() } else { format!("{} seeds", run.seeds.len()) };
        text.push_str(&format!("{}  {}  {}  {seeds}\n   {}\n", letter(index), run.id, run.name, run.protocol));
        if !run.speaker_independent {
            text.push_str("   SPEAKERS ARE SHARED between training and test: its scores flatter\n");
        }
    }
    text.push_str("\nsettings that differ\n");
    if comparison.settings.is_empty() {
        text.push_str("  none\n");
    }
    for setting in &comparison.settings {
        text.push_str(&format!("  {}\n", setting.key));
        for (run, value) in setting.values.iter().enumerate() {
            text.push_str(&format!("    {}  {value}\n", letter(run)));
        }
    }
    comparison.pairs.iter().for_each(|pair| text.push_str(&compared(pair)));
    text
}

fn compared(pair: &ComparedPair) -> String {
    let (first, other) = (letter(0), letter(pair.other));
    let mut text = format!("\n{first} and {other} on the {} clips of {} speakers that both predict", pair.clips, pair.speakers);
    if pair.only_first + pair.only_other > 0 {
        text.push_str(&format!(" (left out: {} that only {first} predicts, {} that only {other})", pair.only_first, pair.only_other));
    }
    let difference = format!("{other} - {first}");
    text.push_str(&format!("\n{:<13}{first:>8}{other:>9}{difference:>9}   95 % interval   other sign\n", ""));
    pair.differences.iter().for_each(|difference| text.push_str(&line(difference)));
    let test = &pair.mcnemar;
    let how =
        if test.exact { "exact binomial".to_owned() } else { format!("chi-squared {:.2} with continuity correction", test.statistic) };
    text.push_str(&format!(
        "\nMcNemar: {} clips only {first} has right, {} only {other}; {how}, p = {:.3}\n",
        test.only_first, test.only_second, test.p
    ));
    for (title, gains) in [(format!("clips that only {other} has right"), true), (format!("clips that only {first} has right"), false)] {
        let clips: Vec<_> = pair.disagreements.iter().filter(|clip| clip.is_gain() == gains).collect();
        if clips.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{title} ({})\n", clips.len()));
        for clip in clips.iter().take(LISTED) {
            let (first_says, other_says) = (format!("{first} {}", clip.first), format!("{other} {}", clip.other));
            text.push_str(&format!("  {:<WIDTH$}  {:<10}  {first_says:<14}  {other_says}\n", clip.clip, clip.truth));
        }
        if clips.len() > LISTED {
            text.push_str(&format!("  and {} more; --out FILE.html lists them all\n", clips.len() - LISTED));
        }
    }
    text
}

fn line(score: &PairedDifference) -> String {
    let is_part = score.metric != "log_loss";
    let (times, unit, digits) = if is_part { (100.0, " %", 1) } else { (1.0, "  ", 3) };
    let value = |value: f64| format!("{:.digits$}{unit}", times * value);
    let signed = |value: f64| format!("{:+.digits$}", times * value);
    let interval = if score.low.is_finite() { format!("{} to {}", signed(score.low), signed(score.high)) } else { "none".to_owned() };
    let flipped = if score.flipped.is_finite() { format!("{:.1} %", 100.0 * score.flipped) } else { String::new() };
    let name = score.metric.replace('_', " ");
    format!(
        "{name:<12}{:>9}{:>9}{:>9}   {interval:<14}  {flipped:>10}\n",
        value(score.first),
        value(score.second),
        signed(score.difference)
    )
}
