//! The contour of fundamental frequency: the cheapest path through the candidates of all frames (Boersma 1993, section 4).

use super::autocorrelation::{Autocorrelation, AutocorrelationScratch, Shape};
use super::candidates::{self, Candidate};

/// Candidates a frame, but where the range of frequencies is very wide.
const CANDIDATES: usize = 14;
/// Frames weaker than this part of the loudest sample are silent.
const SILENCE: f64 = 0.03;
/// Strength of the unvoiced candidate.
const VOICING: f64 = 0.45;
/// What an octave less costs.
const OCTAVE: f64 = 0.01;
/// What a jump by an octave costs in 10 ms.
const JUMP: f64 = 0.35;
/// What the beginning or end of voice costs in 10 ms.
const CHANGE: f64 = 0.14;
/// Samples on each side that a maximum is interpolated from.
const DEPTH: usize = 70;

/// Finds the fundamental frequency of frames.
#[derive(Debug, Clone)]
pub(super) struct Tracker {
    pub autocorrelation: Autocorrelation,
    sample_rate: f64,
    ceiling: f64,
    most: usize,
    hop: usize,
    jump: f64,
    change: f64,
}

/// Working memory.
#[derive(Debug, Clone, Default)]
pub(super) struct TrackerScratch {
    pub autocorrelation: AutocorrelationScratch,
    found: Vec<Candidate>,
    /// The states of all frames, the unvoiced one of each first.
    states: Vec<State>,
    /// Where the states of a frame begin, and where the last end.
    starts: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    /// Hz; 0 = unvoiced.
    frequency: f64,
    /// Of the best path up to here.
    value: f64,
    /// Which state of the frame before it comes from.
    from: usize,
}

impl Tracker {
    /// For frequencies from `floor` to `ceiling` Hz in frames `hop` samples apart.
    pub fn new(sample_rate: f64, floor: f64, ceiling: f64, hop: usize) -> Self {
        let in_10_ms = 0.01 * sample_rate / hop as f64;
        Self {
            autocorrelation: Autocorrelation::new(sample_rate, floor, Shape::Hann),
            sample_rate,
            ceiling: ceiling.min(sample_rate / 2.0),
            most: CANDIDATES.max((ceiling / floor) as usize),
            hop,
            jump: JUMP * in_10_ms,
            change: CHANGE * in_10_ms,
        }
    }

    /// Fills `f0` with the frequency of each frame, Hz, 0 where it is unvoiced. `loudest` is the largest deviation from the clip's mean.
    pub fn track(&self, samples: &[f32], frames: usize, loudest: f64, scratch: &mut TrackerScratch, f0: &mut Vec<f64>) {
        f0.clear();
        f0.resize(frames, 0.0);
        scratch.states.clear();
        scratch.starts.clear();
        if loudest == 0.0 {
            return;
        }
        for frame in 0..frames {
            self.add_states(samples, frame, loudest, scratch);
        }
        scratch.starts.push(scratch.states.len());
        for frame in 1..frames {
            self.advance(frame, scratch);
        }
        let mut best = best_of(scratch, frames - 1);
        for frame in (0..frames).rev() {
            let state = scratch.states[scratch.starts[frame] + best];
            f0[frame] = state.frequency;
            best = state.from;
        }
    }

    /// The candidates of a frame, by themselves.
    fn add_states(&self, samples: &[f32], frame: usize, loudest: f64, scratch: &mut TrackerScratch) {
        let TrackerScratch { autocorrelation, found, states, starts } = scratch;
        starts.push(states.len());
        let peak = self.autocorrelation.analyse(samples, frame * self.hop, autocorrelation);
        let intensity = peak.map_or(0.0, |peak| (peak / loudest).min(1.0));
        let silent = (2.0 - intensity * (1.0 + VOICING) / SILENCE).max(0.0);
        states.push(State { frequency: 0.0, value: VOICING + silent, from: 0 });
        if peak.is_none() {
            return;
        }
        let values = &autocorrelation.values;
        candidates::find(&self.autocorrelation, values, self.sample_rate, 0.5 * VOICING, self.most, OCTAVE, found);
        for candidate in found.iter() {
            let Candidate { frequency, strength, .. } = candidate.refined(values, self.sample_rate, DEPTH);
            // Over the ceiling there is no voice, and the unvoiced state is there already.
            if frequency > 0.0 && frequency < self.ceiling {
                states.push(State { frequency, value: strength - OCTAVE * (self.ceiling / frequency).log2(), from: 0 });
            }
        }
    }

    /// The best way to each state of a frame.
    fn advance(&self, frame: usize, scratch: &mut TrackerScratch) {
        let TrackerScratch { states, starts, .. } = scratch;
        let (before, here) = states[starts[frame - 1]..starts[frame + 1]].split_at_mut(starts[frame] - starts[frame - 1]);
        for state in here {
            let mut best = f64::NEG_INFINITY;
            for (from, last) in before.iter().enumerate() {
                let cost = match (last.frequency > 0.0, state.frequency > 0.0) {
                    (true, true) => self.jump * (last.frequency / state.frequency).log2().abs(),
                    (false, false) => 0.0,
                    _ => self.change,
                };
                if last.value - cost > best {
                    best = last.value - cost;
                    state.from = from;
                }
            }
            state.value += best;
        }
    }
}

/// The first of the best states of a frame.
fn best_of(scratch: &TrackerScratch, frame: usize) -> usize {
    let states = &scratch.states[scratch.starts[frame]..scratch.starts[frame + 1]];
    let better = |best: usize, state: usize| if states[state].value > states[best].value { state } else { best };
    (1..states.len()).fold(0, better)
}
