//! Clips to FLAC: lossless, at about half the size of WAV, and played by every browser.

use flacenc::bitsink::ByteSink;
use flacenc::component::BitRepr as _;
use flacenc::error::Verify as _;
use flacenc::source::MemSource;

use super::{AudioError, Clip};

/// A clip as a FLAC file of 16 bits, mono.
///
/// Samples are rounded as for [`encode_wav`](super::encode_wav), so that decoding gives what a WAV file would hold.
///
/// # Errors
/// [`AudioError::Write`] for a clip without samples, or of a rate that FLAC cannot state.
pub fn encode_flac(clip: &Clip) -> Result<Vec<u8>, AudioError> {
    let failed = |problem: String| AudioError::Write { name: "the FLAC data".to_owned(), problem };
    if clip.samples.is_empty() {
        return Err(failed("the clip has no samples".to_owned()));
    }
    // `as` saturates, and takes NaN to 0.
    let samples: Vec<i32> = clip.samples.iter().map(|sample| i32::from((sample * 32768.0).round_ties_even() as i16)).collect();
    let settings = flacenc::config::Encoder::default().into_verified().map_err(|(_, error)| failed(error.to_string()))?;
    let source = MemSource::from_samples(&samples, 1, 16, clip.sample_rate as usize);
    let stream =
        flacenc::encode_with_fixed_block_size(&settings, source, settings.block_size).map_err(|error| failed(error.to_string()))?;
    let mut file = ByteSink::new();
    stream.write(&mut file).map_err(|error| failed(error.to_string()))?;
    let mut file = file.into_inner();
    state_block_size(&mut file, settings.block_size);
    Ok(file)
}

/// Makes STREAMINFO state one block size. flacenc counts the last block, which is shorter, as the smallest; by RFC 9639, section 8.2, it does not
/// count, and decoders that see two sizes look for frames of another kind.
fn state_block_size(file: &mut [u8], size: usize) {
    let size = u16::try_from(size).unwrap_or(u16::MAX).to_be_bytes();
    for at in [8, 10] {
        if let Some(place) = file.get_mut(at..at + 2) {
            place.copy_from_slice(&size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::decode;

    #[test]
    fn what_is_written_is_read_back_to_the_sample() {
        for (length, rate) in [(1, 16_000), (100, 8000), (4096, 16_000), (10_001, 22_050), (48_000, 48_000)] {
            let samples: Vec<f32> = (0..length)
                .map(|n| match n as f32 * 0.05 {
                    t if n % 5000 < 3000 => 0.7 * t.sin() + 0.2 * (7.3 * t).sin(),
                    _ => 0.0,
                })
                .map(|sample| (sample * 32768.0).round() / 32768.0)
                .collect();
            let clip = Clip { samples, sample_rate: rate };
            let file = encode_flac(&clip).unwrap();
            assert_eq!(decode(&file, "clip.flac").unwrap().clip, clip, "{length} samples");
        }
        assert!(encode_flac(&Clip { samples: Vec::new(), sample_rate: 16_000 }).is_err());
    }
}
