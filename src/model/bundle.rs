//! A model with everything that prediction needs, as a folder: `bundle.json` and `weights.safetensors` or `baseline.json`.
//!
//! The bundle names the audio and feature settings, the normaliser's statistics and the labels, so that a clip is treated exactly as
//! the training clips were. Its card says what the model was trained on, how it scored, and what it must not be used for.

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::Array2;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::baselines::Baseline;
use super::error::ModelError;
use super::fitted::{Explanation, FittedModel};
use super::network::Network;
use super::settings::{ModelKind, ModelSettings};
use crate::audio::{self, AudioSettings, Clip};
use crate::augment::{self, AugmentError};
use crate::dataset::{Aggregate, FeaturePipeline, Normalise, Normaliser, PrepareError};
use crate::features::FeatureSettings;
use crate::settings::InvalidSetting;

/// The version of the bundle format that this crate writes.
pub const BUNDLE_VERSION: u32 = 1;

/// A bundle that cannot be read, written or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {cause}", path.display())]
    Io {
        /// "read" or "write".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{} is not a model bundle: {cause}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A newer intone wrote it.
    #[error("{} has format version {found}, but this intone reads up to {BUNDLE_VERSION}: update intone", path.display())]
    Newer {
        /// The bundle's `bundle.json`.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// A setting in it cannot be used.
    #[error("the bundle's setting {0}")]
    Setting(#[from] InvalidSetting),
    /// The model cannot be made from it or cannot work with an input.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The clip cannot be prepared.
    #[error(transparent)]
    Clip(#[from] PrepareError),
    /// A copy of the clip at another speed cannot be made.
    #[error(transparent)]
    Copy(#[from] AugmentError),
}

/// What a reader must know before using the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Name of the experiment that made it.
    pub name: String,
    /// Run that made it.
    pub run: String,
    /// What it was trained on.
    pub data: String,
    /// Source and licence of the data.
    pub citation: Option<String>,
    /// How it was scored, and how it did; for a model that no held-out speaker has judged, what its protocol's folds did.
    pub scores: String,
    /// What it must not be used for.
    pub limits: String,
}

/// `bundle.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundleManifest {
    /// [`BUNDLE_VERSION`] of the writer.
    pub format_version: u32,
    /// Labels in class order.
    pub labels: Vec<String>,
    /// How clips are prepared.
    pub audio: AudioSettings,
    /// What is measured.
    pub features: FeatureSettings,
    /// Speed factors of the copies that a clip is predicted together with; usually none.
    #[serde(default)]
    pub speed_copies: Vec<f32>,
    /// How frames become rows.
    pub aggregate: Aggregate,
    /// Over what columns are normalised.
    pub normalise: Normalise,
    /// Its statistics, where they were fitted.
    pub normaliser: Option<Normaliser>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Which model, and its sizes.
    pub model: ModelSettings,
    /// For people.
    pub card: Card,
}

/// A model that can be asked.
pub struct Bundle {
    /// Everything but the weights.
    pub manifest: BundleManifest,
    model: FittedModel,
    pipeline: FeaturePipeline,
}

impl Bundle {
    /// Reads a bundle's folder.
    ///
    /// # Errors
    /// [`BundleError`]: a file is missing, damaged or newer, or its parts do not fit each other.
    pub fn load(dir: &Path) -> Result<Self, BundleError> {
        let path = dir.join("bundle.json");
        let damaged = |cause: String| BundleError::Damaged { path: path.clone(), cause };
        let value: serde_json::Value = serde_json::from_slice(&read(&path)?).map_err(|error| damaged(error.to_string()))?;
        let found = value["format_version"].as_u64().and_then(|version| u32::try_from(version).ok()).unwrap_or(0);
        if found > BUNDLE_VERSION {
            return Err(BundleError::Newer { path, found });
        }
        let manifest: BundleManifest = serde_json::from_value(value).map_err(|error| damaged(error.to_string()))?;
        let pipeline = FeaturePipeline::new(&manifest.audio, &manifest.features, manifest.aggregate)?;
        if pipeline.columns().as_ref() != manifest.columns.as_slice() {
            return Err(damaged("its columns are not those that its feature settings give".to_owned()));
        }
        if let Some(normaliser) = &manifest.normaliser
            && (normaliser.mean.len() != manifest.columns.len() || normaliser.deviation.len() != manifest.columns.len())
        {
            return Err(damaged("its normaliser has another number of columns".to_owned()));
        }
        let model = load_model(dir, &manifest)?;
        Ok(Self { manifest, model, pipeline })
    }

    /// Writes a bundle's folder; `bundle.json` last, so that a folder without it is no bundle.
    ///
    /// # Errors
    /// [`BundleError::Io`], or a model that cannot be written down.
    pub fn save(dir: &Path, manifest: &BundleManifest, model: &FittedModel) -> Result<(), BundleError> {
        fs::create_dir_all(dir).map_err(|cause| BundleError::Io { action: "write", path: dir.to_path_buf(), cause })?;
        match model {
            FittedModel::Network(network) => write(&dir.join("weights.safetensors"), &safetensors_of(network)?)?,
            FittedModel::Baseline(baseline) => write(&dir.join("baseline.json"), baseline.to_json()?.as_bytes())?,
        }
        let json = serde_json::to_vec_pretty(manifest)
            .map_err(|error| BundleError::Damaged { path: dir.join("bundle.json"), cause: error.to_string() })?;
        write(&dir.join("bundle.json"), &json)
    }

    /// Labels in class order.
    pub fn labels(&self) -> &[String] {
        &self.manifest.labels
    }

    /// What a reader must know before using the model.
    pub fn card(&self) -> &Card {
        &self.manifest.card
    }

    /// Seconds of a clip beyond which nothing is read.
    pub fn longest_s(&self) -> f64 {
        self.manifest.audio.longest_s()
    }

    /// Probabilities of a clip, in the order of the labels; they sum to 1.
    ///
    /// # Errors
    /// [`BundleError::Clip`]: why the clip cannot be used.
    pub fn predict(&self, clip: Clip) -> Result<Vec<f64>, BundleError> {
        Ok(self.explain(clip)?.probabilities)
    }

    /// Probabilities of a clip, and for a network its attention over time and its embedding. Attention is over the clip as the model reads
    /// it, resampled, trimmed and cropped ([`heard`](Self::heard)); its weights are [`attention_step_s`](Self::attention_step_s) apart.
    ///
    /// # Errors
    /// [`BundleError::Clip`]: why the clip cannot be used.
    pub fn explain(&self, clip: Clip) -> Result<Explanation, BundleError> {
        let mut variants = Vec::with_capacity(1 + self.manifest.speed_copies.len());
        for &factor in &self.manifest.speed_copies {
            variants.push(self.input(augment::speed(&clip, factor)?)?);
        }
        variants.insert(0, self.input(clip)?);
        let explained = self.model.explain(&[variants.iter().collect()])?;
        Ok(explained.into_iter().next().unwrap_or(Explanation { probabilities: Vec::new(), attention: None, embedding: None }))
    }

    /// The clip as the model reads it: resampled, trimmed, cropped and padded.
    ///
    /// # Errors
    /// [`BundleError::Clip`]: why the clip cannot be used.
    pub fn heard(&self, clip: Clip) -> Result<Clip, BundleError> {
        Ok(audio::prepare(clip, &self.manifest.audio).map_err(PrepareError::from)?)
    }

    /// Seconds from one attention weight of an [`Explanation`] to the next.
    pub fn attention_step_s(&self) -> f64 {
        let hop = self.manifest.features.hop_length as f64 / f64::from(self.manifest.audio.sample_rate);
        self.model.stride() as f64 * hop
    }

    /// What the model reads of a clip.
    fn input(&self, clip: Clip) -> Result<Array2<f32>, BundleError> {
        let frames = self.pipeline.matrix(clip)?.values;
        Ok(match (&self.manifest.normaliser, self.manifest.normalise) {
            (Some(normaliser), _) => normaliser.apply(&frames),
            (None, Normalise::Clip) => Normaliser::of_clip(&frames).apply(&frames),
            (None, _) => frames,
        })
    }
}

fn load_model(dir: &Path, manifest: &BundleManifest) -> Result<FittedModel, BundleError> {
    let (columns, classes) = (manifest.columns.len(), manifest.labels.len());
    let mut network = match manifest.model.kind {
        ModelKind::CnnBilstm => Network::cnn_bilstm(&manifest.model.cnn_bilstm, columns, classes, 0).map_err(ModelError::from)?,
        ModelKind::SeedVector => Network::seed_vector(&manifest.model.seed_vector, columns, classes, 0).map_err(ModelError::from)?,
        ModelKind::Svm | ModelKind::Logistic | ModelKind::RandomForest | ModelKind::Knn => {
            let path = dir.join("baseline.json");
            let text = String::from_utf8_lossy(&read(&path)?).into_owned();
            let baseline = Baseline::from_json(&text).map_err(|error| BundleError::Damaged { path, cause: error.to_string() })?;
            return Ok(FittedModel::Baseline(Box::new(baseline)));
        }
    };
    let path = dir.join("weights.safetensors");
    let tensors = tensors_of(&read(&path)?).map_err(|cause| BundleError::Damaged { path, cause })?;
    network.load(&tensors).map_err(ModelError::from)?;
    Ok(FittedModel::Network(Box::new(network)))
}

fn safetensors_of(network: &Network) -> Result<Vec<u8>, BundleError> {
    let tensors = network.tensors();
    let bytes: Vec<Vec<u8>> = tensors.iter().map(|tensor| tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect()).collect();
    let damaged =
        |error: safetensors::SafeTensorError| BundleError::Damaged { path: "weights.safetensors".into(), cause: format!("{error:?}") };
    let views = tensors
        .iter()
        .zip(&bytes)
        .map(|(tensor, bytes)| Ok((tensor.name.to_string(), TensorView::new(Dtype::F32, tensor.shape.to_vec(), bytes)?)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(damaged)?;
    safetensors::serialize(views, &None).map_err(damaged)
}

/// A tensor as it is read back: name, shape, values.
type Tensor = (String, Vec<usize>, Vec<f32>);

fn tensors_of(bytes: &[u8]) -> Result<Vec<Tensor>, String> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| format!("{error:?}"))?;
    file.tensors()
        .into_iter()
        .map(|(name, view)| {
            if view.dtype() != Dtype::F32 {
                return Err(format!("tensor {name} is not of 32-bit floats"));
            }
            let values = view.data().chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect();
            Ok((name, view.shape().to_vec(), values))
        })
        .collect()
}

fn read(path: &Path) -> Result<Vec<u8>, BundleError> {
    fs::read(path).map_err(|cause| BundleError::Io { action: "read", path: path.to_path_buf(), cause })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), BundleError> {
    fs::write(path, bytes).map_err(|cause| BundleError::Io { action: "write", path: path.to_path_buf(), cause })
}
