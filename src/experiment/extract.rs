//! From a clip of a corpus to its features: decode, vary, prepare, measure, with the cache in between.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand::Rng as _;

use super::cache::{ClipFacts, Entry, FeatureCache};
use super::config::Config;
use crate::audio::{self, Clip, Decoded};
use crate::augment::{AugmentError, FixedCopies, WaveAugmenter};
use crate::corpus::ClipSource;
use crate::corpus::duplicates::audio_hash;
use crate::corpus::sketch::Sketch;
use crate::dataset::{Aggregate, FeaturePipeline, PrepareError};
use crate::seed;
use crate::settings::InvalidSetting;

/// A clip whose features cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClipError {
    /// The file cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// It cannot be varied.
    #[error(transparent)]
    Vary(#[from] AugmentError),
    /// It cannot be decoded, prepared or measured.
    #[error(transparent)]
    Unusable(#[from] PrepareError),
}

/// Features of a clip, and whether they were found rather than made.
#[derive(Debug, Clone, PartialEq)]
pub struct Extracted {
    /// Facts and matrices.
    pub entry: Entry,
    /// The clip and its fixed copies, resampled, where they were asked for; else empty.
    pub waves: Vec<Clip>,
    /// They came from the cache.
    pub cached: bool,
}

/// Turns clips into features, the same way for every command.
pub struct ClipExtractor {
    pipeline: Arc<FeaturePipeline>,
    fixed: FixedCopies,
    /// The longest recording that is let in, seconds.
    longest_s: f64,
    keep_waves: bool,
    vary: Option<Vary>,
    cache: Option<FeatureCache>,
    /// Everything that shapes a matrix, as the cache's key needs it.
    settings: String,
}

impl ClipExtractor {
    /// Plans the extraction that `config` declares; `cache: None` always measures anew.
    ///
    /// # Errors
    /// The setting that the extractor cannot work with.
    pub fn new(config: &Config, aggregate: Aggregate, cache: Option<FeatureCache>) -> Result<Self, InvalidSetting> {
        let settings = serde_json::json!([&config.audio, &config.features, &config.augment.speed, &config.augment.voice, aggregate.name()])
            .to_string();
        Ok(Self {
            pipeline: Arc::new(FeaturePipeline::new(&config.audio, &config.features, aggregate)?),
            fixed: FixedCopies::of_training(&config.augment),
            longest_s: config.audio.longest_s(),
            keep_waves: false,
            vary: None,
            cache,
            settings,
        })
    }

    /// Gives back the waveforms too, for rows that are to be varied and measured anew. Clips are then decoded even where the cache has
    /// their features.
    pub fn keep_waves(self) -> Self {
        Self { keep_waves: true, ..self }
    }

    /// Measures varied copies of each clip as well, as many as the model that `config` declares is to read.
    ///
    /// # Errors
    /// The setting that the augmenter cannot work with.
    pub fn vary(self, config: &Config) -> Result<Self, InvalidSetting> {
        let copies = config.augment.fixed_copies(config.model.kind.trains_by_epochs());
        if copies == 0 {
            return Ok(self);
        }
        let settings = serde_json::json!([self.settings, &config.augment, copies, config.seed]).to_string();
        let vary = Vary { augmenter: WaveAugmenter::new(&config.augment)?, copies, seed: config.seed };
        Ok(Self { vary: Some(vary), settings, ..self })
    }

    /// The way from a clip to its matrix.
    pub fn pipeline(&self) -> &Arc<FeaturePipeline> {
        &self.pipeline
    }

    /// Names of the columns.
    pub fn columns(&self) -> &Arc<[String]> {
        self.pipeline.columns()
    }

    /// Features of a clip, from the cache where it has them.
    ///
    /// # Errors
    /// [`ClipError`]: why the clip cannot be read, decoded or measured.
    pub fn extract(&self, source: &ClipSource) -> Result<Extracted, ClipError> {
        match source {
            ClipSource::File(path) => self.extract_file(path),
            // A synthetic voice is made in less time than a cache entry is read and checked.
            ClipSource::Demo(utterance) => {
                let decoded = Decoded { clip: utterance.synthesise(), channels: 1, warnings: Vec::new() };
                self.measure(facts(&decoded), self.with_copies(decoded.clip)?)
            }
        }
    }

    fn extract_file(&self, path: &Path) -> Result<Extracted, ClipError> {
        let bytes = std::fs::read(path).map_err(|cause| ClipError::Unreadable { path: path.to_path_buf(), cause })?;
        let name = path.to_string_lossy();
        let decode = || audio::decode_within(&bytes, &name, self.longest_s).map_err(PrepareError::from);
        let key = self.cache.as_ref().map(|cache| (cache, FeatureCache::key(&bytes, &self.settings)));
        if let Some(entry) = key.as_ref().and_then(|(cache, key)| cache.get(key)) {
            let waves = if self.keep_waves { self.with_copies(decode()?.clip)? } else { Vec::new() };
            return Ok(Extracted { entry, waves, cached: true });
        }
        let decoded = decode()?;
        let extracted = self.measure(facts(&decoded), self.with_copies(decoded.clip)?)?;
        if let Some((cache, key)) = key {
            // A cache that cannot be written (a full disk, a read-only home) costs time, not the run.
            let _ = cache.put(&key, &extracted.entry);
        }
        Ok(extracted)
    }

    /// The clip and its fixed copies, resampled.
    fn with_copies(&self, clip: Clip) -> Result<Vec<Clip>, ClipError> {
        let mut variants = Vec::with_capacity(1 + self.fixed.len());
        for copy in self.fixed.make(&clip) {
            variants.push(self.pipeline.resampled(copy?)?);
        }
        variants.insert(0, self.pipeline.resampled(clip)?);
        Ok(variants)
    }

    fn measure(&self, facts: ClipFacts, clips: Vec<Clip>) -> Result<Extracted, ClipError> {
        let waves = if self.keep_waves { clips.clone() } else { Vec::new() };
        let varied = self.vary.as_ref().map(|vary| vary.copies(&clips, &facts.audio_hash)).transpose()?;
        let clips = clips.into_iter().chain(varied.into_iter().flatten());
        let matrices = clips.map(|clip| Ok(self.pipeline.matrix(clip)?.values)).collect::<Result<_, PrepareError>>()?;
        Ok(Extracted { entry: Entry { facts, matrices }, waves, cached: false })
    }
}

/// How copies are varied.
struct Vary {
    augmenter: WaveAugmenter,
    copies: usize,
    seed: u64,
}

impl Vary {
    /// Copies of one or another of `clips`, but for those that no stage had its chance at. The same recording has the same copies, whatever
    /// its file is called.
    fn copies(&self, clips: &[Clip], audio_hash: &str) -> Result<Vec<Clip>, AugmentError> {
        let mut copies = Vec::with_capacity(self.copies);
        for copy in 0..self.copies {
            let mut random = seed::stream(self.seed, &["varied copy", audio_hash, &copy.to_string()]);
            let clip = &clips[random.gen_range(0..clips.len())];
            if let Cow::Owned(varied) = self.augmenter.apply(clip, &mut random)? {
                copies.push(varied);
            }
        }
        Ok(copies)
    }
}

fn facts(decoded: &Decoded) -> ClipFacts {
    let Decoded { clip, warnings, .. } = decoded;
    ClipFacts {
        audio_hash: audio_hash(&clip.samples, clip.sample_rate),
        duration_s: clip.duration_s(),
        sketch: Sketch::of(&clip.samples, clip.sample_rate),
        warnings: warnings.iter().map(ToString::to_string).collect(),
    }
}
