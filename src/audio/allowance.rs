//! How much one file may become: the bound on memory that decoders keep to, packet after packet.

use super::AudioError;
use super::decode::{MAX_FRAMES, too_long};

/// The most samples a channel that one byte of a file may become.
///
/// The densest there is, digital silence in FLAC's longest blocks, is 65 535 samples in 11 bytes (RFC 9639, section 9), and Vorbis'
/// longest block 4 096 samples in 2: what goes beyond refers to the same bytes again and again, as a crafted MP4 can.
pub const MAX_FRAMES_A_BYTE: usize = 8192;

/// What the file called `name` may become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance<'a> {
    pub name: &'a str,
    /// Size of the file.
    pub bytes: usize,
    /// The longest clip that is wanted, seconds; infinite if any is.
    pub longest_s: f64,
}

impl Allowance<'_> {
    /// Refuses a clip of more than `frames` samples a channel; to be asked before they are kept.
    pub fn check(&self, frames: usize, sample_rate: u32) -> Result<(), AudioError> {
        let name = || self.name.to_owned();
        if frames > MAX_FRAMES {
            return Err(too_long(self.name));
        }
        if frames as f64 > self.longest_s * f64::from(sample_rate) {
            return Err(AudioError::LastsTooLong { name: name(), limit_s: self.longest_s });
        }
        if frames > self.bytes.saturating_mul(MAX_FRAMES_A_BYTE) {
            return Err(AudioError::Inflates { name: name(), bytes: self.bytes, limit: MAX_FRAMES_A_BYTE });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_met_by_its_own_error() {
        let allowance = Allowance { name: "clip", bytes: 1000, longest_s: 2.0 };
        assert!(allowance.check(16_000, 8_000).is_ok());
        assert!(matches!(allowance.check(16_001, 8_000), Err(AudioError::LastsTooLong { limit_s: 2.0, .. })));
        let endless = Allowance { longest_s: f64::INFINITY, ..allowance };
        assert!(endless.check(8_192_000, 8_000).is_ok());
        assert!(matches!(endless.check(8_192_001, 8_000), Err(AudioError::Inflates { bytes: 1000, limit: 8192, .. })));
        let large = Allowance { bytes: 1 << 30, ..endless };
        assert!(large.check(MAX_FRAMES, 8_000).is_ok());
        assert!(matches!(large.check(MAX_FRAMES + 1, 8_000), Err(AudioError::TooLong { .. })));
    }
}
