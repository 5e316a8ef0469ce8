//! Which samples a frame covers, and whether they can be worked on.

use super::error::FeatureError;

/// The largest amplitude whose power spectrum stays finite for every permitted FFT length.
pub(super) const LOUDEST: f32 = 1e12;

/// Centred frames of a clip that is thought of as padded with `frame_length / 2` samples on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Framing {
    /// Samples a frame.
    pub frame_length: usize,
    /// Samples from one frame to the next.
    pub hop_length: usize,
}

impl Framing {
    /// Frames of `samples` samples (at least one): `1 + (samples + 2 (frame_length / 2) - frame_length) / hop_length`.
    pub fn count(self, samples: usize) -> usize {
        1 + (samples + 2 * (self.frame_length / 2) - self.frame_length) / self.hop_length
    }

    /// What of frame `frame` lies within a clip of `samples` samples: the number of padded samples before it, and its range.
    pub fn inside(self, frame: usize, samples: usize) -> (usize, std::ops::Range<usize>) {
        let start = frame * self.hop_length;
        let left = self.frame_length / 2;
        let from = start.saturating_sub(left).min(samples);
        let to = (start + self.frame_length).saturating_sub(left).clamp(from, samples);
        (left.saturating_sub(start), from..to)
    }
}

/// Refuses samples that no feature can be taken from.
pub(super) fn check_samples(samples: &[f32]) -> Result<(), FeatureError> {
    if samples.is_empty() {
        return Err(FeatureError::Empty);
    }
    // Without a branch a sample, so that the good case runs at the speed of memory. NaN fails the comparison.
    let good = |sample: &f32| sample.abs() <= LOUDEST;
    if samples.iter().fold(true, |all, sample| all & good(sample)) {
        return Ok(());
    }
    match samples.iter().enumerate().find(|(_, sample)| !good(sample)) {
        Some((index, &value)) if value.is_finite() => Err(FeatureError::TooLoud { index, value, limit: LOUDEST }),
        Some((index, &value)) => Err(FeatureError::NonFinite { index, value }),
        None => Ok(()),
    }
}
