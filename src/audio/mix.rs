//! Mixdown: the mean of the channels.

use super::AudioError;

/// Appends the mean over channels of each frame of interleaved `samples` to `mono`; an unfinished frame at the end is left out.
///
/// The channels are added in order in `f32` and divided by their number, as `numpy.mean(y, axis=0)` does with soundfile's samples.
///
/// # Errors
/// [`AudioError::NonFinite`] at the first sample that is not finite, or that takes the sum over the largest `f32`.
pub(super) fn mix_down(mono: &mut Vec<f32>, samples: impl Iterator<Item = f32>, channels: u16, name: &str) -> Result<(), AudioError> {
    let mut sum = 0.0_f32;
    let mut channel = 0;
    for sample in samples {
        sum += sample;
        if !sum.is_finite() {
            return Err(AudioError::NonFinite { name: name.to_owned(), frame: mono.len(), channel });
        }
        channel += 1;
        if channel == channels {
            mono.push(sum / f32::from(channels));
            sum = 0.0;
            channel = 0;
        }
    }
    Ok(())
}
