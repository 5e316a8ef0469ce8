//! The features of one clip on one core; `benches/peers/features.py` times librosa on the same clip.

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use intone::features::{Extractor, FeatureSet, FeatureSettings, Scratch, Stft, Stream, Tuning, Window, functionals};

/// librosa's defaults.
fn settings(sets: Vec<FeatureSet>) -> FeatureSettings {
    FeatureSettings { sets, ..FeatureSettings::librosa() }
}

/// The 3 s golden clip at 22 050 Hz.
fn clip() -> Vec<f32> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/golden/voiced_3s.wav");
    let mut reader = hound::WavReader::open(path).expect("the golden clip is in the repository");
    reader.samples::<i16>().map(|sample| f32::from(sample.expect("the clip is whole")) / 32_768.0).collect()
}

fn features(criterion: &mut Criterion) {
    use FeatureSet::{Centroid, Chroma, Contrast, Flatness, Mel, Mfcc, Pyin, Rms, Rolloff, Yin, Zcr};
    use FeatureSet::{F0, Formants, Harmonics, Hnr, JitterShimmer, Loudness, SpectralBalance};
    let samples = clip();
    let mut scratch = Scratch::new();
    let all = Extractor::new(&settings(vec![Mfcc, Chroma, Mel, Contrast, Rms, Zcr]), 22_050).expect("the settings are librosa's");
    criterion.bench_function("means/169/3s-22050Hz", |bencher| bencher.iter(|| all.mean_with(&samples, &mut scratch)));
    criterion.bench_function("frames/169x130/3s-22050Hz", |bencher| bencher.iter(|| all.frames_with(&samples, &mut scratch)));
    for set in [Mfcc, Chroma, Mel, Contrast, Rms, Zcr] {
        let extractor = Extractor::new(&settings(vec![set]), 22_050).expect("the settings are librosa's");
        let id = format!("means/{}/3s-22050Hz", set.name());
        criterion.bench_function(&id, |bencher| bencher.iter(|| extractor.mean_with(&samples, &mut scratch)));
    }
    let spectral = [Centroid, Rolloff, Flatness, Loudness, SpectralBalance];
    for set in spectral.into_iter().chain([Yin, Pyin, F0, JitterShimmer, Hnr, Formants, Harmonics]) {
        let extractor = Extractor::new(&settings(vec![set]), 22_050).expect("the settings are librosa's");
        let id = format!("frames/{}/3s-22050Hz", set.name());
        criterion.bench_function(&id, |bencher| bencher.iter(|| extractor.frames_with(&samples, &mut scratch)));
    }
    let stft = Stft::new(2048, 2048, 512, Window::Hann).expect("the lengths are librosa's");
    criterion.bench_function("stft-power/1025x130/3s-22050Hz", |bencher| bencher.iter(|| stft.power(&samples)));
    criterion.bench_function("plan/169", |bencher| {
        let settings = settings(vec![Mfcc, Chroma, Mel, Contrast, Rms, Zcr]);
        bencher.iter(|| Extractor::new(&settings, 22_050));
    });
}

/// What a live page pays for each quarter of a second it hears: a chunk pushed into a stream that is under way.
fn stream(criterion: &mut Criterion) {
    use FeatureSet::{Centroid, Chroma, Flatness, Mel, Rms, Rolloff, Yin, Zcr};
    const RATE: u32 = 16_000;
    let chunk: Vec<f32> = (0..RATE / 4).map(|n| 0.3 * (n as f32 * 0.05).sin()).collect();
    for (name, sets) in [("mel", vec![Mel]), ("all-but-yin", vec![Mel, Chroma, Rms, Zcr, Centroid, Rolloff, Flatness]), ("yin", vec![Yin])]
    {
        for (n_fft, hop_length) in [(2048, 512), (512, 160)] {
            let lengths = FeatureSettings { n_fft, win_length: n_fft, hop_length, ..settings(sets.clone()) };
            let settings = FeatureSettings { tuning: Tuning::Fixed(0.0), n_mels: 64, ..lengths };
            let extractor = Extractor::new(&settings, RATE).expect("the settings are in order");
            let mut stream = Stream::new(Arc::new(extractor)).expect("the sets can be streamed");
            let id = format!("push/{name}/{n_fft}-{hop_length}/250ms-16000Hz");
            criterion.bench_function(&id, |bencher| bencher.iter(|| stream.push(&chunk)));
        }
    }
}

/// What `experiments/ravdess-fusion.toml` measures of a clip for its fifth member: the Gabor filter bank, and functionals over its frames.
fn modulations(criterion: &mut Criterion) {
    let settings = FeatureSettings { n_fft: 1024, win_length: 441, hop_length: 220, n_mels: 64, ..settings(vec![FeatureSet::Gabor]) };
    let extractor = Extractor::new(&settings, 22_050).expect("the settings are in order");
    let (samples, mut scratch) = (clip(), Scratch::new());
    criterion.bench_function("frames/gabor/3s-22050Hz", |bencher| bencher.iter(|| extractor.frames_with(&samples, &mut scratch)));
    let frames = extractor.frames_with(&samples, &mut scratch).expect("the clip is sound");
    criterion.bench_function("functionals/400-columns/301-frames", |bencher| {
        bencher.iter(|| functionals(frames.values.view(), frames.frame_step_s));
    });
}

criterion_group!(benches, features, stream, modulations);
criterion_main!(benches);
