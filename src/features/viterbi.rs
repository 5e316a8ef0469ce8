//! The most likely path through pitch bins and voicing: `librosa.sequence.viterbi` with the transitions of `librosa.pyin`.
//!
//! States are the pitch bins, voiced, and the same bins again, unvoiced. Pitch moves by a triangular distribution over a band of bins,
//! with each row normalised, and voicing stays with probability 0.99. librosa adds the least positive number to every probability
//! before its logarithm, so that what is impossible costs 708.4 rather than infinity, and such steps are taken where nothing else is
//! left. Two facts make the dense product over all pairs of states unnecessary, and change no result:
//!
//! * A transition out of the band costs the same from everywhere, so only the best state of all can win by one.
//! * A voiced bin of probability 0 costs 708.4 where the same bin unvoiced costs at most 43 (unless the frame is surely voiced), and any
//!   path that goes through the first is beaten by that through the second, which loses at most 9.2 by the voicing. So voiced bins
//!   other than a frame's candidates are only looked at in frames that are surely voiced.

use super::pyin::Observation;
use super::simd::{Kernel, Level, Simd};

/// Probability that voicing changes from one frame to the next.
const SWITCH: f64 = 0.01;
/// States that are worked on together.
const CHUNK: usize = 32;
/// `ln(f64::MIN_POSITIVE)`: what librosa takes for the logarithm of 0.
const IMPOSSIBLE: f64 = -708.396_418_532_264_1;

/// Tables of the transitions.
#[derive(Debug, Clone)]
pub(super) struct Decoder {
    bins: usize,
    /// Bins that pitch can move by.
    reach: usize,
    /// Logarithm of the triangle, from `-reach` to `reach` bins.
    triangle: Vec<f64>,
    /// Logarithm of what each row is divided by, negative.
    rows: Vec<f64>,
    stay: f64,
    switch: f64,
    level: Level,
}

/// The frames of one clip so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Lattice {
    /// Logarithm of the likelihood of the best path to each bin, voiced: a frame after the other.
    voiced: Vec<f64>,
    /// The same, unvoiced.
    unvoiced: Vec<f64>,
    /// The best way to leave each bin towards a voiced one, between `reach` bins that cannot be.
    to_voiced: Vec<f64>,
    to_unvoiced: Vec<f64>,
    /// The states of the best path, last first.
    path: Vec<State>,
}

/// A state of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub bin: usize,
    pub voiced: bool,
}

impl Decoder {
    /// For `bins` pitch bins, of which each can be followed by those up to `reach` away.
    pub fn new(bins: usize, reach: usize) -> Self {
        // Farther bins do not exist; the triangle keeps its shape.
        let triangle = |distance: usize| (reach + 1 - distance) as f64 / (reach + 1) as f64;
        let near = reach.min(bins - 1);
        let sum = |bin: usize| (0..bins).map(|to| bin.abs_diff(to)).filter(|&distance| distance <= near).map(triangle).sum::<f64>();
        Self {
            bins,
            reach: near,
            triangle: (0..=2 * near).map(|step| triangle(step.abs_diff(near)).ln()).collect(),
            rows: (0..bins).map(|bin| -sum(bin).ln()).collect(),
            stay: (1.0 - SWITCH).ln(),
            switch: SWITCH.ln(),
            level: Level::detect(),
        }
    }

    /// Forgets what came before.
    pub fn start(&self, lattice: &mut Lattice) {
        lattice.voiced.clear();
        lattice.unvoiced.clear();
        for leave in [&mut lattice.to_voiced, &mut lattice.to_unvoiced] {
            leave.clear();
            leave.resize(self.bins.next_multiple_of(CHUNK) + 2 * self.reach, f64::NEG_INFINITY);
        }
    }

    /// Adds a frame.
    pub fn push(&self, observation: &Observation, lattice: &mut Lattice) {
        let bins = self.bins;
        let unvoiced = ((1.0 - observation.voiced) / bins as f64 + f64::MIN_POSITIVE).ln();
        let old = lattice.voiced.len();
        lattice.voiced.resize(old + bins, f64::NEG_INFINITY);
        lattice.unvoiced.resize(old + bins, f64::NEG_INFINITY);
        let surely_voiced = observation.voiced >= 1.0;
        if old == 0 {
            let start = (1.0 / (2 * bins) as f64 + f64::MIN_POSITIVE).ln();
            lattice.unvoiced.fill(start + unvoiced);
            if surely_voiced {
                lattice.voiced.fill(start + IMPOSSIBLE);
            }
            for &bin in &observation.candidates {
                lattice.voiced[bin] = start + log(observation.bins[bin]);
            }
            return;
        }
        let (last_voiced, voiced) = lattice.voiced[old - bins..].split_at_mut(bins);
        let (last_unvoiced, now_unvoiced) = lattice.unvoiced[old - bins..].split_at_mut(bins);
        let (to_voiced, to_unvoiced) = (&mut lattice.to_voiced, &mut lattice.to_unvoiced);
        let floor = self.leave(last_voiced, last_unvoiced, &mut to_voiced[self.reach..], &mut to_unvoiced[self.reach..]) + IMPOSSIBLE;
        let weights = &self.triangle;
        self.level.run(Arrive { from: to_unvoiced, weights, floor, cost: unvoiced, to: now_unvoiced });
        if surely_voiced {
            self.level.run(Arrive { from: to_voiced, weights, floor, cost: IMPOSSIBLE, to: voiced });
        }
        for &bin in &observation.candidates {
            let from = to_voiced[bin..].iter().zip(weights).map(|(from, weight)| from + weight);
            voiced[bin] = from.fold(floor, f64::max) + log(observation.bins[bin]);
        }
    }

    /// Fills the best way to leave each bin; returns the best likelihood of all.
    fn leave(&self, voiced: &[f64], unvoiced: &[f64], to_voiced: &mut [f64], to_unvoiced: &mut [f64]) -> f64 {
        let mut best = f64::NEG_INFINITY;
        let states = voiced.iter().zip(unvoiced).zip(&self.rows);
        for (((&voiced, &unvoiced), row), (to_voiced, to_unvoiced)) in states.zip(to_voiced.iter_mut().zip(to_unvoiced)) {
            *to_voiced = greater(voiced + self.stay, unvoiced + self.switch) + row;
            *to_unvoiced = greater(voiced + self.switch, unvoiced + self.stay) + row;
            best = greater(best, greater(voiced, unvoiced));
        }
        best
    }

    /// The states of the best path, first to last; of equally good ones the first in librosa's order.
    pub fn finish<'a>(&self, lattice: &'a mut Lattice) -> impl Iterator<Item = State> + 'a {
        let mut path = std::mem::take(&mut lattice.path);
        path.clear();
        let frames = lattice.voiced.len() / self.bins;
        for frame in (0..frames).rev() {
            let state = match path.last() {
                Some(next) => self.before(lattice, frame, *next),
                None => lattice.first_at_least(self.bins, frame, lattice.best(self.bins, frame)),
            };
            path.push(state);
        }
        lattice.path = path;
        lattice.path.iter().rev().copied()
    }

    /// The state of frame `frame` that the best path to a state of the next frame comes from.
    fn before(&self, lattice: &Lattice, frame: usize, next: State) -> State {
        let (from_voiced, from_unvoiced) = if next.voiced { (self.stay, self.switch) } else { (self.switch, self.stay) };
        let (first, last) = (next.bin.saturating_sub(self.reach), (next.bin + self.reach).min(self.bins - 1));
        let mut best = f64::NEG_INFINITY;
        let mut state = State { bin: next.bin, voiced: false };
        for (voiced, change) in [(true, from_voiced), (false, from_unvoiced)] {
            let values = lattice.frame(self.bins, frame, voiced);
            for (bin, value) in values.iter().enumerate().take(last + 1).skip(first) {
                let value = (value + change + self.rows[bin]) + self.triangle[bin + self.reach - next.bin];
                if value > best {
                    (best, state) = (value, State { bin, voiced });
                }
            }
        }
        let highest = lattice.best(self.bins, frame);
        if highest + IMPOSSIBLE > best { lattice.first_at_least(self.bins, frame, highest) } else { state }
    }
}

impl Lattice {
    fn frame(&self, bins: usize, frame: usize, voiced: bool) -> &[f64] {
        let values = if voiced { &self.voiced } else { &self.unvoiced };
        &values[frame * bins..][..bins]
    }

    fn best(&self, bins: usize, frame: usize) -> f64 {
        let highest = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, greater);
        greater(highest(self.frame(bins, frame, true)), highest(self.frame(bins, frame, false)))
    }

    fn first_at_least(&self, bins: usize, frame: usize, value: f64) -> State {
        let position = |voiced| self.frame(bins, frame, voiced).iter().position(|&other| other >= value);
        match position(true) {
            Some(bin) => State { bin, voiced: true },
            None => State { bin: position(false).unwrap_or(0), voiced: false },
        }
    }
}

/// As `f64::max` of numbers, in one instruction.
#[inline(always)]
fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

fn log(probability: f64) -> f64 {
    (probability + f64::MIN_POSITIVE).ln()
}

/// The best path to each of `to` from the `weights.len()` values of `from` around it, but at least `floor`; and `cost`.
struct Arrive<'a> {
    from: &'a [f64],
    weights: &'a [f64],
    floor: f64,
    cost: f64,
    to: &'a mut [f64],
}

impl Kernel for Arrive<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (chunk, to) in self.to.chunks_mut(CHUNK).enumerate() {
            let mut best = [self.floor; CHUNK];
            let from = self.from[chunk * CHUNK..].windows(CHUNK);
            for (weight, from) in self.weights.iter().zip(from) {
                for lane in 0..CHUNK {
                    best[lane] = greater(from[lane] + weight, best[lane]);
                }
            }
            for (to, best) in to.iter_mut().zip(best) {
                *to = best + self.cost;
            }
        }
    }
}
