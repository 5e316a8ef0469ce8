//! A decoded clip to the form that features are taken from.

use super::decode::{MAX_FRAMES, too_long};
use super::resample::resample;
use super::{AudioError, AudioSettings, Clip, Pad, TRIM_FRAME_LENGTH, TRIM_HOP_LENGTH, trim};

/// Resamples, trims, crops and pads a clip as the `[audio]` section says, in this order:
///
/// 1. **Resample** to `sample_rate`. First, since the frames of the next step are counted in samples: 128 ms at 16 kHz, whatever the
///    recording had.
/// 2. **Trim** silence at both ends (`trim_db`; 0 = off). Before cropping, so that the crop is centred on speech and not on the
///    silence a speaker left before it.
/// 3. **Crop** to `duration_s` (0 = off): a longer clip keeps the window around its middle. With an odd number of samples to drop,
///    the extra one is dropped at the end.
/// 4. **Pad** a shorter clip with zeros to `duration_s`: [`Pad::None`] leaves it short, [`Pad::End`] appends, [`Pad::Both`] puts half
///    before and half (and the odd one) after. Last, so that silence which is made here is never measured.
///
/// `duration_s` is rounded to the nearest whole number of samples.
///
/// # Errors
/// Those of [`resample()`](super::resample()); [`AudioError::Empty`] for a clip without samples; [`AudioError::TooLong`] where
/// `duration_s` makes more than [`MAX_FRAMES`](super::MAX_FRAMES).
pub fn prepare(clip: Clip, settings: &AudioSettings) -> Result<Clip, AudioError> {
    fitted(trimmed(resampled(clip, settings)?, settings), settings)
}

/// The first step of [`prepare()`]. What varies a clip comes after it, and what no recording escapes, trimming and cropping, after that.
///
/// # Errors
/// Those of [`resample()`](super::resample()); [`AudioError::Empty`] for a clip without samples.
pub fn resampled(clip: Clip, settings: &AudioSettings) -> Result<Clip, AudioError> {
    if clip.samples.is_empty() {
        return Err(AudioError::Empty { name: "the clip to prepare".to_owned() });
    }
    if clip.sample_rate == settings.sample_rate { Ok(clip) } else { resample(&clip, settings.sample_rate) }
}

/// The second step of [`prepare()`], of a resampled clip.
fn trimmed(mut clip: Clip, settings: &AudioSettings) -> Clip {
    if settings.trim_db > 0.0 {
        let kept = trim(&clip.samples, settings.trim_db, TRIM_FRAME_LENGTH, TRIM_HOP_LENGTH);
        keep(&mut clip.samples, kept.start, kept.len());
    }
    clip
}

/// The last steps of [`prepare()`]: cropped and padded.
///
/// # Errors
/// [`AudioError::TooLong`] where `duration_s` makes more than [`MAX_FRAMES`](super::MAX_FRAMES).
fn fitted(mut clip: Clip, settings: &AudioSettings) -> Result<Clip, AudioError> {
    if settings.duration_s > 0.0 {
        let length = (f64::from(settings.duration_s) * f64::from(settings.sample_rate)).round().max(1.0) as usize;
        if length > MAX_FRAMES {
            return Err(too_long("the clip asked for"));
        }
        fit(&mut clip.samples, length, settings.pad);
    }
    Ok(clip)
}

/// Crops or pads to `length`.
fn fit(samples: &mut Vec<f32>, length: usize, pad: Pad) {
    if samples.len() >= length {
        let start = (samples.len() - length) / 2;
        keep(samples, start, length);
        return;
    }
    match pad {
        Pad::None => {}
        Pad::End => samples.resize(length, 0.0),
        Pad::Both => {
            let before = (length - samples.len()) / 2;
            samples.splice(..0, std::iter::repeat_n(0.0, before));
            samples.resize(length, 0.0);
        }
    }
}

/// Keeps `length` samples from `start` on.
fn keep(samples: &mut Vec<f32>, start: usize, length: usize) {
    samples.truncate(start + length);
    samples.drain(..start);
}
