//! Spectro-temporal modulations, against `gabor.json` (made by `make_gabor.py`) and against ripples of known direction.

use intone::features::{Extractor, FeatureMatrix, FeatureSet, FeatureSettings};

use crate::support::{Tolerance, assert_near, clip, json, numbers};

fn settings(hop_length: usize, n_mels: usize, log_mel_top_db: f32) -> FeatureSettings {
    FeatureSettings {
        sets: vec![FeatureSet::Gabor],
        n_fft: 1024,
        win_length: 1024,
        hop_length,
        n_mels,
        log_mel_top_db,
        ..FeatureSettings::librosa()
    }
}

#[test]
fn frames_equal_two_dimensional_filters_of_librosas_log_mel() {
    let fixture = json("gabor.json");
    for case in fixture["cases"].as_array().unwrap() {
        let size = |key: &str| case[key].as_u64().unwrap() as usize;
        let (name, n_mels) = (case["name"].as_str().unwrap(), size("n_mels"));
        let extractor = Extractor::new(&settings(size("hop"), n_mels, case["top_db"].as_f64().unwrap() as f32), 22_050).unwrap();
        assert_eq!(extractor.columns().len(), 50 * (n_mels / 8));
        assert_eq!(extractor.columns()[49], "gabor_49");
        let found = extractor.frames(&clip(name)).unwrap().values;
        assert_eq!(found.nrows(), size("frames"), "{name}");
        let mut worst = 0.0_f64;
        for (frame, expected) in fixture["kept"].as_array().unwrap().iter().zip(case["columns"].as_array().unwrap()) {
            let frame = frame.as_i64().unwrap().rem_euclid(found.nrows() as i64) as usize;
            let what = format!("{name}, {n_mels} bands, frame {frame}");
            worst = worst.max(assert_near(&what, found.row(frame).to_vec(), &numbers(expected), Tolerance::absolute(1e-4)).0);
        }
        println!("{name}, {n_mels} bands: largest deviation {worst:.1e} dB");
    }
}

/// Tones whose levels are a ripple along the frequency axis that moves by `speed` cycles a second, down where that is positive.
fn ripple(speed: f64) -> Vec<f32> {
    const RATE: f64 = 16_000.0;
    let mut clip = vec![0.0_f32; 24_000];
    // A tone in the middle of each of 64 bands of equal width; sixteen of them are one cycle of the ripple.
    for band in 0..64 {
        let frequency = (f64::from(band) + 0.5) * 8000.0 / 64.0;
        for (n, sample) in clip.iter_mut().enumerate() {
            let t = n as f64 / RATE;
            let decibels = 10.0 * (2.0 * std::f64::consts::PI * (speed * t + f64::from(band) / 16.0)).cos();
            let phase = 2.0 * std::f64::consts::PI * (frequency * t + f64::from(band * band % 17) / 17.0);
            *sample += (0.003 * 10_f64.powf(decibels / 20.0) * phase.sin()) as f32;
        }
    }
    clip
}

/// Means over the frames of the filters of one scale that oscillate, summed over bands: for each rate, falling and rising.
fn directions(features: &FeatureMatrix, scale: usize) -> Vec<[f32; 2]> {
    let bands = features.values.ncols() / 50;
    let first = 6 + (scale - 1) * 11 + 1;
    let strength = |filter: usize| {
        let columns = filter * bands..(filter + 1) * bands;
        columns.map(|column| features.values.column(column).mean().unwrap()).sum::<f32>()
    };
    (0..5).map(|rate| [strength(first + 2 * rate), strength(first + 2 * rate + 1)]).collect()
}

#[test]
fn a_ripple_is_heard_by_the_filter_of_its_rate_and_direction() {
    // Mel bands widen with frequency, and the ripple's scale with them; its rate and direction are the same in all.
    let settings = FeatureSettings { n_fft: 256, win_length: 256, hop_length: 160, htk: true, ..settings(160, 64, 0.0) };
    let extractor = Extractor::new(&settings, 16_000).unwrap();
    for (speed, direction) in [(6.0, 0), (-6.0, 1)] {
        let features = extractor.frames(&ripple(speed)).unwrap();
        let found = directions(&features, 2);
        println!("{speed} Hz: {found:?}");
        let six = found[2];
        assert!(six[direction] > 3.0 * six[1 - direction], "{speed} Hz: {six:?}");
        for (rate, other) in found.iter().enumerate().filter(|(rate, _)| *rate != 2) {
            assert!(six[direction] > other[direction], "{speed} Hz, filter {rate}: {other:?} over {six:?}");
        }
    }
}

#[test]
fn the_level_of_a_clip_does_not_matter() {
    let extractor = Extractor::new(&settings(220, 64, 60.0), 22_050).unwrap();
    let clip = clip("voiced_1s");
    let half: Vec<f32> = clip.iter().map(|sample| sample * 0.5).collect();
    let (whole, half) = (extractor.frames(&clip).unwrap(), extractor.frames(&half).unwrap());
    for (&whole, &half) in whole.values.iter().zip(&half.values) {
        assert!((whole - half).abs() < 1e-3, "{whole} and {half}");
    }
}

#[test]
fn silence_and_the_shortest_clips_have_no_modulation() {
    let extractor = Extractor::new(&settings(220, 64, 60.0), 22_050).unwrap();
    for length in [1, 220, 22_050] {
        let features = extractor.frames(&vec![0.0; length]).unwrap();
        assert_eq!(features.values.nrows(), 1 + length / 220);
        assert!(features.values.iter().all(|value| value.abs() < 1e-4), "{length} samples");
    }
    let click = extractor.frames(&[0.5]).unwrap();
    assert!(click.values.iter().all(|value| value.is_finite()));
}
