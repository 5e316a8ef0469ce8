//! What the fuzz targets share: the contract of every decoder, a count of the memory that is taken, and mended checksums.

mod checksums;
mod memory;
mod tables;

pub use checksums::{mend_flac, mend_ogg};
pub use memory::within;
pub use tables::{folder, manifest, put};

use intone::audio;

/// Memory that a reader may take besides what it returns: 16 MiB and 64 bytes for each byte of the input.
const BESIDES: usize = 16 << 20;
const A_BYTE: usize = 64;

/// With a low limit, the decoder's own memory is seen and not that of the clip.
const LONGEST_S: f64 = 2.0;

/// Decodes `bytes` and asserts what `intone::audio::decode_within` promises: a finite, non-empty clip within the limits or a typed error,
/// no panic that reaches the caller, and no more memory than is stated.
pub fn decode(bytes: &[u8]) {
    // Panics within a decoder are caught where it is called, so that they must not end the fuzzer; those that reach this crate do.
    std::panic::set_hook(Box::new(|_| {}));
    let result = within(BESIDES + A_BYTE * bytes.len() + clip_bytes(bytes), || audio::decode_within(bytes, "fuzzed", LONGEST_S));
    if let Ok(decoded) = result {
        let clip = &decoded.clip;
        assert!(!clip.samples.is_empty() && decoded.channels > 0);
        assert!(clip.samples.iter().all(|sample| sample.is_finite()));
        assert!(clip.samples.len() <= bytes.len() * audio::MAX_FRAMES_A_BYTE);
        assert!(clip.samples.len() as f64 <= LONGEST_S * f64::from(clip.sample_rate));
    }
}

/// The most that the clip takes while it grows: its samples three times.
fn clip_bytes(bytes: &[u8]) -> usize {
    let longest = (LONGEST_S * f64::from(*audio::SAMPLE_RATES.end())) as usize;
    3 * size_of::<f32>() * longest.min(bytes.len() * audio::MAX_FRAMES_A_BYTE)
}

/// Runs a reader of text or tables under the same bound on memory.
pub fn read<R>(bytes: &[u8], run: impl FnOnce() -> R) -> R {
    within(BESIDES + A_BYTE * bytes.len(), run)
}
