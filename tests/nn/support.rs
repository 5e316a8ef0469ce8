//! Small networks, settings and rows.

use std::ops::ControlFlow;
use std::sync::Arc;

use intone::audio::Clip;
use intone::augment::WaveAugmenter;
use intone::dataset::{Aggregate, Example, FeaturePipeline, Remeasure, TrainingSet, ValidationSet, Waves};
use intone::experiment::load;
use intone::model::{CnnBiLstmSettings, Network, Norm, Pooling, SeedVectorSettings};
use intone::nn::{EpochRecord, FitContext, FocalAlpha, Loss, NnError, Optimiser, Schedule, TrainingSettings, fit};
use intone::seed;
use ndarray::Array2;
use rand::Rng;

pub fn training() -> TrainingSettings {
    TrainingSettings {
        epochs: 3,
        batch_size: 8,
        optimiser: Optimiser::Adamw,
        learning_rate: 5e-3,
        weight_decay: 0.01,
        schedule: Schedule::OneCycle,
        warmup: 0.3,
        clip_norm: 1.0,
        loss: Loss::Focal,
        focal_gamma: 2.0,
        focal_alpha: FocalAlpha::Uniform(1.0),
        label_smoothing: 0.05,
        early_stopping: 0,
        restore_best: true,
        ema: 0.0,
        seeds: 1,
        shards: 3,
    }
}

pub fn cnn() -> CnnBiLstmSettings {
    CnnBiLstmSettings {
        channels: vec![6, 8],
        kernel: 3,
        pool: vec![2, 2],
        norm: Norm::Batch,
        lstm: vec![5],
        pooling: Pooling::Attention,
        attention: 4,
        dense: vec![6],
        conv_dropout: 0.1,
        dropout: 0.2,
    }
}

pub fn seed_vector() -> SeedVectorSettings {
    SeedVectorSettings { channels: 6, kernel: 5, pool: 2, lstm: vec![4, 3], dense: 6, dropout: 0.2 }
}

/// Three classes that differ in which of five columns is loud, clips of 6 to 20 frames.
pub fn rows(count: usize, purpose: &str) -> Vec<Example> {
    let mut random = seed::stream(1, &["rows", purpose]);
    (0..count)
        .map(|row| {
            let label = row % 3;
            let frames = random.gen_range(6..=20);
            let values =
                Array2::from_shape_fn((frames, 5), |(_, column)| random.gen_range(-1.0..1.0) + if column == label { 1.5 } else { 0.0 });
            Example::new(values, label, Some(row % 4))
        })
        .collect()
}

pub fn sets() -> (TrainingSet, ValidationSet) {
    (TrainingSet { examples: rows(30, "train"), classes: 3 }, ValidationSet { examples: rows(15, "validation"), classes: 3 })
}

/// [`sets`] of 12 columns whose training rows have their waveforms: half a second of tones, varied in level and by noise.
pub fn sets_with_waves() -> (TrainingSet, ValidationSet) {
    let settings = [
        "audio.sample_rate=8000",
        "audio.duration_s=0.0",
        "audio.trim_db=0.0",
        "features.sets=[\"log-mel\"]",
        "features.n_fft=256",
        "features.win_length=256",
        "features.hop_length=400",
        "features.n_mels=12",
        "features.fmax=4000.0",
        "augment.gain.probability=0.7",
        "augment.noise.probability=0.7",
        "augment.random-speed.probability=0.3",
    ];
    let config = load::defaults(&settings.map(str::to_owned)).unwrap();
    let pipeline = Arc::new(FeaturePipeline::new(&config.audio, &config.features, Aggregate::Frames).unwrap());
    let augmenter = WaveAugmenter::new(&config.augment).unwrap();
    let how = Arc::new(Remeasure { pipeline: Arc::clone(&pipeline), augmenter });
    let rows = |count: usize, waves: bool| {
        (0..count)
            .map(|row| {
                let pitch = 0.2 + 0.3 * (row % 3) as f32 + 0.003 * row as f32;
                let clip = Clip { samples: (0..4000).map(|n| (n as f32 * pitch).sin()).collect(), sample_rate: 8000 };
                let frames = pipeline.matrix(clip.clone()).unwrap().values / 20.0;
                let waves = waves.then(|| Arc::new(Waves::new(vec![clip], Arc::clone(&how))));
                Example { waves, ..Example::new(frames, row % 3, Some(row % 4)) }
            })
            .collect()
    };
    (TrainingSet { examples: rows(24, true), classes: 3 }, ValidationSet { examples: rows(9, false), classes: 3 })
}

pub fn go_on(_: &EpochRecord) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Trains on [`sets`] without augmentation.
pub fn train(network: &mut Network, settings: &TrainingSettings, seed: u64) -> Result<Vec<EpochRecord>, NnError> {
    let (training, validation) = sets();
    let mut observe = go_on;
    let context = FitContext::new(seed, &["fold", "1"], &mut observe);
    fit(network, &training, &validation, settings, context)
}

/// All numbers of a network.
pub fn numbers(network: &Network) -> Vec<f32> {
    network.tensors().iter().flat_map(|tensor| tensor.values.to_vec()).collect()
}
