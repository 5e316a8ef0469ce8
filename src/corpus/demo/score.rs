//! From a sentence and a performance to targets a few milliseconds apart: what a synthesiser plays from.

use std::f64::consts::TAU;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::glottis::gaussian;
use super::performance::{Performance, decibels};
use super::phones::{self, Phone, Segment};
use super::speaker::semitones;

/// Seconds from one target to the next.
pub(super) const STEP_S: f64 = 0.005;

/// The state of all articulators at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Target {
    /// Pitch, Hz.
    pub f0_hz: f64,
    /// First three formants, Hz.
    pub formants: [f64; 3],
    /// Factor on the formants' bandwidths.
    pub damping: f64,
    /// Amplitude of the voice.
    pub voicing: f64,
    /// Amplitude of noise at the glottis.
    pub aspiration: f64,
    /// Amplitude of noise in the mouth.
    pub frication: f64,
    /// Centre and width of that noise, Hz.
    pub noise_band: [f64; 2],
}

/// The shortest and longest utterance, silence at both ends included, s.
const LENGTH_S: [f64; 2] = [1.2, 2.49];
/// Reach of a formant movement and of an amplitude movement to either side, s.
const FORMANT_GLIDE_S: f64 = 0.016;
const AMPLITUDE_GLIDE_S: f64 = 0.006;

/// All targets of an utterance, [`STEP_S`] apart.
pub(super) fn targets(statement: &[Phone], performance: &Performance, rng: &mut ChaCha8Rng) -> Vec<Target> {
    let segments = timed(statement, performance, rng);
    let total_s: f64 = segments.iter().map(|segment| segment.length_ms / 1000.0).sum();
    let prosody = Prosody::new(&segments, performance, total_s, rng);

    let mut out = Vec::with_capacity((total_s / STEP_S) as usize + 1);
    let (mut index, mut end_s) = (0, segments[0].length_ms / 1000.0);
    for step in 0..(total_s / STEP_S) as usize {
        let time_s = step as f64 * STEP_S;
        while time_s >= end_s && index + 1 < segments.len() {
            index += 1;
            end_s += segments[index].length_ms / 1000.0;
        }
        out.push(target(&segments[index], time_s, performance, &prosody));
    }
    glide(&mut out);
    out
}

/// Segments with their lengths in this utterance, silence at both ends included.
fn timed(statement: &[Phone], performance: &Performance, rng: &mut ChaCha8Rng) -> Vec<Segment> {
    let mut spoken = phones::segments(statement, performance.pause_ms * performance.rate);
    let last_nucleus = spoken.iter().rposition(|segment| segment.nucleus.is_some());
    for (index, segment) in spoken.iter_mut().enumerate() {
        // Phrase-final lengthening, and a little irregularity.
        let end = if last_nucleus.is_some_and(|last| index >= last) { 1.25 } else { 1.0 };
        segment.length_ms *= 1.06 * end * (1.0 + 0.08 * gaussian(rng)).max(0.5) / performance.rate;
    }
    let (before_s, after_s) = (rng.gen_range(0.07..0.13), rng.gen_range(0.10..0.18));
    let spoken_s: f64 = spoken.iter().map(|segment| segment.length_ms / 1000.0).sum();
    let fit = spoken_s.clamp(LENGTH_S[0] - before_s - after_s, LENGTH_S[1] - before_s - after_s) / spoken_s;
    for segment in &mut spoken {
        segment.length_ms *= fit;
    }
    // Half a step more, so that rounding down to whole steps keeps the shortest length.
    let mut segments = vec![phones::pause(1000.0 * (before_s + STEP_S / 2.0))];
    segments.append(&mut spoken);
    segments.push(phones::pause(1000.0 * (after_s + STEP_S / 2.0)));
    segments
}

fn target(segment: &Segment, time_s: f64, performance: &Performance, prosody: &Prosody) -> Target {
    const AT_REST: [f64; 3] = [500.0, 1500.0, 2500.0];
    let (pitch_st, loudness) = prosody.at(time_s);
    let mut formants = [0.0; 3];
    for (out, (aim, rest)) in formants.iter_mut().zip(segment.formants.into_iter().zip(AT_REST)) {
        *out = performance.formant_scale * (rest + performance.reach * (aim - rest)).max(180.0);
    }
    Target {
        f0_hz: (performance.f0_hz * semitones(pitch_st)).clamp(50.0, 650.0),
        formants,
        damping: segment.damping,
        voicing: segment.voicing * loudness,
        aspiration: (0.25 * segment.aspiration + performance.breath * segment.voicing) * loudness,
        frication: segment.frication * loudness,
        noise_band: [segment.noise_band[0] * performance.formant_scale.min(1.2), segment.noise_band[1]],
    }
}

/// Pitch and loudness over time.
struct Prosody {
    /// Middle of each syllable and its stress in this utterance.
    accents: Vec<(f64, f64)>,
    start_s: f64,
    end_s: f64,
    last_start_s: f64,
    slope_st: f64,
    end_st: f64,
    accent_st: f64,
    accent_db: f64,
    tremor_st: f64,
    tremor_hz: f64,
    drift: [(f64, f64, f64); 3],
}

impl Prosody {
    fn new(segments: &[Segment], performance: &Performance, total_s: f64, rng: &mut ChaCha8Rng) -> Self {
        let mut accents = Vec::new();
        let mut time_s = 0.0;
        for segment in segments {
            let length_s = segment.length_ms / 1000.0;
            if let Some(stress) = segment.nucleus {
                accents.push((time_s + length_s / 2.0, (stress + 0.12 * gaussian(rng)).max(0.0)));
            }
            time_s += length_s;
        }
        let end_s = total_s - segments.last().map_or(0.0, |segment| segment.length_ms / 1000.0);
        Self {
            start_s: segments.first().map_or(0.0, |segment| segment.length_ms / 1000.0),
            end_s,
            last_start_s: accents.last().map_or(end_s, |accent| accent.0) - 0.08,
            accents,
            slope_st: performance.slope_st,
            end_st: performance.end_st,
            accent_st: performance.accent_st,
            accent_db: performance.accent_db,
            tremor_st: performance.tremor_st,
            tremor_hz: 6.0 + 0.8 * gaussian(rng),
            drift: std::array::from_fn(|i| (0.25 * gaussian(rng), 1.3 * (i as f64 + 1.0), rng.r#gen::<f64>())),
        }
    }

    /// Pitch relative to the middle of the contour, semitones, and loudness as a factor.
    fn at(&self, time_s: f64) -> (f64, f64) {
        let part = ((time_s - self.start_s) / (self.end_s - self.start_s)).clamp(0.0, 1.0);
        let ending = ((time_s - self.last_start_s) / (self.end_s - self.last_start_s)).clamp(0.0, 1.0);
        // A pitch accent rises and falls within some 0.15 s.
        let accent: f64 = self.accents.iter().map(|&(at, stress)| stress * (-((time_s - at) / 0.085).powi(2)).exp()).sum();
        let tremor = self.tremor_st * (TAU * self.tremor_hz * time_s).sin();
        let drift: f64 = self.drift.iter().map(|&(size, hz, phase)| size * (TAU * (hz * time_s + phase)).sin()).sum();
        let pitch_st = self.slope_st * (part - 0.5) + self.accent_st * (accent - 0.35) + self.end_st * ending * ending + tremor + drift;
        // Breath runs out: the end is 3 dB softer.
        let loudness = decibels(self.accent_db * (accent - 0.4) - 3.0 * part + 1.5 * (tremor + drift));
        (pitch_st, loudness)
    }
}

/// Articulators have mass: targets are approached from before and left late (first-order smoothing forwards, then backwards).
fn glide(targets: &mut [Target]) {
    let formant = (-STEP_S / FORMANT_GLIDE_S).exp();
    let amplitude = (-STEP_S / AMPLITUDE_GLIDE_S).exp();
    let mix = |from: f64, to: f64, keep: f64| keep * from + (1.0 - keep) * to;
    let step = |last: Target, target: &mut Target| {
        for (now, before) in target.formants.iter_mut().zip(last.formants) {
            *now = mix(before, *now, formant);
        }
        target.damping = mix(last.damping, target.damping, formant);
        target.voicing = mix(last.voicing, target.voicing, amplitude);
        target.aspiration = mix(last.aspiration, target.aspiration, amplitude);
        target.frication = mix(last.frication, target.frication, amplitude);
        *target
    };
    let Some((&first, &last)) = targets.first().zip(targets.last()) else { return };
    targets.iter_mut().fold(first, step);
    targets.iter_mut().rev().fold(last, step);
}
