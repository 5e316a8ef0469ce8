use intone::metrics::{ConfusionMatrix, MetricsError, Scores, class_auc, log_loss};
use ndarray::Array2;
use proptest::prelude::*;
use serde_json::Value;

use super::fixture::{close, floats, indices, json, list, rows};

const EXACT: f64 = 1e-12;

fn matrix(value: &Value) -> Array2<f64> {
    let rows = rows(value);
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(row, column)| rows[row][column])
}

#[test]
fn equals_scikit_learn_on_random_and_degenerate_cases() {
    let fixture = json(include_str!("../fixtures/metrics.json"));
    for case in list(&fixture["cases"]) {
        let name = case["name"].as_str().unwrap_or("?");
        let (truth, probabilities) = (indices(&case["truth"]), matrix(&case["probabilities"]));
        let classes = probabilities.ncols();
        let scores = Scores::from_probabilities(&truth, &probabilities).unwrap();
        let confusion = ConfusionMatrix::from_pairs(&truth, &indices(&case["predicted"]), classes).unwrap();
        for class in 0..classes {
            let expected: Vec<u64> = indices(&case["confusion"][class]).iter().map(|&count| count as u64).collect();
            assert_eq!(confusion.row(class), expected, "{name}");
            for (found, expected) in confusion.row_percent()[class].iter().zip(floats(&case["row_percent"][class])) {
                close(*found, expected, 1e-10, name);
            }
            let area = class_auc(&truth, &probabilities, class).unwrap().unwrap_or(f64::NAN);
            close(area, floats(&case["class_auc"])[class], EXACT, name);
        }
        for (metric, found) in intone::metrics::METRICS.iter().zip(scores.values()) {
            close(found, case[*metric].as_f64().unwrap_or(f64::NAN), EXACT, &format!("{name}: {metric}"));
        }
        for (index, metric) in intone::metrics::CLASS_METRICS.iter().enumerate() {
            for (class, expected) in floats(&case[*metric]).into_iter().enumerate() {
                close(scores.classes[class].values()[index], expected, EXACT, &format!("{name}: {metric} of {class}"));
            }
        }
    }
}

#[test]
fn equals_the_golden_example() {
    let golden = &json(include_str!("../fixtures/golden_learning.json"))["metrics"];
    let (truth, predicted) = (indices(&golden["y_true"]), indices(&golden["y_pred"]));
    let confusion = ConfusionMatrix::from_pairs(&truth, &predicted, 4).unwrap();
    close(confusion.uar(), golden["balanced_accuracy_uar"].as_f64().unwrap(), EXACT, "uar");
    close(confusion.macro_f1(), golden["macro_f1"].as_f64().unwrap(), EXACT, "macro F1");
    close(confusion.weighted_f1(), golden["weighted_f1"].as_f64().unwrap(), EXACT, "weighted F1");
    let probabilities = matrix(&golden["proba"]);
    close(log_loss(&truth, &probabilities).unwrap(), golden["log_loss"].as_f64().unwrap(), EXACT, "log-loss");
    let scores = Scores::from_probabilities(&truth, &probabilities).unwrap();
    close(scores.auc, golden["roc_auc_ovr_macro"].as_f64().unwrap(), EXACT, "AUC");
}

#[test]
fn what_cannot_be_counted_is_an_error() {
    assert!(matches!(ConfusionMatrix::from_pairs(&[0], &[], 2), Err(MetricsError::Lengths { truth: 1, predicted: 0 })));
    assert!(matches!(ConfusionMatrix::from_pairs(&[0, 1], &[0, 2], 2), Err(MetricsError::Class { row: 1, class: 2, classes: 2 })));
    assert!(log_loss(&[2], &Array2::zeros((1, 2))).is_err());
    assert!(class_auc(&[0], &Array2::zeros((1, 2)), 2).is_err());
    let empty = ConfusionMatrix::new(3);
    assert!(empty.accuracy().is_nan() && empty.uar().is_nan() && empty.recall(0) == 0.0);
    assert_eq!(ConfusionMatrix::new(0).row(0), [0_u64; 0]);
}

fn pairs() -> impl Strategy<Value = Vec<(usize, usize)>> {
    proptest::collection::vec((0..5_usize, 0..5_usize), 1..60)
}

fn counted(pairs: &[(usize, usize)]) -> ConfusionMatrix {
    let (truth, predicted): (Vec<usize>, Vec<usize>) = pairs.iter().copied().unzip();
    ConfusionMatrix::from_pairs(&truth, &predicted, 5).unwrap()
}

proptest! {
    #[test]
    fn uar_does_not_depend_on_the_sizes_of_classes(pairs in pairs(), times in proptest::array::uniform5(1..6_usize)) {
        let scaled: Vec<_> = pairs.iter().flat_map(|&pair| vec![pair; times[pair.0]]).collect();
        prop_assert!((counted(&pairs).uar() - counted(&scaled).uar()).abs() < EXACT);
    }

    #[test]
    fn perfect_predictions_score_one(truth in proptest::collection::vec(0..5_usize, 1..40)) {
        let matrix = counted(&truth.iter().map(|&class| (class, class)).collect::<Vec<_>>());
        for score in [matrix.accuracy(), matrix.uar(), matrix.macro_f1(), matrix.weighted_f1()] {
            prop_assert!((score - 1.0).abs() < EXACT);
        }
    }

    #[test]
    fn the_order_of_rows_and_the_names_of_classes_do_not_matter(pairs in pairs(), turn in 0..5_usize) {
        let mut other: Vec<_> = pairs.iter().map(|&(truth, predicted)| ((truth + turn) % 5, (predicted + turn) % 5)).collect();
        other.reverse();
        let (a, b) = (counted(&pairs), counted(&other));
        for (a, b) in [(a.accuracy(), b.accuracy()), (a.uar(), b.uar()), (a.macro_f1(), b.macro_f1()), (a.weighted_f1(), b.weighted_f1())] {
            prop_assert!((a - b).abs() < EXACT);
        }
    }

    #[test]
    fn scores_are_parts(pairs in pairs()) {
        let scores = Scores::from_confusion(&counted(&pairs));
        prop_assert!(scores.values()[..4].iter().all(|score| (0.0..=1.0).contains(score)));
        prop_assert_eq!(scores.classes.iter().map(|class| class.support).sum::<u64>(), pairs.len() as u64);
    }
}
