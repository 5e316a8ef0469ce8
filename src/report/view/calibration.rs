//! What the model's confidence is worth, and what leaving out the unsure clips would buy.

use std::collections::BTreeMap;

use ndarray::Array2;

use super::model::Fact;
use crate::metrics::{
    Calibration, MetricsError, PredictionRow, Predictions, RiskCoverage, TEMPERATURES, fit_temperature, log_loss, with_temperature,
};
use crate::report::format::{NOT_AVAILABLE, decimal, list, percent, plural, points};

/// A bin of the reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bin {
    /// Mean confidence of its predictions, and the part of them that is right.
    pub confidence: f64,
    pub accuracy: f64,
    /// The part of all predictions that is in it.
    pub share: f64,
}

/// The section on confidence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Confidence {
    /// Bins that hold predictions.
    pub bins: Vec<Bin>,
    /// The same with the temperature.
    pub cooled: Vec<Bin>,
    pub facts: Vec<Fact>,
    /// In a sentence.
    pub summary: String,
    /// For readers who do not see the picture.
    pub description: String,
}

/// Scores at one coverage, means over seeds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Kept {
    pub coverage: f64,
    pub accuracy: f64,
    pub uar: f64,
    /// Fewest classes that still have a clip, of any seed.
    pub classes: usize,
}

/// The section on abstaining.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Coverage {
    /// From full coverage down.
    pub kept: Vec<Kept>,
    pub summary: String,
    /// For the table: coverage, UAR, accuracy, emotions left.
    pub rows: Vec<[String; 4]>,
}

/// Truth and probabilities of rows.
fn split(rows: &[&PredictionRow], classes: usize) -> (Vec<usize>, Array2<f64>) {
    let probabilities = Array2::from_shape_fn((rows.len(), classes), |(row, class)| rows[row].probabilities[class]);
    (rows.iter().map(|row| row.truth).collect(), probabilities)
}

/// One model's rows: those of a fold and seed.
fn by_model(rows: &[PredictionRow]) -> BTreeMap<(&str, u64), Vec<&PredictionRow>> {
    let mut models: BTreeMap<(&str, u64), Vec<&PredictionRow>> = BTreeMap::new();
    rows.iter().for_each(|row| models.entry((&row.fold, row.seed)).or_default().push(row));
    models
}

impl Confidence {
    /// `None` without predictions.
    pub(super) fn new(tested: &Predictions, validated: Option<&Predictions>) -> Result<Option<Self>, MetricsError> {
        let rows = tested.rows()?;
        if rows.is_empty() {
            return Ok(None);
        }
        let classes = tested.labels.len();
        let (truth, probabilities) = split(&rows.iter().collect::<Vec<_>>(), classes);
        let found = Calibration::new(&truth, &probabilities)?;
        let loss = log_loss(&truth, &probabilities)?;
        let validation = validated.map(Predictions::rows).transpose()?.unwrap_or_default();
        let cooled = Cooled::new(&rows, &validation, classes)?;
        let mut facts = vec![
            Fact::new("ECE", format!("{}: by so much confidence and accuracy differ, on average over predictions", percent(found.ece))),
            Fact::new("Class-wise ECE", percent(found.class_wise_ece)),
            Fact::new("Brier score", format!("{} (0 is perfect, 2 the worst)", decimal(found.brier))),
        ];
        facts.extend(cooled.facts(loss));
        let sure: f64 = found.bins.iter().filter(|bin| bin.n > 0).map(|bin| bin.n as f64 * bin.confidence).sum::<f64>() / rows.len() as f64;
        let right: f64 = found.bins.iter().filter(|bin| bin.n > 0).map(|bin| bin.n as f64 * bin.accuracy).sum::<f64>() / rows.len() as f64;
        let verdict = match sure - right {
            gap if gap > 0.02 => "It is surer than it should be.",
            gap if gap < -0.02 => "It is less sure than it could be.",
            _ => "On average, it is as sure as it should be.",
        };
        let bins = drawn(&found);
        let description = bins.iter().map(|bin| format!("{} sure: {} right", percent(bin.confidence), percent(bin.accuracy)));
        Ok(Some(Self {
            description: format!("{}.", description.collect::<Vec<_>>().join("; ")),
            cooled: cooled.bins,
            bins,
            facts,
            summary: format!("Predictions are {} sure on average, and {} of them are right. {verdict}", percent(sure), percent(right)),
        }))
    }
}

fn drawn(calibration: &Calibration) -> Vec<Bin> {
    let total: usize = calibration.bins.iter().map(|bin| bin.n).sum();
    let filled = calibration.bins.iter().filter(|bin| bin.n > 0);
    filled.map(|bin| Bin { confidence: bin.confidence, accuracy: bin.accuracy, share: bin.n as f64 / total as f64 }).collect()
}

/// The test rows with each model's probabilities brought to the temperature that its validation rows ask for.
struct Cooled {
    bins: Vec<Bin>,
    temperatures: Vec<f64>,
    /// Folds without validation rows.
    without: Vec<String>,
    ece: f64,
    loss: f64,
}

impl Cooled {
    fn new(tested: &[PredictionRow], validated: &[PredictionRow], classes: usize) -> Result<Self, MetricsError> {
        let validated = by_model(validated);
        let (mut truth, mut cooled) = (Vec::new(), Vec::new());
        let (mut temperatures, mut without) = (Vec::new(), Vec::new());
        for (model, rows) in by_model(tested) {
            let fitted = match validated.get(&model) {
                Some(rows) => {
                    let (truth, probabilities) = split(rows, classes);
                    fit_temperature(&truth, &probabilities)?
                }
                None => None,
            };
            let Some(temperature) = fitted else {
                without.push(model.0.to_owned());
                continue;
            };
            let (of, probabilities) = split(&rows, classes);
            truth.extend(of);
            cooled.extend(with_temperature(&probabilities, temperature));
            temperatures.push(temperature);
        }
        without.dedup();
        if !without.is_empty() || truth.is_empty() {
            return Ok(Self { bins: Vec::new(), temperatures, without, ece: f64::NAN, loss: f64::NAN });
        }
        let probabilities = Array2::from_shape_fn((truth.len(), classes), |(row, class)| cooled[row * classes + class]);
        let found = Calibration::new(&truth, &probabilities)?;
        Ok(Self { bins: drawn(&found), temperatures, without, ece: found.ece, loss: log_loss(&truth, &probabilities)? })
    }

    fn facts(&self, loss_before: f64) -> Vec<Fact> {
        if self.bins.is_empty() {
            let whose = if self.temperatures.is_empty() { String::new() } else { format!(" in {}", plural(self.without.len(), "fold")) };
            return vec![Fact::new(
                "Temperature",
                format!("not fitted: no validation predictions{whose} to fit it on, and test rows would flatter"),
            )];
        }
        let (low, high) = self.temperatures.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), &t| (low.min(t), high.max(t)));
        let mean = self.temperatures.iter().sum::<f64>() / self.temperatures.len() as f64;
        let spread = if self.temperatures.len() > 1 { format!(" ({low:.2} to {high:.2})") } else { String::new() };
        let bound = if low <= TEMPERATURES.0 || high >= TEMPERATURES.1 { "; some at the end of the range that is searched" } else { "" };
        vec![
            Fact::new(
                "Temperature",
                format!(
                    "{mean:.2}{spread}, fitted on the validation rows of each fold and seed{bound}; above 1 it makes the model less sure"
                ),
            ),
            Fact::new("ECE with it", percent(self.ece)),
            Fact::new("Log-loss with it", format!("{}, without it {}", decimal(self.loss), decimal(loss_before))),
        ]
    }
}

impl Coverage {
    /// `None` without predictions.
    pub(super) fn new(tested: &Predictions) -> Result<Option<Self>, MetricsError> {
        let rows = tested.rows()?;
        let mut seeds: BTreeMap<u64, Vec<&PredictionRow>> = BTreeMap::new();
        rows.iter().for_each(|row| seeds.entry(row.seed).or_default().push(row));
        let mut curves = Vec::new();
        for rows in seeds.values() {
            let (truth, probabilities) = split(rows, tested.labels.len());
            curves.push(RiskCoverage::new(&truth, &probabilities)?);
        }
        let Some(first) = curves.first() else { return Ok(None) };
        let n = curves.len() as f64;
        let mean = |of: &dyn Fn(&RiskCoverage) -> f64| curves.iter().map(of).sum::<f64>() / n;
        let kept: Vec<Kept> = (0..first.points.len())
            .map(|index| Kept {
                coverage: first.points[index].coverage,
                accuracy: mean(&|curve| curve.points.get(index).map_or(f64::NAN, |point| point.accuracy)),
                uar: mean(&|curve| curve.points.get(index).map_or(f64::NAN, |point| point.uar)),
                classes: curves.iter().filter_map(|curve| curve.points.get(index)).map(|point| point.classes).min().unwrap_or(0),
            })
            .collect();
        let at = |tenths: usize| kept.get(10 - tenths).map_or(f64::NAN, |kept| kept.accuracy);
        let summary = format!(
            "Answering only the surer half of the clips, it is right in {} of them; answering all, in {}. Area under the risk-coverage curve: {} \
             (mean error rate over all coverages; lower is better).",
            percent(at(5)),
            percent(at(10)),
            decimal(mean(&|curve| curve.aurc)),
        );
        let all = kept.first().map_or(0, |kept| kept.classes);
        let emotions = |classes: usize| if classes == all { format!("all {all}") } else { classes.to_string() };
        let row = |kept: &Kept| [percent(kept.coverage), points(kept.uar), points(kept.accuracy), emotions(kept.classes)];
        Ok(Some(Self { rows: kept.iter().map(row).collect(), kept, summary }))
    }

    /// For readers who do not see the picture.
    pub(crate) fn description(&self) -> String {
        let all: Vec<String> =
            self.kept.iter().map(|kept| format!("{} at {} coverage", percent(kept.accuracy), percent(kept.coverage))).collect();
        if all.is_empty() { NOT_AVAILABLE.to_owned() } else { format!("Accuracy: {}.", list(&all)) }
    }
}
