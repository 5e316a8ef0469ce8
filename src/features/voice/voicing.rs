//! Where a voice sounds, for those who change it: the contour of its pitch and its periods.

use super::path::{Tracker, TrackerScratch};
use super::plan::loudest;
use super::pulses::Contour;

/// Lowest and highest fundamental frequency looked for, Hz: Praat's own of "To Pitch (ac)".
const RANGE_HZ: [f64; 2] = [75.0, 600.0];
/// Seconds from frame to frame.
const STEP_S: f64 = 0.01;

/// The voiced parts of a clip. Times are in samples; sample `n` is at `n`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Voicing {
    /// Time and frequency (Hz) of each voiced frame, in order.
    pub contour: Vec<(f64, f64)>,
    /// When the vocal folds close, in order.
    pub pulses: Vec<f64>,
}

impl Voicing {
    /// Finds the voice in samples.
    pub fn of(samples: &[f32], sample_rate: u32) -> Self {
        let rate = f64::from(sample_rate);
        let hop = (STEP_S * rate) as usize;
        // Less than a frame of the lowest voice, or a rate at which it has no samples.
        if hop == 0 || samples.len() < (3.0 * rate / RANGE_HZ[0]) as usize {
            return Self::default();
        }
        let tracker = Tracker::new(rate, RANGE_HZ[0], RANGE_HZ[1], hop);
        let mut f0 = Vec::new();
        tracker.track(samples, 1 + samples.len() / hop, loudest(samples), &mut TrackerScratch::default(), &mut f0);
        let mut pulses = Vec::new();
        let contour = Contour { f0: &f0, sample_rate: rate, hop };
        contour.pulses(samples, &mut pulses);
        let voiced = f0.iter().enumerate().filter(|(_, hertz)| **hertz > 0.0);
        Self { contour: voiced.map(|(frame, &hertz)| (contour.time(frame), hertz)).collect(), pulses }
    }

    /// The fundamental frequency at a time, Hz: interpolated between voiced frames, that of the next one outside them. `None` without a
    /// voice.
    pub fn frequency(&self, time: f64) -> Option<f64> {
        let next = self.contour.partition_point(|&(at, _)| at < time);
        let (left, right) = (self.contour.get(next.wrapping_sub(1)), self.contour.get(next));
        match (left, right) {
            (Some(&(from, low)), Some(&(to, high))) => Some(low + (high - low) * (time - from) / (to - from)),
            (one, other) => one.or(other).map(|&(_, hertz)| hertz),
        }
    }
}
