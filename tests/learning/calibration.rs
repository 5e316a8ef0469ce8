//! Calibration, temperature, coverage and principal components against scikit-learn and SciPy.

use intone::metrics::{Calibration, RiskCoverage, fit_temperature, log_loss, principal_plane, with_temperature};
use ndarray::Array2;
use serde_json::Value;

use super::fixture::{close, floats, indices, json, list, rows};

fn stored() -> Value {
    json(include_str!("../fixtures/calibration.json"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn probabilities(case: &Value) -> (Vec<usize>, Array2<f64>) {
    let truth = indices(&case["truth"]);
    let rows = rows(&case["probabilities"]);
    let matrix = Array2::from_shape_fn((rows.len(), rows[0].len()), |(row, class)| rows[row][class]);
    (truth, matrix)
}

#[test]
fn calibration_is_that_of_scikit_learn() {
    for case in list(&stored()["cases"]) {
        let (truth, probabilities) = probabilities(case);
        let found = Calibration::new(&truth, &probabilities).unwrap();
        let counts: Vec<f64> = found.bins.iter().map(|bin| bin.n as f64).collect();
        assert_eq!(counts, floats(&case["counts"]), "{}", case["name"]);
        let filled = found.bins.iter().filter(|bin| bin.n > 0);
        for (bin, (confidence, accuracy)) in filled.zip(floats(&case["confidence"]).into_iter().zip(floats(&case["accuracy"]))) {
            assert!((bin.confidence - confidence).abs() < 1e-14 && (bin.accuracy - accuracy).abs() < 1e-14, "{bin:?}");
        }
        close(found.ece, number(&case["ece"]), 1e-14, "ECE");
        close(found.class_wise_ece, number(&case["class_wise_ece"]), 1e-14, "class-wise ECE");
        close(found.brier, number(&case["brier"]), 1e-14, "Brier score");
    }
}

#[test]
fn the_temperature_is_that_of_a_general_minimiser() {
    for case in list(&stored()["cases"]) {
        let (truth, probabilities) = probabilities(case);
        let temperature = fit_temperature(&truth, &probabilities).unwrap().expect("rows");
        let expected = number(&case["temperature"]);
        assert!((temperature / expected - 1.0).abs() < 1e-6, "{temperature}, expected {expected}");
        let after = with_temperature(&probabilities, temperature);
        close(log_loss(&truth, &after).unwrap(), number(&case["log_loss_after"]), 1e-8, "log-loss after");
        close(Calibration::new(&truth, &after).unwrap().ece, number(&case["ece_after"]), 1e-6, "ECE after");
        for (before, after) in probabilities.rows().into_iter().zip(after.rows()) {
            assert!((after.sum() - 1.0).abs() < 1e-12);
            let class = intone::metrics::argmax(&before.to_vec());
            assert!(after.iter().all(|p| *p <= after[class]), "no prediction changes");
        }
    }
}

#[test]
fn scores_by_coverage_are_those_of_scikit_learn_on_the_rows_kept() {
    for case in list(&stored()["cases"]) {
        let (truth, probabilities) = probabilities(case);
        let found = RiskCoverage::new(&truth, &probabilities).unwrap();
        close(found.aurc, number(&case["aurc"]), 1e-12, "AURC");
        for (point, expected) in found.points.iter().zip(list(&case["coverage"])) {
            close(point.accuracy, number(&expected[0]), 1e-12, "accuracy");
            close(point.uar, number(&expected[1]), 1e-12, "UAR");
        }
    }
}

#[test]
fn principal_components_are_those_of_scikit_learn_signs_included() {
    for case in list(&stored()["projections"]) {
        let vectors: Vec<Vec<f32>> =
            rows(&case["vectors"]).into_iter().map(|row| row.into_iter().map(|value| value as f32).collect()).collect();
        let plane = principal_plane(&vectors.iter().map(Vec::as_slice).collect::<Vec<_>>()).expect("a plane");
        for (found, expected) in plane.explained.iter().zip(floats(&case["explained"])) {
            assert!((found - expected).abs() < 1e-10, "{found}, expected {expected}");
        }
        for (found, expected) in plane.points.iter().zip(list(&case["points"])) {
            found.iter().zip(floats(expected)).for_each(|(found, expected)| assert!((found - expected).abs() < 1e-6));
        }
    }
}
