//! Settings in words, for records and reports.

use super::config::Config;
use crate::balance::{BalanceMethod, ClassWeights};
use crate::dataset::Normalise;
use crate::features::FeatureSet;
use crate::model::{CnnBiLstmSettings, ModelKind, ModelSettings, Norm, Pooling, RidgeSettings, SvmKernel, VectorOf};
use crate::nn::{Loss, Optimiser, Schedule};

/// A setting's word, as the experiment file writes it.
pub fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A set of features, or its deltas, in words: `mfcc`, `mfcc, delta`.
pub fn feature_group((set, derivatives): (FeatureSet, usize)) -> String {
    let name = word(&set);
    match derivatives {
        0 => name,
        1 => format!("{name}, delta"),
        _ => format!("{name}, delta2"),
    }
}

/// Normalisation in words.
pub fn normalisation(config: &Config) -> String {
    let over = match config.normalise.over {
        Normalise::None => "none",
        Normalise::Corpus => "zero mean and unit deviation over all frames of the training rows",
        Normalise::Speaker => "zero mean and unit deviation over all clips of each speaker; it reads the test speakers' unlabelled clips",
        Normalise::Clip => "zero mean and unit deviation over the frames of each clip",
    };
    match config.normalise.limit {
        0.0 => over.to_owned(),
        limit => format!("{over}, within {limit} deviations"),
    }
}

/// Balancing in words.
pub fn balancing(config: &Config) -> String {
    let method = match config.balance.method {
        BalanceMethod::None => "no resampling".to_owned(),
        BalanceMethod::Smote => format!("SMOTE with {} neighbours", config.balance.k_neighbours),
        BalanceMethod::BorderlineSmote => format!(
            "borderline-SMOTE with {} neighbours, from rows with at least half but not all of their {} nearest rows in other classes (a \
             class without such rows stays as it is)",
            config.balance.k_neighbours, config.balance.m_neighbours
        ),
        BalanceMethod::Adasyn => format!(
            "ADASYN with {} neighbours (more rows where other classes are near; class sizes need not be equal)",
            config.balance.k_neighbours
        ),
        BalanceMethod::RandomOver => "random over-sampling".to_owned(),
        BalanceMethod::RandomUnder => "random under-sampling".to_owned(),
    };
    let weights = match config.balance.class_weights {
        ClassWeights::None => "no class weights",
        ClassWeights::Balanced => "balanced class weights",
    };
    format!("{method}; {weights}")
}

/// Augmentation in words; empty = none.
pub fn augmentation(config: &Config) -> String {
    let augment = &config.augment;
    let mut parts = Vec::new();
    if !augment.speed.is_empty() {
        parts.push(format!("speed {}", list(&augment.speed)));
    }
    parts.extend(augment.voice.iter().map(|change| format!("voice changed ({change})")));
    if augment.test_copies {
        parts.push("test clips predicted together with their copies".to_owned());
    }
    let stages = augment.wave_stages();
    if !stages.is_empty() {
        let when = match augment.fixed_copies(config.model.kind.trains_by_epochs()) {
            0 => "anew each epoch".to_owned(),
            1 => "in one copy of each clip".to_owned(),
            copies => format!("in {copies} copies of each clip"),
        };
        parts.push(format!("waveforms of training rows, {when}, in this order: {}", stages.join(", ")));
    }
    if augment.frequency_warp > 0.0 {
        parts.push(format!("frequency warp up to {:.0} %", 100.0 * augment.frequency_warp));
    }
    if augment.time_masks > 0 {
        parts.push(format!("time masks: {}, each up to {:.0} % of the frames", augment.time_masks, 100.0 * augment.time_mask_part));
    }
    if augment.frequency_masks > 0 {
        parts.push(format!("frequency masks: {}, each up to {} columns", augment.frequency_masks, augment.frequency_mask_width));
    }
    if augment.feature_noise > 0.0 {
        parts.push(format!("feature noise {}", augment.feature_noise));
    }
    if augment.mixup > 0.0 {
        parts.push(format!("mixup {}", augment.mixup));
    }
    parts.join("; ")
}

/// The model in words.
pub fn model(config: &Config) -> String {
    let settings = &config.model;
    let classifier = classifier(settings);
    if settings.kind == ModelKind::CnnBilstm || settings.vector != VectorOf::Fisher {
        return classifier;
    }
    format!("{classifier}, over Fisher vectors ({} Gaussians)", settings.fisher.components)
}

fn classifier(settings: &ModelSettings) -> String {
    match settings.kind {
        ModelKind::CnnBilstm => cnn_bilstm(&settings.cnn_bilstm),
        ModelKind::SeedVector => {
            let net = &settings.seed_vector;
            format!(
                "Conv1D {} over {} columns; max-pooling {}; BiLSTM {}; dense {}; dropout {}",
                net.channels,
                net.kernel,
                net.pool,
                list(&net.lstm),
                net.dense,
                net.dropout
            )
        }
        ModelKind::Svm => {
            let kernel = match settings.svm.kernel {
                SvmKernel::Linear => "linear kernel".to_owned(),
                SvmKernel::Rbf if settings.svm.gamma == 0.0 => "RBF kernel, gamma 1 / (columns x variance)".to_owned(),
                SvmKernel::Rbf => format!("RBF kernel, gamma {}", settings.svm.gamma),
            };
            format!("support vector machine, one versus rest, {kernel}, C {}", settings.svm.c)
        }
        ModelKind::Logistic => format!("multinomial logistic regression, L2 penalty {}", settings.logistic.alpha),
        ModelKind::Ridge => {
            let RidgeSettings { alpha, temperature } = settings.ridge;
            format!("ridge regression on the classes, L2 penalty {alpha}, temperature {temperature}")
        }
        ModelKind::RandomForest => {
            let forest = &settings.random_forest;
            let depth = if forest.max_depth == 0 { "no depth limit".to_owned() } else { format!("depth up to {}", forest.max_depth) };
            format!("random forest of {} trees, {depth}", forest.trees)
        }
        ModelKind::Knn => format!("{} nearest neighbours", settings.knn.k),
    }
}

fn cnn_bilstm(net: &CnnBiLstmSettings) -> String {
    let norm = match net.norm {
        Norm::None => "no normalisation",
        Norm::Layer => "layer normalisation",
        Norm::Batch => "batch normalisation",
    };
    let pooling = match net.pooling {
        Pooling::Mean => "mean pooling",
        Pooling::Attention => "attention pooling",
        Pooling::Statistics => "statistics pooling",
        Pooling::AttentiveStatistics => "attentive statistics pooling",
    };
    let mut parts = Vec::new();
    if !net.channels.is_empty() {
        let (channels, kernel, pool) = (list(&net.channels), net.kernel, list(&net.pool));
        parts.push(format!("convolutions {channels} over {kernel} frames, {norm}, max-pooling {pool}"));
    }
    if !net.lstm.is_empty() {
        parts.push(format!("BiLSTM {}", list(&net.lstm)));
    }
    parts.push(pooling.to_owned());
    if !net.dense.is_empty() {
        parts.push(format!("dense {}", list(&net.dense)));
    }
    parts.push(format!("dropout {} and {}", net.conv_dropout, net.dropout));
    parts.join("; ")
}

/// Loss, optimiser and schedule in words; empty for baselines.
pub fn training(config: &Config) -> String {
    if !config.model.kind.trains_by_epochs() {
        return String::new();
    }
    let training = &config.training;
    let mut loss = match training.loss {
        Loss::CrossEntropy => "cross-entropy".to_owned(),
        Loss::Focal => format!("focal loss, gamma {}", training.focal_gamma),
    };
    if training.label_smoothing > 0.0 {
        loss.push_str(&format!(", label smoothing {}", training.label_smoothing));
    }
    let optimiser = match training.optimiser {
        Optimiser::Adam => "Adam",
        Optimiser::Adamw => "AdamW",
    };
    let schedule = match training.schedule {
        Schedule::Constant => "constant rate",
        Schedule::Cosine => "cosine schedule",
        Schedule::OneCycle => "one-cycle schedule",
    };
    let kept = if training.restore_best && config.split.validation > 0.0 {
        "weights of the best validation UAR"
    } else {
        "weights of the last epoch"
    };
    format!(
        "{loss}; {optimiser}, {schedule} up to {}, weight decay {}; {} epochs of batches of {}; {kept}",
        training.learning_rate, training.weight_decay, training.epochs, training.batch_size
    )
}

fn list<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
