//! Audio bytes to samples, through hound.

use super::super::allowance::Allowance;
use super::super::decode::Decoded;
use super::super::mix::mix_down;
use super::super::{AudioError, Clip};
use super::format::{Encoding, Format};
use super::layout::Layout;

/// Decodes a WAV file and mixes it down.
///
/// hound takes `fmt ` before `data`, exact sizes, no pad bytes and few header variants, and stops at the end of a truncated file with
/// an error. So the file is taken apart here, and hound gets the audio bytes behind the plainest header that says the same.
pub(in super::super) fn decode(bytes: &[u8], allowance: Allowance<'_>) -> Result<Decoded, AudioError> {
    let name = allowance.name;
    let Layout { format, frames, warnings } = Layout::find(bytes, name)?;
    let Format { encoding, channels, sample_rate } = format;
    let length = frames.len() / (usize::from(channels) * usize::from(encoding.bytes()));
    allowance.check(length, sample_rate)?;

    let mut samples = Vec::with_capacity(length);
    let malformed = |error: hound::Error| AudioError::Malformed { name: name.to_owned(), format: "WAV", problem: error.to_string() };
    match encoding {
        Encoding::Int { bytes } => {
            let scale = 1.0 / (1_u64 << (8 * bytes - 1)) as f32;
            let (file, mut failure) = (plain_file(format, frames), None);
            let values = values::<i32>(&file, &mut failure).map(|value| value as f32 * scale);
            mix_down(&mut samples, values, channels, name)?;
            failure.map_or(Ok(()), |error| Err(malformed(error)))?;
        }
        Encoding::Float32 => {
            let (file, mut failure) = (plain_file(format, frames), None);
            mix_down(&mut samples, values::<f32>(&file, &mut failure), channels, name)?;
            failure.map_or(Ok(()), |error| Err(malformed(error)))?;
        }
        // hound has no 64-bit floats.
        Encoding::Float64 => {
            let values = frames.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32);
            mix_down(&mut samples, values, channels, name)?;
        }
    }
    Ok(Decoded { clip: Clip { samples, sample_rate }, channels, warnings })
}

/// The samples that hound reads from `file`, up to the first `failure`.
///
/// Errors leave by the side: carried along in each item, they cost a fifth of the time.
fn values<'a, S: hound::Sample + 'a>(file: &'a [u8], failure: &'a mut Option<hound::Error>) -> impl Iterator<Item = S> + 'a {
    let reader = hound::WavReader::new(file).map_err(|error| *failure = Some(error)).ok();
    let mut samples = reader.map(hound::WavReader::into_samples::<S>);
    std::iter::from_fn(move || samples.as_mut()?.next()?.map_err(|error| *failure = Some(error)).ok())
}

/// The plainest WAV file of `frames`: a header of 44 bytes, and the audio.
///
/// One piece of memory, the fastest that hound reads from, sample by sample as it does.
fn plain_file(format: Format, frames: &[u8]) -> Vec<u8> {
    let width = format.encoding.bytes();
    let tag = match format.encoding {
        Encoding::Int { .. } => 1_u16,
        Encoding::Float32 | Encoding::Float64 => 3,
    };
    // hound checks that the byte rate fits in 32 bits and does nothing else with the sample rate: 1 Hz always passes.
    let (sample_rate, block_align) = (1_u32, format.channels * width);
    // Files are limited to 2^31 bytes, so the sizes fit.
    let length = frames.len() as u32;
    let mut file = Vec::with_capacity(44 + frames.len());
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&tag.to_le_bytes());
    file.extend_from_slice(&format.channels.to_le_bytes());
    file.extend_from_slice(&sample_rate.to_le_bytes());
    file.extend_from_slice(&(u32::from(block_align) * sample_rate).to_le_bytes());
    file.extend_from_slice(&block_align.to_le_bytes());
    file.extend_from_slice(&(8 * width).to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(frames);
    file
}
