//! Fills in the record of a run.

use std::collections::BTreeSet;

use super::config::Config;
use super::material::Material;
use super::record::{
    CorpusPartRecord, CorpusRecord, FORMAT_VERSION, FoldRecord, InputRecord, Manifest, ModelRecord, ProtocolRecord, State,
};
use super::store::PartFacts;
use super::{describe, machine, runner};
use crate::corpus::splits::{Fold, SplitKind};
use crate::corpus::{Corpus, PART_COLUMN};
use crate::model::{LogisticSettings, Unconverged};

/// The record of a run whose material is there and whose training begins.
pub fn begin(config: &Config, material: &Material, id: &str, command: &str, threads: usize) -> Manifest {
    Manifest {
        format_version: FORMAT_VERSION,
        id: id.to_owned(),
        name: config.name.clone(),
        seed: config.seed,
        state: State::Running,
        started: machine::now(),
        finished: None,
        command: command.to_owned(),
        code: machine::code(),
        corpus: corpus(config, material),
        protocol: protocol(config, material),
        input: InputRecord {
            sets: config.features.sets.iter().map(describe::word).collect(),
            columns: material.columns.len(),
            aggregate: material.aggregate.name().to_owned(),
            frame_step_s: material.frame_step_s,
            normalisation: describe::normalisation(config),
            balancing: describe::balancing(config),
            augmentation: describe::augmentation(config),
        },
        model: ModelRecord {
            kind: describe::word(&config.model.kind),
            description: describe::model(config),
            parameters: None,
            training: describe::training(config),
        },
        members: Vec::new(),
        machine: machine::machine(threads, config.portable),
        timings: Vec::new(),
        peak_memory_mib: None,
        warnings: material.warnings.clone(),
    }
}

/// Adds what only finished parts know.
pub fn add_parts<'a>(manifest: &mut Manifest, config: &Config, parts: impl Iterator<Item = &'a PartFacts> + Clone) {
    manifest.warnings.extend(unconverged(config, parts.clone()));
    for part in parts {
        manifest.model.parameters = manifest.model.parameters.or(part.parameters);
        if let Some(fold) = manifest.protocol.folds.iter_mut().find(|fold| fold.name == part.fold) {
            fold.balanced_rows.clone_from(&part.balanced_rows);
        }
    }
}

/// One sentence for all folds whose solver ended before it was done.
fn unconverged<'a>(config: &Config, parts: impl Iterator<Item = &'a PartFacts>) -> Option<String> {
    let mut folds: Vec<&str> = Vec::new();
    let mut worst = Some(0.0_f64);
    for (part, ended) in parts.filter_map(|part| Some((part, part.unconverged?))) {
        if !folds.contains(&part.fold.as_str()) {
            folds.push(&part.fold);
        }
        worst = worst.zip(ended.slope).map(|(worst, slope)| worst.max(slope));
    }
    let folds = match folds.as_slice() {
        [] => return None,
        [one] => format!("fold {one}"),
        many => format!("folds {}", many.join(", ")),
    };
    let slope = worst.map_or_else(|| "no number".to_owned(), |slope| format!("{slope:.1e}"));
    let LogisticSettings { alpha, max_iterations } = config.model.logistic;
    let limit = if config.normalise.limit == 0.0 { ", or set `normalise.limit`, such as 8.0, where columns hardly vary" } else { "" };
    Some(format!(
        "{folds}: logistic regression ended before it converged (largest slope of the mean loss {slope}, converged below {:.0e}): raise \
         `model.logistic.max_iterations` ({max_iterations}) or `model.logistic.alpha` ({alpha}){limit}",
        Unconverged::TOLERANCE
    ))
}

fn corpus(config: &Config, material: &Material) -> CorpusRecord {
    let corpus = &material.corpus;
    let mut clips_by_label = vec![0; corpus.labels.len()];
    for clip in &corpus.clips {
        clips_by_label[clip.label] += 1;
    }
    CorpusRecord {
        name: corpus.name.clone(),
        kind: describe::word(&config.corpus.kind),
        path: config.corpus.path.display().to_string(),
        fingerprint: material.fingerprint.clone(),
        synthetic: corpus.synthetic,
        citation: corpus.citation.clone(),
        labels: corpus.labels.clone(),
        speakers: material.speakers.clone(),
        clips: corpus.clips.len(),
        clips_by_label,
        duration_s: material.duration_s,
        duplicates: material.duplicates.clone(),
        missing_speakers: material.folds.missing_speakers.clone(),
        left_out: material.left_out.clone(),
        parts: parts(config, corpus),
    }
}

/// The corpora of a run over several: those declared, or those of a manifest's column.
fn parts(config: &Config, corpus: &Corpus) -> Vec<CorpusPartRecord> {
    let table = corpus.counts_by(PART_COLUMN);
    let part = |name: String| {
        let declared = config.corpus.parts.iter().find(|part| part.shown_name() == name);
        let settings = declared.map(|part| part.settings(&config.corpus));
        let settings = settings.as_ref().unwrap_or(&config.corpus);
        let own = corpus.clips.iter().filter(|clip| clip.extra.get(PART_COLUMN) == Some(&name));
        CorpusPartRecord {
            kind: settings.kind.name().to_owned(),
            path: settings.path.display().to_string(),
            speakers: own.map(|clip| clip.speaker.as_str()).collect::<BTreeSet<_>>().len(),
            clips_by_label: table.get(&name).cloned().unwrap_or_default(),
            labels: declared.map(|part| part.labels.clone().into_iter().collect()).unwrap_or_default(),
            name,
        }
    };
    if config.split.kind == SplitKind::CrossCorpus || !config.corpus.parts.is_empty() {
        corpus.parts().into_iter().map(part).collect()
    } else {
        Vec::new()
    }
}

fn protocol(config: &Config, material: &Material) -> ProtocolRecord {
    ProtocolRecord {
        kind: describe::word(&config.split.kind),
        preset: (config.split.kind == SplitKind::Preset).then(|| config.split.preset.clone()),
        description: material.folds.description.clone(),
        speaker_independent: material.folds.speaker_independent,
        seeds: runner::seeds(config),
        folds: material.folds.folds.iter().map(|fold| fold_record(material, fold)).collect(),
    }
}

fn fold_record(material: &Material, fold: &Fold) -> FoldRecord {
    FoldRecord {
        name: fold.name.clone(),
        train_clips: fold.train.indices().len(),
        validation_clips: fold.validation.indices().len(),
        test_clips: fold.test.indices().len(),
        balanced_rows: vec![0; material.corpus.labels.len()],
        train_speakers: speakers(material, fold.train.indices()),
        validation_speakers: speakers(material, fold.validation.indices()),
        test_speakers: speakers(material, fold.test.indices()),
        shared_audio: shared_audio(material, fold),
    }
}

fn speakers(material: &Material, rows: &[usize]) -> Vec<String> {
    let mut present = vec![false; material.speakers.len()];
    rows.iter().for_each(|&row| present[material.dataset.speakers[row]] = true);
    material.speakers.iter().zip(present).filter(|(_, present)| *present).map(|(name, _)| name.clone()).collect()
}

/// Training and test clips with the same audio.
fn shared_audio(material: &Material, fold: &Fold) -> Vec<(String, String)> {
    let hashes = &material.audio_hashes;
    let trained: std::collections::HashMap<&str, usize> = fold.train.indices().iter().map(|&row| (hashes[row].as_str(), row)).collect();
    let id = |row: usize| material.corpus.clips[row].id.clone();
    let tested = fold.test.indices().iter();
    tested.filter_map(|&row| trained.get(hashes[row].as_str()).map(|&train| (id(train), id(row)))).collect()
}
