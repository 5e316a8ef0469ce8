//! Speed copies and frame augmentation.

use std::f64::consts::TAU;

use intone::audio::Clip;
use intone::augment::{AugmentError, AugmentSettings, FrameAugmenter, speed};
use intone::experiment::load;
use intone::seed;
use ndarray::Array2;
use proptest::prelude::*;

/// The defaults: nothing is varied.
fn off() -> AugmentSettings {
    load::defaults(&[]).unwrap().augment
}

fn tone(frequency: f64, length: usize) -> Clip {
    let sample = |index| (0.5 * (TAU * frequency * index as f64 / 16_000.0).sin()) as f32;
    Clip { samples: (0..length).map(sample).collect(), sample_rate: 16_000 }
}

#[test]
fn speed_moves_pitch_and_tempo_together() {
    for factor in [0.5_f32, 0.8, 0.9, 0.973, 1.1, 1.25, 2.0] {
        let clip = tone(1_000.0, 16_000);
        let fast = speed(&clip, factor).unwrap();
        assert_eq!((fast.samples.len(), fast.sample_rate), ((16_000.0 / f64::from(factor)).round() as usize, 16_000));
        let expected = tone(1_000.0 * (f64::from(factor) * 1e3).round() / 1e3, fast.samples.len());
        let inner = 600..fast.samples.len() - 600;
        let far = inner.map(|index| (fast.samples[index] - expected.samples[index]).abs()).fold(0.0, f32::max);
        assert!(far < 1e-5, "factor {factor}: {far} from the tone at {factor} times the frequency");
    }
}

#[test]
fn speed_one_changes_nothing_and_wild_factors_are_refused() {
    let clip = tone(300.0, 777);
    assert_eq!(speed(&clip, 1.0).unwrap(), clip);
    for factor in [0.0, 0.49, 2.01, -1.0, f32::NAN, f32::INFINITY] {
        assert!(matches!(speed(&clip, factor), Err(AugmentError::Speed { .. })), "{factor}");
    }
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    assert_eq!(off().check(), Ok(()));
    let key = |settings: AugmentSettings| FrameAugmenter::new(&settings).unwrap_err().key;
    assert_eq!(key(AugmentSettings { speed: vec![0.9, 3.0], ..off() }), "augment.speed");
    assert_eq!(key(AugmentSettings { time_mask_part: 1.5, ..off() }), "augment.time_mask_part");
    assert_eq!(key(AugmentSettings { feature_noise: f32::NAN, ..off() }), "augment.feature_noise");
    assert_eq!(key(AugmentSettings { mixup: -0.1, ..off() }), "augment.mixup");
    assert_eq!(key(AugmentSettings { frequency_warp: 0.9, ..off() }), "augment.frequency_warp");
    assert_eq!(key(AugmentSettings { test_copies: true, ..off() }), "augment.test_copies");
}

#[test]
fn the_warp_moves_a_formant_in_proportion_and_leaves_an_even_spectrum_alone() {
    let augmenter = FrameAugmenter::new(&AugmentSettings { frequency_warp: 0.2, ..off() }).unwrap();
    let warped = |shape: &dyn Fn(usize) -> f32, draw: u64| {
        let mut frames = Array2::from_shape_fn((2, 64), |(_, band)| shape(band));
        augmenter.apply(&mut frames, &mut seed::stream(draw, &["warp"]));
        assert_eq!(frames.row(0), frames.row(1), "one factor a row of the dataset");
        frames.row(0).to_vec()
    };
    let factors: Vec<f32> = (0..200)
        .map(|draw| {
            let bump = warped(&|band| (-(band as f32 - 24.0).powi(2) / 8.0).exp(), draw);
            let mass: f32 = bump.iter().sum();
            bump.iter().enumerate().map(|(band, value)| band as f32 * value).sum::<f32>() / mass / 24.0
        })
        .collect();
    let (low, high) = factors.iter().fold((f32::MAX, f32::MIN), |(low, high), &factor| (low.min(factor), high.max(factor)));
    assert!((0.795..0.82).contains(&low) && (1.18..1.205).contains(&high), "{low} to {high}");
    assert!((factors.iter().sum::<f32>() / 200.0 - 1.0).abs() < 0.03);
    // The ends stay where they are.
    let ramp = warped(&|band| band as f32, 1);
    assert!(ramp[0] == 0.0 && (ramp[63] - 63.0).abs() < 1e-4 && ramp.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(warped(&|_| 0.7, 2).iter().all(|value| (value - 0.7).abs() < 1e-6));
}

#[test]
fn noise_has_the_deviation_asked_for() {
    let augmenter = FrameAugmenter::new(&AugmentSettings { feature_noise: 0.2, ..off() }).unwrap();
    let mut frames = Array2::<f32>::zeros((500, 100));
    augmenter.apply(&mut frames, &mut seed::stream(1, &["noise"]));
    let mean = frames.mean().unwrap();
    let deviation = frames.std(0.0);
    assert!(mean.abs() < 0.005 && (deviation - 0.2).abs() < 0.003, "mean {mean}, deviation {deviation}");
    let within = frames.iter().filter(|value| value.abs() < 0.2).count() as f64 / frames.len() as f64;
    assert!((within - 0.6827).abs() < 0.01, "{within} of a normal distribution is within one deviation");
}

proptest! {
    #[test]
    fn masks_keep_within_their_bounds(rows in 1..80_usize, columns in 1..40_usize, part in 0.0..=1.0_f32, width in 0..60_usize, seed in any::<u64>()) {
        let filled = |settings: &AugmentSettings| {
            let mut frames = Array2::<f32>::ones((rows, columns));
            FrameAugmenter::new(settings).unwrap().apply(&mut frames, &mut seed::stream(seed, &["masks"]));
            frames
        };
        let zeros = |values: Vec<bool>, most: usize| {
            let count = values.iter().filter(|masked| **masked).count();
            let (first, last) = (values.iter().position(|masked| *masked), values.iter().rposition(|masked| *masked));
            // One stretch, no longer than allowed.
            count <= most && first.zip(last).is_none_or(|(first, last)| last - first + 1 == count)
        };

        let timed = filled(&AugmentSettings { time_masks: 1, time_mask_part: part, ..off() });
        prop_assert!(timed.rows().into_iter().all(|row| row.iter().all(|value| *value == row[0])));
        prop_assert!(zeros(timed.column(0).iter().map(|value| *value == 0.0).collect(), (part * rows as f32) as usize));

        let banded = filled(&AugmentSettings { frequency_masks: 1, frequency_mask_width: width, ..off() });
        prop_assert!(banded.columns().into_iter().all(|column| column.iter().all(|value| *value == column[0])));
        prop_assert!(zeros(banded.row(0).iter().map(|value| *value == 0.0).collect(), width.min(columns)));
    }

    #[test]
    fn the_same_seed_gives_the_same_and_off_changes_nothing(rows in 0..50_usize, columns in 0..20_usize, seed in any::<u64>()) {
        let all = AugmentSettings {
            time_masks: 2, time_mask_part: 0.4, frequency_masks: 2, frequency_mask_width: 5, feature_noise: 0.1, ..off()
        };
        let start = Array2::from_shape_fn((rows, columns), |(row, column)| (row * 31 + column) as f32);
        let run = |settings: &AugmentSettings| {
            let (mut frames, mut rng) = (start.clone(), seed::stream(seed, &["augment"]));
            FrameAugmenter::new(settings).unwrap().apply(&mut frames, &mut rng);
            (frames, rng)
        };
        prop_assert_eq!(run(&all).0, run(&all).0);
        let (unchanged, rng) = run(&off());
        prop_assert_eq!(&unchanged, &start);
        prop_assert_eq!(rng, seed::stream(seed, &["augment"]));
    }
}
