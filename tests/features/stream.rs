//! A stream gives the offline extractor's frames, to the bit, however the signal is cut into chunks.

use std::sync::Arc;

use intone::features::{ClipReference, Extractor, FeatureError, FeatureSet, FeatureSettings, Reference, Stream, Tuning};
use ndarray::{Array2, Axis, concatenate};
use proptest::prelude::*;

/// Every set that can be streamed.
const CAUSAL: [FeatureSet; 16] = [
    FeatureSet::Mel,
    FeatureSet::Chroma,
    FeatureSet::Rms,
    FeatureSet::Zcr,
    FeatureSet::Centroid,
    FeatureSet::Bandwidth,
    FeatureSet::Rolloff,
    FeatureSet::Flatness,
    FeatureSet::Tonnetz,
    FeatureSet::Yin,
    FeatureSet::LogMel,
    FeatureSet::Mfcc,
    FeatureSet::Loudness,
    FeatureSet::SpectralBalance,
    FeatureSet::Delta,
    FeatureSet::Delta2,
];

fn settings(n_fft: usize, hop_length: usize, f0_frame_length: usize) -> FeatureSettings {
    FeatureSettings {
        sets: CAUSAL.to_vec(),
        n_fft,
        win_length: n_fft - n_fft / 5,
        hop_length,
        n_mels: 24,
        n_mfcc: 8,
        log_mel_reference: Reference::Fixed(1.0),
        log_mel_top_db: 0.0,
        delta_of: vec![FeatureSet::Mfcc, FeatureSet::SpectralBalance, FeatureSet::Rms],
        tuning: Tuning::Fixed(0.1),
        f0_frame_length,
        ..FeatureSettings::librosa()
    }
}

/// A tone that glides, with silence in it.
fn signal(samples: usize) -> Vec<f32> {
    (0..samples)
        .map(|n| {
            let t = n as f32 / 8000.0;
            if n % 3000 < 400 { 0.0 } else { 0.6 * (700.0 * t + 150.0 * t * t).sin() + 0.01 * ((n * n % 97) as f32 / 97.0 - 0.5) }
        })
        .collect()
}

/// The frames of `samples` in chunks whose lengths are taken from `lengths` in turn.
fn streamed(stream: &mut Stream, samples: &[f32], lengths: &[usize]) -> Array2<f32> {
    let mut parts = Vec::new();
    let mut rest = samples;
    for &length in lengths.iter().cycle() {
        let (chunk, after) = rest.split_at(length.min(rest.len()));
        parts.push(stream.push(chunk).unwrap().values);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    parts.push(stream.finish().unwrap().values);
    let views: Vec<_> = parts.iter().map(Array2::view).collect();
    concatenate(Axis(0), &views).unwrap()
}

fn bits(values: &Array2<f32>) -> Array2<u32> {
    values.mapv(f32::to_bits)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_chunks_give_the_frames_of_the_whole(
        length in 3000_usize..6000,
        lengths in proptest::collection::vec(1_usize..1500, 1..6),
        // Lengths with a batched transform and without, even and odd; hops that do and do not divide them, and longer ones.
        (n_fft, hop, f0_frame) in prop::sample::select(vec![(512, 128, 512), (400, 160, 700), (301, 77, 333), (256, 300, 1024)]),
    ) {
        let extractor = Arc::new(Extractor::new(&settings(n_fft, hop, f0_frame), 8_000).unwrap());
        let samples = signal(length);
        let offline = extractor.frames(&samples).unwrap();
        let mut stream = Stream::new(Arc::clone(&extractor)).unwrap();
        for round in 0..2 {
            let found = streamed(&mut stream, &samples, &lengths);
            prop_assert_eq!(bits(&found), bits(&offline.values), "signal {}", round);
        }
    }
}

/// The same without deltas, which need nine frames and four more to wait for.
fn without_deltas(n_fft: usize, hop_length: usize, f0_frame_length: usize) -> FeatureSettings {
    let sets = CAUSAL.into_iter().filter(|set| !matches!(set, FeatureSet::Delta | FeatureSet::Delta2)).collect();
    FeatureSettings { sets, ..settings(n_fft, hop_length, f0_frame_length) }
}

#[test]
fn the_shortest_signals_have_their_frames_too() {
    let extractor = Arc::new(Extractor::new(&without_deltas(512, 128, 512), 8_000).unwrap());
    let mut stream = Stream::new(Arc::clone(&extractor)).unwrap();
    for length in [1, 2, 127, 128, 255, 256, 257, 511, 900] {
        let samples = signal(length + 400)[400..].to_vec();
        let found = streamed(&mut stream, &samples, &[100, 3]);
        assert_eq!(bits(&found), bits(&extractor.frames(&samples).unwrap().values), "{length} samples");
    }
}

#[test]
fn deltas_come_four_frames_later_and_need_nine() {
    let extractor = Arc::new(Extractor::new(&settings(512, 128, 512), 8_000).unwrap());
    let mut stream = Stream::new(Arc::clone(&extractor)).unwrap();
    assert_eq!(stream.latency(), 256 + 4 * 128);
    let samples = signal(2000);
    assert_eq!(stream.push(&samples[..256 + 8 * 128 - 1]).unwrap().values.nrows(), 0);
    assert_eq!(stream.push(&samples[..1]).unwrap().values.nrows(), 5, "the first nine give the first five");
    assert_eq!(stream.push(&samples[..128]).unwrap().values.nrows(), 1);
    stream.finish().unwrap();
    stream.push(&samples[..8 * 128 - 1]).unwrap();
    assert!(matches!(stream.finish(), Err(FeatureError::TooFewFrames { frames: 8, needed: 9, .. })));
    let found = streamed(&mut stream, &samples, &[300]);
    assert_eq!(bits(&found), bits(&extractor.frames(&samples).unwrap().values), "after an error a new signal begins");
}

#[test]
fn a_frame_comes_as_soon_as_its_samples_are_there() {
    let extractor = Arc::new(Extractor::new(&without_deltas(512, 128, 512), 8_000).unwrap());
    let mut stream = Stream::new(extractor).unwrap();
    assert_eq!(stream.latency(), 256);
    assert_eq!(stream.push(&signal(255)).unwrap().values.dim().0, 0);
    assert_eq!(stream.push(&[0.1]).unwrap().values.dim().0, 1);
    assert_eq!(stream.push(&[0.1; 127]).unwrap().values.dim().0, 0);
    assert_eq!(stream.push(&[0.1]).unwrap().values.dim().0, 1);
    assert_eq!(stream.frames(), 2);
}

#[test]
fn a_bad_sample_is_named_by_its_place_in_the_signal_and_leaves_the_stream_as_it_was() {
    let extractor = Arc::new(Extractor::new(&without_deltas(512, 128, 512), 8_000).unwrap());
    let samples = signal(2000);
    let offline = extractor.frames(&samples).unwrap().values;
    let mut stream = Stream::new(extractor).unwrap();
    let mut found = vec![stream.push(&samples[..900]).unwrap().values];
    assert!(matches!(stream.push(&[0.0, f32::NAN]), Err(FeatureError::NonFinite { index: 901, .. })));
    found.push(stream.push(&samples[900..]).unwrap().values);
    found.push(stream.finish().unwrap().values);
    let views: Vec<_> = found.iter().map(Array2::view).collect();
    assert_eq!(bits(&concatenate(Axis(0), &views).unwrap()), bits(&offline));
    assert_eq!(stream.finish().unwrap_err(), FeatureError::Empty, "another signal, of no sample");
}

#[test]
fn what_needs_the_whole_clip_is_refused_by_name() {
    let refused = |sets: Vec<FeatureSet>, tuning| {
        let extractor = Extractor::new(&FeatureSettings { sets, tuning, ..FeatureSettings::librosa() }, 16_000).unwrap();
        Stream::new(Arc::new(extractor)).err().map(|error| error.set)
    };
    let estimated = FeatureSettings::librosa().tuning;
    for set in [
        FeatureSet::Mfcc,
        FeatureSet::LogMel,
        FeatureSet::Contrast,
        FeatureSet::Delta,
        FeatureSet::Delta2,
        FeatureSet::Pyin,
        FeatureSet::Hnr,
    ] {
        assert_eq!(refused(vec![FeatureSet::Rms, set], Tuning::Fixed(0.0)), Some(set));
    }
    for set in [FeatureSet::F0, FeatureSet::JitterShimmer, FeatureSet::Formants, FeatureSet::Harmonics] {
        assert_eq!(refused(vec![set], Tuning::Fixed(0.0)), Some(set));
    }
    let relative = FeatureSettings {
        sets: vec![FeatureSet::LogMel],
        log_mel_reference: Reference::Clip(ClipReference::ClipMax),
        log_mel_top_db: 0.0,
        ..FeatureSettings::librosa()
    };
    assert!(Stream::new(Arc::new(Extractor::new(&relative, 16_000).unwrap())).is_err());
    let gabor = FeatureSettings { sets: vec![FeatureSet::Gabor], hop_length: 160, ..relative };
    let error = Stream::new(Arc::new(Extractor::new(&gabor, 16_000).unwrap())).unwrap_err();
    assert_eq!(error.set, FeatureSet::Gabor);
    for set in [FeatureSet::Chroma, FeatureSet::Tonnetz] {
        assert_eq!(refused(vec![set], estimated), Some(set));
        assert_eq!(refused(vec![set], Tuning::Fixed(0.0)), None);
    }
}
