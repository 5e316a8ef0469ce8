//! Clips whose audio is the same to the sample, whatever file they came in.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// SHA-256 over the sample rate and the bits of all samples, in hexadecimal.
///
/// Taken of what a file decodes to, so that the same recording in a WAV and in a FLAC file has one hash.
///
/// ```
/// use intone::corpus::duplicates::audio_hash;
/// assert_eq!(audio_hash(&[0.5, -0.5], 16_000), audio_hash(&[0.5, -0.5], 16_000));
/// assert_ne!(audio_hash(&[0.5, -0.5], 16_000), audio_hash(&[0.5, -0.5], 48_000));
/// ```
pub fn audio_hash(samples: &[f32], sample_rate: u32) -> String {
    const CHUNK: usize = 4096;
    let mut hash = Sha256::new();
    hash.update(sample_rate.to_le_bytes());
    let mut bytes = Vec::with_capacity(CHUNK * 4);
    for chunk in samples.chunks(CHUNK) {
        bytes.clear();
        bytes.extend(chunk.iter().flat_map(|sample| sample.to_bits().to_le_bytes()));
        hash.update(&bytes);
    }
    format!("{:x}", hash.finalize())
}

/// Groups of two or more ids that share a hash: each sorted, and the groups by their first id.
///
/// ```
/// use intone::corpus::duplicates::groups;
/// let found = groups([("c", "1f"), ("b", "2e"), ("a", "1f")]);
/// assert_eq!(found, [["a", "c"]]);
/// ```
pub fn groups<I, H>(clips: impl IntoIterator<Item = (I, H)>) -> Vec<Vec<String>>
where
    I: Into<String>,
    H: Ord,
{
    let mut by_hash: BTreeMap<H, Vec<String>> = BTreeMap::new();
    for (id, hash) in clips {
        by_hash.entry(hash).or_default().push(id.into());
    }
    let mut groups: Vec<Vec<String>> = by_hash.into_values().filter(|ids| ids.len() > 1).collect();
    for ids in &mut groups {
        ids.sort();
    }
    groups.sort();
    groups
}
