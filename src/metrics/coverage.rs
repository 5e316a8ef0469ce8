//! What abstaining would buy: scores of the predictions that are kept when the least confident are not made.

use ndarray::Array2;

use super::MetricsError;
use super::probability::{argmax, check_shape};

/// The scores at one coverage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoveragePoint {
    /// The part of the clips that is answered.
    pub coverage: f64,
    /// The confidence of the last one answered.
    pub threshold: f64,
    /// The part of the answers that is right.
    pub accuracy: f64,
    /// Unweighted average recall over the classes that still have a clip.
    pub uar: f64,
    /// How many these are.
    pub classes: usize,
}

/// Selective classification by confidence, the probability of the predicted class (El-Yaniv & Wiener 2010; Geifman & El-Yaniv 2017).
///
/// Among clips of equal confidence, which are answered is a matter of chance: scores are those expected.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskCoverage {
    /// From full coverage down to 10 %, in tenths.
    pub points: Vec<CoveragePoint>,
    /// Area under the risk-coverage curve: the mean over `k` of the error rate of the `k` most confident predictions; NaN of none.
    pub aurc: f64,
}

/// A prediction: how sure, of which class, and whether it is right.
struct Answer {
    confidence: f64,
    class: usize,
    right: bool,
}

impl RiskCoverage {
    /// Of `probabilities`, `(rows, classes)`.
    ///
    /// # Errors
    /// A number of rows other than that of `truth`, or a class index without a column.
    pub fn new(truth: &[usize], probabilities: &Array2<f64>) -> Result<Self, MetricsError> {
        check_shape(truth, probabilities)?;
        let mut answers: Vec<Answer> = probabilities
            .rows()
            .into_iter()
            .zip(truth)
            .map(|(row, &class)| {
                let predicted = argmax(&row.to_vec());
                Answer { confidence: row[predicted], class, right: predicted == class }
            })
            .collect();
        answers.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let classes = probabilities.ncols();
        let points = if answers.is_empty() {
            Vec::new()
        } else {
            (1..=10).rev().map(|tenths| point(&answers, classes, (answers.len() * tenths).div_ceil(10))).collect()
        };
        Ok(Self { points, aurc: area(&answers) })
    }
}

/// Scores of the `kept` most confident; of those tied at the end, each counts by its chance to be kept.
fn point(answers: &[Answer], classes: usize, kept: usize) -> CoveragePoint {
    let threshold = answers[kept - 1].confidence;
    let above = answers.iter().take_while(|answer| answer.confidence > threshold).count();
    let tied = answers[above..].iter().take_while(|answer| answer.confidence == threshold).count();
    let chance = (kept - above) as f64 / tied as f64;
    let mut support = vec![0.0; classes];
    let mut hits = vec![0.0; classes];
    for (index, answer) in answers[..above + tied].iter().enumerate() {
        let weight = if index < above { 1.0 } else { chance };
        support[answer.class] += weight;
        hits[answer.class] += if answer.right { weight } else { 0.0 };
    }
    let recalls: Vec<f64> =
        hits.iter().zip(&support).filter(|(_, support)| **support > 0.0).map(|(hits, support)| hits / support).collect();
    CoveragePoint {
        coverage: kept as f64 / answers.len() as f64,
        threshold,
        accuracy: hits.iter().sum::<f64>() / kept as f64,
        uar: recalls.iter().sum::<f64>() / recalls.len() as f64,
        classes: recalls.len(),
    }
}

fn area(answers: &[Answer]) -> f64 {
    let (mut errors, mut made, mut sum) = (0.0, 0_usize, 0.0);
    for block in answers.chunk_by(|a, b| a.confidence == b.confidence) {
        let wrong = block.iter().filter(|answer| !answer.right).count() as f64 / block.len() as f64;
        for _ in block {
            errors += wrong;
            made += 1;
            sum += errors / made as f64;
        }
    }
    sum / answers.len() as f64
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_sure_are_kept_and_ties_count_by_their_chance() {
        // Sorted: right, wrong, and two tied of which one is right.
        let probabilities = array![[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.6, 0.4]];
        let curve = RiskCoverage::new(&[0, 0, 0, 1], &probabilities).unwrap();
        // 1 - 1/1 = 0; 1/2; (1 + 0.5)/3; 2/4.
        assert!((curve.aurc - (0.0 + 0.5 + 0.5 + 0.5) / 4.0).abs() < 1e-12);
        assert_eq!((curve.points[0].coverage, curve.points[0].accuracy), (1.0, 0.5));
        let three = curve.points.iter().find(|point| point.coverage == 0.75).unwrap();
        assert!((three.accuracy - 1.5 / 3.0).abs() < 1e-12);
        // Class 0: 1 + 0.5 of 2.5 right; class 1: none of 0.5.
        assert!((three.uar - 0.5 * (1.5 / 2.5)).abs() < 1e-12);
        assert_eq!((curve.points[9].accuracy, curve.points[9].classes), (1.0, 1));
        let none = RiskCoverage::new(&[], &Array2::zeros((0, 2))).unwrap();
        assert!(none.points.is_empty() && none.aurc.is_nan());
    }
}
