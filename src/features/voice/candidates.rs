//! Candidates for the period of a frame: the maxima of its autocorrelation (Boersma 1993, section 3).

use super::autocorrelation::Autocorrelation;
use super::sinc;

/// A frequency that a frame may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// Hz.
    pub frequency: f64,
    /// The normalised autocorrelation there, at most 1.
    pub strength: f64,
    /// The lag that the maximum was found at.
    lag: usize,
}

/// Samples on each side that a maximum is first looked at with.
const COARSE: usize = 30;

impl Candidate {
    /// At the maximum of the interpolated autocorrelation, from up to `depth` samples on each side.
    pub fn refined(self, values: &[f64], sample_rate: f64, depth: usize) -> Self {
        let middle = values.len() / 2;
        let (position, strength) = sinc::maximum(values, middle + self.lag, depth);
        Self { frequency: sample_rate / (position - middle as f64), strength: reflect(strength), ..self }
    }
}

/// Values over 1 come of short windows, and count as what they are the reciprocal of.
fn reflect(strength: f64) -> f64 {
    if strength > 1.0 { 1.0 / strength } else { strength }
}

/// Fills `found` with the maxima over `least`, first by a parabola. Of more than `most`, the strongest are kept, where `octave_cost`
/// favours high frequencies a little.
pub(super) fn find(
    plan: &Autocorrelation,
    values: &[f64],
    sample_rate: f64,
    least: f64,
    most: usize,
    octave_cost: f64,
    found: &mut Vec<Candidate>,
) {
    found.clear();
    let at = |lag: usize| values[plan.reach + lag];
    let worth = |candidate: &Candidate| candidate.strength + octave_cost * candidate.frequency.log2();
    for lag in 2..plan.lags.min(plan.reach) {
        let (left, here, right) = (at(lag - 1), at(lag), at(lag + 1));
        if !(here > least && here > left && here >= right) {
            continue;
        }
        let position = lag as f64 + 0.5 * (right - left) / ((here - left) + (here - right));
        let strength = reflect(sinc::interpolate(values, position + plan.reach as f64, COARSE));
        let candidate = Candidate { frequency: sample_rate / position, strength, lag };
        if found.len() < most {
            found.push(candidate);
        } else if let Some(weakest) = found.iter_mut().min_by(|a, b| worth(a).total_cmp(&worth(b)))
            && worth(&candidate) > worth(weakest)
        {
            *weakest = candidate;
        }
    }
}
