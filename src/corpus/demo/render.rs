//! From targets to samples.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::glottis::Glottis;
use super::performance::Performance;
use super::score::{STEP_S, Target};
use super::tract::{Band, Tract};

/// Brings a neutral voice to about −28 dB of full scale (RMS over its speech).
const LEVEL: f64 = 0.07;
/// Amplitude of the room's noise: about −79 dB of full scale.
const ROOM: f64 = 2e-4;
/// No sample is beyond this.
const PEAK: f64 = 0.97;

/// Plays the targets.
pub(super) fn render(targets: &[Target], performance: &Performance, sample_rate: f64, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let per_step = (STEP_S * sample_rate) as usize;
    let mut glottis = Glottis::new(performance.voice, sample_rate);
    let mut tract = Tract::new(performance.formant_scale, sample_rate);
    let mut mouth = Band::default();
    let mut samples = Vec::with_capacity(targets.len() * per_step);

    for (index, from) in targets.iter().enumerate() {
        let to = targets.get(index + 1).unwrap_or(from);
        tract.tune(from.formants, from.damping);
        mouth.tune(from.noise_band[0], from.noise_band[1], sample_rate);
        for n in 0..per_step {
            let part = n as f64 / per_step as f64;
            let between = |a: f64, b: f64| a + part * (b - a);
            let (pulse, open) = glottis.next(between(from.f0_hz, to.f0_hz), rng);
            // Air is turbulent while it flows: breath comes in puffs.
            let puff = if open { 1.0 } else { 0.35 };
            let source = between(from.voicing, to.voicing) * pulse + between(from.aspiration, to.aspiration) * puff * noise(rng);
            let fricative = between(from.frication, to.frication) * mouth.next(noise(rng));
            let sample = LEVEL * performance.gain * (tract.next(source) + fricative) + ROOM * noise(rng);
            samples.push(sample as f32);
        }
    }
    limit(&mut samples);
    samples
}

/// A value between −1 and 1.
fn noise(rng: &mut ChaCha8Rng) -> f64 {
    2.0 * rng.r#gen::<f64>() - 1.0
}

/// Turns the whole down where its peak would clip, as whoever sets a recording level does.
fn limit(samples: &mut [f32]) {
    let peak = samples.iter().fold(0f32, |peak, sample| peak.max(sample.abs()));
    if f64::from(peak) > PEAK {
        let factor = (PEAK / f64::from(peak)) as f32;
        samples.iter_mut().for_each(|sample| *sample *= factor);
    }
}
