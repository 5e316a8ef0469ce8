//! What must hold whatever the clip.

use intone::features::{ClipFunctionals, Extractor, FeatureSet, FeatureSettings, Scratch, Tuning, Window};
use proptest::prelude::*;

use crate::support::{ALL, group, librosa_defaults};

/// Small settings, so that the cases run fast.
fn small(sets: &[FeatureSet]) -> FeatureSettings {
    FeatureSettings {
        n_fft: 256,
        win_length: 200,
        hop_length: 64,
        window: Window::Hann,
        n_mels: 20,
        fmax: 4000.0,
        n_mfcc: 8,
        contrast_bands: 3,
        f0_min: 80.0,
        f0_frame_length: 256,
        formant_ceiling: 3500.0,
        tuning: Tuning::Fixed(0.0),
        ..librosa_defaults(sets)
    }
}

fn noisy(samples: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec((-0.5_f32..0.5).prop_map(|x| (x * 32_768.0).round() / 32_768.0), samples)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn twice_the_amplitude_is_six_decibels(samples in noisy(400..900)) {
        let extractor = Extractor::new(&small(&[FeatureSet::LogMel]), 8000).unwrap();
        let loud: Vec<f32> = samples.iter().map(|sample| sample * 2.0).collect();
        let (once, twice) = (extractor.frames(&samples).unwrap(), extractor.frames(&loud).unwrap());
        for (once, twice) in once.values.iter().zip(&twice.values) {
            prop_assert!((twice - once - 6.0206).abs() < 1e-3, "{once} and {twice}");
        }
    }

    #[test]
    fn a_shift_by_a_hop_shifts_the_frames(samples in noisy(600..1200)) {
        let extractor = Extractor::new(&small(&[FeatureSet::Mel, FeatureSet::Chroma, FeatureSet::Rms]), 8000).unwrap();
        let shifted: Vec<f32> = std::iter::repeat_n(0.0, 64).chain(samples.iter().copied()).collect();
        let (here, later) = (extractor.frames(&samples).unwrap(), extractor.frames(&shifted).unwrap());
        prop_assert_eq!(later.values.nrows(), here.values.nrows() + 1);
        for (frame, row) in here.values.rows().into_iter().enumerate() {
            prop_assert_eq!(row, later.values.row(frame + 1));
        }
    }

    #[test]
    fn means_are_the_means_of_the_frames(samples in noisy(600..1500)) {
        let sets = [&ALL[..], &[FeatureSet::Gabor]].concat();
        let extractor = Extractor::new(&small(&sets), 8000).unwrap();
        let (frames, means) = (extractor.frames(&samples).unwrap(), extractor.mean(&samples).unwrap());
        let gaps = extractor.gaps();
        prop_assert_eq!(means.values.dim(), (1, frames.values.ncols()));
        prop_assert_eq!(&means.columns, &frames.columns);
        for (column, &mean) in means.values.row(0).iter().enumerate() {
            // Of what only voiced frames have, over those.
            let values = frames.values.column(column).to_vec();
            let values: Vec<f32> = values.into_iter().filter(|value| !gaps[column] || *value != 0.0).collect();
            let expected = values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len().max(1) as f64;
            prop_assert!((f64::from(mean) - expected).abs() < 2e-6 * (1.0 + expected.abs()), "{}: {mean} for {expected}", means.columns[column]);
        }
    }

    #[test]
    fn frames_are_counted_by_the_formula(samples in 1_usize..3000, n_fft in 128_usize..700, hop in 1_usize..400) {
        let settings = FeatureSettings { n_fft, win_length: n_fft, hop_length: hop, ..small(&[FeatureSet::Rms, FeatureSet::Mel]) };
        let extractor = Extractor::new(&settings, 8000).unwrap();
        let frames = extractor.frames(&vec![0.25; samples]).unwrap().values.nrows();
        prop_assert_eq!(frames, 1 + (samples + 2 * (n_fft / 2) - n_fft) / hop);
        prop_assert_eq!(frames, extractor.frame_count(samples));
    }

    #[test]
    fn nothing_is_out_of_range(samples in noisy(576..900), gain in -8_i32..12) {
        let samples: Vec<f32> = samples.iter().map(|sample| sample * 10_f32.powi(gain)).collect();
        let sets = [&ALL[..], &[FeatureSet::Gabor]].concat();
        let extractor = Extractor::new(&small(&sets), 8000).unwrap();
        let features = extractor.frames(&samples).unwrap();
        prop_assert!(features.values.iter().all(|value| value.is_finite()));
        prop_assert!(group(&features, "chroma").iter().all(|value| (0.0..=1.0).contains(value)));
        prop_assert!(group(&features, "zcr").iter().all(|value| (0.0..=1.0).contains(value)));
        prop_assert!(group(&features, "mel").iter().all(|value| *value >= 0.0));
        prop_assert!(group(&features, "flatness").iter().all(|value| (0.0..=1.00001).contains(value)));
        prop_assert!(group(&features, "tonnetz").iter().all(|value| (-1.00001..=1.00001).contains(value)));
        for prefix in ["centroid", "bandwidth", "rolloff"] {
            prop_assert!(group(&features, prefix).iter().all(|value| (0.0..=4000.0).contains(value)), "{prefix}");
        }
        for prefix in ["pyin_voiced", "pyin_probability"] {
            prop_assert!(group(&features, prefix).iter().all(|value| (0.0..=1.0).contains(value)), "{prefix}");
        }
        for prefix in ["jitter", "shimmer", "shimmer_db", "formant", "formant_bandwidth", "loudness", "flux", "f0_semitone"] {
            prop_assert!(group(&features, prefix).iter().all(|value| *value >= 0.0), "{prefix}");
        }
        prop_assert!(group(&features, "formant").iter().all(|value| *value <= 3500.0));
        prop_assert!(group(&features, "hnr").iter().all(|value| value.abs() <= 150.0));
        // Praat's parabola can leave the range by a little: it is only looked for up to two samples more than the longest period.
        prop_assert!(group(&features, "f0").iter().all(|value| *value == 0.0 || (76.0..=500.0).contains(value)));
        prop_assert!(ClipFunctionals::new(&extractor).of(features.clone()).values.iter().all(|value| value.is_finite()));
        prop_assert!(group(&features, "pyin_f0").iter().all(|value| *value == 0.0 || (80.0..=500.0).contains(value)));
    }
}

#[test]
fn silence_is_silent() {
    let features = Extractor::new(&librosa_defaults(&ALL), 22_050).unwrap().frames(&[0.0; 22_050]).unwrap();
    assert!(group(&features, "mfcc").row(0).iter().all(|c0| (c0 + 1131.371).abs() < 1e-3));
    assert!(group(&features, "mfcc").iter().skip(features.values.nrows()).all(|value| value.abs() < 1e-4));
    assert!(group(&features, "flatness").iter().all(|flatness| (flatness - 1.0).abs() < 1e-5));
    for prefix in
        ["chroma", "mel", "contrast", "rms", "zcr", "delta_mfcc", "delta2_mfcc", "centroid", "bandwidth", "rolloff", "tonnetz", "pyin_f0"]
            .into_iter()
            .chain(["f0", "f0_semitone", "jitter", "shimmer", "shimmer_db", "hnr", "formant", "formant_bandwidth", "h1_h2"])
            .chain(["alpha_ratio", "hammarberg", "slope_0_500", "slope_500_1500", "flux"])
    {
        assert!(group(&features, prefix).iter().all(|value| value.abs() < 1e-6), "{prefix}");
    }
}

#[test]
fn columns_are_named_in_the_order_of_the_sets() {
    let extractor = Extractor::new(&librosa_defaults(&ALL), 22_050).unwrap();
    let names = extractor.columns();
    assert_eq!(names.len(), 20 + 12 + 128 + 7 + 1 + 1 + 128 + 20 + 20 + 4 + 6 + 1 + 3 + 2 + 3 + 1 + 6 + 4 + 1 + 5);
    let first: Vec<&str> = [0, 20, 32, 160, 167, 168, 169, 297].map(|column| names[column].as_str()).to_vec();
    assert_eq!(first, ["mfcc_0", "chroma_0", "mel_0", "contrast_0", "rms", "zcr", "log_mel_0", "delta_mfcc_0"]);
    assert_eq!(names[316], "delta_mfcc_19");
    let rest: Vec<&str> = names[337..].iter().map(String::as_str).collect();
    let tonnetz = ["tonnetz_0", "tonnetz_1", "tonnetz_2", "tonnetz_3", "tonnetz_4", "tonnetz_5"];
    assert_eq!(rest[..4], ["centroid", "bandwidth", "rolloff", "flatness"]);
    assert_eq!(rest[4..10], tonnetz);
    assert_eq!(rest[10..14], ["yin", "pyin_f0", "pyin_voiced", "pyin_probability"]);
    assert_eq!(rest[14..20], ["f0", "f0_semitone", "jitter", "shimmer", "shimmer_db", "hnr"]);
    assert_eq!(rest[20..24], ["formant_1", "formant_2", "formant_3", "formant_bandwidth_1"]);
    assert_eq!(rest[26..31], ["h1_h2", "h1_a1", "h1_a2", "h1_a3", "loudness"]);
    assert_eq!(rest[31..], ["alpha_ratio", "hammarberg", "slope_0_500", "slope_500_1500", "flux"]);
}

#[test]
fn scratch_can_be_used_for_clips_of_any_length_and_by_several_threads() {
    let extractor = Extractor::new(&librosa_defaults(&ALL), 22_050).unwrap();
    let clips: Vec<Vec<f32>> =
        [30_000, 5000, 22_050].iter().map(|&length| (0..length).map(|n| ((n * n % 977) as f32 / 977.0 - 0.5) * 0.3).collect()).collect();
    let fresh: Vec<_> = clips.iter().map(|clip| extractor.frames(clip).unwrap()).collect();
    let mut scratch = Scratch::new();
    for (clip, fresh) in clips.iter().zip(&fresh) {
        assert_eq!(&extractor.frames_with(clip, &mut scratch).unwrap(), fresh);
    }
    let extractor = &extractor;
    std::thread::scope(|scope| {
        for (clip, fresh) in clips.iter().zip(&fresh) {
            scope.spawn(move || assert_eq!(&extractor.frames(clip).unwrap(), fresh));
        }
    });
}

#[test]
fn hostile_clips_give_finite_numbers() {
    let sets: Vec<FeatureSet> = ALL.into_iter().filter(|set| !matches!(set, FeatureSet::Delta | FeatureSet::Delta2)).collect();
    let square = |amplitude: f32| move |n: usize| if (n / 40).is_multiple_of(2) { amplitude } else { -amplitude };
    let mut impulse = vec![0.0; 9000];
    impulse[4500] = 1.0;
    let clips: [(&str, Vec<f32>); 14] = [
        ("one sample", vec![0.5]),
        ("one silent sample", vec![0.0]),
        ("two samples", vec![1.0, -1.0]),
        ("three samples", vec![0.1, 0.2, 0.3]),
        ("a hundred samples", (0..100).map(square(0.5)).collect()),
        ("silence", vec![0.0; 20_000]),
        ("negative zeros", vec![-0.0; 3000]),
        ("a constant", vec![0.7; 20_000]),
        ("clipped", (0..20_000).map(square(1.0)).collect()),
        ("the loudest", (0..20_000).map(square(1e12)).collect()),
        ("the weakest", (0..20_000).map(square(f32::from_bits(1))).collect()),
        ("an impulse", impulse),
        ("half the sample rate", (0..20_000).map(|n| if n % 2 == 0 { 1.0 } else { -1.0 }).collect()),
        ("a tone between silences", (0..20_000).map(|n| if n / 5000 % 2 == 0 { 0.0 } else { (n as f32 * 0.06).sin() }).collect()),
    ];
    for (settings, sample_rate) in [(small(&sets), 8000), (librosa_defaults(&sets), 22_050)] {
        let extractor = Extractor::new(&settings, sample_rate).unwrap();
        let functionals = ClipFunctionals::new(&extractor);
        let mut scratch = Scratch::new();
        for (name, samples) in &clips {
            let frames = extractor.frames_with(samples, &mut scratch).unwrap();
            for (index, column) in frames.values.columns().into_iter().enumerate() {
                assert!(column.iter().all(|value| value.is_finite()), "{name}: {}", frames.columns[index]);
            }
            let means = extractor.mean_with(samples, &mut scratch).unwrap();
            assert!(means.values.iter().all(|value| value.is_finite()), "{name}: means");
            assert!(functionals.of(frames).values.iter().all(|value| value.is_finite()), "{name}: functionals");
        }
    }
}
