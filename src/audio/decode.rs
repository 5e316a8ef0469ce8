//! A file's bytes to a mono clip: the format is found by content, never by name.

use std::fs::File;
use std::io::Read as _;
use std::ops::RangeInclusive;
use std::path::Path;

use super::allowance::Allowance;
use super::container::{self, Container};
use super::{AudioError, AudioWarning, Clip, flac, wav};

/// The largest file that is read, bytes (2 GiB).
pub const MAX_FILE_BYTES: u64 = 1 << 31;

/// The longest clip, samples a channel: 46 minutes at 48 kHz, 512 MiB in memory.
pub const MAX_FRAMES: usize = 1 << 27;

/// The sample rates that are read, Hz.
pub const SAMPLE_RATES: RangeInclusive<u32> = 1_000..=768_000;

/// A recording as it was found in the file, mixed down to mono.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The mean of the channels, at the file's own sample rate; at least one sample.
    pub clip: Clip,
    /// How many channels the file has.
    pub channels: u16,
    /// What is odd about the file; a person should hear of it.
    pub warnings: Vec<AudioWarning>,
}

/// Reads a recording; see [`decode`].
///
/// # Errors
/// See [`AudioError`].
pub fn read(path: &Path) -> Result<Decoded, AudioError> {
    read_within(path, f64::INFINITY)
}

/// Reads a recording of at most `longest_s` seconds; see [`decode_within`].
///
/// # Errors
/// See [`AudioError`].
pub fn read_within(path: &Path, longest_s: f64) -> Result<Decoded, AudioError> {
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    File::open(path)
        // One byte over the limit, so that `decode` sees (and refuses) what is too large, even from a device without a length.
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|source| AudioError::Read { name: name.clone(), source })?;
    decode_within(&bytes, &name, longest_s)
}

/// Decodes a recording held in memory; the format is told by content. `name` is what errors call it.
///
/// - WAV: PCM of 8 to 32 bits, floats of 32 and 64 bits, plain and extensible headers, RF64, any order of chunks.
/// - FLAC: all of it, by Symphonia.
/// - MP3, AAC (ADTS, or in MP4 as M4A), Ogg Vorbis, AIFF and AIFF-C with PCM: by Symphonia. Encoders' delay and padding are taken off where
///   the file states them; AAC begins with the encoder's priming, up to 2112 samples of near silence.
///
/// Samples are scaled as soundfile's `float32`: integers of `b` bits by 2^-(b-1), 8-bit ones after 128 is taken off.
///
/// **Memory** is bounded by what the file holds, never by what its header claims. WAV and AIFF take 4 bytes for each frame (one sample
/// a channel) that is really there, so at most four times their size. Compressed formats are decoded packet after packet, and refused
/// at the packet that takes them over [`MAX_FRAMES_A_BYTE`](super::MAX_FRAMES_A_BYTE) frames for each byte of the file, over
/// [`MAX_FRAMES`], or over the length that [`decode_within`] is given. While a clip grows, its samples are in memory up to three times;
/// besides, decoders take at most 16 MiB and 64 bytes for each byte of the file.
///
/// # Errors
/// See [`AudioError`]; a file without one sample is [`AudioError::Empty`]. A file that ends early is read as far as it goes, with
/// [`AudioWarning::Truncated`].
pub fn decode(bytes: &[u8], name: &str) -> Result<Decoded, AudioError> {
    decode_within(bytes, name, f64::INFINITY)
}

/// Decodes a recording of at most `longest_s` seconds; see [`decode`].
///
/// A longer one is not decoded to its end: what is kept in memory is bounded by `longest_s` at the file's own sample rate.
///
/// # Errors
/// See [`AudioError`]; a longer one is [`AudioError::LastsTooLong`].
pub fn decode_within(bytes: &[u8], name: &str, longest_s: f64) -> Result<Decoded, AudioError> {
    let allowance = Allowance { name, bytes: bytes.len(), longest_s };
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(AudioError::TooLong { name: name.to_owned(), limit: MAX_FILE_BYTES, unit: "bytes" });
    }
    let decoded = match bytes {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => wav::decode(bytes, allowance),
        [b'R', b'F', b'6', b'4', _, _, _, _, b'W', b'A', b'V', b'E', ..] => wav::decode(bytes, allowance),
        [b'B', b'W', b'6', b'4', _, _, _, _, b'W', b'A', b'V', b'E', ..] => wav::decode(bytes, allowance),
        [b'f', b'L', b'a', b'C', ..] => flac::decode(bytes, allowance),
        _ => match Container::of(bytes) {
            Some(container) => container::decode(container, bytes, allowance),
            None => Err(AudioError::UnknownFormat { name: name.to_owned(), found: guess(bytes) }),
        },
    }?;
    if decoded.clip.samples.is_empty() {
        return Err(AudioError::Empty { name: name.to_owned() });
    }
    Ok(decoded)
}

/// Says what a file of no known format most likely is.
fn guess(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => "an empty file",
        [b'R', b'I', b'F', b'X', ..] => "a big-endian WAV (RIFX) file",
        [b'R', b'I', b'F', b'F', ..] => "a RIFF file, but not a WAV",
        [b'I', b'D', b'3', ..] => "an ID3 tag without a recording",
        [0xff, 0xe0..=0xff, ..] => "an MPEG file, but neither MP3 nor AAC",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "a WebM or Matroska file",
        [b'.', b's', b'n', b'd', ..] => "an AU file",
        [b'N', b'I', b'S', b'T', ..] => "a NIST SPHERE file",
        _ => "no audio file that is known here",
    }
}

/// Refuses sample rates outside [`SAMPLE_RATES`].
pub(super) fn check_rate(sample_rate: u32, name: &str) -> Result<(), AudioError> {
    if SAMPLE_RATES.contains(&sample_rate) { Ok(()) } else { Err(AudioError::SampleRate { name: name.to_owned(), sample_rate }) }
}

/// The error for a clip of more than [`MAX_FRAMES`].
pub(super) fn too_long(name: &str) -> AudioError {
    AudioError::TooLong { name: name.to_owned(), limit: MAX_FRAMES as u64, unit: "samples" }
}
