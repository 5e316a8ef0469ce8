//! Bundles of a run's models.

use std::path::{Path, PathBuf};

use super::config::Config;
use super::error::RunError;
use super::events::Observer;
use super::material::Material;
use super::part::{self, FittedPipeline};
use super::read::read_frame;
use super::record::{Manifest, MemberRecord};
use super::store::{RunWriter, part_name};
use crate::augment::FixedCopies;
use crate::corpus::splits::{Fold, whole_corpus};
use crate::metrics::ScoreTable;
use crate::model::{BUNDLE_VERSION, Bundle, BundleManifest, Card, FusedManifest, MemberManifest};

const LIMITS: &str = "Trained on acted emotion. It says which acted emotion a clip sounds most like, not what anyone feels; not for \
                      decisions about people.";

/// Trains once on all speakers but the validation part, and keeps the bundle.
///
/// # Errors
/// [`RunError`]: training, or the bundle cannot be written.
pub fn train_final(
    config: &Config,
    material: &Material,
    record: &Manifest,
    folder: &RunWriter,
    observer: &dyn Observer,
) -> Result<(), RunError> {
    let seed = config.seed;
    let fold = whole_corpus(&material.corpus, &config.split, seed)?;
    let checkpoint = folder.checkpoint("final");
    let part = part::run(config, material, &fold, seed, &checkpoint, observer)?;
    let card = card_of_final(config, material, record, folder);
    save(config, material, &part.pipeline, &card, &folder.model_dir("final"))?;
    checkpoint.remove();
    Ok(())
}

/// Keeps the bundle of a fusion, from those of its members' runs, whose folders are given in the order of the record's members.
///
/// # Errors
/// [`RunError`]: a bundle cannot be read or written.
pub fn fuse_final<'a>(
    config: &Config,
    material: &Material,
    record: &Manifest,
    folder: &RunWriter,
    runs: impl Iterator<Item = &'a Path>,
) -> Result<(), RunError> {
    let dirs: Vec<PathBuf> = runs.map(|dir| dir.join("model").join("final")).collect();
    fuse(material, record, card_of_final(config, material, record, folder), &dirs, &folder.model_dir("final"))
}

/// Keeps a bundle of the fusion for each fold and seed, from those of its members' runs, whose folders and seeds are given in the order of
/// the record's members. A member without the seed goes in with its first.
///
/// # Errors
/// [`RunError`]: a bundle cannot be read or written.
pub fn fuse_folds(
    config: &Config,
    material: &Material,
    record: &Manifest,
    folder: &RunWriter,
    runs: &[(&Path, &[u64])],
) -> Result<(), RunError> {
    for &seed in &record.protocol.seeds {
        for (index, fold) in material.folds.folds.iter().enumerate() {
            let of_member = |&(dir, seeds): &(&Path, &[u64])| {
                let own = if seeds.contains(&seed) { seed } else { seeds.first().copied().unwrap_or(seed) };
                dir.join("model").join(part_name(index, own))
            };
            let dirs: Vec<PathBuf> = runs.iter().map(of_member).collect();
            fuse(material, record, card_of_fold(config, material, fold, seed), &dirs, &folder.model_dir(&part_name(index, seed)))?;
        }
    }
    Ok(())
}

/// Writes the bundle of the record's members into `to`, from their own bundles in `dirs`.
fn fuse(material: &Material, record: &Manifest, card: Card, dirs: &[PathBuf], to: &Path) -> Result<(), RunError> {
    let manifest = FusedManifest {
        format_version: BUNDLE_VERSION,
        labels: material.corpus.labels.clone(),
        members: record.members.iter().map(member).collect(),
        card,
    };
    let dirs: Vec<&Path> = dirs.iter().map(PathBuf::as_path).collect();
    Ok(Bundle::save_fused(to, &manifest, &dirs)?)
}

fn member(record: &MemberRecord) -> MemberManifest {
    MemberManifest { name: record.name.clone(), weight: record.weight, live: record.live }
}

/// The card of a model of all speakers, with what the folds of its run scored.
fn card_of_final(config: &Config, material: &Material, record: &Manifest, folder: &RunWriter) -> Card {
    let table = read_frame(&folder.dir().join("scores.parquet")).ok().flatten().and_then(|frame| ScoreTable::from_frame(&frame).ok());
    let reached = table.as_ref().and_then(|table| table.overall("uar")).map_or_else(String::new, |score| {
        format!(" reached UAR {:.1} % (95 % interval {:.1} to {:.1}) and", 100.0 * score.value, 100.0 * score.low, 100.0 * score.high)
    });
    Card {
        scores: format!(
            "Not scored itself: no speaker was left to test it on. The same settings under the run's protocol ({}){reached} are in the report \
             of run {}.",
            record.protocol.description, record.id
        ),
        ..card(config, material, &record.id)
    }
}

/// The card of a fold's model.
pub fn card_of_fold(config: &Config, material: &Material, fold: &Fold, seed: u64) -> Card {
    Card { scores: format!("Fold {}, seed {seed}; its test rows are in the run's predictions.", fold.name), ..card(config, material, "") }
}

fn card(config: &Config, material: &Material, run: &str) -> Card {
    let corpus = &material.corpus;
    let kind = if corpus.synthetic { " of synthetic voices" } else { "" };
    Card {
        name: config.name.clone(),
        run: run.to_owned(),
        data: format!("{}: {} clips{kind} of {} speakers", corpus.name, corpus.clips.len(), material.speakers.len()),
        citation: corpus.citation.clone(),
        scores: String::new(),
        limits: LIMITS.to_owned(),
    }
}

/// Writes the bundle of a fitted pipeline.
///
/// # Errors
/// [`RunError`]: the bundle cannot be written.
pub fn save(config: &Config, material: &Material, pipeline: &FittedPipeline, card: &Card, dir: &Path) -> Result<(), RunError> {
    let copies = FixedCopies::of_test(&config.augment);
    let manifest = BundleManifest {
        format_version: BUNDLE_VERSION,
        labels: material.corpus.labels.clone(),
        audio: config.audio.clone(),
        features: config.features.clone(),
        speed_copies: copies.speed,
        voice_copies: copies.voice,
        aggregate: material.aggregate,
        normalise: config.normalise.over,
        normaliser: pipeline.normaliser.clone(),
        columns: material.columns.to_vec(),
        model: config.model.clone(),
        card: card.clone(),
    };
    Ok(Bundle::save(dir, &manifest, &pipeline.model)?)
}
