//! Whether confidence can be believed: reliability, calibration errors, the Brier score, and the temperature that mends them.

use ndarray::{Array2, ArrayView1};

use super::MetricsError;
use super::probability::{argmax, check_shape};

/// Bins of the reliability diagram, as in Guo et al. 2017.
pub const RELIABILITY_BINS: usize = 15;

/// The temperatures that [`fit_temperature`] looks among. Beyond them probabilities are as good as certain or as good as equal.
pub const TEMPERATURES: (f64, f64) = (0.05, 20.0);

/// The predictions whose confidence lies in one bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityBin {
    /// Confidences are above this (the first bin: or equal to it).
    pub low: f64,
    /// Confidences are at most this.
    pub high: f64,
    /// Predictions.
    pub n: usize,
    /// Their mean confidence; NaN of none.
    pub confidence: f64,
    /// The part of them that is right; NaN of none.
    pub accuracy: f64,
}

/// How far confidence is from being right as often as it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Bins of equal width over the confidence of the predicted class.
    pub bins: Vec<ReliabilityBin>,
    /// Expected calibration error of the predicted class (Naeini et al. 2015; Guo et al. 2017): the mean over predictions of the distance
    /// between confidence and accuracy of their bin.
    pub ece: f64,
    /// The same for each class's probability as a forecast of "is of this class", averaged over classes (Kull et al. 2019, class-wise ECE).
    pub class_wise_ece: f64,
    /// Mean over predictions of the squared distance between probabilities and truth, summed over classes: 0 to 2 (Brier 1950;
    /// scikit-learn's `brier_score_loss` with `scale_by_half=False`).
    pub brier: f64,
}

impl Calibration {
    /// Of `probabilities`, `(rows, classes)`, with the bins of [`RELIABILITY_BINS`]. Values are NaN of no rows.
    ///
    /// # Errors
    /// A number of rows other than that of `truth`, or a class index without a column.
    pub fn new(truth: &[usize], probabilities: &Array2<f64>) -> Result<Self, MetricsError> {
        check_shape(truth, probabilities)?;
        let top = probabilities.rows().into_iter().zip(truth).map(|(row, &class)| {
            let predicted = argmax(&row.to_vec());
            (row[predicted], predicted == class)
        });
        let bins = reliability(top, RELIABILITY_BINS);
        let of_class = |class: usize| {
            let forecasts = probabilities.column(class).to_vec().into_iter().zip(truth.iter().map(move |&of| of == class));
            expected_error(&reliability(forecasts, RELIABILITY_BINS))
        };
        let classes = probabilities.ncols();
        let squares = probabilities
            .rows()
            .into_iter()
            .zip(truth)
            .map(|(row, &class)| row.iter().enumerate().map(|(of, p)| (p - f64::from(u8::from(of == class))).powi(2)).sum::<f64>());
        Ok(Self {
            ece: expected_error(&bins),
            class_wise_ece: (0..classes).map(of_class).sum::<f64>() / classes as f64,
            brier: squares.sum::<f64>() / truth.len() as f64,
            bins,
        })
    }
}

/// Confidences and whether they came true, in `bins` bins of equal width; a confidence on an edge is in the lower bin, as in scikit-learn's
/// `calibration_curve`.
pub fn reliability(forecasts: impl Iterator<Item = (f64, bool)>, bins: usize) -> Vec<ReliabilityBin> {
    let bins = bins.max(1);
    let edge = |index: usize| index as f64 / bins as f64;
    let mut sums = vec![(0_usize, 0.0, 0_usize); bins];
    for (confidence, right) in forecasts {
        let bin = (1..bins).take_while(|&index| edge(index) < confidence).count();
        let (n, sum, hits) = &mut sums[bin];
        *n += 1;
        *sum += confidence;
        *hits += usize::from(right);
    }
    let bin = |(index, (n, sum, hits)): (usize, (usize, f64, usize))| ReliabilityBin {
        low: edge(index),
        high: edge(index + 1),
        n,
        confidence: sum / n as f64,
        accuracy: hits as f64 / n as f64,
    };
    sums.into_iter().enumerate().map(bin).collect()
}

/// Mean distance between confidence and accuracy, each bin by its number of forecasts.
fn expected_error(bins: &[ReliabilityBin]) -> f64 {
    let total: usize = bins.iter().map(|bin| bin.n).sum();
    let filled = bins.iter().filter(|bin| bin.n > 0);
    filled.map(|bin| bin.n as f64 * (bin.confidence - bin.accuracy).abs()).sum::<f64>() / total as f64
}

/// The temperature by which logits must be divided for the smallest log-loss (Guo et al. 2017, section 4.2), within [`TEMPERATURES`]; `None`
/// of no rows. To be fitted on validation rows: fitted on the rows that are scored, it would flatter.
///
/// The log-loss is convex in the inverse of the temperature, so that its slope is zero at one place at most, which is found by bisection to
/// the last bit that matters: there is nothing to tune and nothing to diverge. Logits are the logarithms of the probabilities, of which none
/// counts as less than `2^-52`: a forest or nearest neighbours say 0 where they saw no example.
///
/// # Errors
/// A number of rows other than that of `truth`, or a class index without a column.
pub fn fit_temperature(truth: &[usize], probabilities: &Array2<f64>) -> Result<Option<f64>, MetricsError> {
    check_shape(truth, probabilities)?;
    if truth.is_empty() {
        return Ok(None);
    }
    let logits: Vec<Vec<f64>> = probabilities.rows().into_iter().map(logits).collect();
    // Slope of the summed log-loss over the inverse temperature: expected less true logit.
    let slope = |inverse: f64| -> f64 {
        let row = |(logits, &class): (&Vec<f64>, &usize)| {
            let expected: f64 = softmax(logits, inverse).iter().zip(logits).map(|(p, logit)| p * logit).sum();
            expected - logits[class]
        };
        logits.iter().zip(truth).map(row).sum()
    };
    let (mut low, mut high) = (1.0 / TEMPERATURES.1, 1.0 / TEMPERATURES.0);
    if slope(low) >= 0.0 {
        return Ok(Some(TEMPERATURES.1));
    }
    if slope(high) <= 0.0 {
        return Ok(Some(TEMPERATURES.0));
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if slope(middle) < 0.0 { low = middle } else { high = middle }
    }
    Ok(Some(1.0 / f64::midpoint(low, high)))
}

/// Probabilities `(rows, classes)` whose logits are divided by `temperature`; above 1, they come nearer to each other. No prediction changes.
pub fn with_temperature(probabilities: &Array2<f64>, temperature: f64) -> Array2<f64> {
    let mut out = probabilities.clone();
    for mut row in out.rows_mut() {
        let scaled = softmax(&logits(row.view()), 1.0 / temperature);
        row.iter_mut().zip(scaled).for_each(|(to, p)| *to = p);
    }
    out
}

fn logits(row: ArrayView1<f64>) -> Vec<f64> {
    row.iter().map(|p| p.max(f64::EPSILON).ln()).collect()
}

/// Of the logits times `inverse`.
fn softmax(logits: &[f64], inverse: f64) -> Vec<f64> {
    let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = logits.iter().map(|logit| (inverse * (logit - highest)).exp()).collect();
    let total: f64 = powers.iter().sum();
    powers.iter().map(|power| power / total).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn an_edge_belongs_to_the_lower_bin_and_empty_bins_stay() {
        let bins = reliability([(0.0, false), (0.5, true), (0.5, false), (1.0, true)].into_iter(), 2);
        assert_eq!((bins[0].n, bins[1].n), (3, 1));
        assert_eq!((bins[0].accuracy, bins[1].confidence), (1.0 / 3.0, 1.0));
        assert_eq!(expected_error(&reliability([(1.0, true)].into_iter(), 15)), 0.0);
    }

    #[test]
    fn temperatures_stay_within_their_bounds() {
        let sure = array![[0.9, 0.1], [0.2, 0.8]];
        assert_eq!(fit_temperature(&[0, 1], &sure).unwrap(), Some(TEMPERATURES.0), "always right: the surer the better");
        assert_eq!(fit_temperature(&[1, 0], &sure).unwrap(), Some(TEMPERATURES.1), "always wrong: the less sure the better");
        assert_eq!(fit_temperature(&[], &Array2::zeros((0, 2))).unwrap(), None);
        let zeros = array![[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]];
        let fitted = fit_temperature(&[0, 1, 1], &zeros).unwrap().unwrap();
        assert!(fitted.is_finite() && with_temperature(&zeros, fitted).iter().all(|p| p.is_finite()));
    }
}
