//! What can be trained: networks and baselines behind one interface, their bundles, and prediction.

mod baselines;
mod bundle;
mod cnn_bilstm;
mod error;
mod fitted;
mod network;
mod pool;
mod prediction;
mod seed_vector_net;
mod settings;

pub use baselines::{Baseline, Unconverged};
pub use bundle::{BUNDLE_VERSION, Bundle, BundleError, BundleManifest, Card, FusedManifest, MemberManifest};
pub use error::ModelError;
pub use fitted::{Explanation, Fit, FittedModel, fit};
pub use network::Network;
pub use pool::pool;
pub use prediction::{Prediction, by_label, likeliest};
pub use settings::{
    CnnBiLstmSettings, FisherSettings, ForestSettings, KnnSettings, LogisticSettings, ModelKind, ModelSettings, Norm, Pooling,
    RidgeSettings, SeedVectorSettings, SvmKernel, SvmSettings, VectorOf,
};
