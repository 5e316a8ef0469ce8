//! Waveform augmentation reaches training rows, and only those.

use intone::balance::{self, BalanceMethod};
use intone::dataset::normalise::prepare;
use intone::dataset::{Normalise, TrainingSet};
use intone::experiment::events::Silent;
use intone::experiment::material::{self, Material};
use intone::experiment::{Config, load};
use intone::seed;
use ndarray::Array2;

/// Four synthetic speakers, two folds, and what else is asked for.
fn config(more: &[&str]) -> Config {
    let small = [
        "corpus.speakers=4",
        "corpus.clips_per_emotion=1",
        "audio.sample_rate=8000",
        "features.sets=[\"log-mel\"]",
        "features.n_fft=256",
        "features.win_length=256",
        "features.hop_length=160",
        "features.n_mels=12",
        "features.n_mfcc=8",
        "features.fmax=4000.0",
        "split.folds=2",
        "split.validation=0.3",
        "audio.duration_s=1.0",
    ];
    let assignments: Vec<String> = small.iter().chain(more).map(ToString::to_string).collect();
    load::defaults(&assignments).unwrap()
}

fn measured(config: &Config) -> Material {
    material::measure(config, material::load_corpus(config).unwrap(), None, &Silent).unwrap()
}

const NOISE: [&str; 1] = ["augment.noise.probability=1.0"];
/// Goes through every step and changes nothing.
const NOTHING: [&str; 2] = ["augment.gain.probability=1.0", "augment.gain.db=[0.0, 0.0]"];

#[test]
fn validation_and_test_rows_have_no_waveforms_and_are_as_without_augmentation() {
    let (plain, varied) = (config(&[]), config(&[NOISE[0], "augment.speed=[0.9]", "augment.test_copies=true"]));
    let (plain_material, varied_material) = (measured(&plain), measured(&varied));
    assert!(plain_material.dataset.waves.is_empty(), "no samples are kept that nobody varies");
    for fold in &varied_material.folds.folds {
        let (train, validation, test, fitted) = prepare(&varied_material.dataset, fold, &varied.normalise);
        assert!(train.examples.iter().all(|example| example.waves.is_some()));
        assert!(!validation.examples.is_empty() && validation.examples.iter().all(|example| example.waves.is_none()));
        assert!(test.examples.iter().all(|example| example.waves.is_none() && example.variants.len() == 2));

        let (plain_train, plain_validation, plain_test, plain_fitted) = prepare(&plain_material.dataset, fold, &plain.normalise);
        assert_eq!(fitted, plain_fitted, "statistics are those of the clips themselves");
        let same = |a: &[intone::dataset::Example], b: &[intone::dataset::Example]| a.iter().zip(b).all(|(a, b)| a.frames() == b.frames());
        assert!(same(&train.examples, &plain_train.examples));
        assert!(same(&validation.examples, &plain_validation.examples) && same(&test.examples, &plain_test.examples));
    }
}

#[test]
fn a_row_is_measured_anew_as_it_was_first_measured_and_normalised() {
    for over in [Normalise::None, Normalise::Corpus, Normalise::Speaker, Normalise::Clip] {
        let mut config = config(&[NOTHING[0], NOTHING[1], "augment.speed=[1.1]"]);
        config.normalise.over = over;
        let material = measured(&config);
        let (train, ..) = prepare(&material.dataset, &material.folds.folds[0], &config.normalise);
        for example in &train.examples {
            let waves = example.waves.as_ref().unwrap();
            for (variant, frames) in example.variants.iter().enumerate() {
                let again = waves.frames(variant, &mut seed::stream(1, &["again"])).unwrap().unwrap();
                assert_eq!(again, **frames, "{over:?}, variant {variant}");
            }
            assert_eq!(waves.frames(2, &mut seed::stream(1, &["none"])).unwrap(), None);
        }
    }
}

fn rows_of(train: &TrainingSet, epoch: u64) -> Vec<Array2<f32>> {
    let waves = train.examples.iter().flat_map(|example| &example.waves);
    waves.map(|waves| waves.frames(0, &mut seed::stream(epoch, &["row"])).unwrap().unwrap()).collect()
}

#[test]
fn the_same_stream_gives_the_same_row_and_another_another() {
    let config = config(&NOISE);
    let material = measured(&config);
    let (train, ..) = prepare(&material.dataset, &material.folds.folds[0], &config.normalise);
    assert_eq!(rows_of(&train, 1), rows_of(&train, 1));
    assert!(rows_of(&train, 1).iter().zip(rows_of(&train, 2)).all(|(first, second)| *first != second));
    assert!(rows_of(&train, 1).iter().zip(&train.examples).all(|(varied, example)| varied.dim() == example.frames().dim()));
}

#[test]
fn synthetic_rows_have_no_waveform_and_repeated_ones_keep_theirs() {
    for (method, has) in [(BalanceMethod::Smote, false), (BalanceMethod::RandomOver, true)] {
        let mut config = config(&NOISE);
        (config.balance.method, config.balance.k_neighbours) = (method, 1);
        let material = measured(&config);
        let (mut train, ..) = prepare(&material.dataset, &material.folds.folds[0], &config.normalise);
        let label = train.examples[0].label;
        // One class is larger than itself by one row, all others are three times as large.
        let others: Vec<_> = train.examples.iter().filter(|example| example.label != label).cloned().collect();
        train.examples.extend([others.clone(), others, vec![train.examples[0].clone()]].concat());
        let given = train.examples.len();
        let balanced = balance::resample(train, &config.balance, 1).unwrap();
        assert!(balanced.examples.len() > given, "{method:?}");
        assert!(balanced.examples[given..].iter().all(|example| example.waves.is_some() == has), "{method:?}");
    }
}

#[test]
fn models_that_are_fitted_once_get_copies_and_networks_where_they_are_asked_for() {
    let copied = |more: &[&str], threads| {
        let config = config(&[&NOISE, more].concat());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let material = pool.install(|| measured(&config));
        assert!(material.dataset.waves.is_empty(), "what is measured once is not measured again");
        let (train, _, test, _) = prepare(&material.dataset, &material.folds.folds[0], &config.normalise);
        assert!(test.examples.iter().all(|example| example.variants.len() == 2), "a test clip has its copy of other speed alone");
        train.examples
    };
    let speed = ["augment.speed=[0.9]", "augment.test_copies=true"];
    let three = [speed[0], speed[1], "augment.copies=3"];
    let svm = |more: &[&'static str]| [&["model.kind=svm", "features.sets=[\"mfcc\"]"], more].concat();
    for (settings, variants) in [(svm(&speed), 3), (svm(&three), 5), (three.to_vec(), 5)] {
        let (one, two) = (copied(&settings, 1), copied(&settings, 2));
        for (a, b) in one.iter().zip(&two) {
            assert_eq!(a.variants.len(), variants);
            assert_eq!(a.variants, b.variants, "no bit depends on the threads");
            assert!(a.variants.iter().enumerate().all(|(place, frames)| !a.variants[..place].contains(frames)), "each is another");
        }
        let other = copied(&[&settings[..], &["seed=2"]].concat(), 1);
        let seen = |frames| one.iter().any(|example| example.variants.contains(frames));
        assert!(other.iter().flat_map(|example| &example.variants[2..]).all(|frames| !seen(frames)), "another seed has other copies");
    }
}

#[test]
fn silence_at_the_ends_is_trimmed_unless_noise_lies_over_it() {
    let frames = |more: &[&str]| {
        let config = config(&[&["audio.duration_s=0.0", "audio.pad=none", "audio.trim_db=30.0", "augment.copies=1"], more].concat());
        let material = measured(&config);
        let (train, ..) = prepare(&material.dataset, &material.folds.folds[0], &config.normalise);
        train.examples.iter().map(|example| [example.variants[0].nrows(), example.variants[1].nrows()]).collect::<Vec<_>>()
    };
    let noisy = frames(&[NOISE[0], "augment.noise.snr_db=[0.0, 0.0]"]);
    assert!(noisy.iter().all(|[clip, copy]| copy >= clip) && noisy.iter().any(|[clip, copy]| copy > clip));
    assert!(frames(&NOTHING).iter().all(|[clip, copy]| copy == clip));
}
