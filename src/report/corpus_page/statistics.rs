//! Quantiles and histograms of a few thousand numbers.

/// Least, lower quartile, median, upper quartile and largest of the finite `values`, by linear interpolation (numpy's default); `None`
/// where there are none.
pub(super) fn five_numbers(values: impl IntoIterator<Item = f64>) -> Option<[f64; 5]> {
    let mut values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some([0.0, 0.25, 0.5, 0.75, 1.0].map(|part| {
        let place = part * last as f64;
        let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
        low + (high - low) * place.fract()
    }))
}

/// How many values fall into each of equal bins with round edges.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Histogram {
    /// Lower edge of each bin.
    pub edges: Vec<f64>,
    /// Values in each.
    pub counts: Vec<f64>,
    /// Width of a bin.
    pub step: f64,
}

/// A histogram of the finite `values` with at most 16 bins; the last takes its upper edge too.
pub(super) fn histogram(values: impl IntoIterator<Item = f64>) -> Option<Histogram> {
    const MOST: usize = 15;
    let values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    let [low, .., high] = five_numbers(values.iter().copied())?;
    let step = crate::report::charts::round_step(high - low, MOST);
    let first = (low / step + 1e-9).floor() as i64;
    let last = ((high / step - 1e-9).ceil() as i64).max(first + 1);
    let bins = (last - first) as usize;
    let mut counts = vec![0.0; bins];
    for value in values {
        let bin = ((value / step + 1e-9).floor() as i64 - first).clamp(0, bins as i64 - 1);
        counts[bin as usize] += 1.0;
    }
    Some(Histogram { edges: (first..last).map(|index| index as f64 * step).collect(), counts, step })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_numpys() {
        // numpy.quantile([3, 1, 4, 1, 5, 9], [0, .25, .5, .75, 1])
        assert_eq!(five_numbers([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, f64::NEG_INFINITY]), Some([1.0, 1.5, 3.5, 4.75, 9.0]));
        assert_eq!(five_numbers([]), None);
    }

    #[test]
    fn every_value_is_in_a_bin() {
        let made = histogram([2.0, 2.05, 2.9, 3.0]).expect("values");
        assert_eq!(made.counts.iter().sum::<f64>(), 4.0);
        assert_eq!(made.edges[0], 2.0);
        assert!(made.counts.len() <= 16);
        let one = histogram([-23.4, -23.4]).expect("values");
        assert_eq!((one.counts, one.edges), (vec![2.0], vec![-24.0]));
        assert_eq!(histogram([f64::NEG_INFINITY]), None);
    }
}
