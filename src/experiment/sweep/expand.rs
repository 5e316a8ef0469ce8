//! Which combinations of values are run.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::declare::Variant;
use super::over::{Axis, Values};
use super::settings::Range;
use crate::experiment::load::{ConfigError, Layers};
use crate::seed::stream;
use crate::settings::InvalidSetting;

/// More runs than this are a slip.
const MOST: usize = 10_000;

/// What a run changes.
pub(super) type Changes = Vec<(String, toml::Value)>;

/// Every combination; the last key varies fastest.
pub(super) fn grid(layers: &Layers<'_>, axes: &[Axis]) -> Result<Vec<Changes>, ConfigError> {
    let mut runs: Vec<Changes> = vec![Vec::new()];
    for Axis { key, values } in axes {
        let Values::List(values) = values else {
            let message = "has a range; every combination needs a list of values (or take sweep.method = \"random\")";
            return Err(layers.invalid_in_sweep(key, InvalidSetting::new(key, message)));
        };
        if runs.len().saturating_mul(values.len()) > MOST {
            let message = format!("makes more than {MOST} combinations; take sweep.method = \"random\" with `samples`");
            return Err(layers.invalid_in_sweep(key, InvalidSetting::new(key, message)));
        }
        runs = runs
            .iter()
            .flat_map(|run| values.iter().map(|value| run.iter().cloned().chain([(key.clone(), value.clone())]).collect()))
            .collect();
    }
    Ok(runs)
}

/// Combinations drawn at random, none of them twice; fewer than asked for where there are no more.
pub(super) fn random(axes: &[Axis], samples: usize, seed: u64) -> Vec<Changes> {
    let mut runs: Vec<Changes> = Vec::new();
    // A small grid is soon drawn whole; what has not come up after so many tries does not exist.
    let tries = samples.min(MOST).saturating_mul(50);
    for attempt in 0..tries {
        if runs.len() == samples.min(MOST) {
            break;
        }
        let run = axes.iter().map(|axis| (axis.key.clone(), draw(axis, seed, attempt))).collect();
        if !runs.contains(&run) {
            runs.push(run);
        }
    }
    runs
}

fn draw(axis: &Axis, seed: u64, attempt: usize) -> toml::Value {
    let mut random = stream(seed, &["sweep", &axis.key, &attempt.to_string()]);
    match &axis.values {
        Values::List(values) => values[random.gen_range(0..values.len())].clone(),
        Values::Range(range) => between(range, &mut random),
    }
}

fn between(range: &Range, random: &mut ChaCha8Rng) -> toml::Value {
    let part: f64 = random.r#gen();
    // Whole numbers have the ends of the range at the middle of their cells, so that these are as likely as the others.
    let (low, high) = if range.whole { (range.low - 0.5, range.high + 0.5) } else { (range.low, range.high) };
    let value = if range.log && low > 0.0 { (low.ln() + part * (high.ln() - low.ln())).exp() } else { low + part * (high - low) };
    if range.whole {
        return toml::Value::Integer(value.round().clamp(range.low, range.high) as i64);
    }
    // Four digits: a value that a person can repeat.
    let rounded = format!("{value:.3e}").parse().unwrap_or(value);
    toml::Value::Float(f64::clamp(rounded, range.low, range.high))
}

/// Drops runs whose settings an earlier one has.
pub(super) fn drop_repeated(variants: &mut Vec<Variant>) {
    let mut kept: Vec<Variant> = Vec::with_capacity(variants.len());
    for variant in variants.drain(..) {
        if kept.iter().all(|earlier| earlier.config != variant.config) {
            kept.push(variant);
        }
    }
    *variants = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_keep_to_their_range_and_reach_all_of_it() {
        let log = Range { low: 1e-4, high: 1e-1, log: true, whole: false };
        let whole = Range { low: 1.0, high: 3.0, log: false, whole: true };
        let mut small = 0;
        let mut counts = [0; 4];
        for i in 0..3000 {
            let mut random = stream(7, &["test", &i.to_string()]);
            let value = between(&log, &mut random).as_float().unwrap();
            assert!((1e-4..=1e-1).contains(&value));
            small += usize::from(value < 1e-3);
            counts[between(&whole, &mut random).as_integer().unwrap() as usize] += 1;
        }
        assert!((900..1100).contains(&small), "a third of the decades: {small}");
        assert!(counts[0] == 0 && counts[1..].iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_small_grid_is_drawn_whole_and_nothing_twice() {
        let axis = |key: &str| Axis { key: key.to_owned(), values: Values::List((0..3).map(toml::Value::Integer).collect()) };
        let runs = random(&[axis("a"), axis("b")], 20, 1);
        assert_eq!(runs.len(), 9);
        assert_eq!(random(&[axis("a"), axis("b")], 4, 1), runs[..4]);
    }
}
