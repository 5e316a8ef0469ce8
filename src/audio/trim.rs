//! Silence at both ends, as `librosa.effects.trim` finds it.

use std::ops::Range;

/// librosa's default frame length for [`trim`], samples.
pub const TRIM_FRAME_LENGTH: usize = 2048;

/// librosa's default hop length for [`trim`], samples.
pub const TRIM_HOP_LENGTH: usize = 512;

/// Power below which librosa takes no logarithm: `amin` of `amplitude_to_db`, squared.
const LEAST_POWER: f64 = 1e-10;

/// The part of `samples` between the first and the last frame that is less than `top_db` dB under the loudest.
///
/// Equal to librosa 0.11's `effects.trim(y, top_db=top_db, frame_length=frame_length, hop_length=hop_length)` with its default
/// reference, the maximum: frames are centred on multiples of the hop and zero-padded, their level is the RMS, and the part goes from
/// the first such frame's centre to the centre of the frame after the last. Silence throughout has no quiet ends: all of it is kept.
/// The part is empty only for empty input, as long as the hop is at most half a frame; a length of 0 leaves everything as it is.
pub fn trim(samples: &[f32], top_db: f32, frame_length: usize, hop_length: usize) -> Range<usize> {
    let length = samples.len();
    if length == 0 || frame_length == 0 || hop_length == 0 {
        return 0..length;
    }
    let levels = frame_levels(samples, frame_length, hop_length);
    let loudest = levels.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let is_loud = |level: &f64| level - loudest > -f64::from(top_db);
    match (levels.iter().position(is_loud), levels.iter().rposition(is_loud)) {
        (Some(first), Some(last)) => first * hop_length..length.min((last + 1) * hop_length),
        _ => 0..0,
    }
}

/// Mean power of each centred frame, dB.
fn frame_levels(samples: &[f32], frame_length: usize, hop_length: usize) -> Vec<f64> {
    let length = samples.len();
    let pad = frame_length / 2;
    // Running sums make each frame two look-ups. In f64 they keep 1e-16 of the whole clip's energy, far under any level asked for.
    let mut energy = Vec::with_capacity(length + 1);
    let mut sum = 0.0;
    energy.push(sum);
    for &sample in samples {
        sum += f64::from(sample) * f64::from(sample);
        energy.push(sum);
    }
    let frames = (length + 2 * pad).saturating_sub(frame_length) / hop_length + 1;
    (0..frames)
        .map(|frame| {
            let start = (frame * hop_length).saturating_sub(pad).min(length);
            let end = (frame * hop_length + frame_length).saturating_sub(pad).min(length);
            let power = (energy[end] - energy[start]) / frame_length as f64;
            10.0 * power.max(LEAST_POWER).log10()
        })
        .collect()
}
