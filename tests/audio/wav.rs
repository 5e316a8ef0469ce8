//! WAV files of all formats, whole, odd, truncated and hostile.

use intone::audio::{AudioError, AudioWarning, Clip, decode, read, write_wav};
use proptest::prelude::*;

use crate::make_wav::{chunk, data_stating, fmt, fmt_extensible, pcm16, riff};

const RATE: u32 = 22_050;

/// Three channels at most, a few samples: the clip that `values` (interleaved) must give.
fn mean_of_channels(values: &[f32], channels: usize) -> Vec<f32> {
    values.chunks_exact(channels).map(|frame| frame.iter().fold(0.0, |sum, value| sum + value) / channels as f32).collect()
}

/// One kind of samples: its `fmt ` chunks, how a 32-bit draw is written, and what it must read as (soundfile's scale).
struct Kind {
    name: &'static str,
    bits: u16,
    tag: u16,
    write: fn(i32) -> Vec<u8>,
    value: fn(i32) -> f32,
}

const KINDS: [Kind; 6] = [
    Kind { name: "u8", bits: 8, tag: 1, write: |v| vec![((v >> 24) + 128) as u8], value: |v| (v >> 24) as f32 / 128.0 },
    Kind { name: "i16", bits: 16, tag: 1, write: |v| v.to_le_bytes()[2..].to_vec(), value: |v| (v >> 16) as f32 / 32768.0 },
    Kind { name: "i24", bits: 24, tag: 1, write: |v| v.to_le_bytes()[1..].to_vec(), value: |v| (v >> 8) as f32 / 8_388_608.0 },
    Kind { name: "i32", bits: 32, tag: 1, write: |v| v.to_le_bytes().to_vec(), value: |v| v as f32 / 2_147_483_648.0 },
    Kind { name: "f32", bits: 32, tag: 3, write: |v| (v as f32 / 2e9).to_le_bytes().to_vec(), value: |v| v as f32 / 2e9 },
    Kind { name: "f64", bits: 64, tag: 3, write: |v| (f64::from(v) / 2e9).to_le_bytes().to_vec(), value: |v| (f64::from(v) / 2e9) as f32 },
];

/// The ways in which people's programs write the same header.
fn headers(kind: &Kind, channels: u16) -> Vec<Vec<u8>> {
    let plain = fmt(kind.tag, channels, RATE, kind.bits);
    vec![
        plain.clone(),
        [plain.clone(), vec![0, 0]].concat(),
        [plain.clone(), vec![22, 0], vec![7; 22]].concat(),
        [plain, vec![4, 0, 1, 2, 3, 4]].concat(),
        fmt_extensible(kind.tag, channels, RATE, kind.bits, kind.bits),
        fmt_extensible(kind.tag, channels, RATE, kind.bits, 0),
    ]
}

proptest! {
    #[test]
    fn every_format_reads_back_exactly(
        draws in prop::collection::vec(any::<i32>(), 6..60), channels in 1_u16..=3, kind in 0..KINDS.len(), header in 0..6_usize,
        order in 0..5_usize,
    ) {
        let kind = &KINDS[kind];
        let draws = &draws[..draws.len() - draws.len() % usize::from(channels)];
        let body: Vec<u8> = draws.iter().flat_map(|&draw| (kind.write)(draw)).collect();
        let (fmt, data) = (chunk(b"fmt ", &headers(kind, channels)[header]), chunk(b"data", &body));
        let (junk, list) = (chunk(b"JUNK", &[0; 28]), chunk(b"LIST", b"INFOISFT\x05\0\0\0Lavf\0"));
        let bytes = riff(&match order {
            0 => vec![fmt, data],
            1 => vec![junk, fmt, list, data],
            2 => vec![fmt, data, list],
            3 => vec![data, fmt],
            _ => vec![list, data, junk, fmt],
        });

        let decoded = decode(&bytes, kind.name).unwrap();
        let values: Vec<f32> = draws.iter().map(|&draw| (kind.value)(draw)).collect();
        prop_assert_eq!(decoded.clip.samples, mean_of_channels(&values, usize::from(channels)));
        prop_assert_eq!((decoded.clip.sample_rate, decoded.channels), (RATE, channels));
        prop_assert_eq!(decoded.warnings, vec![]);
    }

    #[test]
    fn truncated_files_are_read_as_far_as_they_go(samples in prop::collection::vec(any::<i16>(), 1..200), keep in 0.0..1.0_f64) {
        let whole = riff(&[chunk(b"fmt ", &fmt(1, 1, RATE, 16)), chunk(b"data", &pcm16(&samples))]);
        let cut = 44 + ((whole.len() - 44) as f64 * keep) as usize;
        let there = (cut - 44) / 2;
        match decode(&whole[..cut], "cut.wav") {
            Ok(decoded) => {
                let expected: Vec<f32> = samples[..there].iter().map(|&sample| f32::from(sample) / 32768.0).collect();
                prop_assert_eq!(decoded.clip.samples, expected);
                let (missing, stated) = ((samples.len() - there) as u64, samples.len() as u64);
                prop_assert_eq!(decoded.warnings, vec![AudioWarning::Truncated { missing, stated, sample_rate: RATE }]);
            }
            Err(error) => prop_assert!(there == 0 && matches!(error, AudioError::Empty { .. }), "{}", error),
        }
    }

    #[test]
    fn any_bytes_end_in_a_clip_or_an_error(tail in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&tail, "noise");
        let _ = decode(&[b"RIFF\0\0\0\0WAVE".as_slice(), &tail].concat(), "noise.wav");
        let _ = decode(&[b"fLaC".as_slice(), &tail].concat(), "noise.flac");
    }

    #[test]
    fn mutated_files_end_in_a_clip_or_an_error(
        edits in prop::collection::vec((0..120_usize, any::<u8>()), 1..8), kind in 0..KINDS.len(), header in 0..6_usize, cut in 0..200_usize,
    ) {
        let kind = &KINDS[kind];
        let body: Vec<u8> = (0..20).flat_map(|index| (kind.write)(index << 26)).collect();
        let mut bytes = riff(&[chunk(b"LIST", &[1; 9]), chunk(b"fmt ", &headers(kind, 2)[header]), chunk(b"data", &body)]);
        for (at, value) in edits {
            let length = bytes.len();
            bytes[at % length] = value;
        }
        bytes.truncate(cut.max(20));
        if let Ok(decoded) = decode(&bytes, "mutated.wav") {
            prop_assert!(!decoded.clip.samples.is_empty() && decoded.clip.samples.len() <= bytes.len());
            prop_assert!(decoded.clip.samples.iter().all(|sample| sample.is_finite()));
        }
    }

    #[test]
    fn written_clips_read_back(samples in prop::collection::vec(any::<i16>(), 1..100), rate in 1_000_u32..200_000) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.wav");
        let clip = Clip { samples: samples.iter().map(|&sample| f32::from(sample) / 32768.0).collect(), sample_rate: rate };
        write_wav(&path, &clip).unwrap();
        prop_assert_eq!(read(&path).unwrap().clip, clip);
    }
}

#[test]
fn bits_that_fill_no_bytes_are_left_justified() {
    for header in [fmt(1, 1, RATE, 12), fmt_extensible(1, 1, RATE, 16, 12)] {
        let bytes = riff(&[chunk(b"fmt ", &header), chunk(b"data", &pcm16(&[0x7ff0, -0x8000, 0x10]))]);
        let samples = decode(&bytes, "12 bits").unwrap().clip.samples;
        assert_eq!(samples, [32752.0 / 32768.0, -1.0, 16.0 / 32768.0]);
    }
    let bytes = riff(&[
        chunk(b"fmt ", &fmt_extensible(1, 1, RATE, 32, 24)),
        chunk(b"data", &[(-0x4000_0000_i32).to_le_bytes(), 0x100_i32.to_le_bytes()].concat()),
    ]);
    assert_eq!(decode(&bytes, "24 in 32").unwrap().clip.samples, [-0.5, 0x100 as f32 / 2_147_483_648.0]);
}

#[test]
fn odd_chunks_may_lack_their_pad_byte() {
    let odd = [b"LIST\x05\0\0\0".as_slice(), b"abcde"].concat();
    let bytes = riff(&[odd, chunk(b"fmt ", &fmt(1, 1, RATE, 16)), chunk(b"data", &pcm16(&[5, 6]))]);
    assert_eq!(decode(&bytes, "unpadded").unwrap().clip.samples, [5.0 / 32768.0, 6.0 / 32768.0]);
}

#[test]
fn streams_without_a_length_are_read_to_the_end() {
    let samples: Vec<i16> = (1..=40).collect();
    for size in [0, u32::MAX, 0x7fff_f000, 0xffff_ffdb] {
        let bytes = riff(&[chunk(b"fmt ", &fmt(1, 1, RATE, 16)), data_stating(size, &pcm16(&samples))]);
        let decoded = decode(&bytes, "stream").unwrap();
        assert_eq!(decoded.clip.samples.len(), 40, "size {size:#x}");
        assert_eq!(decoded.warnings, [AudioWarning::UnstatedLength], "size {size:#x}");
    }
    let bytes = riff(&[chunk(b"fmt ", &fmt(1, 1, RATE, 16)), data_stating(0, b""), chunk(b"LIST", b"INFO")]);
    assert!(matches!(decode(&bytes, "nothing"), Err(AudioError::Empty { .. })), "a chunk behind an empty one is not audio");
}

#[test]
fn rf64_takes_its_length_from_ds64() {
    let data = pcm16(&[1, 2, 3]);
    let ds64 = [40_u64.to_le_bytes(), 6_u64.to_le_bytes(), 3_u64.to_le_bytes()].concat();
    let mut bytes = riff(&[
        chunk(b"ds64", &[ds64, vec![0; 4]].concat()),
        chunk(b"fmt ", &fmt(1, 1, 48_000, 16)),
        data_stating(u32::MAX, &data),
        chunk(b"LIST", b"INFO"),
    ]);
    bytes[..4].copy_from_slice(b"RF64");
    let decoded = decode(&bytes, "rf64").unwrap();
    assert_eq!((decoded.clip.samples.len(), decoded.warnings.as_slice()), (3, [].as_slice()));
}

#[test]
fn bytes_that_make_no_whole_frame_are_left_out_with_a_warning() {
    let bytes = riff(&[chunk(b"fmt ", &fmt(1, 2, RATE, 16)), chunk(b"data", &[1, 0, 1, 0, 2, 0, 2])]);
    let decoded = decode(&bytes, "ragged").unwrap();
    assert_eq!(decoded.clip.samples, [1.0 / 32768.0]);
    assert_eq!(decoded.warnings, [AudioWarning::PartialFrame { bytes: 3 }]);
}

#[test]
fn samples_that_are_no_numbers_are_named() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let values = [0.5_f32, 0.25, 0.0, 0.0, 1.0, bad];
        let body: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let bytes = riff(&[chunk(b"fmt ", &fmt(3, 2, RATE, 32)), chunk(b"data", &body)]);
        let error = decode(&bytes, "bad.wav").unwrap_err();
        assert!(matches!(error, AudioError::NonFinite { frame: 2, channel: 1, .. }), "{error}");
    }
    // Finite in 64 bits, not in 32.
    let bytes = riff(&[chunk(b"fmt ", &fmt(3, 1, RATE, 64)), chunk(b"data", &1e300_f64.to_le_bytes())]);
    assert!(matches!(decode(&bytes, "large"), Err(AudioError::NonFinite { frame: 0, channel: 0, .. })));
}

/// A file with a plain header whose 16 `fmt ` bytes are `edit`ed.
fn with_header(edit: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut header = fmt(1, 1, RATE, 16);
    edit(&mut header);
    riff(&[chunk(b"fmt ", &header), chunk(b"data", &pcm16(&[1; 32]))])
}

#[test]
fn hostile_headers_end_in_typed_errors() {
    let malformed = |bytes: &[u8], word: &str| {
        let error = decode(bytes, "hostile.wav").unwrap_err();
        assert!(matches!(error, AudioError::Malformed { .. }) && error.to_string().contains(word), "{word}: {error}");
    };
    malformed(&with_header(|header| header[2..4].fill(0)), "0 channels");
    malformed(&with_header(|header| header[14..16].fill(0)), "0 bits");
    malformed(&with_header(|header| header[12] = 3), "3 bytes a frame");
    malformed(&with_header(|header| header[2..4].fill(0xff)), "65535 channels");
    malformed(&riff(&[chunk(b"fmt ", &[1, 0, 1]), chunk(b"data", &[0; 4])]), "3 bytes");
    malformed(&riff(&[chunk(b"data", &[0; 4])]), "no `fmt `");
    malformed(&riff(&[chunk(b"fmt ", &fmt(1, 1, RATE, 16))]), "no `data`");
    malformed(&riff(&[chunk(b"fmt ", &fmt(0xfffe, 1, RATE, 16)), chunk(b"data", &[0; 4])]), "extensible");
    // A chunk that claims 4 GB swallows the rest of the file, and nothing more.
    malformed(&riff(&[[b"LIST".as_slice(), &[0xff; 4]].concat(), chunk(b"fmt ", &fmt(1, 1, RATE, 16))]), "no `fmt `");

    for rate in [0, 1, 999, 800_000, 4_000_000_000, u32::MAX] {
        let bytes = with_header(|header| header[4..8].copy_from_slice(&rate.to_le_bytes()));
        let error = decode(&bytes, "rate.wav").unwrap_err();
        assert!(matches!(error, AudioError::SampleRate { sample_rate, .. } if sample_rate == rate), "{error}");
    }
    for (tag, word) in [(2, "ADPCM"), (6, "A-law"), (7, "mu-law"), (0x55, "MP3"), (0x1234, "0x1234")] {
        let error = decode(&with_header(|header| header[0..2].copy_from_slice(&u16::to_le_bytes(tag))), "x").unwrap_err();
        assert!(matches!(error, AudioError::UnsupportedEncoding { .. }) && error.to_string().contains(word), "{error}");
    }
    let wide = riff(&[chunk(b"fmt ", &fmt(1, 1, RATE, 64)), chunk(b"data", &[0; 16])]);
    assert!(matches!(decode(&wide, "64-bit integers"), Err(AudioError::UnsupportedEncoding { .. })));
    let empty = riff(&[chunk(b"fmt ", &fmt(1, 1, RATE, 16)), chunk(b"data", b"")]);
    assert!(matches!(decode(&empty, "empty"), Err(AudioError::Empty { .. })));
}

#[test]
fn what_is_of_no_known_format_is_called_what_it_looks_like() {
    let cases: [(&[u8], &str); 5] = [
        (b"", "empty file"),
        (b"ID3\x04\0\0", "ID3"),
        (b"RIFF\x04\0\0\0AVI ", "not a WAV"),
        (b".snd\0\0\0\x18", "AU"),
        (b"hello", "no audio file"),
    ];
    for (bytes, word) in cases {
        let error = decode(bytes, "clip.wav").unwrap_err();
        assert!(matches!(error, AudioError::UnknownFormat { .. }) && error.to_string().contains(word), "{error}");
    }
    let error = read("no/such/clip.wav".as_ref()).unwrap_err();
    assert!(matches!(&error, AudioError::Read { name, .. } if name == "no/such/clip.wav"), "{error}");
}
