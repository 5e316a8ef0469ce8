//! What can be trained: networks and baselines behind one interface, their bundles, and prediction.

mod baselines;
mod error;
mod settings;

pub use baselines::Baseline;
pub use error::ModelError;
pub use settings::{
    CnnBiLstmSettings, ForestSettings, KnnSettings, LogisticSettings, ModelKind, ModelSettings, Norm, Pooling, SeedVectorSettings,
    SvmKernel, SvmSettings,
};
