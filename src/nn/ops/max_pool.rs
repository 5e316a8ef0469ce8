//! ReLU and max-pooling over time in one operation (the order of the two does not matter).

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::simd::{Level, max_pool};
use crate::nn::tensor::{Clips, Place, Sequence};

/// `max(0, x)`, then the maximum of each window of `pool` frames; a clip of `n` frames keeps `ceil(n / pool)`. A pool of 1 is a ReLU.
///
/// The gradient goes to the first frame that has the maximum, as in PyTorch.
pub(crate) fn relu_max_pool<T: Tape<f32, Cpu>>(x: Sequence<T>, pool: usize) -> Result<Sequence<T>, NnError> {
    let (x, mut tape) = x.take();
    let (level, channels, clips) = (Level::best(), x.channels, x.clips);
    let pooled = Clips::new(clips.lengths().map(|length| length.div_ceil(pool)));
    let mut out = vec![0.0; pooled.frames() * channels];
    let mut winners = vec![max_pool::NOBODY; out.len()];
    let windows = clips.split(&x.values, channels).flat_map(|clip| clip.chunks(pool * channels));
    for ((window, out), winner) in windows.zip(out.chunks_exact_mut(channels)).zip(winners.chunks_exact_mut(channels)) {
        max_pool::forward(level, window, out, winner);
    }

    let out = Sequence::output(out, pooled, channels)?;
    let place = Place::of_sequence(&out);
    if let Some(gradient) = x.gradient {
        tape.add_backward_op(move |gradients| {
            let d_out = place.take(gradients)?;
            let mut d = vec![0.0; clips.frames() * channels];
            let mut windows = d_out.chunks_exact(channels).zip(winners.chunks_exact(channels));
            for clip in clips.ranges() {
                let clip = &mut d[clip.start * channels..clip.end * channels];
                for (window, (d_out, winner)) in clip.chunks_mut(pool * channels).zip(&mut windows) {
                    max_pool::backward(level, window, d_out, winner);
                }
            }
            gradient.set(gradients, d)
        });
    }
    Ok(out.with_tape(tape))
}
