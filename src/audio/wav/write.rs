//! Clips to WAV files.

use std::io::{Seek, Write};
use std::path::Path;

use super::super::{AudioError, Clip};

/// Writes a clip as 16-bit PCM WAV, mono, to the file at `path`; see [`encode_wav`].
///
/// # Errors
/// [`AudioError::Write`] where the file cannot be made or written.
pub fn write_wav(path: &Path, clip: &Clip) -> Result<(), AudioError> {
    let failed = |problem: String| AudioError::Write { name: path.display().to_string(), problem };
    let file = std::fs::File::create(path).map_err(|error| failed(error.to_string()))?;
    write(clip, std::io::BufWriter::new(file)).map_err(|error| failed(error.to_string()))
}

/// Writes a clip as 16-bit PCM WAV, mono.
///
/// Samples are scaled by 32768, rounded to the nearest (ties to even) and clipped to the 16-bit range, so a clip that was read from a
/// 16-bit mono file is written back unchanged.
///
/// # Errors
/// [`AudioError::Write`] where `out` cannot be written.
pub fn encode_wav(clip: &Clip, out: impl Write + Seek) -> Result<(), AudioError> {
    write(clip, out).map_err(|error| AudioError::Write { name: "the WAV data".to_owned(), problem: error.to_string() })
}

fn write(clip: &Clip, out: impl Write + Seek) -> Result<(), hound::Error> {
    let spec = hound::WavSpec { channels: 1, sample_rate: clip.sample_rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut writer = hound::WavWriter::new(out, spec)?;
    for &sample in &clip.samples {
        // `as` saturates, and takes NaN to 0.
        writer.write_sample((sample * 32768.0).round_ties_even() as i16)?;
    }
    writer.finalize()
}
