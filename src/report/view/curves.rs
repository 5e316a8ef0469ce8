//! Learning curves.

use std::collections::BTreeMap;

use super::rows::Epoch;
use crate::report::format::{NOT_AVAILABLE, plural};

/// What an axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A fraction, shown as a percentage.
    Share,
    /// A plain number.
    Plain,
}

/// One quantity over the epochs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub name: &'static str,
    /// Index of a categorical colour of the style sheet.
    pub colour: u8,
    /// One line a fold and seed.
    pub lines: Vec<Vec<(u32, f64)>>,
    /// Their mean, as long as at least half of the trainings go on.
    pub mean: Vec<(u32, f64)>,
}

/// One picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Panel {
    pub id: String,
    pub title: &'static str,
    pub unit: Unit,
    /// The last epoch of the longest training.
    pub epochs: u32,
    pub series: Vec<Series>,
    /// The epochs whose weights were kept.
    pub kept: Vec<(u32, f64)>,
    pub chance: Option<f64>,
    pub summary: String,
}

impl Panel {
    /// The largest value drawn.
    pub(crate) fn highest(&self) -> f64 {
        let values = self.series.iter().flat_map(|s| s.lines.iter().flatten()).map(|&(_, v)| v);
        values.chain(self.chance).filter(|v| v.is_finite()).fold(0.0, f64::max)
    }
}

/// The section on learning.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Curves {
    pub panels: Vec<Panel>,
    /// What was trained and which epochs were kept.
    pub summary: String,
}

type Run<'a> = Vec<&'a Epoch>;

impl Curves {
    /// `None` without any epoch.
    pub(crate) fn new(epochs: &[Epoch], chance: Option<f64>) -> Option<Self> {
        let mut runs: BTreeMap<(&str, u64), Run<'_>> = BTreeMap::new();
        for epoch in epochs {
            runs.entry((&epoch.fold, epoch.seed)).or_default().push(epoch);
        }
        let mut runs: Vec<Run<'_>> = runs.into_values().collect();
        for run in &mut runs {
            run.sort_by_key(|epoch| epoch.epoch);
        }
        let last = epochs.iter().map(|epoch| epoch.epoch).max()?;
        let summary = summary(&runs, last);
        let panels = [loss(&runs, last), uar(&runs, last, chance)].into_iter().flatten().collect();
        Some(Self { panels, summary })
    }
}

fn loss(runs: &[Run<'_>], epochs: u32) -> Option<Panel> {
    let train = series("training", 1, runs, |epoch| epoch.train_loss);
    let validation = series("validation", 0, runs, |epoch| epoch.validation_loss);
    let kept = if validation.is_some() { kept(runs, |epoch| epoch.validation_loss) } else { kept(runs, |epoch| epoch.train_loss) };
    let series: Vec<Series> = [train, validation].into_iter().flatten().collect();
    let summary = ends(&series, |value| format!("{value:.3}"));
    (!series.is_empty()).then_some(Panel {
        id: "loss-chart".to_owned(),
        title: "Loss",
        unit: Unit::Plain,
        epochs,
        series,
        kept,
        chance: None,
        summary,
    })
}

fn uar(runs: &[Run<'_>], epochs: u32, chance: Option<f64>) -> Option<Panel> {
    let series = vec![series("validation", 0, runs, |epoch| epoch.validation_uar)?];
    let kept = kept(runs, |epoch| epoch.validation_uar);
    let summary = ends(&series, |value| format!("{:.1}%", 100.0 * value));
    Some(Panel { id: "uar-chart".to_owned(), title: "UAR on validation clips", unit: Unit::Share, epochs, series, kept, chance, summary })
}

/// `None` where nothing was measured.
fn series(name: &'static str, colour: u8, runs: &[Run<'_>], value: impl Fn(&Epoch) -> f64) -> Option<Series> {
    let lines: Vec<Vec<(u32, f64)>> = runs
        .iter()
        .map(|run| run.iter().map(|epoch| (epoch.epoch, value(epoch))).filter(|(_, v)| v.is_finite()).collect::<Vec<_>>())
        .filter(|line| !line.is_empty())
        .collect();
    let mean = mean(&lines);
    (!lines.is_empty()).then_some(Series { name, colour, lines, mean })
}

/// Stops where fewer than half of the lines go on: the mean of a few late ones would look like a turn of all.
fn mean(lines: &[Vec<(u32, f64)>]) -> Vec<(u32, f64)> {
    let mut sums: BTreeMap<u32, (f64, usize)> = BTreeMap::new();
    for &(epoch, value) in lines.iter().flatten() {
        let (sum, n) = sums.entry(epoch).or_default();
        *sum += value;
        *n += 1;
    }
    sums.into_iter().filter(|(_, (_, n))| 2 * n >= lines.len()).map(|(epoch, (sum, n))| (epoch, sum / n as f64)).collect()
}

fn kept(runs: &[Run<'_>], value: impl Fn(&Epoch) -> f64) -> Vec<(u32, f64)> {
    let kept = runs.iter().flat_map(|run| run.iter().filter(|epoch| epoch.kept));
    kept.map(|epoch| (epoch.epoch, value(epoch))).filter(|(_, v)| v.is_finite()).collect()
}

fn ends(series: &[Series], write: impl Fn(f64) -> String) -> String {
    let part = |s: &Series| match (s.mean.first(), s.mean.last()) {
        (Some(&(from, first)), Some(&(to, last))) => {
            format!("The mean over {} goes from {} at epoch {from} to {} at epoch {to}.", s.name, write(first), write(last))
        }
        _ => String::new(),
    };
    series.iter().map(part).collect::<Vec<_>>().join(" ")
}

fn summary(runs: &[Run<'_>], last: u32) -> String {
    let mut kept: Vec<u32> = runs.iter().flat_map(|run| run.iter().filter(|epoch| epoch.kept).map(|epoch| epoch.epoch)).collect();
    kept.sort_unstable();
    let trainings = plural(runs.len(), "training");
    let length = plural(last as usize, "epoch");
    match kept[..] {
        [] => format!("{trainings} of up to {length}."),
        [only] => format!("{trainings} of up to {length}; the weights of epoch {only} were kept."),
        [first, .., last] if first == last => format!("{trainings} of up to {length}; the weights of epoch {first} were kept in each."),
        [first, .., last] => {
            let median = kept.get(kept.len() / 2).map_or_else(|| NOT_AVAILABLE.to_owned(), ToString::to_string);
            format!("{trainings} of up to {length}; the weights of epochs {first} to {last} were kept (median {median}).")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(seed: u64, epoch: u32, validation_uar: f64) -> Epoch {
        Epoch { fold: "1".to_owned(), seed, epoch, train_loss: 1.0, validation_loss: f64::NAN, validation_uar, kept: epoch == 2 }
    }

    #[test]
    fn the_mean_ends_with_the_majority() {
        let rows =
            [epoch(1, 1, 0.2), epoch(1, 2, 0.4), epoch(2, 1, 0.4), epoch(2, 2, 0.6), epoch(2, 3, 0.9), epoch(3, 1, 0.3), epoch(3, 2, 0.5)];
        let curves = Curves::new(&rows, Some(0.5)).unwrap();
        let uar = &curves.panels[1];
        assert_eq!(uar.series[0].mean.iter().map(|p| p.0).collect::<Vec<_>>(), [1, 2]);
        assert!((uar.series[0].mean[1].1 - 0.5).abs() < 1e-12);
        assert_eq!(uar.kept.len(), 3);
        assert_eq!(curves.summary, "3 trainings of up to 3 epochs; the weights of epoch 2 were kept in each.");
    }

    #[test]
    fn what_was_not_measured_is_not_drawn() {
        let curves = Curves::new(&[epoch(1, 1, f64::NAN)], None).unwrap();
        assert_eq!(curves.panels.len(), 1);
        assert_eq!(curves.panels[0].series.len(), 1);
        assert!(Curves::new(&[], None).is_none());
    }
}
