//! What feature extraction returns.

use std::sync::Arc;

use ndarray::Array2;

/// Features of one clip: a row a frame (or one row of means or functionals), a named column a feature.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureMatrix {
    /// Values, `(frames, columns)`.
    pub values: Array2<f32>,
    /// A name a column: `mfcc_0`, `chroma_11`, `rms`, ... shared by all clips of one extractor.
    pub columns: Arc<[String]>,
    /// Seconds from one frame to the next.
    pub frame_step_s: f64,
}
