//! What each value of a key comes to, over all runs that have it.

use crate::experiment::record::State;
use crate::experiment::sweep::{AxisRecord, SweepRecord, SweepRun};
use crate::report::charts::{DotRow, DotRows, dot_rows};
use crate::report::error::ReportError;
use crate::report::format::points;

/// Drawn values of a range are put into so many groups of equal size.
const GROUPS: usize = 4;

/// A key and what its values come to.
pub(super) struct Effect {
    /// The full key.
    pub key: String,
    /// A row a value.
    pub rows: Vec<EffectRow>,
    /// The picture.
    pub svg: String,
}

/// The runs with one value.
pub(super) struct EffectRow {
    /// The value, or the ends of a group of values.
    pub value: String,
    /// How many runs.
    pub runs: usize,
    /// Mean validation UAR, percent.
    pub mean: String,
    /// Its sample deviation over these runs, percentage points.
    pub spread: String,
}

/// The effect of each key that takes more than one value. Under successive halving only the first rung counts: there every combination
/// has the same epochs.
pub(super) fn effects(record: &SweepRecord) -> Result<Vec<Effect>, ReportError> {
    let runs: Vec<(&SweepRun, f64)> = record
        .runs
        .iter()
        .filter(|run| run.rung == 0 && run.state == State::Complete)
        .filter_map(|run| Some((run, run.validation_uar?)))
        .collect();
    record
        .axes
        .iter()
        .enumerate()
        .map(|(index, axis)| (index, axis, grouped(axis, &runs)))
        .filter(|(.., groups)| groups.len() > 1)
        .map(|(index, axis, groups)| effect(index, axis, groups))
        .collect()
}

fn effect(index: usize, axis: &AxisRecord, groups: Vec<(String, Vec<f64>)>) -> Result<Effect, ReportError> {
    let chart: Vec<DotRow> = groups
        .iter()
        .map(|(name, values)| DotRow { name: name.clone(), dots: values.clone(), value: Some(mean(values)), interval: None })
        .collect();
    let svg = dot_rows(&DotRows {
        id: &format!("effect-{index}"),
        title: &format!("Validation UAR by {}", axis.key),
        unit: "validation UAR, percent",
        differences: false,
        rows: &chart,
    })?;
    let rows = groups.into_iter().map(|(value, values)| EffectRow {
        value,
        runs: values.len(),
        mean: points(mean(&values)),
        spread: if values.len() > 1 { points(deviation(&values)) } else { "–".to_owned() },
    });
    Ok(Effect { key: axis.key.clone(), rows: rows.collect(), svg })
}

/// Validation UARs by value, in the order of the declaration; of a range in groups of neighbours.
fn grouped(axis: &AxisRecord, runs: &[(&SweepRun, f64)]) -> Vec<(String, Vec<f64>)> {
    let value_of = |run: &SweepRun| run.changes.iter().find(|(key, _)| *key == axis.key).map(|(_, value)| value.clone());
    if !axis.range {
        let of = |value: &String| runs.iter().filter(|(run, _)| value_of(run).as_ref() == Some(value)).map(|(_, uar)| *uar).collect();
        let groups = axis.values.iter().map(|value| (value.clone(), of(value)));
        return groups.filter(|(_, uars): &(String, Vec<f64>)| !uars.is_empty()).collect();
    }
    let mut drawn: Vec<(f64, String, f64)> =
        runs.iter().filter_map(|(run, uar)| value_of(run).and_then(|text| Some((text.parse().ok()?, text, *uar)))).collect();
    drawn.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = drawn.len().div_ceil(GROUPS).max(1);
    drawn
        .chunks(size)
        .map(|group| {
            let name = match group {
                [first, .., last] if first.1 != last.1 => format!("{} to {}", first.1, last.1),
                [first, ..] => first.1.clone(),
                [] => String::new(),
            };
            (name, group.iter().map(|(_, _, uar)| *uar).collect())
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64).sqrt()
}
