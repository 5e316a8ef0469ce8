//! Waveform augmentation of one clip on one core; `benches/peers/augment.py` times librosa on the same clip.

use criterion::{Criterion, criterion_group, criterion_main};
use intone::audio::Clip;
use intone::augment::{self, NoiseColour, VoiceChange, WaveAugmenter};
use intone::dataset::{Aggregate, FeaturePipeline};
use intone::experiment::load;
use intone::seed;

/// The 3 s golden clip at 22 050 Hz.
fn clip() -> Clip {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/golden/voiced_3s.wav");
    let mut reader = hound::WavReader::open(path).expect("the golden clip is in the repository");
    let samples = reader.samples::<i16>().map(|sample| f32::from(sample.expect("the clip is whole")) / 32_768.0).collect();
    Clip { samples, sample_rate: 22_050 }
}

fn stages(criterion: &mut Criterion) {
    let clip = clip();
    let mut random = seed::stream(1, &["bench"]);
    for rate in [0.9, 1.1] {
        criterion.bench_function(&format!("time-stretch/{rate}/3s-22050Hz"), |bencher| bencher.iter(|| augment::time_stretch(&clip, rate)));
    }
    for steps in [2.0, -2.0] {
        criterion.bench_function(&format!("pitch-shift/{steps}/3s-22050Hz"), |bencher| bencher.iter(|| augment::pitch_shift(&clip, steps)));
    }
    criterion.bench_function("speed/0.93/3s-22050Hz", |bencher| bencher.iter(|| augment::speed(&clip, 0.93)));
    let change = VoiceChange { pitch: 0.8, formants: 0.93 };
    criterion.bench_function("voice/3s-22050Hz", |bencher| bencher.iter(|| augment::convert_voice(&clip, change)));
    criterion.bench_function("time-shift/3s-22050Hz", |bencher| bencher.iter(|| augment::time_shift(&clip, 0.1)));
    criterion.bench_function("reverberate/0.5s/3s-22050Hz", |bencher| {
        bencher.iter(|| augment::reverberate(&clip, 0.5, 6.0, &mut random));
    });
    for (name, colour) in [("white", NoiseColour::White), ("pink", NoiseColour::Pink)] {
        let id = format!("noise/{name}/3s-22050Hz");
        criterion.bench_function(&id, |bencher| bencher.iter(|| augment::add_noise(&clip, colour, 20.0, &mut random)));
    }
    criterion.bench_function("band-limit/3s-22050Hz", |bencher| bencher.iter(|| augment::band_limit(&clip, 300.0, 3400.0)));
    criterion.bench_function("gain/3s-22050Hz", |bencher| bencher.iter(|| augment::gain(&clip, 3.0)));
}

/// What an epoch adds for a row: all stages, each with probability 0.5, and the features of the everyday experiment.
fn epoch(criterion: &mut Criterion) {
    let stages = ["random-speed", "time-stretch", "pitch-shift", "time-shift", "reverberation", "noise", "band-limit", "gain"];
    let mut assignments: Vec<String> = stages.iter().map(|stage| format!("augment.{stage}.probability=0.5")).collect();
    let features = ["sets=[\"log-mel\"]", "n_fft=512", "win_length=400", "hop_length=320", "n_mels=64", "fmin=40.0", "fmax=7600.0"];
    assignments.extend(features.iter().map(|setting| format!("features.{setting}")));
    let config = load::defaults(&assignments).expect("the settings are right");
    let pipeline = FeaturePipeline::new(&config.audio, &config.features, Aggregate::Frames).expect("the settings are right");
    let augmenter = WaveAugmenter::new(&config.augment).expect("the settings are right");
    let clip = pipeline.resampled(clip()).expect("the clip is right");
    let mut random = seed::stream(1, &["bench"]);
    criterion.bench_function("features/log-mel/row", |bencher| bencher.iter(|| pipeline.matrix(clip.clone())));
    criterion.bench_function("all-stages-at-half/row", |bencher| {
        bencher.iter(|| augmenter.apply(&clip, &mut random).map(|varied| pipeline.matrix(varied.into_owned())));
    });
}

criterion_group!(benches, stages, epoch);
criterion_main!(benches);
