//! What needs private items: pulses against Praat's, roots against a product of factors.

use rustfft::num_complex::Complex;
use serde_json::Value;

use super::pulses::Contour;
use super::roots::poles;

fn golden(name: &str) -> Vec<f32> {
    let path = format!("{}/tests/fixtures/golden/{name}.wav", env!("CARGO_MANIFEST_DIR"));
    let mut reader = hound::WavReader::open(path).unwrap();
    reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect()
}

/// Praat's own contour, so that only the pulses are compared.
#[test]
fn pulses_equal_praat() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/voice.json")).unwrap();
    let fixture: Value = serde_json::from_str(&text).unwrap();
    let numbers = |value: &Value| -> Vec<f64> { value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect() };
    for case in fixture["cases"].as_array().unwrap() {
        let Some(name) = case["clip"].as_str() else { continue };
        let mut samples = golden(name);
        samples.truncate(case["samples"].as_u64().unwrap() as usize);
        let (sample_rate, hop) = (case["sr"].as_f64().unwrap(), case["hop"].as_u64().unwrap() as usize);
        let mut f0 = vec![0.0; case["f0"]["first"].as_u64().unwrap() as usize];
        f0.extend(numbers(&case["f0"]["values"]));
        let mut found = Vec::new();
        Contour { f0: &f0, sample_rate, hop }.pulses(&samples, &mut found);
        let expected = numbers(&case["pulses"]);
        assert_eq!(found.len(), expected.len(), "{name}");
        let errors = found.iter().zip(&expected).map(|(found, expected)| ((found + 0.5) / sample_rate - expected).abs());
        let worst = errors.fold(0.0, f64::max);
        println!("{name}: {} pulses, largest deviation {worst:.1e} s", found.len());
        // Times are stored to eight digits.
        assert!(worst <= 6e-8, "{name}: a pulse is {worst} s off");
    }
}

#[test]
fn roots_are_those_that_were_multiplied() {
    let pairs = [(0.98, 0.3), (0.95, 0.31), (0.9, 1.2), (0.99, 2.0), (0.3, 3.0)];
    // The product of (z - p)(z - conj p).
    let mut polynomial = vec![1.0];
    for (radius, angle) in pairs {
        let factor = [1.0, -2.0 * f64::cos(angle) * radius, radius * radius];
        let mut product = vec![0.0; polynomial.len() + 2];
        for (i, a) in polynomial.iter().enumerate() {
            for (j, b) in factor.iter().enumerate() {
                product[i + j] += a * b;
            }
        }
        polynomial = product;
    }
    let coefficients: [f64; 10] = std::array::from_fn(|k| -polynomial[k + 1]);
    let found = poles(&coefficients);
    for (radius, angle) in pairs {
        let pole = Complex::from_polar(radius, angle);
        let nearest = found.iter().map(|root| (root - pole).norm()).fold(f64::INFINITY, f64::min);
        assert!(nearest < 1e-10, "{pole}: {nearest}");
    }
}
