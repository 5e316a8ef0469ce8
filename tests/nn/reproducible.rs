//! The same bits for any number of threads and after any interruption, and the same answer in any company.

use std::cell::RefCell;
use std::sync::Mutex;

use intone::dataset::ValidationSet;
use intone::model::{Network, Norm, Pooling};
use intone::nn::{Checkpoint, FitContext, TrainingSettings, fit};
use ndarray::Array2;
use proptest::prelude::*;

use super::support::{cnn, go_on, numbers, rows, seed_vector, sets, sets_with_waves, train, training};

fn with_threads<O: Send>(threads: usize, work: impl FnOnce() -> O + Send) -> O {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
}

#[test]
fn training_gives_the_same_bits_on_one_thread_and_two() {
    for norm in [Norm::Batch, Norm::Layer] {
        let run = |threads| {
            with_threads(threads, || {
                let sizes = intone::model::CnnBiLstmSettings { norm, ..cnn() };
                let mut network = Network::cnn_bilstm(&sizes, 5, 3, 7).unwrap();
                let records = train(&mut network, &TrainingSettings { ema: 0.9, ..training() }, 7).unwrap();
                (numbers(&network), records.iter().map(|r| (r.train_loss, r.validation_loss)).collect::<Vec<_>>())
            })
        };
        assert_eq!(run(1), run(2));
    }
}

#[test]
fn a_training_goes_on_from_any_epoch_to_the_same_bits() {
    let settings = TrainingSettings { epochs: 12, ema: 0.9, early_stopping: 4, ..training() };
    let ((train, validation), none) = (sets(), ValidationSet { examples: Vec::new(), classes: 3 });
    for validation in [validation, none] {
        let run = |network_seed, resume: Option<&Checkpoint>| {
            let mut network = Network::cnn_bilstm(&cnn(), 5, 3, network_seed).unwrap();
            let files = RefCell::new(Vec::new());
            let keep = |_: bool, take: &dyn Fn() -> Checkpoint| files.borrow_mut().push(take().to_bytes().unwrap());
            let mut observe = go_on;
            let context = FitContext { resume, keep: Some(&keep), mixup: 0.2, ..FitContext::new(7, &["fold", "1"], &mut observe) };
            let mut records = fit(&mut network, &train, &validation, &settings, context).unwrap();
            records.iter_mut().for_each(|record| record.seconds = 0.0);
            (numbers(&network), records, files.into_inner())
        };
        let (whole, records, files) = run(7, None);
        assert_eq!(files.len(), records.len());
        for (epoch, file) in files.iter().enumerate() {
            let checkpoint = Checkpoint::from_bytes(file).unwrap();
            assert_eq!(checkpoint.records.len(), epoch + 1);
            // Another first network: everything comes from the checkpoint.
            let (resumed, resumed_records, later) = run(8, Some(&checkpoint));
            assert!(resumed == whole && resumed_records == records, "after epoch {}", epoch + 1);
            assert_eq!(later.len(), records.len() - epoch - 1);
        }
        assert!(Checkpoint::from_bytes(&files[0][..files[0].len() - 1]).is_none(), "half a file is none");
    }
}

#[test]
fn rows_measured_anew_depend_neither_on_threads_nor_on_interruptions() {
    let (train, validation) = sets_with_waves();
    let run = |threads, resume: Option<&Checkpoint>| {
        with_threads(threads, || {
            let mut network = Network::cnn_bilstm(&cnn(), 12, 3, 7).unwrap();
            let files = Mutex::new(Vec::new());
            let keep = |_: bool, take: &dyn Fn() -> Checkpoint| files.lock().unwrap().push(take());
            let mut observe = go_on;
            let context = FitContext { resume, keep: Some(&keep), ..FitContext::new(7, &["fold", "1"], &mut observe) };
            fit(&mut network, &train, &validation, &training(), context).unwrap();
            (numbers(&network), files.into_inner().unwrap())
        })
    };
    let (whole, checkpoints) = run(1, None);
    assert!(whole == run(3, None).0, "on three threads");
    assert!(whole == run(3, Some(&checkpoints[0])).0, "after epoch 1");

    let mut plain = train.clone();
    plain.examples.iter_mut().for_each(|example| example.waves = None);
    let mut network = Network::cnn_bilstm(&cnn(), 12, 3, 7).unwrap();
    let mut observe = go_on;
    fit(&mut network, &plain, &validation, &training(), FitContext::new(7, &["fold", "1"], &mut observe)).unwrap();
    assert!(whole != numbers(&network), "what is varied is learned from");
}

#[test]
fn another_seed_gives_another_network() {
    let run = |seed| {
        let mut network = Network::cnn_bilstm(&cnn(), 5, 3, seed).unwrap();
        train(&mut network, &training(), seed).unwrap();
        numbers(&network)
    };
    assert_ne!(run(1), run(2));
}

#[test]
fn tensors_bring_a_network_back() {
    let mut fitted = Network::cnn_bilstm(&cnn(), 5, 3, 7).unwrap();
    train(&mut fitted, &training(), 7).unwrap();
    let stored: Vec<_> = fitted.tensors().iter().rev().map(|t| (t.name.to_owned(), t.shape.to_vec(), t.values.to_vec())).collect();
    let mut again = Network::cnn_bilstm(&cnn(), 5, 3, 8).unwrap();
    again.load(&stored).unwrap();
    assert_eq!(numbers(&fitted), numbers(&again));
    let examples = rows(9, "again");
    let inputs: Vec<&Array2<f32>> = examples.iter().map(|example| example.frames()).collect();
    assert_eq!(fitted.probabilities(&inputs).unwrap(), again.probabilities(&inputs).unwrap());

    let mut short = stored.clone();
    short.pop();
    assert!(again.load(&short).unwrap_err().to_string().contains("is missing"));
    let mut bent = stored.clone();
    bent[0].1 = vec![1];
    assert!(again.load(&bent).unwrap_err().to_string().contains("the network needs"));
    let mut foreign = stored.clone();
    foreign.push(("other".into(), vec![1], vec![0.0]));
    assert_eq!(again.load(&foreign).unwrap_err().to_string(), "tensor `other` does not belong to this network");
    let mut wild = stored;
    wild[0].2[0] = f32::NAN;
    assert!(again.load(&wild).unwrap_err().to_string().contains("not finite"));
}

#[test]
fn the_seed_vector_network_reads_vectors() {
    let network = Network::seed_vector(&seed_vector(), 17, 4, 3).unwrap();
    let rows: Vec<Array2<f32>> = (0..5).map(|row| Array2::from_shape_fn((1, 17), |(_, c)| ((row * 17 + c) as f32).sin())).collect();
    let together = network.probabilities(&rows.iter().collect::<Vec<_>>()).unwrap();
    assert_eq!(together.dim(), (5, 4));
    let two_frames = Array2::zeros((2, 17));
    assert!(network.probabilities(&[&two_frames]).unwrap_err().to_string().starts_with("row 0 has 2 frames"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Masks: a clip padded in a batch of longer ones gives what it gives alone.
    #[test]
    fn a_clip_gives_the_same_in_any_company(
        lengths in prop::collection::vec(1_usize..30, 2..7),
        norm in prop::sample::select(vec![Norm::None, Norm::Layer, Norm::Batch]),
        pooling in prop::sample::select(vec![Pooling::Mean, Pooling::Statistics, Pooling::Attention, Pooling::AttentiveStatistics]),
        pool in 1_usize..4,
    ) {
        let sizes = intone::model::CnnBiLstmSettings { norm, pooling, pool: vec![pool, 2], ..cnn() };
        let network = Network::cnn_bilstm(&sizes, 5, 3, 11).unwrap();
        let clips: Vec<Array2<f32>> = lengths
            .iter()
            .enumerate()
            .map(|(clip, &frames)| Array2::from_shape_fn((frames, 5), |(t, c)| ((clip * 100 + t * 7 + c) as f32).sin() * 2.0))
            .collect();
        let together = network.probabilities(&clips.iter().collect::<Vec<_>>()).unwrap();
        for (clip, row) in clips.iter().zip(together.rows()) {
            let alone = network.probabilities(&[clip]).unwrap();
            prop_assert!((row.sum() - 1.0).abs() < 1e-12);
            for (a, b) in row.iter().zip(alone.iter()) {
                prop_assert!((a - b).abs() < 2e-6, "{a} in company, {b} alone");
            }
        }
    }
}

#[test]
fn traces_have_the_probabilities_of_predictions_and_weights_over_each_clips_own_frames() {
    for pooling in [Pooling::Attention, Pooling::AttentiveStatistics, Pooling::Mean] {
        let sizes = intone::model::CnnBiLstmSettings { pooling, ..cnn() };
        let network = Network::cnn_bilstm(&sizes, 5, 3, 7).unwrap();
        let clips: Vec<Array2<f32>> =
            (1..40).map(|frames| Array2::from_shape_fn((frames, 5), |(t, c)| ((t * 7 + c * 3 + frames) % 11) as f32 / 5.0 - 1.0)).collect();
        let inputs: Vec<&Array2<f32>> = clips.iter().collect();
        let traces = network.traces(&inputs).unwrap();
        for ((trace, row), clip) in traces.iter().zip(network.probabilities(&inputs).unwrap().rows()).zip(&clips) {
            assert_eq!(trace.probabilities, row.to_vec());
            assert_eq!(trace.embedding.len(), sizes.dense.last().copied().unwrap());
            assert_eq!(trace.attention.is_some(), pooling != Pooling::Mean);
            if let Some(attention) = &trace.attention {
                assert_eq!(attention.len(), clip.nrows().div_ceil(network.stride()));
                assert!((attention.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            }
        }
        // A clip in company looks where it looks alone.
        let alone = network.traces(&inputs[20..21]).unwrap().remove(0);
        assert!(alone.embedding.iter().zip(&traces[20].embedding).all(|(a, b)| (a - b).abs() < 1e-5));
    }
}
