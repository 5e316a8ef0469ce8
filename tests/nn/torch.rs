//! Equal to PyTorch: fixtures from `tests/fixtures/make_nn.py`.

use std::borrow::Cow;
use std::path::Path;

use intone::model::{CnnBiLstmSettings, Network};
use intone::nn::{Batch, FocalAlpha, LearningRate, Schedule, StepName, Trainer, TrainingSettings};
use ndarray::Array2;
use serde_json::Value;

use super::support::training;

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/nn").join(format!("{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn singles(value: &Value) -> Vec<f32> {
    floats(value).into_iter().map(|v| v as f32).collect()
}

fn sizes(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as usize).collect()
}

#[test]
fn ten_training_steps_have_pytorchs_losses() {
    let fixture = fixture("cnn_bilstm");
    let sizes_of_net: CnnBiLstmSettings = serde_json::from_value(fixture["settings"].clone()).unwrap();
    let clips: Vec<Array2<f32>> = fixture["clips"]
        .as_array()
        .unwrap()
        .iter()
        .map(|clip| {
            let shape = sizes(&clip["shape"]);
            Array2::from_shape_vec((shape[0], shape[1]), singles(&clip["values"])).unwrap()
        })
        .collect();
    let labels = sizes(&fixture["labels"]);
    let weights = fixture["weights"].as_object().unwrap();
    let tensors: Vec<_> = weights.iter().map(|(name, t)| (name.clone(), sizes(&t["shape"]), singles(&t["values"]))).collect();
    for shards in [1, 2, 3] {
        let settings = TrainingSettings { focal_alpha: FocalAlpha::PerClass(floats(&fixture["alpha"])), shards, ..training() };
        let mut network = Network::cnn_bilstm(&sizes_of_net, 6, 4, 0).unwrap();
        network.load(&tensors).unwrap();
        let class_weights = floats(&fixture["class_weights"]);
        let mut trainer = Trainer::new(&mut network, &settings, Some(&class_weights)).unwrap();
        let batch = Batch::new(clips.iter().map(Cow::Borrowed).collect(), &labels, 4);
        for (step, want) in floats(&fixture["losses"]).into_iter().enumerate() {
            let name = StepName { seed: 0, stream: &[], epoch: 1, step: step + 1 };
            let loss = trainer.step(&batch, 0.003, name).unwrap();
            assert!((loss - want).abs() < 1e-5, "step {step} with {shards} shards: {loss}, PyTorch has {want}");
        }
        let rows: Vec<&Array2<f32>> = clips.iter().collect();
        let probabilities = network.probabilities(&rows).unwrap();
        for (got, want) in probabilities.iter().zip(floats(&fixture["probabilities"]["values"])) {
            assert!((got - want).abs() < 1e-5, "{got} {want}");
        }
    }
}

#[test]
fn one_cycle_has_pytorchs_rates() {
    for case in fixture("one_cycle")["cycles"].as_array().unwrap() {
        let settings = TrainingSettings {
            schedule: Schedule::OneCycle,
            warmup: case["warmup"].as_f64().unwrap(),
            learning_rate: case["highest"].as_f64().unwrap(),
            ..training()
        };
        let schedule = LearningRate::new(&settings, case["steps"].as_u64().unwrap() as usize);
        for (step, want) in floats(&case["rates"]).into_iter().enumerate() {
            assert!((schedule.at(step) - want).abs() < 1e-12, "{case} {step}: {}", schedule.at(step));
        }
    }
}

#[test]
fn cosine_rises_to_the_highest_rate_and_falls_to_zero() {
    let settings = TrainingSettings { schedule: Schedule::Cosine, warmup: 0.1, learning_rate: 0.4, ..training() };
    let schedule = LearningRate::new(&settings, 100);
    assert_eq!(schedule.at(0), 0.04);
    assert_eq!(schedule.at(9), 0.4);
    assert_eq!(schedule.at(10), 0.4);
    assert!((schedule.at(55) - 0.2).abs() < 1e-12);
    assert!(schedule.at(99) < 0.001);
}
