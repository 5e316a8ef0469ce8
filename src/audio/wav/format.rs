//! The `fmt ` chunk: how samples are written.
//!
//! Sources: Microsoft, `WAVEFORMATEX` and `WAVEFORMATEXTENSIBLE` (mmreg.h).

use super::super::AudioError;
use super::super::decode::check_rate;

/// How one sample is written, little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Integers in 1 to 4 bytes, left-justified; one byte is unsigned.
    Int {
        /// Bytes a sample.
        bytes: u16,
    },
    /// IEEE 754, 32 bits.
    Float32,
    /// IEEE 754, 64 bits.
    Float64,
}

impl Encoding {
    /// Bytes a sample.
    pub(super) fn bytes(self) -> u16 {
        match self {
            Self::Int { bytes } => bytes,
            Self::Float32 => 4,
            Self::Float64 => 8,
        }
    }
}

/// What the `fmt ` chunk says, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    pub encoding: Encoding,
    /// At least 1.
    pub channels: u16,
    /// Within the rates that are read, Hz.
    pub sample_rate: u32,
}

const PCM: u16 = 1;
const IEEE_FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;
/// The end that all sub-format GUIDs share which are plain format tags: `XXXXXXXX-0000-0010-8000-00AA00389B71`.
const TAG_GUID_END: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

impl Format {
    /// Reads and checks the chunk.
    ///
    /// The byte rate is not looked at (it follows from the rest, and many writers get it wrong), nor are the count of valid bits and
    /// the speaker positions of an extensible header: samples are left-justified in their containers, so the container sets the scale.
    pub(super) fn parse(body: &[u8], name: &str) -> Result<Self, AudioError> {
        let malformed = |problem: String| AudioError::Malformed { name: name.to_owned(), format: "WAV", problem };
        let Some(fields) = body.first_chunk::<16>() else {
            return Err(malformed(format!("its `fmt ` chunk has {} bytes, at least 16 are needed", body.len())));
        };
        let field = |at: usize| u16::from_le_bytes([fields[at], fields[at + 1]]);
        let (channels, block_align, bits) = (field(2), field(12), field(14));
        let sample_rate = u32::from_le_bytes([fields[4], fields[5], fields[6], fields[7]]);

        let tag = match field(0) {
            EXTENSIBLE => sub_format(body).map_err(|problem| malformed(problem.to_owned()))?,
            tag => Some(tag),
        };
        let encoding = match (tag, bits) {
            (Some(PCM), 1..=32) => Encoding::Int { bytes: bits.div_ceil(8) },
            (Some(IEEE_FLOAT), 32) => Encoding::Float32,
            (Some(IEEE_FLOAT), 64) => Encoding::Float64,
            (Some(PCM | IEEE_FLOAT), 0) => return Err(malformed("it states 0 bits a sample".to_owned())),
            _ => return Err(AudioError::UnsupportedEncoding { name: name.to_owned(), encoding: describe(tag, bits) }),
        };
        if channels == 0 {
            return Err(malformed("it states 0 channels".to_owned()));
        }
        let frame_bytes = u32::from(channels) * u32::from(encoding.bytes());
        if u32::from(block_align) != frame_bytes {
            return Err(malformed(format!(
                "it states {block_align} bytes a frame, where {channels} channels of {bits} bits take {frame_bytes}"
            )));
        }
        check_rate(sample_rate, name)?;
        Ok(Self { encoding, channels, sample_rate })
    }
}

/// The format tag in the GUID of an extensible header; `None` for a GUID that is no format tag.
fn sub_format(body: &[u8]) -> Result<Option<u16>, &'static str> {
    match body.get(24..40) {
        Some([low, high, end @ ..]) if end == TAG_GUID_END => Ok(Some(u16::from_le_bytes([*low, *high]))),
        Some(_) => Ok(None),
        None => Err("its extensible header ends before the sub-format"),
    }
}

/// A name for an encoding that is not read.
fn describe(tag: Option<u16>, bits: u16) -> String {
    match tag {
        Some(PCM) => format!("integers of {bits} bits"),
        Some(IEEE_FLOAT) => format!("floats of {bits} bits"),
        Some(2 | 0x11) => "ADPCM".to_owned(),
        Some(6) => "A-law".to_owned(),
        Some(7) => "mu-law".to_owned(),
        Some(0x55) => "MP3 in a WAV".to_owned(),
        Some(tag) => format!("of WAV format tag {tag:#06x}"),
        None => "of a vendor's own WAV format".to_owned(),
    }
}
