//! Where a WAV file keeps what: the format and the audio bytes, whatever the order of chunks.

use super::super::{AudioError, AudioWarning};
use super::chunks::{Chunk, Chunks};
use super::format::Format;

/// A WAV file, taken apart.
pub(super) struct Layout<'a> {
    pub format: Format,
    /// Whole frames, as far as the file holds them.
    pub frames: &'a [u8],
    pub warnings: Vec<AudioWarning>,
}

impl<'a> Layout<'a> {
    /// Finds the first `fmt ` and the first `data` chunk, in either order, and compares what is stated with what is there.
    pub(super) fn find(bytes: &'a [u8], name: &str) -> Result<Self, AudioError> {
        let (mut format, mut data) = (None, None);
        for chunk in Chunks::new(bytes) {
            match &chunk.id {
                b"fmt " if format.is_none() => format = Some(Format::parse(chunk.body, name)?),
                b"data" if data.is_none() => data = Some(chunk),
                _ => {}
            }
            if format.is_some() && data.is_some() {
                break;
            }
        }
        let missing = |id| AudioError::Malformed { name: name.to_owned(), format: "WAV", problem: format!("it has no `{id}` chunk") };
        let format = format.ok_or_else(|| missing("fmt "))?;
        let data = data.ok_or_else(|| missing("data"))?;

        let frame_bytes = usize::from(format.channels) * usize::from(format.encoding.bytes());
        let whole = data.body.len() - data.body.len() % frame_bytes;
        let warnings = compare(&data, whole, frame_bytes, format.sample_rate);
        Ok(Self { format, frames: &data.body[..whole], warnings })
    }
}

/// What is odd about the length of the `data` chunk, of which `whole` bytes make whole frames.
fn compare(data: &Chunk<'_>, whole: usize, frame_bytes: usize, sample_rate: u32) -> Vec<AudioWarning> {
    let mut warnings = Vec::new();
    let there = (whole / frame_bytes) as u64;
    match data.stated {
        None => warnings.push(AudioWarning::UnstatedLength),
        Some(bytes) if bytes > data.body.len() as u64 => {
            let stated = bytes.div_ceil(frame_bytes as u64);
            warnings.push(AudioWarning::Truncated { missing: stated - there, stated, sample_rate });
        }
        Some(_) if whole < data.body.len() => warnings.push(AudioWarning::PartialFrame { bytes: data.body.len() - whole }),
        Some(_) => {}
    }
    warnings
}
