//! Percentile intervals by resampling speakers.

use rand::Rng;
use rayon::prelude::*;

use crate::seed::stream;

/// How intervals are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BootstrapSettings {
    /// Resamples; 0 = no intervals.
    pub resamples: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for BootstrapSettings {
    fn default() -> Self {
        Self { resamples: 2000, seed: 0 }
    }
}

/// 95 % percentile intervals (Efron & Tibshirani 1993, chapter 13) of `values(weights)`, where `weights` says how often each of `units`
/// was drawn with replacement.
///
/// Speakers are drawn, not clips: the clips of a speaker resemble each other, and an interval over clips would be too narrow. Resamples in
/// which a value is not defined (NaN) are left out of its interval. An interval is NaN where there are fewer than two units.
/// Each resample has a random stream of its own, so threads do not change the result.
pub(super) fn intervals(settings: BootstrapSettings, units: usize, values: impl Fn(&[u32]) -> Vec<f64> + Sync) -> Vec<(f64, f64)> {
    let width = values(&vec![1; units]).len();
    let resamples = resample(settings, units, values);
    (0..width).map(|column| interval(&column_of(&resamples, column))).collect()
}

/// `values(weights)` of each resample of `units`; of fewer than two units there are none.
pub(super) fn resample(settings: BootstrapSettings, units: usize, values: impl Fn(&[u32]) -> Vec<f64> + Sync) -> Vec<Vec<f64>> {
    let count = if units < 2 { 0 } else { settings.resamples };
    (0..count).into_par_iter().map(|index| values(&draw(settings.seed, index, units))).collect()
}

/// One value of each resample, where it is defined, in ascending order.
pub(super) fn column_of(resamples: &[Vec<f64>], column: usize) -> Vec<f64> {
    let mut sample: Vec<f64> = resamples.iter().map(|values| values[column]).filter(|value| !value.is_nan()).collect();
    sample.sort_by(f64::total_cmp);
    sample
}

/// The 95 % percentile interval of a sorted sample; NaN of nothing.
pub(super) fn interval(sorted: &[f64]) -> (f64, f64) {
    (percentile(sorted, 2.5), percentile(sorted, 97.5))
}

fn draw(seed: u64, index: usize, units: usize) -> Vec<u32> {
    let mut random = stream(seed, &["bootstrap", &index.to_string()]);
    let mut weights = vec![0; units];
    for _ in 0..units {
        weights[random.gen_range(0..units)] += 1;
    }
    weights
}

/// Percentile of a sorted sample by linear interpolation, as `numpy.percentile`; NaN of nothing.
fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let position = last as f64 * percent / 100.0;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (position - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_interpolate_as_numpy() {
        // numpy.percentile([1, 2, 4, 8], [0, 2.5, 50, 97.5, 100])
        let sample = [1.0, 2.0, 4.0, 8.0];
        for (percent, expected) in [(0.0, 1.0), (2.5, 1.075), (50.0, 3.0), (97.5, 7.7), (100.0, 8.0)] {
            assert!((percentile(&sample, percent) - expected).abs() < 1e-12);
        }
        assert!(percentile(&[], 50.0).is_nan());
    }

    #[test]
    fn the_interval_of_a_mean_is_about_that_of_theory() {
        // The mean of 100 values of deviation 1 has a standard error of 0.1.
        let values: Vec<f64> = (0..100).map(|i| if i % 2 == 0 { -1.0 } else { 1.0 }).collect();
        let mean = |weights: &[u32]| vec![values.iter().zip(weights).map(|(v, &w)| v * f64::from(w)).sum::<f64>() / 100.0];
        let interval = intervals(BootstrapSettings { resamples: 2000, seed: 1 }, 100, mean)[0];
        assert!((interval.0 + 0.196).abs() < 0.025 && (interval.1 - 0.196).abs() < 0.025, "{interval:?}");
        assert_eq!(interval, intervals(BootstrapSettings { resamples: 2000, seed: 1 }, 100, mean)[0]);
        assert!(intervals(BootstrapSettings::default(), 1, mean)[0].0.is_nan());
    }
}
