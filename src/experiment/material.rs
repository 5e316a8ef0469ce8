//! The first half of a run: corpus, features and folds, before anything is trained.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::cache::FeatureCache;
use super::config::Config;
use super::describe;
use super::error::RunError;
use super::events::{Event, Observer, Silent};
use super::extract::{ClipExtractor, Extracted};
use super::record::LeftOut;
use crate::augment::{FixedCopies, WaveAugmenter};
use crate::balance::{self, BalanceError};
use crate::corpus::sketch::{NearPair, Sketch, near_identical};
use crate::corpus::splits::{Fold, Folds, make_folds};
use crate::corpus::{Corpus, duplicates};
use crate::dataset::{Aggregate, Dataset, Remeasure, Waves};

/// Everything that folds are trained on.
pub struct Material {
    /// The clips that can be used.
    pub corpus: Corpus,
    /// Speakers, in the order of speaker indices.
    pub speakers: Vec<String>,
    /// Their features, in the same order.
    pub dataset: Dataset,
    /// Names of the columns.
    pub columns: Arc<[String]>,
    /// For each column, the set that it is of: `mfcc`, `mfcc, delta`.
    pub groups: Vec<String>,
    /// Seconds from frame to frame.
    pub frame_step_s: f64,
    /// How rows come from frames.
    pub aggregate: Aggregate,
    /// The folds over these clips.
    pub folds: Folds,
    /// A hash a clip: equal for equal audio.
    pub audio_hashes: Vec<String>,
    /// What tells nearly the same audio, a sketch a clip.
    pub sketches: Vec<Sketch>,
    /// Pairs of clips that are nearly the same recording, once they were looked for.
    pub near: OnceLock<Vec<NearPair>>,
    /// Groups of clips whose audio is the same, by id.
    pub duplicates: Vec<Vec<String>>,
    /// Sum of durations as recorded, seconds.
    pub duration_s: f64,
    /// Clips that cannot be used.
    pub left_out: Vec<LeftOut>,
    /// What decoders had to say.
    pub warnings: Vec<String>,
    /// SHA-256 over ids, labels, speakers and audio hashes.
    pub fingerprint: String,
}

impl Material {
    /// Loads the corpus that `config` names and measures it, with the user's feature cache: the first half of a run, for notebooks and
    /// programs that go on by themselves.
    ///
    /// # Errors
    /// [`RunError`]: as [`load_corpus`] and [`measure`].
    pub fn new(config: &Config) -> Result<Self, RunError> {
        measure(config, load_corpus(config)?, FeatureCache::of_user(), &Silent)
    }

    /// Pairs of clips that are nearly the same recording; looked for once, whatever is trained on them.
    pub fn near_identical(&self) -> &[NearPair] {
        self.near.get_or_init(|| near_identical(&self.sketches))
    }
}

/// Loads the corpus and refuses, before any clip is decoded, what can be known to fail.
///
/// # Errors
/// [`RunError`]: corpus, folds.
pub fn load_corpus(config: &Config) -> Result<Corpus, RunError> {
    let corpus = Corpus::load(&config.corpus)?;
    fill_folds(config, &corpus)?;
    Ok(corpus)
}

/// Makes the folds and checks that each can be balanced.
fn fill_folds(config: &Config, corpus: &Corpus) -> Result<Folds, RunError> {
    let folds = make_folds(corpus, &config.split, config.seed)?;
    check_folds(config, corpus, &folds)?;
    Ok(folds)
}

/// Refuses folds whose classes are too small to be balanced.
pub(super) fn check_folds(config: &Config, corpus: &Corpus, folds: &Folds) -> Result<(), RunError> {
    for fold in &folds.folds {
        let mut counts = vec![0; corpus.labels.len()];
        fold.train.indices().iter().for_each(|&row| counts[corpus.clips[row].label] += 1);
        balance::check_counts(&counts, &config.balance).map_err(|cause| unbalanced(fold, &corpus.labels, cause))?;
    }
    Ok(())
}

/// A fold that cannot be balanced, with the name of the class in question.
pub(super) fn unbalanced(fold: &Fold, labels: &[String], cause: BalanceError) -> RunError {
    let label = cause.class().and_then(|class| labels.get(class).cloned());
    RunError::Balance { fold: fold.name.clone(), label, cause }
}

/// Measures every clip, lists those that cannot be used, and makes the folds over the others.
///
/// # Errors
/// [`RunError`]: a strict corpus with a broken clip, no usable clip, folds that the remaining clips cannot fill, an interruption.
pub fn measure(config: &Config, mut corpus: Corpus, cache: Option<FeatureCache>, observer: &dyn Observer) -> Result<Material, RunError> {
    let aggregate = config.model.aggregate();
    let mut extractor = ClipExtractor::new(config, aggregate, cache)?.vary(config)?;
    let anew_each_epoch = config.augment.varies_waves() && config.augment.fixed_copies(config.model.kind.trains_by_epochs()) == 0;
    let remeasure = if anew_each_epoch {
        extractor = extractor.keep_waves();
        let augmenter = WaveAugmenter::new(&config.augment)?;
        Some(Arc::new(Remeasure { pipeline: Arc::clone(extractor.pipeline()), augmenter }))
    } else {
        None
    };
    observer.event(&Event::Stage { stage: "features".to_owned(), steps: corpus.clips.len() });
    let results = extract_all(&corpus, &extractor, observer)?;

    let mut left_out = Vec::new();
    let mut extracted = Vec::with_capacity(results.len());
    let mut waves = Vec::new();
    let mut results = results.into_iter();
    corpus.clips.retain(|clip| match results.next() {
        Some(Ok(features)) => {
            extracted.push(features.entry);
            if let Some(how) = &remeasure {
                waves.push(Arc::new(Waves::new(features.waves, Arc::clone(how))));
            }
            true
        }
        Some(Err(cause)) => {
            left_out.push(LeftOut { clip: clip.id.clone(), cause });
            false
        }
        None => false,
    });
    if corpus.clips.is_empty() {
        return Err(RunError::NoClips { clips: left_out });
    }
    if config.corpus.strict && !left_out.is_empty() {
        return Err(RunError::BrokenClips { clips: left_out });
    }

    let speakers = corpus.speakers();
    let sketches = extracted.iter().map(|entry| entry.facts.sketch.clone()).collect();
    let audio_hashes: Vec<String> = extracted.iter().map(|entry| entry.facts.audio_hash.clone()).collect();
    let of_clips = corpus.clips.iter().zip(&extracted);
    let of_clips = of_clips.flat_map(|(clip, entry)| entry.facts.warnings.iter().map(|warning| format!("{}: {warning}", clip.id)));
    let warnings = corpus.notes.iter().cloned().chain(of_clips).collect();
    let duration_s = extracted.iter().map(|entry| entry.facts.duration_s).sum();
    let mut inputs = Vec::with_capacity(extracted.len());
    let mut augmented = Vec::with_capacity(extracted.len());
    let mut varied = Vec::with_capacity(extracted.len());
    let fixed = FixedCopies::of_training(&config.augment).len();
    for entry in extracted {
        let mut matrices = entry.matrices.into_iter().map(Arc::new);
        inputs.extend(matrices.next());
        augmented.push(matrices.by_ref().take(fixed).collect());
        varied.push(matrices.collect());
    }
    let dataset = Dataset {
        inputs,
        augmented,
        varied,
        waves,
        test_copies: config.augment.test_copies,
        labels: corpus.clips.iter().map(|clip| clip.label).collect(),
        speakers: corpus.clips.iter().map(|clip| speakers.iter().position(|name| *name == clip.speaker).unwrap_or(0)).collect(),
        classes: corpus.labels.len(),
    };
    Ok(Material {
        folds: fill_folds(config, &corpus)?,
        duplicates: duplicates::groups(corpus.clips.iter().zip(&audio_hashes).map(|(clip, hash)| (clip.id.as_str(), hash.as_str()))),
        fingerprint: fingerprint(&corpus, &audio_hashes),
        columns: Arc::clone(extractor.columns()),
        groups: extractor.pipeline().sets().into_iter().map(describe::feature_group).collect(),
        frame_step_s: config.features.hop_length as f64 / f64::from(config.audio.sample_rate),
        aggregate,
        speakers,
        dataset,
        audio_hashes,
        sketches,
        near: OnceLock::new(),
        duration_s,
        left_out,
        warnings,
        corpus,
    })
}

fn extract_all(corpus: &Corpus, extractor: &ClipExtractor, observer: &dyn Observer) -> Result<Vec<Result<Extracted, String>>, RunError> {
    let stopped = AtomicBool::new(false);
    let results = corpus
        .clips
        .par_iter()
        .map(|clip| {
            if stopped.load(Ordering::Relaxed) || observer.interrupted() {
                stopped.store(true, Ordering::Relaxed);
                return Err(String::new());
            }
            let result = extractor.extract(&clip.source).map_err(|error| error.to_string());
            match &result {
                Ok(extracted) => observer.event(&Event::Clip { clip: clip.id.clone(), cached: extracted.cached }),
                Err(cause) => observer.event(&Event::LeftOut(LeftOut { clip: clip.id.clone(), cause: cause.clone() })),
            }
            result
        })
        .collect();
    if stopped.into_inner() { Err(RunError::Interrupted) } else { Ok(results) }
}

fn fingerprint(corpus: &Corpus, audio_hashes: &[String]) -> String {
    let mut hash = Sha256::new();
    for (clip, audio) in corpus.clips.iter().zip(audio_hashes) {
        for part in [&clip.id, &corpus.labels[clip.label], &clip.speaker, audio] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    format!("{:x}", hash.finalize())
}
