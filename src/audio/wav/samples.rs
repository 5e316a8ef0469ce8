//! Audio bytes to samples, through hound.

use std::io::Read as _;

use super::super::decode::{Decoded, MAX_FRAMES, too_long};
use super::super::mix::mix_down;
use super::super::{AudioError, Clip};
use super::format::{Encoding, Format};
use super::layout::Layout;

/// Decodes a WAV file and mixes it down.
///
/// hound takes `fmt ` before `data`, exact sizes, no pad bytes and few header variants, and stops at the end of a truncated file with
/// an error. So the file is taken apart here, and hound gets the audio bytes behind the plainest header that says the same.
pub(in super::super) fn decode(bytes: &[u8], name: &str) -> Result<Decoded, AudioError> {
    let Layout { format, frames, warnings } = Layout::find(bytes, name)?;
    let Format { encoding, channels, sample_rate } = format;
    let length = frames.len() / (usize::from(channels) * usize::from(encoding.bytes()));
    if length > MAX_FRAMES {
        return Err(too_long(name));
    }

    let mut samples = Vec::with_capacity(length);
    let malformed = |error: hound::Error| AudioError::Malformed { name: name.to_owned(), format: "WAV", problem: error.to_string() };
    match encoding {
        Encoding::Int { bytes } => {
            let scale = 1.0 / (1_u64 << (8 * bytes - 1)) as f32;
            let header = plain_header(format, frames.len());
            let reader = hound::WavReader::new(header.as_slice().chain(frames)).map_err(malformed)?;
            let values = reader.into_samples::<i32>().map(|value| value.map(|value| value as f32 * scale).map_err(malformed));
            mix_down(&mut samples, values, channels, name)?;
        }
        Encoding::Float32 => {
            let header = plain_header(format, frames.len());
            let reader = hound::WavReader::new(header.as_slice().chain(frames)).map_err(malformed)?;
            mix_down(&mut samples, reader.into_samples::<f32>().map(|value| value.map_err(malformed)), channels, name)?;
        }
        // hound has no 64-bit floats.
        Encoding::Float64 => {
            let values = frames.as_chunks().0.iter().map(|bytes| Ok(f64::from_le_bytes(*bytes) as f32));
            mix_down(&mut samples, values, channels, name)?;
        }
    }
    Ok(Decoded { clip: Clip { samples, sample_rate }, channels, warnings })
}

/// The 44 bytes of the plainest WAV header for `length` bytes of audio.
fn plain_header(format: Format, length: usize) -> Vec<u8> {
    let (tag, width) = match format.encoding {
        Encoding::Int { bytes } => (1_u16, bytes),
        Encoding::Float32 | Encoding::Float64 => (3, format.encoding.bytes()),
    };
    // hound checks that the byte rate fits in 32 bits and does nothing else with the sample rate: 1 Hz always passes.
    let (sample_rate, block_align) = (1_u32, format.channels * width);
    // Files are limited to 2^31 bytes, so the sizes fit.
    let length = length as u32;
    let mut header = Vec::with_capacity(44);
    header.extend_from_slice(b"RIFF");
    header.extend_from_slice(&(36 + length).to_le_bytes());
    header.extend_from_slice(b"WAVEfmt ");
    header.extend_from_slice(&16_u32.to_le_bytes());
    header.extend_from_slice(&tag.to_le_bytes());
    header.extend_from_slice(&format.channels.to_le_bytes());
    header.extend_from_slice(&sample_rate.to_le_bytes());
    header.extend_from_slice(&(u32::from(block_align) * sample_rate).to_le_bytes());
    header.extend_from_slice(&block_align.to_le_bytes());
    header.extend_from_slice(&(8 * width).to_le_bytes());
    header.extend_from_slice(b"data");
    header.extend_from_slice(&length.to_le_bytes());
    header
}
