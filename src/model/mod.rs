//! What can be trained: networks and baselines behind one interface, their bundles, and prediction.

mod settings;

pub use settings::{
    CnnBiLstmSettings, ForestSettings, KnnSettings, LogisticSettings, ModelKind, ModelSettings, Norm, Pooling, SeedVectorSettings,
    SvmKernel, SvmSettings,
};
