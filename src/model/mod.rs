//! What can be trained: networks and baselines behind one interface, their bundles, and prediction.

mod cnn_bilstm;
mod network;
mod seed_vector_net;
mod settings;

pub use network::Network;
pub use settings::{
    CnnBiLstmSettings, ForestSettings, KnnSettings, LogisticSettings, ModelKind, ModelSettings, Norm, Pooling, SeedVectorSettings,
    SvmKernel, SvmSettings,
};
