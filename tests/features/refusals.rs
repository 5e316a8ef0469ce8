//! What cannot be done is refused with a message that says why.

use intone::features::{Estimate, Extractor, FeatureError, FeatureSet, FeatureSettings, MelBank, Reference, Tuning};
use ndarray::Array2;

use crate::support::{ALL, librosa_defaults};

fn refused(change: impl FnOnce(&mut FeatureSettings)) -> (String, String) {
    let mut settings = librosa_defaults(&ALL);
    change(&mut settings);
    let error = Extractor::new(&settings, 16_000).expect_err("the settings should be refused");
    (error.key.clone(), error.to_string())
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    type Change = fn(&mut FeatureSettings);
    let cases: [(&str, Change); 35] = [
        ("features.sets", |s| s.sets.clear()),
        ("features.sets", |s| s.sets.push(FeatureSet::Mfcc)),
        ("features.n_fft", |s| s.n_fft = 0),
        ("features.n_fft", |s| s.n_fft = usize::MAX),
        ("features.win_length", |s| s.win_length = 2049),
        ("features.win_length", |s| s.win_length = 0),
        ("features.hop_length", |s| s.hop_length = 0),
        ("features.n_mels", |s| s.n_mels = 0),
        ("features.fmax", |s| s.fmax = 8000.5),
        ("features.fmax", |s| s.fmax = f32::NAN),
        ("features.fmin", |s| s.fmin = -1.0),
        ("features.fmin", |s| s.fmin = 8000.0),
        ("features.n_mfcc", |s| s.n_mfcc = 129),
        ("features.contrast_bands", |s| s.contrast_fmin = 300.0),
        ("features.contrast_fmin", |s| s.contrast_fmin = 0.0),
        ("features.mfcc_lifter", |s| s.mfcc_lifter = -1.0),
        ("features.roll_percent", |s| s.roll_percent = 1.0),
        ("features.f0_frame_length", |s| s.f0_frame_length = 8),
        ("features.yin_threshold", |s| s.yin_threshold = f32::NAN),
        ("features.f0_max", |s| s.f0_max = 8001.0),
        ("features.f0_min", |s| s.f0_min = 500.0),
        ("features.f0_min", |s| s.f0_frame_length = 247),
        ("features.f0_max", |s| s.f0_max = 65.3),
        ("features.delta_of", |s| s.delta_of.clear()),
        ("features.delta_of", |s| s.delta_of.push(FeatureSet::Mfcc)),
        ("features.delta_of", |s| s.delta_of.push(FeatureSet::Delta2)),
        ("features.log_mel_reference", |s| s.log_mel_reference = Reference::Fixed(0.0)),
        ("features.log_mel_top_db", |s| s.log_mel_top_db = f32::NAN),
        ("features.formant_ceiling", |s| s.formant_ceiling = 8000.5),
        ("features.formant_ceiling", |s| s.formant_ceiling = f32::NAN),
        ("features.f0_min", |s| {
            s.sets = vec![FeatureSet::Hnr];
            s.f0_min = 19.0;
        }),
        // Half the rate of librosa's default hop is less than the fastest modulation.
        ("features.hop_length", |s| s.sets = vec![FeatureSet::Gabor]),
        ("features.n_mels", |s| {
            s.sets = vec![FeatureSet::Gabor];
            s.n_mels = 7;
        }),
        ("features.tuning", |s| s.tuning = Tuning::Fixed(f32::INFINITY)),
        ("features.n_fft", |s| {
            s.n_fft = 64;
            s.win_length = 64;
        }),
    ];
    for (index, (key, change)) in cases.into_iter().enumerate() {
        let (found, message) = refused(change);
        assert_eq!(found, key, "case {index}: {message}");
        assert!(message.starts_with(&format!("`{key}` ")), "{message}");
    }
    assert_eq!(Extractor::new(&librosa_defaults(&ALL), 0).unwrap_err().key, "audio.sample_rate");
}

#[test]
fn a_message_says_what_would_be_right() {
    let (_, message) = refused(|settings| settings.contrast_bands = 7);
    assert_eq!(
        message,
        "`features.contrast_bands` is 7; the last band would begin at 12800 Hz, but half the sample rate is 8000 Hz; it must be at most 6, \
         or `features.contrast_fmin` lower"
    );
}

#[test]
fn what_is_not_asked_for_is_not_checked() {
    let settings = FeatureSettings { tuning: Tuning::Estimated(Estimate::Estimate), ..librosa_defaults(&[FeatureSet::Mel]) };
    assert!(settings.check(8000).is_ok(), "contrast beyond half of 8 kHz does not matter to mel");
}

#[test]
fn samples_that_cannot_be_worked_on_are_refused() {
    let extractor = Extractor::new(&librosa_defaults(&[FeatureSet::Mfcc, FeatureSet::Chroma]), 22_050).unwrap();
    assert_eq!(extractor.frames(&[]), Err(FeatureError::Empty));
    let mut samples = vec![0.1_f32; 3000];
    samples[1234] = f32::INFINITY;
    assert_eq!(extractor.mean(&samples), Err(FeatureError::NonFinite { index: 1234, value: f32::INFINITY }));
    samples[1234] = f32::NAN;
    assert!(matches!(extractor.mean(&samples), Err(FeatureError::NonFinite { index: 1234, .. })));
    samples[1234] = -1e30;
    assert!(matches!(extractor.frames(&samples), Err(FeatureError::TooLoud { index: 1234, .. })));
    assert_eq!(extractor.frames(&[0.5]).unwrap().values.nrows(), 1);
}

#[test]
fn deltas_need_nine_frames() {
    let extractor = Extractor::new(&librosa_defaults(&[FeatureSet::Delta]), 22_050).unwrap();
    let error = extractor.mean(&[0.1; 4095]).unwrap_err();
    assert_eq!(error.to_string(), "the clip has 8 frames of 512 samples and a delta needs at least 9; use a longer clip or a shorter hop");
    assert_eq!(extractor.frames(&[0.1; 4096]).unwrap().values.dim(), (9, 20));
}

#[test]
fn a_spectrogram_of_another_size_is_refused() {
    let bank = MelBank::new(22_050, 2048, 128, 0.0, 0.0, false).unwrap();
    assert_eq!(bank.apply(Array2::zeros((513, 3)).view()), Err(FeatureError::Shape { found: 513, expected: 1025 }));
}
