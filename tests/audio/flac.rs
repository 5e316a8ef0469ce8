//! FLAC files, beside what librosa (soundfile) reads from them.

use intone::audio::{AudioError, AudioWarning, decode, read};
use proptest::prelude::*;

use crate::{expected, fixture, floats};

const FILES: [&str; 4] = ["voiced_mono_16.flac", "silence_then_tone_16.flac", "stereo_24.flac", "three_channels_8.flac"];

fn bytes_of(file: &str) -> Vec<u8> {
    std::fs::read(fixture("audio").join(file)).unwrap()
}

#[test]
fn samples_equal_soundfiles() {
    let expected = expected();
    for file in FILES {
        let expected = &expected["flac"][file];
        let decoded = read(&fixture("audio").join(file)).unwrap();
        assert_eq!(decoded.clip.samples.len() as u64, expected["frames"].as_u64().unwrap(), "{file}");
        assert_eq!(u64::from(decoded.clip.sample_rate), expected["sample_rate"].as_u64().unwrap(), "{file}");
        assert_eq!(u64::from(decoded.channels), expected["channels"].as_u64().unwrap(), "{file}");
        assert_eq!(decoded.clip.samples[700..760], floats(&expected["head"]), "{file}");
        let sum: f64 = decoded.clip.samples.iter().map(|&sample| f64::from(sample)).sum();
        let energy: f64 = decoded.clip.samples.iter().map(|&sample| f64::from(sample) * f64::from(sample)).sum();
        assert!((sum - expected["sum"].as_f64().unwrap()).abs() < 1e-9, "{file}: {sum}");
        assert!((energy - expected["energy"].as_f64().unwrap()).abs() < 1e-9, "{file}: {energy}");
        assert_eq!(decoded.warnings, [], "{file}");
    }
}

#[test]
fn truncated_files_are_read_as_far_as_their_frames_go() {
    let bytes = bytes_of("voiced_mono_16.flac");
    let whole = decode(&bytes, "whole").unwrap().clip;
    let stated = whole.samples.len() as u64;
    let mut lengths = Vec::new();
    for part in 1..20 {
        let cut = &bytes[..bytes.len() * part / 20];
        match decode(cut, "cut.flac") {
            Ok(decoded) => {
                let there = decoded.clip.samples.len();
                assert_eq!(decoded.clip.samples, whole.samples[..there]);
                let warning = AudioWarning::Truncated { missing: stated - there as u64, stated, sample_rate: 22_050 };
                assert_eq!(decoded.warnings, [warning]);
                lengths.push(there);
            }
            Err(error) => assert!(matches!(error, AudioError::Empty { .. } | AudioError::Malformed { .. }), "{error}"),
        }
    }
    assert!(lengths.is_sorted() && lengths.len() >= 10 && *lengths.last().unwrap() >= 16_384, "{lengths:?}");
}

#[test]
fn a_damaged_frame_ends_the_clip() {
    let mut bytes = bytes_of("voiced_mono_16.flac");
    let whole = decode(&bytes, "whole").unwrap().clip.samples;
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40].fill(0x55);
    let decoded = decode(&bytes, "damaged.flac").unwrap();
    let there = decoded.clip.samples.len();
    assert!(there > 0 && there < whole.len());
    assert_eq!(decoded.clip.samples, whole[..there]);
    assert!(matches!(decoded.warnings[..], [AudioWarning::Truncated { .. }]));
}

#[test]
fn other_metadata_is_passed_over_however_large_it_claims_to_be() {
    let bytes = bytes_of("three_channels_8.flac");
    let whole = decode(&bytes, "whole").unwrap();
    let (head, frames) = (&bytes[..42], {
        // Behind STREAMINFO come the file's own comments; skip them to the frames.
        let mut at = 42;
        while bytes[at] & 0x80 == 0 {
            at += 4 + u32::from_be_bytes([0, bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
        }
        &bytes[at + 4 + u32::from_be_bytes([0, bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize..]
    });
    let picture = [b"\x86\0\0\x10".as_slice(), &[0xff; 16]].concat();
    assert_eq!(decode(&[head, &picture, frames].concat(), "picture").unwrap(), whole);
    let claims = [b"\x86\xff\xff\xff".as_slice(), &[0xff; 16]].concat();
    assert!(matches!(decode(&[head, &claims, frames].concat(), "claims"), Err(AudioError::Malformed { .. })));
    assert!(matches!(decode(b"fLaC\x84\0\0\0", "bare"), Err(AudioError::Malformed { .. })));

    let mut nothing = bytes[..42].to_vec();
    nothing[4] |= 0x80;
    assert!(matches!(decode(&nothing, "no frames"), Err(AudioError::Empty { .. })));
    let mut slow = bytes.clone();
    slow[18..20].fill(0);
    assert!(matches!(decode(&slow, "slow"), Err(AudioError::SampleRate { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_end_in_a_clip_or_an_error(
        file in 1..FILES.len(), edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = bytes_of(FILES[file]);
        for (at, value) in edits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        bytes.truncate(1 + cut.index(bytes.len()));
        if let Ok(decoded) = decode(&bytes, "mutated.flac") {
            prop_assert!(decoded.clip.samples.iter().all(|sample| sample.is_finite()));
        }
    }
}
