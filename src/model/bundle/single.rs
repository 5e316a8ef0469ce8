//! One model with what prepares its input.

use ndarray::Array2;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::error::BundleError;
use super::files::Files;
use super::manifest::BundleManifest;
use crate::audio::{self, Clip};
use crate::dataset::{FeaturePipeline, Normalise, Normaliser, PrepareError};
use crate::model::baselines::Baseline;
use crate::model::error::ModelError;
use crate::model::fitted::{Explanation, FittedModel};
use crate::model::network::Network;
use crate::model::settings::ModelKind;

/// A model, its settings and the pipeline that they make.
pub(super) struct Single {
    pub manifest: BundleManifest,
    model: FittedModel,
    pipeline: FeaturePipeline,
}

impl Single {
    /// Reads what `manifest`, the `bundle.json` of `files`, belongs to.
    pub fn load(files: &Files<'_>, manifest: BundleManifest) -> Result<Self, BundleError> {
        let damaged = |cause: String| BundleError::Damaged { path: files.path("bundle.json"), cause };
        let pipeline = FeaturePipeline::new(&manifest.audio, &manifest.features, manifest.aggregate)?;
        if pipeline.columns().as_ref() != manifest.columns.as_slice() {
            return Err(damaged("its columns are not those that its feature settings give".to_owned()));
        }
        if let Some(normaliser) = &manifest.normaliser
            && (normaliser.mean.len() != manifest.columns.len() || normaliser.deviation.len() != manifest.columns.len())
        {
            return Err(damaged("its normaliser has another number of columns".to_owned()));
        }
        let model = load_model(files, &manifest)?;
        Ok(Self { manifest, model, pipeline })
    }

    /// What the model says of a clip, together with its copies where the bundle has it so.
    pub fn explain(&self, clip: Clip) -> Result<Explanation, BundleError> {
        self.explain_read(&self.read(clip)?)
    }

    /// The features of a clip and of its copies, before they are normalised.
    pub fn read(&self, clip: Clip) -> Result<Vec<Array2<f32>>, BundleError> {
        let copies = self.manifest.copies();
        let mut variants = Vec::with_capacity(1 + copies.len());
        for copy in copies.make(&clip) {
            variants.push(self.pipeline.matrix(copy?)?.values);
        }
        variants.insert(0, self.pipeline.matrix(clip)?.values);
        Ok(variants)
    }

    /// What the model says of what [`read`](Self::read) gave, here or of a member that [`reads_as`](Self::reads_as) this one.
    pub fn explain_read(&self, variants: &[Array2<f32>]) -> Result<Explanation, BundleError> {
        let inputs: Vec<Array2<f32>> = variants.iter().map(|frames| self.normalised(frames)).collect();
        let explained = self.model.explain(&[inputs.iter().collect()])?;
        Ok(explained.into_iter().next().unwrap_or(Explanation { probabilities: Vec::new(), attention: None, embedding: None }))
    }

    /// Both read the same features of the same copies of a clip.
    pub fn reads_as(&self, other: &Self) -> bool {
        let (this, that) = (&self.manifest, &other.manifest);
        (&this.audio, &this.features, this.aggregate, this.copies()) == (&that.audio, &that.features, that.aggregate, that.copies())
    }

    pub fn heard(&self, clip: Clip) -> Result<Clip, BundleError> {
        Ok(audio::prepare(clip, &self.manifest.audio).map_err(PrepareError::from)?)
    }

    pub fn attention_step_s(&self) -> f64 {
        let hop = self.manifest.features.hop_length as f64 / f64::from(self.manifest.audio.sample_rate);
        self.model.stride() as f64 * hop
    }

    pub fn is_network(&self) -> bool {
        matches!(self.model, FittedModel::Network(_))
    }

    /// Frames as the model is given them.
    fn normalised(&self, frames: &Array2<f32>) -> Array2<f32> {
        match (&self.manifest.normaliser, self.manifest.normalise) {
            (Some(normaliser), _) => normaliser.apply(frames),
            (None, Normalise::Clip) => Normaliser::of_clip(frames).apply(frames),
            (None, _) => frames.clone(),
        }
    }
}

/// The file of a model beside `bundle.json`, and its bytes.
pub(super) fn model_file(model: &FittedModel) -> Result<(&'static str, Vec<u8>), BundleError> {
    Ok(match model {
        FittedModel::Network(network) => ("weights.safetensors", safetensors_of(network)?),
        FittedModel::Baseline(baseline) => ("baseline.json", baseline.to_json()?.into_bytes()),
    })
}

fn load_model(files: &Files<'_>, manifest: &BundleManifest) -> Result<FittedModel, BundleError> {
    let (columns, classes) = (manifest.columns.len(), manifest.labels.len());
    let mut network = match manifest.model.kind {
        ModelKind::CnnBilstm => Network::cnn_bilstm(&manifest.model.cnn_bilstm, columns, classes, 0).map_err(ModelError::from)?,
        ModelKind::SeedVector => Network::seed_vector(&manifest.model.seed_vector, columns, classes, 0).map_err(ModelError::from)?,
        ModelKind::Svm | ModelKind::Logistic | ModelKind::Ridge | ModelKind::RandomForest | ModelKind::Knn => {
            let text = String::from_utf8_lossy(&files.read("baseline.json")?).into_owned();
            let baseline = Baseline::from_json(&text)
                .map_err(|error| BundleError::Damaged { path: files.path("baseline.json"), cause: error.to_string() })?;
            return Ok(FittedModel::Baseline(Box::new(baseline)));
        }
    };
    let tensors = tensors_of(&files.read("weights.safetensors")?)
        .map_err(|cause| BundleError::Damaged { path: files.path("weights.safetensors"), cause })?;
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
