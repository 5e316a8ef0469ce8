//! MP3, AAC, M4A, Ogg Vorbis and AIFF, from files that ffmpeg made (`tests/fixtures/make_formats.sh`).

use std::f64::consts::TAU;
use std::fs;

use intone::audio::{AudioError, AudioWarning, Decoded, decode};

use super::fixture;

fn bytes(name: &str) -> Vec<u8> {
    fs::read(fixture("formats").join(name)).unwrap()
}

/// The signal that was encoded, at a rate.
fn tone(sample_rate: u32) -> Vec<f64> {
    let at = |index: u32| {
        let t = f64::from(index) / f64::from(sample_rate);
        (0.4 * (TAU * 440.0 * t).sin() + 0.2 * (TAU * 1500.0 * t).sin()) * (TAU * t).sin().powi(2)
    };
    (0..sample_rate / 2).map(at).collect()
}

/// The delay at which `decoded` is most like the tone, and the root mean square of what then differs over that of the tone.
fn likeness(decoded: &Decoded) -> (usize, f64) {
    let want = tone(decoded.clip.sample_rate);
    let energy: f64 = want.iter().map(|value| value * value).sum();
    let difference = |delay: usize| {
        let got = decoded.clip.samples[delay.min(decoded.clip.samples.len())..].iter().map(|value| f64::from(*value));
        let got = got.chain(std::iter::repeat(0.0));
        want.iter().zip(got).map(|(want, got)| (want - got).powi(2)).sum::<f64>()
    };
    let best = (0..2200).min_by(|a, b| difference(*a).total_cmp(&difference(*b))).unwrap();
    (best, (difference(best) / energy).sqrt())
}

#[test]
fn every_format_gives_the_sound_that_was_encoded() {
    // Name, rate, channels, most samples before and after the sound, largest relative difference (ffmpeg decodes the first one to 0.04997:
    // it is what the codec loses).
    let files = [
        ("mono-44100.mp3", 44_100, 1, 0, 0.051),
        ("stereo-48000-vbr.mp3", 48_000, 2, 0, 0.06),
        ("mono-16000.mp3", 16_000, 1, 0, 0.06),
        ("mono-22050.ogg", 22_050, 1, 0, 0.05),
        ("stereo-48000.ogg", 48_000, 2, 0, 0.05),
        ("mono-44100.m4a", 44_100, 1, 2112, 0.02),
        ("stereo-48000.m4a", 48_000, 2, 2112, 0.02),
        ("mono-16000.aac", 16_000, 1, 2112, 0.03),
        ("mono-8000.aiff", 8_000, 1, 0, 1e-4),
        ("stereo-192000.aiff", 192_000, 2, 0, 1e-6),
    ];
    for (name, rate, channels, around, tolerance) in files {
        let decoded = decode(&bytes(name), name).unwrap();
        assert_eq!((decoded.clip.sample_rate, decoded.channels), (rate, channels), "{name}");
        assert_eq!(decoded.warnings, [], "{name}");
        let (delay, difference) = likeness(&decoded);
        let length = decoded.clip.samples.len() as i64 - i64::from(rate / 2);
        println!("{name}: {delay} samples late, {length} longer, differs by {difference:.1e}");
        assert!(delay <= around, "{name} begins {delay} samples late");
        assert!((0..=2 * around as i64).contains(&length), "{name} is {length} samples longer");
        assert!(difference < tolerance, "{name} differs by {difference}");
    }
}

#[test]
fn a_name_says_nothing_about_the_format() {
    let right = decode(&bytes("mono-22050.ogg"), "clip.ogg").unwrap();
    assert_eq!(decode(&bytes("mono-22050.ogg"), "clip.wav").unwrap(), right);
}

#[test]
fn a_file_that_breaks_off_is_read_as_far_as_it_goes() {
    for name in ["mono-44100.mp3", "mono-44100.m4a", "stereo-48000.ogg", "stereo-192000.aiff", "mono-16000.aac"] {
        let whole = decode(&bytes(name), name).unwrap();
        let file = bytes(name);
        // MP4 may have its index at the end, half a page of Ogg is none, and AIFF must be whole: such a piece can be unreadable, no worse.
        match decode(&file[..file.len() * 3 / 4], name) {
            Ok(part) => {
                assert!(part.clip.samples.len() < whole.clip.samples.len(), "{name}");
                assert!(part.clip.samples.iter().zip(&whole.clip.samples).take(1000).all(|(a, b)| a == b), "{name}");
                let truncated = part.warnings.iter().any(|warning| matches!(warning, AudioWarning::Truncated { .. }));
                assert!(truncated || name.ends_with("aac") || name.ends_with("ogg"), "{name}: {:?}", part.warnings);
            }
            Err(error) => assert!(
                !name.ends_with("mp3") && !name.ends_with("aac") && matches!(error, AudioError::Malformed { .. }),
                "{name}: {error}"
            ),
        }
    }
}

#[test]
fn what_cannot_be_read_ends_in_an_error_that_says_what_it_is() {
    let error = decode(&bytes("opus.ogg"), "opus.ogg").unwrap_err();
    assert!(matches!(error, AudioError::UnsupportedEncoding { .. }), "{error}");
    assert!(error.to_string().contains("Ogg") && error.to_string().contains("ffmpeg"), "{error}");
    for (start, word) in
        [(&b"ID3\x04\x00\x00\x00\x00\x00\x05hello"[..], "ID3"), (b"\x1a\x45\xdf\xa3....", "WebM"), (b"FORM....8SVX", "no audio")]
    {
        let error = decode(start, "clip").unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn damaged_bytes_end_in_an_error_or_a_shorter_clip_never_in_a_panic() {
    for name in ["mono-16000.mp3", "mono-22050.ogg", "mono-44100.m4a", "mono-16000.aac", "mono-8000.aiff"] {
        let file = bytes(name);
        let mut random = intone::seed::stream(1, &["damage", name]);
        for _ in 0..60 {
            let mut damaged = file.clone();
            for _ in 0..8 {
                let at = rand::Rng::gen_range(&mut random, 0..damaged.len());
                damaged[at] = rand::Rng::r#gen(&mut random);
            }
            let end = rand::Rng::gen_range(&mut random, 1..=damaged.len());
            if let Ok(decoded) = decode(&damaged[..end], name) {
                assert!(!decoded.clip.samples.is_empty() && decoded.clip.samples.iter().all(|value| value.is_finite()));
            }
        }
    }
}
