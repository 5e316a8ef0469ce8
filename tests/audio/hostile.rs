//! Replays what the fuzzers (`fuzz/`) found worth keeping, and files made to blow up: a clip or a typed error, in bounded memory.

use intone::audio::{AudioError, MAX_FRAMES_A_BYTE, decode, decode_within};

use crate::allocations::peak;
use crate::fixture;

/// What decoders may take besides the clip, as `intone::audio::decode` states it.
fn besides(bytes: &[u8]) -> usize {
    (16 << 20) + 64 * bytes.len()
}

#[test]
fn every_file_ends_in_a_clip_or_an_error_in_bounded_memory() {
    const LONGEST_S: f64 = 2.0;
    let mut replayed = 0;
    for format in ["wav", "flac", "mp3", "adts", "mp4", "ogg", "aiff", "sniff"] {
        for entry in std::fs::read_dir(fixture(&format!("hostile/{format}"))).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let (result, peak) = peak(|| decode_within(&bytes, "hostile", LONGEST_S));
            let mut clip_bytes = 0;
            if let Ok(decoded) = &result {
                let samples = &decoded.clip.samples;
                assert!(!samples.is_empty() && decoded.channels > 0, "{}", path.display());
                assert!(samples.iter().all(|sample| sample.is_finite()), "{}", path.display());
                assert!(samples.len() <= MAX_FRAMES_A_BYTE * bytes.len(), "{}", path.display());
                clip_bytes = 3 * 4 * samples.len();
            }
            // One that is refused for its length has taken what that length takes, at the highest rate at most.
            let allowed = besides(&bytes) + clip_bytes.max(if result.is_err() { 3 * 4 * 2 * 768_000 } else { 0 });
            assert!(peak <= allowed, "{}: {peak} bytes, {allowed} are allowed", path.display());
            replayed += 1;
        }
    }
    assert!(replayed >= 40, "only {replayed} files are there");
}

#[test]
fn compressed_silence_is_refused_before_it_fills_the_memory() {
    let bytes = std::fs::read(fixture("hostile/flac/silence.flac")).unwrap();
    let (result, peak) = peak(|| decode_within(&bytes, "silence.flac", 10.0));
    assert!(matches!(result, Err(AudioError::LastsTooLong { limit_s, .. }) if limit_s == 10.0), "{result:?}");
    assert!(peak < 3 * 4 * 441_000 + besides(&bytes), "{peak} bytes for ten seconds");
    let whole = decode(&bytes, "silence.flac").unwrap();
    assert_eq!(whole.clip.samples.len(), 100 * 65_535, "it is a recording all the same");
}
