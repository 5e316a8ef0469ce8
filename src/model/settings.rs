//! The `[model]` section of the experiment file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dataset::Aggregate;
use crate::settings::InvalidSetting;

/// What is trained, and its sizes; only the table of the chosen kind is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ModelSettings {
    /// Which model.
    pub kind: ModelKind,
    /// What models other than `cnn-bilstm` read of a clip's frames.
    #[serde(default)]
    pub vector: VectorOf,
    /// Keep a bundle of each fold's model in the run folder.
    #[serde(rename = "save_folds")]
    pub save_folds: bool,
    /// After the folds, train on all speakers but the validation part and keep that bundle.
    #[serde(rename = "save_final")]
    pub save_final: bool,
    /// Sizes of `cnn-bilstm`.
    pub cnn_bilstm: CnnBiLstmSettings,
    /// Sizes of `seed-vector`.
    pub seed_vector: SeedVectorSettings,
    /// Settings of `vector = "fisher"`.
    #[serde(default)]
    pub fisher: FisherSettings,
    /// Settings of `svm`.
    pub svm: SvmSettings,
    /// Settings of `logistic`.
    pub logistic: LogisticSettings,
    /// Settings of `ridge`.
    #[serde(default)]
    pub ridge: RidgeSettings,
    /// Settings of `random-forest`.
    pub random_forest: ForestSettings,
    /// Settings of `knn`.
    pub knn: KnnSettings,
}

/// How a clip's frames become the one vector that a model reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VectorOf {
    /// The mean of each column.
    #[default]
    Mean,
    /// Fifteen [functionals](crate::features::functionals()) of each column.
    Functionals,
    /// How the frames depart from a Gaussian mixture over those of all training clips (Perronnin et al. 2010).
    Fisher,
}

/// Which model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ModelKind {
    /// Convolutions over time, a bidirectional LSTM and pooling, over feature frames.
    CnnBilstm,
    /// The starting project's network over a vector of means.
    SeedVector,
    /// Support vector machine, one versus rest (linfa).
    Svm,
    /// Multinomial logistic regression (linfa).
    Logistic,
    /// Ridge regression on the classes, in closed form.
    Ridge,
    /// Random forest (linfa).
    RandomForest,
    /// k nearest neighbours (linfa).
    Knn,
}

impl ModelSettings {
    /// Checks the settings of every kind, also of those that are not used: a value that cannot be used is a slip wherever it stands.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        self.cnn_bilstm.check()?;
        self.seed_vector.check()?;
        self.fisher.check()?;
        if self.kind == ModelKind::SeedVector && self.vector == VectorOf::Fisher {
            let message = "is \"fisher\", which is for baselines; for seed-vector set it to \"mean\" or \"functionals\"";
            return Err(InvalidSetting::new("model.vector", message));
        }
        self.svm.check()?;
        self.logistic.check()?;
        self.ridge.check()?;
        self.random_forest.check()?;
        self.knn.check()
    }

    /// What the model is given of a clip; Fisher vectors it makes of frames by itself, since they are fitted on training rows.
    pub fn aggregate(&self) -> Aggregate {
        match (self.kind, self.vector) {
            (ModelKind::CnnBilstm, _) | (_, VectorOf::Fisher) => Aggregate::Frames,
            (_, VectorOf::Mean) => Aggregate::Mean,
            (_, VectorOf::Functionals) => Aggregate::Functionals,
        }
    }
}

impl ModelKind {
    /// Whether training goes over the rows again and again (networks), rather than fitting on them once (baselines).
    pub fn trains_by_epochs(self) -> bool {
        matches!(self, Self::CnnBilstm | Self::SeedVector)
    }
}

/// Sizes of the convolutional recurrent network: blocks of convolution, normalisation, ReLU, pooling and dropout over time; bidirectional
/// LSTM layers; pooling over time; dense layers; logits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CnnBiLstmSettings {
    /// Output channels of each convolution block.
    pub channels: Vec<usize>,
    /// Frames that a convolution sees, odd.
    pub kernel: usize,
    /// Max-pooling over time after each block, frames; 1 = none. One number a block.
    pub pool: Vec<usize>,
    /// Normalisation after each convolution.
    pub norm: Norm,
    /// Hidden units of each bidirectional LSTM layer, a direction.
    pub lstm: Vec<usize>,
    /// How frames become one vector.
    pub pooling: Pooling,
    /// Units of the attention's hidden layer.
    pub attention: usize,
    /// Units of each dense layer before the logits.
    pub dense: Vec<usize>,
    /// Part of units dropped after each convolution block.
    pub conv_dropout: f32,
    /// Part of units dropped after pooling and each dense layer.
    pub dropout: f32,
}

/// Normalisation after a convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Norm {
    /// None.
    None,
    /// Over the channels of each frame.
    Layer,
    /// Over the batch, masked frames left out; running statistics for prediction.
    Batch,
}

/// How frames become one vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// Mean over the frames.
    Mean,
    /// Weighted mean, weights from a small network (Bahdanau-style).
    Attention,
    /// Mean and deviation over the frames.
    Statistics,
    /// Weighted mean and weighted deviation (Okabe et al. 2018).
    AttentiveStatistics,
}

/// Sizes of the starting project's network: Conv1D, max-pool, two bidirectional LSTMs, a dense layer, logits, over a vector of means read
/// as a sequence of one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SeedVectorSettings {
    /// Output channels of the convolution.
    pub channels: usize,
    /// Columns that the convolution sees.
    pub kernel: usize,
    /// Max-pooling, columns.
    pub pool: usize,
    /// Hidden units of the two bidirectional LSTM layers, a direction.
    pub lstm: Vec<usize>,
    /// Units of the dense layer.
    pub dense: usize,
    /// Part of units dropped.
    pub dropout: f32,
}

/// Settings of Fisher vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FisherSettings {
    /// Gaussians of the mixture.
    pub components: usize,
}

impl Default for FisherSettings {
    /// Of bundles written before there were any.
    fn default() -> Self {
        Self { components: 32 }
    }
}

/// Settings of the support vector machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SvmSettings {
    /// Kernel.
    pub kernel: SvmKernel,
    /// Cost of a violated margin.
    pub c: f64,
    /// RBF: `exp(-gamma |a - b|^2)`; 0 = 1 / (columns * variance), scikit-learn's `scale`.
    pub gamma: f64,
}

/// Kernel of the support vector machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SvmKernel {
    /// Dot product.
    Linear,
    /// Radial basis function.
    Rbf,
}

/// Settings of logistic regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LogisticSettings {
    /// L2 penalty.
    pub alpha: f64,
    /// Iterations at most.
    pub max_iterations: u64,
}

/// Settings of ridge regression on the classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RidgeSettings {
    /// L2 penalty: scikit-learn's `alpha`.
    pub alpha: f64,
    /// What the scores, near 1 for the class and 0 for others, are divided by before the softmax; it changes no decision of the model
    /// alone, but its say among others.
    pub temperature: f64,
}

impl Default for RidgeSettings {
    /// Of bundles written before there were any, and of experiment files.
    fn default() -> Self {
        Self { alpha: 1.0, temperature: 0.12 }
    }
}

/// Settings of the random forest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ForestSettings {
    /// Trees.
    pub trees: usize,
    /// Deepest level; 0 = no limit.
    pub max_depth: usize,
    /// Part of the columns that each split tries; 0 = the square root of their number.
    pub feature_part: f64,
}

/// Settings of nearest neighbours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct KnnSettings {
    /// Neighbours.
    pub k: usize,
}
