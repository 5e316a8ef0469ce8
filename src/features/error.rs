//! What can be wrong with the samples that features are asked of.

/// Why a clip has no features.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FeatureError {
    /// There are no samples.
    #[error("the clip is empty; features need at least one sample")]
    Empty,
    /// A sample is NaN or infinite.
    #[error("sample {index} is {value}; every sample must be a finite number")]
    NonFinite {
        /// Its position.
        index: usize,
        /// Its value.
        value: f32,
    },
    /// A sample is so large that its power would overflow.
    #[error("sample {index} is {value:e}; amplitudes must be at most {limit:e} (full scale is 1)")]
    TooLoud {
        /// Its position.
        index: usize,
        /// Its value.
        value: f32,
        /// The largest amplitude that can be worked on.
        limit: f32,
    },
    /// There are too few frames for what was asked.
    #[error("the clip has {frames} frames of {hop_length} samples and {what} needs at least {needed}; use a longer clip or a shorter hop")]
    TooFewFrames {
        /// Frames of the clip.
        frames: usize,
        /// Samples from frame to frame.
        hop_length: usize,
        /// Frames that are needed.
        needed: usize,
        /// What needs them.
        what: &'static str,
    },
    /// An array has another shape than the planned one.
    #[error("the spectrogram has {found} frequency bins; it must have {expected} (n_fft / 2 + 1)")]
    Shape {
        /// Bins of the array.
        found: usize,
        /// Bins planned for.
        expected: usize,
    },
}

impl FeatureError {
    /// The same of samples that `samples` others come before.
    pub(super) fn further_on(self, samples: usize) -> Self {
        match self {
            Self::NonFinite { index, value } => Self::NonFinite { index: index + samples, value },
            Self::TooLoud { index, value, limit } => Self::TooLoud { index: index + samples, value, limit },
            other => other,
        }
    }
}
