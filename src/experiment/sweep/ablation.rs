//! An ablation: the experiment, and the experiment without each of its parts.

use std::collections::BTreeSet;

use toml::Value;

use super::expand::Changes;
use super::settings::SweepSettings;
use crate::augment::FixedCopies;
use crate::balance::{BalanceMethod, ClassWeights};
use crate::experiment::config::Config;
use crate::experiment::describe;
use crate::nn::Loss;
use crate::settings::InvalidSetting;

/// Something that an experiment turns on and that can be turned off.
struct Part {
    /// As `sweep.parts` names it: the key, or `features.SET`.
    id: String,
    /// In words, after "without".
    name: String,
    kind: Kind,
    /// What turns it off; feature sets are told apart by their id.
    off: Changes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One of the feature sets.
    Feature,
    /// Anything else.
    Treatment,
    /// Several treatments in one.
    Together,
}

/// Label and changes of each run, the whole experiment first.
pub(super) fn runs(config: &Config, settings: &SweepSettings) -> Result<Vec<(String, Changes)>, InvalidSetting> {
    let parts = chosen(all_parts(config), &settings.parts)?;
    let mut runs = vec![("all parts".to_owned(), Changes::new())];
    runs.extend(parts.iter().map(|part| (format!("without {}", part.name), without(config, &[part]))));
    if settings.alone {
        let of = |kind: Kind| parts.iter().filter(|part| part.kind == kind).collect::<Vec<_>>();
        for kind in [Kind::Feature, Kind::Treatment] {
            let group = of(kind);
            for part in group.iter().filter(|_| group.len() > 1) {
                let others: Vec<&Part> = group.iter().filter(|other| other.id != part.id).copied().collect();
                runs.push((format!("only {}", part.name), without(config, &others)));
            }
        }
        let treatments = of(Kind::Treatment);
        if treatments.len() > 1 {
            let names: Vec<&str> = treatments.iter().map(|part| part.name.as_str()).collect();
            runs.push((format!("none of {}", names.join(", ")), without(config, &treatments)));
        }
    }
    Ok(runs)
}

/// Keys and values that turn parts off.
fn without(config: &Config, parts: &[&Part]) -> Changes {
    let mut changes: Changes = parts.iter().flat_map(|part| part.off.iter().cloned()).collect();
    if parts.iter().any(|part| part.kind == Kind::Feature) {
        let dropped: BTreeSet<&str> = parts.iter().filter_map(|part| part.id.strip_prefix("features.")).collect();
        let kept = config.features.sets.iter().map(describe::word).filter(|set| !dropped.contains(set.as_str()));
        changes.push(("features.sets".to_owned(), Value::Array(kept.map(Value::String).collect())));
    }
    let kept = |key: &str| changes.iter().all(|(changed, _)| changed != key);
    if config.augment.test_copies && !copies(config).any(|(key, _)| kept(key)) {
        changes.push(("augment.test_copies".to_owned(), Value::Boolean(false)));
    }
    changes
}

/// Key and name of each kind of fixed copies that the experiment has.
fn copies(config: &Config) -> impl Iterator<Item = (&'static str, &'static str)> {
    let FixedCopies { speed, voice } = FixedCopies::of_training(&config.augment);
    let kinds = [("augment.speed", "speed copies", speed.len()), ("augment.voice", "copies in other voices", voice.len())];
    kinds.into_iter().filter(|(.., copies)| *copies > 0).map(|(key, name, _)| (key, name))
}

fn chosen(parts: Vec<Part>, ids: &[String]) -> Result<Vec<Part>, InvalidSetting> {
    let there = || parts.iter().map(|part| part.id.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(id) = ids.iter().find(|id| parts.iter().all(|part| part.id != **id)) {
        return Err(InvalidSetting::new(
            "sweep.parts",
            format!("names {id:?}, which the experiment does not turn on; it turns on: {}", there()),
        ));
    }
    if parts.is_empty() {
        let message = "is \"ablation\", but the experiment turns nothing on that could be turned off: one feature set, no balancing, no class \
                       weights, no augmentation, no focal loss";
        return Err(InvalidSetting::new("sweep.method", message));
    }
    Ok(parts.into_iter().filter(|part| ids.is_empty() || ids.contains(&part.id)).collect())
}

fn all_parts(config: &Config) -> Vec<Part> {
    let mut parts = Vec::new();
    if config.features.sets.len() > 1 {
        parts.extend(config.features.sets.iter().map(|set| {
            let word = describe::word(set);
            Part { id: format!("features.{word}"), name: word, kind: Kind::Feature, off: Changes::new() }
        }));
    }
    let text = |value: &str| Value::String(value.to_owned());
    if config.balance.method != BalanceMethod::None {
        parts.push(treatment("balance.method", method_name(config.balance.method), text("none")));
    }
    if config.balance.class_weights != ClassWeights::None {
        parts.push(treatment("balance.class_weights", "class weights", text("none")));
    }
    if config.model.kind.trains_by_epochs() {
        if config.training.loss == Loss::Focal {
            parts.push(treatment("training.loss", "focal loss", text("cross-entropy")));
        }
        if config.training.label_smoothing > 0.0 {
            parts.push(treatment("training.label_smoothing", "label smoothing", Value::Float(0.0)));
        }
    }
    let augmentations = augmentations(config);
    let together = (augmentations.len() > 1).then(|| Part {
        id: "augment".to_owned(),
        name: "any augmentation".to_owned(),
        kind: Kind::Together,
        off: augmentations.iter().flat_map(|part| part.off.iter().cloned()).collect(),
    });
    parts.extend(augmentations);
    parts.extend(together);
    parts
}

/// Every way in which the experiment varies its training rows.
fn augmentations(config: &Config) -> Vec<Part> {
    let augment = &config.augment;
    let mut parts: Vec<Part> = copies(config).map(|(key, name)| treatment(key, name, Value::Array(Vec::new()))).collect();
    let of_frames = [
        ("augment.frequency_warp", "frequency warp", augment.frequency_warp > 0.0, Value::Float(0.0)),
        ("augment.time_masks", "time masks", augment.time_masks > 0, Value::Integer(0)),
        ("augment.frequency_masks", "frequency masks", augment.frequency_masks > 0, Value::Integer(0)),
        ("augment.feature_noise", "feature noise", augment.feature_noise > 0.0, Value::Float(0.0)),
        ("augment.mixup", "mixup", augment.mixup > 0.0, Value::Float(0.0)),
    ];
    // Models that are fitted once see no varied frames.
    let of_frames = of_frames.into_iter().filter(|(_, _, on, _)| *on && config.model.kind.trains_by_epochs());
    parts.extend(of_frames.map(|(key, name, _, off)| treatment(key, name, off)));
    let of_waves = [
        ("random-speed", "random speed", augment.random_speed.probability),
        ("time-stretch", "time stretch", augment.time_stretch.probability),
        ("pitch-shift", "pitch shift", augment.pitch_shift.probability),
        ("time-shift", "time shift", augment.time_shift.probability),
        ("reverberation", "reverberation", augment.reverberation.probability),
        ("noise", "noise", augment.noise.probability),
        ("band-limit", "band limit", augment.band_limit.probability),
        ("gain", "gain", augment.gain.probability),
    ];
    for (section, name, probability) in of_waves {
        if f64::from(probability) > 0.0 {
            let off = vec![(format!("augment.{section}.probability"), Value::Float(0.0))];
            parts.push(Part { id: format!("augment.{section}"), name: name.to_owned(), kind: Kind::Treatment, off });
        }
    }
    parts
}

fn treatment(key: &str, name: &str, off: Value) -> Part {
    Part { id: key.to_owned(), name: name.to_owned(), kind: Kind::Treatment, off: vec![(key.to_owned(), off)] }
}

fn method_name(method: BalanceMethod) -> &'static str {
    match method {
        BalanceMethod::None => "balancing",
        BalanceMethod::Smote => "SMOTE",
        BalanceMethod::BorderlineSmote => "borderline-SMOTE",
        BalanceMethod::Adasyn => "ADASYN",
        BalanceMethod::RandomOver => "random over-sampling",
        BalanceMethod::RandomUnder => "random under-sampling",
    }
}
