//! Scores of each speaker.

use std::collections::BTreeMap;

use super::rows::Tested;
use super::scores::ScoreTable;
use crate::experiment::record::FoldRecord;
use crate::report::format::{list, percent, plural, points};

/// Speakers named as the lowest.
const NAMED: usize = 3;
/// With more speakers than this, only both ends are shown.
const MOST_SHOWN: usize = 60;
const SHOWN_HIGHEST: usize = 15;
const SHOWN_LOWEST: usize = 35;
/// Categorical colours of the style sheet.
const COLOURS: usize = 6;

/// A speaker's score.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SpeakerDot {
    pub name: String,
    /// 0 to 1.
    pub value: f64,
    pub interval: Option<(f64, f64)>,
    /// Index of the fold's colour; `None` where colours would say nothing.
    pub colour: Option<u8>,
}

/// The section on speakers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Speakers {
    /// Name of the metric that was taken.
    pub metric: &'static str,
    /// Best first.
    pub dots: Vec<SpeakerDot>,
    /// The row after which speakers are left out.
    pub gap_after: Option<usize>,
    pub overall: Option<f64>,
    pub chance: Option<f64>,
    /// What the picture shows, in a sentence or two.
    pub summary: String,
    /// What is special about the worst recognised speaker.
    pub worst: String,
    /// Folds with their colours.
    pub legend: Vec<(u8, String)>,
}

impl Speakers {
    /// `None` without a score of any speaker.
    pub(super) fn new(table: &ScoreTable, tested: &[Tested], folds: &[FoldRecord], chance: Option<f64>) -> Option<Self> {
        let colours = fold_colours(folds);
        let homes = homes(tested);
        let (key, metric) = [("uar", "UAR"), ("accuracy", "Accuracy")]
            .into_iter()
            .find(|(key, _)| homes.keys().any(|speaker| table.get("speaker", speaker, key).is_some()))?;
        let mut dots: Vec<SpeakerDot> = homes
            .iter()
            .filter_map(|(&speaker, home)| {
                let score = table.get("speaker", speaker, key)?;
                let colour = home.and_then(|fold| colours.get(fold).copied());
                Some(SpeakerDot { name: speaker.to_owned(), value: score.value, interval: score.interval(), colour })
            })
            .collect();
        dots.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.name.cmp(&b.name)));
        let summary = summary(&dots, metric);
        let lowest = dots.last().map(|dot| dot.name.clone());
        let coloured = dots.iter().any(|dot| dot.colour.is_some());
        let legend = if coloured { colours.into_iter().map(|(fold, colour)| (colour, fold.to_owned())).collect() } else { Vec::new() };
        let gap_after = leave_out_the_middle(&mut dots);
        let overall = table.get("overall", "", key).map(|score| score.value);
        let worst = lowest.map_or_else(String::new, |name| describe_worst(&name, tested));
        Some(Self { metric, dots, gap_after, overall, chance, summary, worst, legend })
    }

    /// Whether row `i` is one of the lowest, which the picture names in bold.
    pub(crate) fn is_lowest(&self, i: usize) -> bool {
        self.dots.len() > 2 * NAMED && i + NAMED >= self.dots.len()
    }
}

/// The fold in which each speaker is tested; `None` where there are several (random splits).
fn homes(tested: &[Tested]) -> BTreeMap<&str, Option<&str>> {
    let mut homes: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for row in tested {
        let home = homes.entry(&row.speaker).or_insert(Some(&row.fold));
        if *home != Some(row.fold.as_str()) {
            *home = None;
        }
    }
    homes
}

/// One colour a fold, for two folds up to as many as there are colours.
fn fold_colours(folds: &[FoldRecord]) -> BTreeMap<&str, u8> {
    if (2..=COLOURS).contains(&folds.len()) {
        folds.iter().zip(0..).map(|(fold, colour)| (fold.name.as_str(), colour)).collect()
    } else {
        BTreeMap::new()
    }
}

fn summary(dots: &[SpeakerDot], metric: &str) -> String {
    let (Some(best), Some(worst)) = (dots.first(), dots.last()) else { return String::new() };
    if dots.len() <= 2 * NAMED {
        return format!("{metric} runs from {} ({}) to {} ({}).", points(worst.value), worst.name, percent(best.value), best.name);
    }
    let lowest: Vec<String> = dots.iter().rev().take(NAMED).map(|dot| format!("{} ({})", dot.name, percent(dot.value))).collect();
    format!(
        "{metric} of {} runs from {} to {}. Lowest: {}.",
        plural(dots.len(), "speaker"),
        points(worst.value),
        percent(best.value),
        list(&lowest)
    )
}

/// The worst recognised speaker, by name: how many clips are right, and what is confused most often.
fn describe_worst(name: &str, tested: &[Tested]) -> String {
    let rows: Vec<&Tested> = tested.iter().filter(|row| row.speaker == name).collect();
    let right = rows.iter().filter(|row| row.truth == row.predicted).count();
    let mut errors: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.truth != row.predicted) {
        *errors.entry((&row.truth, &row.predicted)).or_default() += 1;
    }
    // Of equal ones the first by name.
    let most = errors.iter().rev().max_by_key(|(_, count)| **count);
    let confused = most.map_or_else(String::new, |((truth, predicted), count)| {
        format!(", most often {truth} taken for {predicted} ({} of {})", count, plural(rows.len() - right, "error"))
    });
    format!("The worst recognised is speaker {name}: {right} of {} right{confused}.", plural(rows.len(), "prediction"))
}

fn leave_out_the_middle(dots: &mut Vec<SpeakerDot>) -> Option<usize> {
    if dots.len() <= MOST_SHOWN {
        return None;
    }
    dots.drain(SHOWN_HIGHEST..dots.len() - SHOWN_LOWEST);
    Some(SHOWN_HIGHEST - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(i: usize) -> SpeakerDot {
        SpeakerDot { name: i.to_string(), value: 1.0 - i as f64 / 100.0, interval: None, colour: None }
    }

    #[test]
    fn of_many_speakers_both_ends_are_shown() {
        let mut dots: Vec<SpeakerDot> = (0..91).map(dot).collect();
        assert_eq!(leave_out_the_middle(&mut dots), Some(14));
        assert_eq!(dots.len(), 50);
        assert_eq!((dots[14].name.as_str(), dots[15].name.as_str(), dots[49].name.as_str()), ("14", "56", "90"));
        let mut few: Vec<SpeakerDot> = (0..24).map(dot).collect();
        assert_eq!((leave_out_the_middle(&mut few), few.len()), (None, 24));
    }

    #[test]
    fn the_lowest_are_named() {
        let dots: Vec<SpeakerDot> = (0..24).map(dot).collect();
        let text = summary(&dots, "UAR");
        assert_eq!(text, "UAR of 24 speakers runs from 77.0 to 100.0%. Lowest: 23 (77.0%), 22 (78.0%) and 21 (79.0%).");
    }
}
