//! Reading of stored expectations.

use serde_json::Value;

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("a fixture is JSON")
}

/// Numbers of a list; `null` is NaN.
pub fn floats(value: &Value) -> Vec<f64> {
    list(value).iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect()
}

pub fn indices(value: &Value) -> Vec<usize> {
    list(value).iter().map(|value| value.as_u64().expect("a whole number") as usize).collect()
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

pub fn rows(value: &Value) -> Vec<Vec<f64>> {
    list(value).iter().map(floats).collect()
}

/// Equal within `tolerance`, or both NaN.
#[track_caller]
pub fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let equal = (found - expected).abs() <= tolerance || (found.is_nan() && expected.is_nan());
    assert!(equal, "{what}: {found}, expected {expected}");
}
