//! FLAC files, through Symphonia.
//!
//! Source of the layout: RFC 9639, sections 8 (metadata) and 9 (frames).

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::audio::AudioDecoder as _;
use symphonia::core::errors::Error;
use symphonia::core::formats::FormatReader as _;
use symphonia::core::io::MediaSourceStream;
use symphonia::default::codecs::FlacDecoder;
use symphonia::default::formats::FlacReader;

use super::allowance::Allowance;
use super::decode::{Decoded, check_rate};
use super::mix::mix_down;
use super::{AudioError, AudioWarning, Clip};

/// Decodes a FLAC file and mixes it down, as far as its frames are whole.
pub(super) fn decode(bytes: &[u8], allowance: Allowance<'_>) -> Result<Decoded, AudioError> {
    let name = allowance.name;
    let (info, frames) = StreamInfo::split(bytes, name)?;
    check_rate(info.sample_rate, name)?;
    // Symphonia's arithmetic on samples is unchecked: a crafted frame can overflow it, which panics where overflow checks are on.
    let samples = catch_unwind(AssertUnwindSafe(|| decode_frames(&info, frames, allowance)))
        .unwrap_or_else(|_| Err(malformed(name, "its frames cannot be decoded")))?;

    let (there, stated) = (samples.len() as u64, info.stated_frames);
    let warnings = match stated.checked_sub(there) {
        Some(missing) if missing > 0 => vec![AudioWarning::Truncated { missing, stated, sample_rate: info.sample_rate }],
        _ => Vec::new(),
    };
    Ok(Decoded { clip: Clip { samples, sample_rate: info.sample_rate }, channels: info.channels, warnings })
}

/// Decodes frame after frame until the stream ends, breaks off or has a gap.
fn decode_frames(info: &StreamInfo<'_>, frames: &[u8], allowance: Allowance<'_>) -> Result<Vec<f32>, AudioError> {
    let name = allowance.name;
    let mut mono = Vec::new();
    if frames.is_empty() {
        return Ok(mono);
    }
    let source = MediaSourceStream::new(Box::new(Cursor::new(info.with_frames(frames))), Default::default());
    let undecodable = |error: Error| malformed(name, &error.to_string());
    let mut reader = match FlacReader::try_new(source, Default::default()) {
        // Not one frame begins in what is there.
        Err(Error::IoError(_)) => return Ok(mono),
        reader => reader.map_err(undecodable)?,
    };
    let parameters = reader.tracks().first().and_then(|track| track.codec_params.as_ref()?.audio().cloned());
    let parameters = parameters.ok_or_else(|| malformed(name, "it has no audio track"))?;
    let mut decoder = FlacDecoder::try_new(&parameters, &Default::default()).map_err(undecodable)?;

    let mut block = Vec::<i32>::new();
    let mut first_position = None;
    // A frame that is damaged or cut off ends the clip: what follows a gap would be at the wrong time.
    while let Ok(Some(packet)) = reader.next_packet() {
        let position = packet.pts.get();
        let start = *first_position.get_or_insert(position);
        if info.is_fixed_block() && position.checked_sub(start) != i64::try_from(mono.len()).ok() {
            break;
        }
        let Ok(decoded) = decoder.decode(&packet) else { break };
        if decoded.num_planes() != usize::from(info.channels) {
            break;
        }
        allowance.check(mono.len() + decoded.frames(), info.sample_rate)?;
        decoded.copy_to_vec_interleaved(&mut block);
        // Symphonia left-justifies samples of any depth in 32 bits.
        const SCALE: f32 = 1.0 / (1_u32 << 31) as f32;
        mix_down(&mut mono, block.iter().map(|&value| value as f32 * SCALE), info.channels, name)?;
    }
    Ok(mono)
}

fn malformed(name: &str, problem: &str) -> AudioError {
    AudioError::Malformed { name: name.to_owned(), format: "FLAC", problem: problem.to_owned() }
}

/// The STREAMINFO block.
struct StreamInfo<'a> {
    bytes: &'a [u8; 34],
    sample_rate: u32,
    channels: u16,
    /// Samples a channel; 0 where the encoder did not know.
    stated_frames: u64,
}

impl<'a> StreamInfo<'a> {
    /// Splits a file into STREAMINFO and the frames, past all other metadata.
    ///
    /// Only these two go to Symphonia: pictures, comments and seek tables, whose stated sizes it would trust, are never read.
    fn split(bytes: &'a [u8], name: &str) -> Result<(Self, &'a [u8]), AudioError> {
        let cut_off = || malformed(name, "it ends within its metadata");
        let mut rest = bytes.get(4..).ok_or_else(cut_off)?;
        let mut info = None;
        loop {
            let (&[kind, a, b, c], behind) = rest.split_first_chunk().ok_or_else(cut_off)?;
            let length = u32::from_be_bytes([0, a, b, c]) as usize;
            let (block, behind) = behind.split_at_checked(length).ok_or_else(cut_off)?;
            if kind & 0x7f == 0 && info.is_none() {
                info = block.first_chunk::<34>().map(Self::parse);
            }
            rest = behind;
            if kind & 0x80 != 0 {
                break;
            }
        }
        Ok((info.ok_or_else(|| malformed(name, "it has no STREAMINFO block"))?, rest))
    }

    fn parse(bytes: &'a [u8; 34]) -> Self {
        // 20 bits rate, 3 bits channels - 1, 5 bits depth - 1, 36 bits length.
        let packed = bytes[10..18].iter().fold(0_u64, |packed, &byte| packed << 8 | u64::from(byte));
        Self { bytes, sample_rate: (packed >> 44) as u32, channels: (packed >> 41 & 0x7) as u16 + 1, stated_frames: packed & 0xf_ffff_ffff }
    }

    /// Whether all blocks have the same length, so that frame numbers tell where a frame belongs.
    fn is_fixed_block(&self) -> bool {
        self.bytes[..2] == self.bytes[2..4]
    }

    /// A FLAC file of this STREAMINFO and `frames` alone.
    fn with_frames(&self, frames: &[u8]) -> Vec<u8> {
        [b"fLaC\x80\x00\x00\x22", self.bytes.as_slice(), frames].concat()
    }
}
