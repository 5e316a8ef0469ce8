//! The stages of waveform augmentation, each against its definition or scipy (`tests/fixtures/make_waves.py`), and all of them together.

use std::f64::consts::TAU;

use intone::audio::{Clip, read};
use intone::augment::{
    AugmentError, AugmentSettings, NoiseColour, WaveAugmenter, add_noise, band_limit, gain, reverberate, room_response, time_shift,
};
use intone::experiment::load;
use intone::seed;
use proptest::prelude::*;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::{fixture, floats};

fn random(name: &str) -> ChaCha8Rng {
    seed::stream(5, &["waves", name])
}

fn voiced() -> Clip {
    read(&fixture("golden/voiced_1s.wav")).unwrap().clip
}

fn power(samples: &[f32]) -> f64 {
    samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64
}

fn settings(assignments: &[&str]) -> AugmentSettings {
    let assignments: Vec<String> = assignments.iter().map(|assignment| format!("augment.{assignment}")).collect();
    load::defaults(&assignments).unwrap().augment
}

#[test]
fn gain_is_a_factor() {
    let clip = voiced();
    for (db, factor) in [(0.0, 1.0), (20.0, 10.0), (-20.0, 0.1), (6.0, 1.995_262_3), (-3.0, 0.707_945_76_f32)] {
        let samples = gain(&clip, db).unwrap().samples;
        assert!(samples.iter().zip(&clip.samples).all(|(got, sample)| (got - sample * factor).abs() <= 1e-6 * sample.abs()), "{db} dB");
    }
}

#[test]
fn noise_has_the_ratio_asked_for() {
    let clip = voiced();
    for colour in [NoiseColour::White, NoiseColour::Pink] {
        for db in [-10.0, 0.0, 5.0, 20.0, 40.0] {
            let noisy = add_noise(&clip, colour, db, &mut random("snr")).unwrap();
            let noise: Vec<f32> = noisy.samples.iter().zip(&clip.samples).map(|(noisy, clean)| noisy - clean).collect();
            let ratio = 10.0 * (power(&clip.samples) / power(&noise)).log10();
            assert!((ratio - f64::from(db)).abs() < 0.01, "{colour:?}, {db} dB: {ratio}");
        }
        let silence = Clip { samples: vec![0.0; 4000], sample_rate: 8000 };
        assert_eq!(add_noise(&silence, colour, 0.0, &mut random("silence")).unwrap(), silence);
    }
}

/// The noise that a constant clip gets, of unit power.
fn noise(colour: NoiseColour, length: usize, draw: u64) -> Vec<f32> {
    let clip = Clip { samples: vec![1.0; length], sample_rate: 16_000 };
    add_noise(&clip, colour, 0.0, &mut seed::stream(draw, &["colour"])).unwrap().samples.iter().map(|sample| sample - 1.0).collect()
}

/// Power at the frequency that goes `cycles` times into the clip (Goertzel's sum, plainly).
fn power_at(samples: &[f32], cycles: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, sample) in samples.iter().enumerate() {
        let (sine, cosine) = (TAU * cycles * n as f64 / samples.len() as f64).sin_cos();
        re += f64::from(*sample) * cosine;
        im += f64::from(*sample) * sine;
    }
    (re * re + im * im) / samples.len() as f64
}

#[test]
fn white_noise_is_normal_and_even_and_pink_noise_loses_three_decibels_an_octave() {
    let white = noise(NoiseColour::White, 40_000, 0);
    let within = white.iter().filter(|value| value.abs() < 1.0).count() as f64 / 40_000.0;
    assert!((within - 0.6827).abs() < 0.01, "{within} of a normal distribution is within one deviation");
    for (colour, slope) in [(NoiseColour::White, 0.0), (NoiseColour::Pink, -3.0103)] {
        // Shorter than the transform that it is made by, so that it is cut.
        let draws: Vec<Vec<f64>> = (0..20).map(|draw| periodogram(&noise(colour, 20_000, draw))).collect();
        let octave = |low: usize| draws.iter().map(|bins| bins[low..2 * low].iter().sum::<f64>() / low as f64).sum::<f64>();
        let levels: Vec<f64> = (5..13).map(|octave_from| 10.0 * octave(1 << octave_from).log10()).collect();
        let measured = (levels[7] - levels[0]) / 7.0;
        assert!((measured - slope).abs() < 0.1, "{measured} dB an octave, not {slope}: {levels:?}");
    }
}

fn periodogram(samples: &[f32]) -> Vec<f64> {
    let plan = intone_fft::RealPlanner::<f32>::default().forward(samples.len());
    let mut spectrum = plan.make_output_vec();
    plan.process(&mut samples.to_vec(), &mut spectrum).unwrap();
    spectrum.iter().map(|bin| f64::from(bin.norm_sqr())).collect()
}

#[test]
fn rooms_decay_by_sixty_decibels_in_their_time() {
    for (rate, rt60, direct_db) in [(16_000, 0.3, 0.0), (16_000, 0.8, 10.0), (8000, 1.5, -5.0), (44_100, 0.5, 20.0)] {
        let response = room_response(rate, rt60, direct_db, &mut random("room")).unwrap();
        assert_eq!(response[0], 1.0);
        let tail = &response[1..];
        let ratio = -10.0 * (power(tail) * tail.len() as f64).log10();
        assert!((ratio - f64::from(direct_db)).abs() < 1e-3, "direct sound {ratio} dB over the rest, not {direct_db}");

        // Schroeder 1965: the energy that is still to come; the slope from -5 to -35 dB, times two, as ISO 3382-1 takes T30.
        let mut left: Vec<f64> = tail
            .iter()
            .rev()
            .scan(0.0, |sum, v| {
                *sum += f64::from(*v).powi(2);
                Some(*sum)
            })
            .collect();
        left.reverse();
        let at = |db: f64| left.iter().position(|energy| 10.0 * (energy / left[0]).log10() <= db).unwrap() as f64 / f64::from(rate);
        let measured = 2.0 * (at(-35.0) - at(-5.0));
        assert!((measured / f64::from(rt60) - 1.0).abs() < 0.05, "RT60 {measured}, not {rt60}");
    }
}

#[test]
fn a_room_keeps_length_and_energy_and_begins_with_the_direct_sound() {
    let clip = voiced();
    let room = reverberate(&clip, 0.6, 3.0, &mut random("keeps")).unwrap();
    assert_eq!(room.samples.len(), clip.samples.len());
    assert!((power(&room.samples) / power(&clip.samples) - 1.0).abs() < 1e-5);
    // A click comes out as the response itself.
    let mut click = Clip { samples: vec![0.0; 16_000], sample_rate: 16_000 };
    click.samples[0] = 1.0;
    let heard = reverberate(&click, 0.4, 6.0, &mut random("click")).unwrap().samples;
    let response = room_response(16_000, 0.4, 6.0, &mut random("click")).unwrap();
    assert!(response.iter().zip(&heard).all(|(want, got)| (want * heard[0] - got).abs() < 1e-6));
    // One that ends before its room does hears the beginning of the same room.
    click.samples.truncate(3000);
    let cut = reverberate(&click, 0.4, 6.0, &mut random("click")).unwrap().samples;
    assert!(response.iter().zip(&cut).all(|(want, got)| (want * cut[0] - got).abs() < 1e-6));
}

#[test]
fn band_limits_are_scipys_butterworth_filters() {
    let stored: Value = serde_json::from_slice(&std::fs::read(fixture("waves.json")).unwrap()).unwrap();
    for band in stored["bands"].as_array().unwrap() {
        let number = |key: &str| band[key].as_f64().unwrap();
        let (rate, low, high) = (number("rate") as u32, number("low") as f32, number("high") as f32);
        let sweep = Clip { samples: (0..3000_u32).map(|n| (0.001 * f64::from(n * n)).sin() as f32).collect(), sample_rate: rate };
        let filtered = band_limit(&sweep, low, high).unwrap();
        let far =
            filtered.samples.iter().step_by(17).zip(floats(&band["samples"])).map(|(got, want)| (got - want).abs()).fold(0.0, f32::max);
        assert!(far < 1e-6, "{rate} Hz, {low} to {high} Hz: {far} from scipy");

        let mut click = Clip { samples: vec![0.0; rate as usize], sample_rate: rate };
        click.samples[0] = 1.0;
        let heard = band_limit(&click, low, high).unwrap().samples;
        for (hertz, want) in floats(&band["hertz"]).into_iter().zip(floats(&band["gains_db"])) {
            let got = 10.0 * (power_at(&heard, f64::from(hertz)) * f64::from(rate)).log10();
            // 0.01 dB, and what samples in single precision round to.
            let (factor, wanted) = (10.0_f64.powf(got / 20.0), 10.0_f64.powf(f64::from(want) / 20.0));
            assert!((factor - wanted).abs() < 1.15e-3 * wanted + 3e-8, "{rate} Hz, {low} to {high} Hz: {got} dB at {hertz} Hz, not {want}");
        }
    }
}

#[test]
fn what_is_out_of_range_is_refused() {
    let clip = voiced();
    for wild in [f32::NAN, -100.0, 200.0] {
        assert!(matches!(gain(&clip, wild), Err(AugmentError::Gain { .. })));
        assert!(matches!(add_noise(&clip, NoiseColour::White, wild, &mut random("")), Err(AugmentError::Snr { .. })));
        assert!(matches!(time_shift(&clip, wild), Err(AugmentError::Shift { .. })));
        assert!(matches!(reverberate(&clip, wild, 0.0, &mut random("")), Err(AugmentError::ReverberationTime { .. })));
        assert!(matches!(reverberate(&clip, 0.5, wild, &mut random("")), Err(AugmentError::DirectRatio { .. })));
    }
    for (low, high) in [(-1.0, 100.0), (300.0, 300.0), (500.0, 300.0), (30_000.0, 40_000.0), (f32::NAN, 100.0), (100.0, f32::NAN)] {
        assert!(matches!(band_limit(&clip, low, high), Err(AugmentError::Band { .. })), "{low} to {high}");
    }
    let refused = |assignment: &str| load::defaults(&[format!("augment.{assignment}")]).unwrap_err().to_string();
    for (assignment, says) in [
        ("gain.probability=1.5", "augment.gain.probability"),
        ("gain.db=[6.0, -6.0]", "[low, high]"),
        ("noise.colours=[]", "augment.noise.colours"),
        ("noise.snr_db=[0.0, 1000.0]", "augment.noise.snr_db"),
        ("time-shift.part=[-2.0, 0.0]", "augment.time-shift.part"),
        ("reverberation.rt60_s=[0.0, 0.5]", "augment.reverberation.rt60_s"),
        ("band-limit.low_hz=[0.0, 4000.0]", "augment.band-limit.low_hz"),
        ("random-speed.factor=[0.1, 1.0]", "augment.random-speed.factor"),
        ("time-stretch.rate=[1.0, 5.0]", "augment.time-stretch.rate"),
        ("pitch-shift.semitones=[-30.0, 0.0]", "augment.pitch-shift.semitones"),
        ("copies=101", "augment.copies"),
        ("gain.chance=1.0", "augment.gain"),
    ] {
        assert!(refused(assignment).contains(says), "{assignment}: {}", refused(assignment));
    }
}

#[test]
fn each_stage_alone_does_what_its_function_does() {
    let clip = voiced();
    let draw = |stage: &str, range: &str| {
        let augmenter = WaveAugmenter::new(&settings(&[&format!("{stage}.probability=1.0"), &format!("{stage}.{range}")])).unwrap();
        augmenter.apply(&clip, &mut random(stage)).unwrap().into_owned()
    };
    assert_eq!(draw("gain", "db=[6.0, 6.0]"), gain(&clip, 6.0).unwrap());
    assert_eq!(draw("time-shift", "part=[0.25, 0.25]"), time_shift(&clip, 0.25).unwrap());
    assert_eq!(draw("random-speed", "factor=[1.1, 1.1]"), intone::augment::speed(&clip, 1.1).unwrap());
    assert_eq!(draw("time-stretch", "rate=[0.75, 0.75]"), intone::augment::time_stretch(&clip, 0.75).unwrap());
    assert_eq!(draw("pitch-shift", "semitones=[-1.5, -1.5]"), intone::augment::pitch_shift(&clip, -1.5).unwrap());
    // The chance is drawn first, then the range.
    let mut rng = random("noise");
    let _: (f32, usize, f32) = (rng.r#gen(), rng.gen_range(0..1), rng.r#gen());
    let settings = settings(&["noise.probability=1.0", "noise.colours=[\"pink\"]", "noise.snr_db=[10.0, 10.0]"]);
    let noisy = WaveAugmenter::new(&settings).unwrap().apply(&clip, &mut random("noise")).unwrap().into_owned();
    assert_eq!(noisy, add_noise(&clip, NoiseColour::Pink, 10.0, &mut rng).unwrap());
}

#[test]
fn half_the_clips_have_half_a_chance() {
    let augmenter = WaveAugmenter::new(&settings(&["gain.probability=0.5"])).unwrap();
    let clip = Clip { samples: vec![0.5; 10], sample_rate: 8000 };
    let varied = (0..2000).filter(|draw| *augmenter.apply(&clip, &mut seed::stream(*draw, &["half"])).unwrap() != clip).count();
    assert!((900..1100).contains(&varied), "{varied} of 2000");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_clip_stays_finite_and_the_same_seed_gives_the_same(
        samples in prop::collection::vec(-1.0..1.0_f32, 0..3000), rate in 2000..48_000_u32, seed in any::<u64>(),
    ) {
        let clip = Clip { samples, sample_rate: rate };
        let rng = || seed::stream(seed, &["any"]);
        let of_length = |varied: &Clip| varied.samples.len() == clip.samples.len() && varied.samples.iter().all(|value| value.is_finite());
        prop_assert!(of_length(&gain(&clip, 12.0).unwrap()));
        prop_assert!(of_length(&time_shift(&clip, -0.3).unwrap()));
        prop_assert!(of_length(&add_noise(&clip, NoiseColour::White, 3.0, &mut rng()).unwrap()));
        prop_assert!(of_length(&add_noise(&clip, NoiseColour::Pink, 3.0, &mut rng()).unwrap()));
        prop_assert!(of_length(&reverberate(&clip, 0.4, 0.0, &mut rng()).unwrap()));
        prop_assert!(of_length(&band_limit(&clip, 100.0, 900.0).unwrap()));

        let probability = |stage: &str| format!("{stage}.probability=0.7");
        let all: Vec<String> =
            ["random-speed", "time-stretch", "pitch-shift", "time-shift", "reverberation", "noise", "gain"].map(probability).into();
        let all = settings(&all.iter().map(String::as_str).collect::<Vec<_>>());
        let augmenter = WaveAugmenter::new(&all).unwrap();
        prop_assert!(!augmenter.is_identity());
        let varied = augmenter.apply(&clip, &mut rng()).unwrap();
        prop_assert!(varied.samples.iter().all(|value| value.is_finite()));
        prop_assert_eq!(&varied, &augmenter.apply(&clip, &mut rng()).unwrap());

        let nothing = WaveAugmenter::new(&settings(&[])).unwrap();
        let mut untouched = rng();
        prop_assert!(nothing.is_identity());
        prop_assert_eq!(nothing.apply(&clip, &mut untouched).unwrap().into_owned(), clip);
        prop_assert_eq!(untouched, rng());
    }
}
