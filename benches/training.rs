//! One training step (forward, focal loss, backward, Adam) of both networks, on 1 and 2 threads; `benches/peers/training_torch.py` and
//! `training_keras.py` measure the same.

use std::borrow::Cow;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use intone::model::{CnnBiLstmSettings, Network, Norm, Pooling, SeedVectorSettings};
use intone::nn::{Batch, FocalAlpha, Loss, Optimiser, Schedule, StepName, Trainer, TrainingSettings};
use ndarray::Array2;
use rand::Rng;

#[path = "../src/allocator.rs"]
mod allocator;

const ROWS: usize = 32;
const CLASSES: usize = 8;

fn settings() -> TrainingSettings {
    TrainingSettings {
        epochs: 1,
        batch_size: ROWS,
        optimiser: Optimiser::Adam,
        learning_rate: 1e-3,
        weight_decay: 0.0,
        schedule: Schedule::Constant,
        warmup: 0.0,
        clip_norm: 0.0,
        loss: Loss::Focal,
        focal_gamma: 2.0,
        focal_alpha: FocalAlpha::Uniform(1.0),
        label_smoothing: 0.0,
        early_stopping: 0,
        restore_best: false,
        ema: 0.0,
        seeds: 1,
        shards: 2,
    }
}

fn cnn_bilstm() -> Network {
    let sizes = CnnBiLstmSettings {
        channels: vec![64, 128],
        kernel: 5,
        pool: vec![2, 2],
        norm: Norm::Layer,
        lstm: vec![128],
        pooling: Pooling::Attention,
        attention: 64,
        dense: vec![64],
        conv_dropout: 0.2,
        dropout: 0.4,
    };
    Network::cnn_bilstm(&sizes, 64, CLASSES, 1).expect("sizes that fit")
}

fn seed_vector() -> Network {
    let sizes = SeedVectorSettings { channels: 128, kernel: 5, pool: 2, lstm: vec![128, 64], dense: 128, dropout: 0.3 };
    Network::seed_vector(&sizes, 169, CLASSES, 1).expect("sizes that fit")
}

fn steps(criterion: &mut Criterion) {
    allocator::keep_pages();
    for (name, network, shape) in [("cnn-bilstm/32x130x64", cnn_bilstm(), (130, 64)), ("seed-vector/32x169x1", seed_vector(), (1, 169))] {
        let mut random = intone::seed::stream(1, &["bench"]);
        let rows = (0..ROWS).map(|_| Cow::Owned(Array2::from_shape_fn(shape, |_| random.gen_range(-1.7_f32..1.7)))).collect();
        let labels: Vec<usize> = (0..ROWS).map(|row| row % CLASSES).collect();
        let batch = Batch::new(rows, &labels, CLASSES);
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads");
            let mut network = network.clone();
            let mut trainer = Trainer::new(&mut network, &settings(), None).expect("settings that fit");
            let mut step = 0;
            criterion.bench_function(&format!("training-step/{name}/threads-{threads}"), |bencher| {
                bencher.iter(|| {
                    step += 1;
                    let name = StepName { seed: 1, stream: &[], epoch: 1, step };
                    black_box(pool.install(|| trainer.step(&batch, 1e-3, name)).expect("a finite loss"))
                });
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30);
    targets = steps
}
criterion_main!(benches);
