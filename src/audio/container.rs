//! MP3, AAC (as ADTS or in MP4), Ogg Vorbis and AIFF files, through Symphonia.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatReader, Track};
use symphonia::core::io::MediaSourceStream;
use symphonia::default::formats::{AdtsReader, AiffReader, IsoMp4Reader, MpaReader, OggReader};

use super::allowance::Allowance;
use super::decode::{Decoded, check_rate};
use super::mix::mix_down;
use super::{AudioError, AudioWarning, Clip};

/// What holds the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Mp3,
    Adts,
    Mp4,
    Ogg,
    Aiff,
}

impl Container {
    /// Tells it from the first bytes (past an ID3 tag).
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match past_id3(bytes) {
            // Eleven bits of sync; the layer bits are 0 in ADTS alone (ISO 13818-7), and 1 for layer III (ISO 11172-3).
            [0xff, second, ..] if second & 0xf6 == 0xf0 => Some(Self::Adts),
            [0xff, second, ..] if second & 0xe6 == 0xe2 => Some(Self::Mp3),
            [b'O', b'g', b'g', b'S', ..] => Some(Self::Ogg),
            [b'F', b'O', b'R', b'M', _, _, _, _, b'A', b'I', b'F', b'F' | b'C', ..] => Some(Self::Aiff),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(Self::Mp4),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Mp3 => "MP3",
            Self::Adts => "AAC",
            Self::Mp4 => "MP4",
            Self::Ogg => "Ogg",
            Self::Aiff => "AIFF",
        }
    }

    fn reader<'s>(self, stream: MediaSourceStream<'s>) -> Result<Box<dyn FormatReader + 's>, Error> {
        let options = Default::default();
        Ok(match self {
            Self::Mp3 => Box::new(MpaReader::try_new(stream, options)?),
            Self::Adts => Box::new(AdtsReader::try_new(stream, options)?),
            Self::Mp4 => Box::new(IsoMp4Reader::try_new(stream, options)?),
            Self::Ogg => Box::new(OggReader::try_new(stream, options)?),
            Self::Aiff => Box::new(AiffReader::try_new(stream, options)?),
        })
    }

    fn malformed(self, name: &str, problem: impl ToString) -> AudioError {
        AudioError::Malformed { name: name.to_owned(), format: self.name(), problem: problem.to_string() }
    }
}

/// What follows an ID3v2 tag (id3.org, ID3v2.4.0 section 3.1), pictures and all; everything if there is none.
fn past_id3(bytes: &[u8]) -> &[u8] {
    let [b'I', b'D', b'3', _, _, flags, a, b, c, d, ..] = *bytes else { return bytes };
    let size = [a, b, c, d].iter().fold(0_usize, |size, &byte| size << 7 | usize::from(byte & 0x7f));
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    bytes.get(10 + size + footer..).unwrap_or(&[])
}

/// Decodes the first audio track and mixes it down, as far as its packets are whole.
///
/// The delay and padding of the encoder are taken off where the file states them (LAME's tag, Vorbis); AAC begins with the encoder's
/// priming, up to 2112 samples of near silence.
pub(super) fn decode(container: Container, bytes: &[u8], allowance: Allowance<'_>) -> Result<Decoded, AudioError> {
    // Decoders index tables by what the stream says; a crafted one may panic instead of erring.
    catch_unwind(AssertUnwindSafe(|| decode_track(container, past_id3(bytes), allowance)))
        .unwrap_or_else(|_| Err(container.malformed(allowance.name, "it cannot be decoded")))
}

fn decode_track(container: Container, bytes: &[u8], allowance: Allowance<'_>) -> Result<Decoded, AudioError> {
    let name = allowance.name;
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    let mut reader = container.reader(stream).map_err(|error| container.malformed(name, error))?;
    let track = reader.tracks().iter().find_map(|track| Some((track.clone(), audio_parameters(track)?)));
    let (track, parameters) = track.ok_or_else(|| container.malformed(name, "it has no audio track"))?;
    // Decoders make room for a packet of all channels before there is one.
    if let Some(channels) = parameters.channels.as_ref().map(Channels::count).filter(|&channels| channels > MAX_CHANNELS) {
        return Err(container.malformed(name, format!("it states {channels} channels; {MAX_CHANNELS} can be read")));
    }
    let decoder = symphonia::default::get_codecs().make_audio_decoder(&parameters, &Default::default());
    let mut decoder = decoder.map_err(|_| AudioError::UnsupportedEncoding {
        name: name.to_owned(),
        encoding: format!("in an encoding that is not known here, in {} file", with_article(container.name())),
    })?;
    let track_samples = decode_packets(reader.as_mut(), decoder.as_mut(), track.id, allowance)?;
    let Some(TrackSamples { samples, sample_rate, channels }) = track_samples else {
        return Err(AudioError::Empty { name: name.to_owned() });
    };
    let warnings = match track.num_frames.and_then(|stated| Some((stated, stated.checked_sub(samples.len() as u64)?))) {
        // Lossy encoders round up to whole packets, and not all of them say by how much.
        Some((stated, missing)) if missing > PACKET => vec![AudioWarning::Truncated { missing, stated, sample_rate }],
        _ => Vec::new(),
    };
    Ok(Decoded { clip: Clip { samples, sample_rate }, channels, warnings })
}

/// The most channels that are read, those of Vorbis.
const MAX_CHANNELS: usize = 255;

/// Frames of an MP3 packet; a smaller difference is rounding, no truncation.
const PACKET: u64 = 1152;

struct TrackSamples {
    samples: Vec<f32>,
    sample_rate: u32,
    channels: u16,
}

/// Packet after packet, until the stream ends, breaks off or changes its rate or channels; `None` if not one can be decoded.
fn decode_packets(
    reader: &mut dyn FormatReader,
    decoder: &mut dyn AudioDecoder,
    track: u32,
    allowance: Allowance<'_>,
) -> Result<Option<TrackSamples>, AudioError> {
    let name = allowance.name;
    let mut found: Option<TrackSamples> = None;
    let mut block = Vec::<f32>::new();
    while let Ok(Some(packet)) = reader.next_packet() {
        if packet.track_id != track {
            continue;
        }
        let Ok(decoded) = decoder.decode(&packet) else { break };
        let (rate, channels) = (decoded.spec().rate(), decoded.num_planes() as u16);
        let track = match &mut found {
            None => {
                check_rate(rate, name)?;
                found.insert(TrackSamples { samples: Vec::new(), sample_rate: rate, channels })
            }
            Some(track) if (track.sample_rate, track.channels) != (rate, channels) => break,
            Some(track) => track,
        };
        allowance.check(track.samples.len() + decoded.frames(), rate)?;
        decoded.copy_to_vec_interleaved(&mut block);
        mix_down(&mut track.samples, block.iter().copied(), channels, name)?;
    }
    Ok(found)
}

fn audio_parameters(track: &Track) -> Option<AudioCodecParameters> {
    track.codec_params.as_ref()?.audio().cloned()
}

fn with_article(name: &str) -> String {
    format!("{} {name}", if name.starts_with(['M', 'A', 'O']) { "an" } else { "a" })
}
