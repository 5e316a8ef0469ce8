//! The training loop: it learns, stops, keeps the best, and says what goes wrong.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use intone::dataset::{TrainingSet, ValidationSet};
use intone::model::{CnnBiLstmSettings, Network, SeedVectorSettings};
use intone::nn::{FitContext, FocalAlpha, Loss, NnError, Schedule, TrainingSettings, fit};
use ndarray::Array2;

use super::support::{cnn, go_on, numbers, rows, seed_vector, sets, train, training};

#[test]
fn it_learns_what_can_be_learned_with_every_kind_of_training() {
    // Enough rows that one clip more or less does not decide.
    let training_rows = TrainingSet { examples: rows(120, "train"), classes: 3 };
    let validation_rows = ValidationSet { examples: rows(90, "validation"), classes: 3 };
    let base = TrainingSettings { epochs: 24, learning_rate: 1e-2, ..training() };
    let kinds = [
        base.clone(),
        TrainingSettings { loss: Loss::CrossEntropy, schedule: Schedule::Cosine, warmup: 0.1, ..base.clone() },
        TrainingSettings { ema: 0.9, optimiser: intone::nn::Optimiser::Adam, weight_decay: 0.0, ..base },
    ];
    for settings in kinds {
        let mut network = Network::cnn_bilstm(&cnn(), 5, 3, 7).unwrap();
        let mut observe = go_on;
        let context = FitContext::new(7, &[], &mut observe);
        let records = fit(&mut network, &training_rows, &validation_rows, &settings, context).unwrap();
        let kept = records.iter().find(|record| record.kept).unwrap();
        assert!(kept.validation_uar.unwrap() > 0.9, "{records:?}");
        assert!(records[23].train_loss < 0.5 * records[0].train_loss, "{} to {}", records[0].train_loss, records[23].train_loss);
    }
}

#[test]
fn the_weights_of_the_best_epoch_are_kept() {
    let mut network = Network::cnn_bilstm(&cnn(), 5, 3, 7).unwrap();
    let records = train(&mut network, &TrainingSettings { epochs: 6, ..training() }, 7).unwrap();
    assert_eq!(records.iter().filter(|record| record.kept).count(), 1);
    let best = records.iter().map(|record| record.validation_uar.unwrap()).fold(0.0, f64::max);
    let kept = records.iter().find(|record| record.kept).unwrap();
    assert_eq!(kept.validation_uar, Some(best));

    let examples = rows(15, "validation");
    let probabilities = network.probabilities(&examples.iter().map(|example| example.frames()).collect::<Vec<_>>()).unwrap();
    let right =
        probabilities.rows().into_iter().zip(&examples).filter(|(row, example)| row.iter().all(|p| *p <= row[example.label])).count();
    // Five rows a class: the mean of the recalls is the accuracy.
    assert!((right as f64 / 15.0 - best).abs() < 1e-12, "the network left behind is the one that scored {best}");
}

#[test]
fn it_stops_when_the_uar_no_longer_rises() {
    let mut network = Network::cnn_bilstm(&cnn(), 5, 3, 7).unwrap();
    let settings = TrainingSettings { epochs: 40, early_stopping: 3, learning_rate: 1e-9, schedule: Schedule::Constant, ..training() };
    let records = train(&mut network, &settings, 7).unwrap();
    assert!(records.len() < 40);
    let uar: Vec<f64> = records.iter().map(|record| record.validation_uar.unwrap()).collect();
    let best = uar.iter().copied().fold(0.0, f64::max);
    assert_eq!(uar.iter().position(|value| *value == best).unwrap() + 1 + 3, records.len());
}

#[test]
fn without_validation_rows_the_last_weights_stay() {
    let mut network = Network::seed_vector(&seed_vector(), 5, 3, 7).unwrap();
    let mut training_set = sets().0;
    for example in &mut training_set.examples {
        let mean = example.frames().mean_axis(ndarray::Axis(0)).unwrap().insert_axis(ndarray::Axis(0));
        example.variants = vec![Arc::new(mean)];
    }
    let validation = ValidationSet { examples: vec![], classes: 3 };
    let weights = [1.0, 2.0, 0.5];
    let mut observe = go_on;
    let context = FitContext { class_weights: Some(&weights), mixup: 0.2, ..FitContext::new(1, &[], &mut observe) };
    let records = fit(&mut network, &training_set, &validation, &training(), context).unwrap();
    assert!(records[2].kept && !records[0].kept && records[2].validation_uar.is_none());
}

#[test]
fn augmentation_sees_each_row_each_epoch_and_variants_are_drawn() {
    let mut network = Network::cnn_bilstm(&cnn(), 5, 3, 7).unwrap();
    let (mut training_set, validation) = sets();
    for example in &mut training_set.examples {
        example.variants.push(Arc::new(Array2::from_elem((4, 5), 7.0)));
    }
    let (calls, copies) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let augment = |values: &mut Array2<f32>, _: &mut rand_chacha::ChaCha8Rng| {
        calls.fetch_add(1, Ordering::Relaxed);
        copies.fetch_add(usize::from(values[[0, 0]] == 7.0), Ordering::Relaxed);
        values[[0, 0]] = 0.0;
    };
    let mut observe = go_on;
    let context = FitContext { augment: Some(&augment), ..FitContext::new(1, &[], &mut observe) };
    fit(&mut network, &training_set, &validation, &training(), context).unwrap();
    assert_eq!(calls.into_inner(), 3 * 30);
    assert!((25..65).contains(&copies.into_inner()), "about half the draws are copies");
}

#[test]
fn the_observer_can_interrupt() {
    let mut network = Network::cnn_bilstm(&cnn(), 5, 3, 7).unwrap();
    let (training_set, validation) = sets();
    let mut observe = |record: &intone::nn::EpochRecord| if record.epoch == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let context = FitContext::new(1, &[], &mut observe);
    let error = fit(&mut network, &training_set, &validation, &training(), context).unwrap_err();
    assert!(matches!(error, NnError::Interrupted { epoch: 2 }));
}

#[test]
fn a_runaway_loss_names_epoch_and_step() {
    let mut network = Network::cnn_bilstm(&cnn(), 5, 3, 7).unwrap();
    let settings = TrainingSettings { learning_rate: 1e38, clip_norm: 0.0, schedule: Schedule::Constant, batch_size: 30, ..training() };
    let error = train(&mut network, &settings, 7).unwrap_err();
    assert!(matches!(error, NnError::Diverged { epoch: 2, step: 1, .. }), "{error}");
}

#[test]
fn wrong_rows_and_classes_are_refused_before_training() {
    let (training_set, validation) = sets();
    let mut network = Network::cnn_bilstm(&cnn(), 5, 3, 7).unwrap();
    let before = numbers(&network);
    let mut try_fit = |training_set: &TrainingSet, settings: &TrainingSettings, weights: Option<&[f64]>| {
        let mut observe = go_on;
        let context = FitContext { class_weights: weights, ..FitContext::new(1, &[], &mut observe) };
        fit(&mut network, training_set, &validation, settings, context).unwrap_err().to_string()
    };
    let empty = TrainingSet { examples: vec![], classes: 3 };
    assert!(try_fit(&empty, &training(), None).contains("no training rows"));
    let other = TrainingSet { classes: 4, ..training_set.clone() };
    assert_eq!(try_fit(&other, &training(), None), "the network has 3 classes, but the training set has 4");
    assert!(try_fit(&training_set, &training(), Some(&[1.0])).contains("class weights has 1"));
    let alpha = TrainingSettings { focal_alpha: FocalAlpha::PerClass(vec![1.0; 2]), ..training() };
    assert!(try_fit(&training_set, &alpha, None).contains("`training.focal_alpha` has 2"));
    let mut wide = training_set.clone();
    wide.examples[3].variants = vec![Arc::new(Array2::zeros((4, 6)))];
    assert!(try_fit(&wide, &TrainingSettings { batch_size: 30, ..training() }, None).contains("has 6 columns; the network reads 5"));
    let mut wild = training_set.clone();
    wild.examples[3].variants = vec![Arc::new(Array2::from_elem((4, 5), f32::NAN))];
    assert!(try_fit(&wild, &TrainingSettings { batch_size: 30, ..training() }, None).contains("not finite"));
    assert_eq!(before, numbers(&network));
}

#[test]
fn settings_that_cannot_be_used_name_their_key() {
    let check = |settings: TrainingSettings| settings.check().unwrap_err().to_string();
    assert_eq!(check(TrainingSettings { epochs: 0, ..training() }), "`training.epochs` is 0; it must be at least 1");
    assert!(check(TrainingSettings { shards: 0, ..training() }).starts_with("`training.shards`"));
    assert!(check(TrainingSettings { learning_rate: 0.0, ..training() }).starts_with("`training.learning_rate`"));
    assert!(check(TrainingSettings { warmup: 1.5, ..training() }).starts_with("`training.warmup`"));
    assert!(check(TrainingSettings { ema: 1.0, ..training() }).starts_with("`training.ema`"));
    assert!(check(TrainingSettings { label_smoothing: f64::NAN, ..training() }).starts_with("`training.label_smoothing`"));
    assert!(check(TrainingSettings { focal_alpha: FocalAlpha::Uniform(0.0), ..training() }).starts_with("`training.focal_alpha`"));

    let check = |settings: CnnBiLstmSettings| settings.check().unwrap_err().to_string();
    assert_eq!(check(CnnBiLstmSettings { kernel: 4, ..cnn() }), "`model.cnn-bilstm.kernel` is 4; it must be odd and below 1024");
    assert!(check(CnnBiLstmSettings { pool: vec![2], ..cnn() }).starts_with("`model.cnn-bilstm.pool` has 1 numbers"));
    assert!(check(CnnBiLstmSettings { lstm: vec![0], ..cnn() }).starts_with("`model.cnn-bilstm.lstm`"));
    assert!(check(CnnBiLstmSettings { dropout: 1.0, ..cnn() }).starts_with("`model.cnn-bilstm.dropout`"));
    let check = |settings: SeedVectorSettings| settings.check().unwrap_err().to_string();
    assert!(check(SeedVectorSettings { lstm: vec![], ..seed_vector() }).starts_with("`model.seed-vector.lstm` is empty"));
    assert!(check(SeedVectorSettings { pool: 0, ..seed_vector() }).starts_with("`model.seed-vector.pool`"));
}
