//! Clips in another voice, against Praat's "Change gender" (`tests/fixtures/make_voice_change.py`).

use intone::audio::{Clip, read};
use intone::augment::{AugmentError, AugmentSettings, FixedCopies, VoiceChange, convert_voice, speed};
use intone::experiment::load;
use intone::features::{Extractor, FeatureSet, FeatureSettings, stft};
use proptest::prelude::*;
use serde_json::Value;

use super::fixture;

fn voiced() -> Clip {
    read(&fixture("golden/voiced_3s.wav")).unwrap().clip
}

fn change(pitch: f32, formants: f32) -> VoiceChange {
    VoiceChange { pitch, formants }
}

/// The fundamental frequency of the voiced frames, Hz, in order of size, and the part of frames that are voiced.
fn f0(clip: &Clip) -> (Vec<f32>, f64) {
    let settings = FeatureSettings {
        sets: vec![FeatureSet::F0],
        hop_length: clip.sample_rate as usize / 100,
        f0_min: 75.0,
        f0_max: 600.0,
        ..FeatureSettings::librosa()
    };
    let features = Extractor::new(&settings, clip.sample_rate).unwrap().frames(&clip.samples).unwrap();
    let mut voiced: Vec<f32> = features.values.column(0).iter().copied().filter(|&hertz| hertz > 0.0).collect();
    voiced.sort_unstable_by(f32::total_cmp);
    let part = voiced.len() as f64 / features.values.nrows() as f64;
    (voiced, part)
}

/// Power in bands of 500 Hz, as parts of the whole in dB.
fn bands_db(clip: &Clip) -> Vec<f64> {
    let frame = 2048;
    let spectrum = stft(&clip.samples, frame, frame / 4).unwrap();
    let mut bands = vec![0.0; 1 + clip.sample_rate as usize / 1000];
    for (bin, row) in spectrum.rows().into_iter().enumerate() {
        let hertz = bin as f64 * f64::from(clip.sample_rate) / frame as f64;
        bands[(hertz / 500.0) as usize] += row.iter().map(|value| f64::from(value.norm_sqr())).sum::<f64>();
    }
    let all: f64 = bands.iter().sum();
    bands.iter().map(|power| 10.0 * (power / all).log10()).collect()
}

fn rms(clip: &Clip) -> f64 {
    (clip.samples.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / clip.samples.len() as f64).sqrt()
}

#[test]
fn another_voice_is_praats() {
    let fixture: Value = serde_json::from_slice(&std::fs::read(fixture("voice_change.json")).unwrap()).unwrap();
    for case in fixture["cases"].as_array().unwrap() {
        let number = |key: &str| case[key].as_f64().unwrap();
        let other = convert_voice(&voiced(), change(number("pitch") as f32, number("formants") as f32)).unwrap();
        let ((voiced, part), found) = (f0(&other), bands_db(&other));
        let level = 20.0 * (rms(&other) / number("rms")).log10();
        let median = f64::from(voiced[voiced.len() / 2]);
        // Bands that hold more than the floor of what is not voiced, which Praat cuts into other pieces.
        let expected = case["bands_db"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap());
        let far = expected.zip(&found).filter(|(want, _)| *want > -30.0).map(|(want, got)| (got - want).abs()).fold(0.0, f64::max);
        println!("{case}\n    f0 {median:.2}, voiced {part:.3}, level {level:+.2} dB, bands within {far:.2} dB {found:.1?}");
        assert_eq!(other.samples.len() as u64, case["length"].as_u64().unwrap());
        assert!((median / number("f0_median") - 1.0).abs() < 0.01, "{case}: f0 {median}");
        assert!((part - number("voiced")).abs() < 0.02, "{case}: {part} of the frames are voiced");
        assert!(level.abs() < 0.3, "{case}: {level} dB louder");
        assert!(far < 1.0, "{case}: {found:?}");
    }
}

#[test]
fn a_voice_of_its_own_pitch_and_formants_is_the_same() {
    let clip = voiced();
    let same = convert_voice(&clip, change(1.0, 1.0)).unwrap();
    let ((found, part), (expected, voiced)) = (f0(&same), f0(&clip));
    assert!((found[found.len() / 2] / expected[expected.len() / 2] - 1.0).abs() < 0.01);
    assert!((part - voiced).abs() < 0.02, "{part} of the frames are voiced, not {voiced}");
    let far = bands_db(&same).into_iter().zip(bands_db(&clip)).filter(|(_, want)| *want > -30.0);
    let far = far.map(|(got, want)| (got - want).abs()).fold(0.0, f64::max);
    assert!(far < 0.5, "bands differ by {far} dB");
}

#[test]
fn what_has_no_voice_moves_its_band_alone() {
    let clip = read(&fixture("golden/noise_1s.wav")).unwrap().clip;
    // Between the half pieces at both ends, raised cosines add up to 1.
    let inner = 240..clip.samples.len() - 240;
    let (pitch, mean) = (convert_voice(&clip, change(0.6, 1.0)).unwrap(), clip.samples.iter().sum::<f32>() / clip.samples.len() as f32);
    let far = inner.map(|at| (pitch.samples[at] - (clip.samples[at] - mean)).abs()).fold(0.0, f32::max);
    assert!(far < 1e-6, "{far}");
    let bands = bands_db(&convert_voice(&clip, change(1.0, 0.5)).unwrap());
    assert!(bands.iter().skip(bands.len() / 2 + 1).all(|&db| db < -30.0), "{bands:.1?}");
}

#[test]
fn wild_factors_are_refused() {
    let clip = voiced();
    for factor in [0.0, 0.49, 2.01, f32::NAN] {
        assert!(matches!(convert_voice(&clip, change(factor, 1.0)), Err(AugmentError::Voice { .. })), "{factor}");
        assert!(matches!(convert_voice(&clip, change(1.0, factor)), Err(AugmentError::Voice { .. })), "{factor}");
        let settings = AugmentSettings { voice: vec![change(1.0, factor)], ..load::defaults(&[]).unwrap().augment };
        assert_eq!(settings.check().unwrap_err().key, "augment.voice");
    }
}

#[test]
fn copies_are_declared_by_speed_and_by_voice() {
    let set = ["augment.speed=[0.9]", "augment.voice=[{ pitch = 0.8, formants = 0.93 }]", "augment.test_copies=true"];
    let settings = load::defaults(&set.map(str::to_owned)).unwrap().augment;
    let copies = FixedCopies::of_training(&settings);
    assert_eq!(FixedCopies::of_test(&settings), copies);
    assert_eq!(FixedCopies::of_test(&AugmentSettings { test_copies: false, ..settings }), FixedCopies::default());
    let made: Vec<Clip> = copies.make(&voiced()).map(Result::unwrap).collect();
    assert_eq!(made, [speed(&voiced(), 0.9).unwrap(), convert_voice(&voiced(), change(0.8, 0.93)).unwrap()]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the samples, their rate and the factors: as many finite samples.
    #[test]
    fn any_clip_keeps_its_length(
        samples in prop::collection::vec(-1.0_f32..1.0, 0..6000),
        sample_rate in prop::sample::select(vec![0_u32, 1, 50, 99, 100, 8_000, 16_000, 44_100]),
        (pitch, formants) in (0.5_f32..2.0, 0.5_f32..2.0),
    ) {
        let length = samples.len();
        let other = convert_voice(&Clip { samples, sample_rate }, change(pitch, formants)).unwrap();
        prop_assert_eq!((other.samples.len(), other.sample_rate), (length, sample_rate));
        prop_assert!(other.samples.iter().all(|v| v.is_finite()));
    }
}
