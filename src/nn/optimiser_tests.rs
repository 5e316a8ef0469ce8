//! Adam and AdamW against PyTorch's steps.

use serde_json::Value;

use super::optimiser::Adam;
use super::weights::Weights;
use super::{FocalAlpha, Loss, Optimiser, Schedule, TrainingSettings};

fn numbers(value: &Value) -> Vec<f32> {
    value["values"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32).collect()
}

#[test]
fn steps_equal_pytorch_with_decay_and_clipping() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nn/optimisers.json");
    let fixture: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for case in fixture["cases"].as_array().unwrap() {
        let settings = TrainingSettings {
            epochs: 1,
            batch_size: 1,
            optimiser: if case["kind"] == "adam" { Optimiser::Adam } else { Optimiser::Adamw },
            learning_rate: 1.0,
            weight_decay: case["decay"].as_f64().unwrap(),
            schedule: Schedule::Constant,
            warmup: 0.0,
            clip_norm: case["clip"].as_f64().unwrap(),
            loss: Loss::CrossEntropy,
            focal_gamma: 0.0,
            focal_alpha: FocalAlpha::Uniform(1.0),
            label_smoothing: 0.0,
            early_stopping: 0,
            restore_best: false,
            ema: 0.0,
            seeds: 1,
            shards: 1,
        };
        let mut weights = Weights::default();
        weights.add("weight".into(), &[3, 4], numbers(&case["first"][0]), true).unwrap();
        weights.add("bias".into(), &[4], numbers(&case["first"][1]), false).unwrap();
        let mut adam = Adam::new(&settings, &weights);
        for step in case["steps"].as_array().unwrap() {
            let gradients: Vec<Vec<f32>> = step["gradients"].as_array().unwrap().iter().map(numbers).collect();
            adam.step(&mut weights, &gradients, case["rate"].as_f64().unwrap());
            for (index, want) in step["values"].as_array().unwrap().iter().enumerate() {
                for (got, want) in weights.at(index).iter().zip(numbers(want)) {
                    assert!((got - want).abs() < 2e-6, "{got} {want}");
                }
            }
        }
        assert_eq!(adam.state().step, 5);
    }
}
