//! Replays the fuzzer's corpus (`fuzz/`, target `wav`): files that reach every corner of the WAV reader, and those that once broke it.

use intone::audio::decode;

use crate::fixture;

#[test]
fn every_file_ends_in_a_clip_or_an_error() {
    let mut replayed = 0;
    for entry in std::fs::read_dir(fixture("fuzz/wav")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        if let Ok(decoded) = decode(&bytes, "fuzzed") {
            assert!(!decoded.clip.samples.is_empty() && decoded.channels > 0, "{}", path.display());
            assert!(decoded.clip.samples.iter().all(|sample| sample.is_finite()), "{}", path.display());
        }
        replayed += 1;
    }
    assert!(replayed >= 20, "only {replayed} files are there");
}
