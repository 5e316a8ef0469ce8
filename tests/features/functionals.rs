//! Functionals against numpy, and what must hold for any contour.

use intone::features::{FUNCTIONALS, functional_columns, functionals};
use ndarray::{Array2, Axis, concatenate};
use proptest::prelude::*;
use serde_json::Value;

use super::support::{json, numbers};

/// A contour as one column; `null` is NaN.
fn column(values: &Value) -> Array2<f32> {
    let values: Vec<f32> = values.as_array().unwrap().iter().map(|value| value.as_f64().map_or(f32::NAN, |value| value as f32)).collect();
    Array2::from_shape_vec((values.len(), 1), values).unwrap()
}

#[test]
fn functionals_equal_numpy() {
    let fixture = json("functionals.json");
    let step = fixture["step"].as_f64().unwrap();
    let mut worst = 0.0_f64;
    for case in fixture["cases"].as_array().unwrap() {
        let contour = column(&case["x"]);
        let expected = numbers(&case["functionals"]);
        // What rounding of the contour's own size can leave of a slope or residual that is 0.
        let size = contour.iter().filter(|value| !value.is_nan()).fold(0.0_f32, |size, value| size.max(value.abs()));
        let noise = 1e-12 * f64::from(size) / step;
        let found = functionals(contour.view(), step);
        assert_eq!(found.dim(), (1, FUNCTIONALS.len()));
        for ((&found, expected), name) in found.iter().zip(expected).zip(FUNCTIONALS) {
            let error = (f64::from(found) - expected).abs();
            assert!(error <= 1e-6 * expected.abs() + noise, "{} of {}: {found}, numpy has {expected}", name, case["name"]);
            worst = worst.max((error - noise).max(0.0) / expected.abs().max(f64::MIN_POSITIVE));
        }
    }
    println!("largest relative deviation of a functional: {worst:.1e}");
}

#[test]
fn columns_are_named_and_stand_by_themselves() {
    let names = functional_columns(&["rms".to_owned(), "mfcc_0".to_owned()]);
    assert_eq!(names.len(), 30);
    assert_eq!((names[0].as_str(), names[14].as_str(), names[15].as_str()), ("rms_mean", "rms_falling_slope", "mfcc_0_mean"));
    let fixture = json("functionals.json");
    let [a, b] = [0, 7].map(|case| column(&fixture["cases"][case]["x"]));
    let both = functionals(concatenate![Axis(1), a, b].view(), 0.01);
    let alone = concatenate![Axis(1), functionals(a.view(), 0.01), functionals(b.view(), 0.01)];
    assert_eq!(both, alone);
    assert_eq!(functionals(Array2::zeros((5, 0)).view(), 0.01).dim(), (1, 0));
    assert_eq!(functionals(Array2::zeros((0, 1)).view(), 0.01), Array2::<f32>::zeros((1, 15)));
}

proptest! {
    #[test]
    fn functionals_are_in_order(values in proptest::collection::vec(prop_oneof![9 => -1e3..1e3_f32, 1 => Just(f32::NAN)], 1..60)) {
        let contour = Array2::from_shape_vec((values.len(), 1), values).unwrap();
        let found = functionals(contour.view(), 0.01);
        let of = |name: &str| found[[0, FUNCTIONALS.iter().position(|functional| *functional == name).unwrap()]];
        prop_assert!(found.iter().all(|value| value.is_finite()));
        for pair in ["min", "p20", "p50", "p80", "max"].windows(2) {
            prop_assert!(of(pair[0]) <= of(pair[1]), "{pair:?}");
        }
        prop_assert!(of("deviation") <= of("range") && of("residual") <= of("deviation") * 1.000_01);
        prop_assert!(of("rising_slope") >= 0.0 && of("falling_slope") <= 0.0);
        prop_assert!((0.0..=1.0).contains(&of("min_position")) && (0.0..=1.0).contains(&of("max_position")));
        // Upside down, extremes and slopes change places.
        let turned = functionals((-&contour).view(), 0.01);
        let turned = |name: &str| turned[[0, FUNCTIONALS.iter().position(|functional| *functional == name).unwrap()]];
        prop_assert_eq!((of("max"), of("max_position"), of("rising_slope")), (-turned("min"), turned("min_position"), -turned("falling_slope")));
    }
}
