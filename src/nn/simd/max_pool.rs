//! ReLU and max-pooling of neighbouring frames in one pass.

use super::level::for_each_level;
use super::math::{LANES, load, store};

/// The winner of a window in which no value is above zero.
pub(crate) const NOBODY: u16 = u16::MAX;

for_each_level! {
    /// `out[c] = max(0, max over frames of window[frame, c])`, and in `winner` the first frame that had it, or [`NOBODY`].
    pub(crate) fn forward(window: &[f32], out: &mut [f32], winner: &mut [u16]) {
        let channels = out.len();
        for at in (0..channels).step_by(LANES) {
            let mut best = [0.0_f32; LANES];
            let mut index = [f32::from(NOBODY); LANES];
            for (frame, row) in window.chunks_exact(channels).enumerate() {
                let block = load(row, at);
                for lane in 0..LANES {
                    let above = block[lane] > best[lane];
                    index[lane] = if above { frame as f32 } else { index[lane] };
                    best[lane] = if above { block[lane] } else { best[lane] };
                }
            }
            store(out, at, &best);
            for (winner, index) in winner[at..].iter_mut().zip(&index) {
                *winner = *index as u16;
            }
        }
    }
}

for_each_level! {
    /// Hands the gradient of each output to the frame that won; `window` receives it, and zero elsewhere.
    pub(crate) fn backward(window: &mut [f32], gradient: &[f32], winner: &[u16]) {
        let channels = gradient.len();
        for (frame, row) in window.chunks_exact_mut(channels).enumerate() {
            for ((d, gradient), winner) in row.iter_mut().zip(gradient).zip(winner) {
                *d = if *winner == frame as u16 { *gradient } else { 0.0 };
            }
        }
    }
}
