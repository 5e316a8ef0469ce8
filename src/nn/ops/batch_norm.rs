//! Batch normalisation (Ioffe & Szegedy 2015) over all frames of all clips.
//!
//! Statistics are those of one shard of the batch ("ghost" batch normalisation, Hoffer et al. 2017), since shards do not wait for each
//! other; the running statistics are merged in the order of the shards after the step (`Weights::merge_statistics`). With one shard it is
//! PyTorch's `BatchNorm1d`.

use dfdx::tensor::{Cpu, Tape};

use super::layer_norm::EPSILON;
use crate::nn::error::NnError;
use crate::nn::simd::{Level, elementwise, norm};
use crate::nn::tensor::{Clips, Place, Sequence};
use crate::nn::weights::{RunningStatistics, Weight};

/// Mean and unbiased variance of a shard, and how many frames they are over.
pub(crate) struct ShardMoments {
    pub count: usize,
    pub mean: Vec<f32>,
    pub variance: Vec<f32>,
}

/// Normalises by the statistics of `x` itself, and returns them.
pub(crate) fn batch_norm<T: Tape<f32, Cpu>>(x: Sequence<T>, gain: &Weight, bias: &Weight) -> Result<(Sequence<T>, ShardMoments), NnError> {
    let (x, mut tape) = x.take();
    let (level, channels, count) = (Level::best(), x.channels, x.clips.frames());
    let (mean, biased) = moments(&x.values, channels, &x.clips);
    let inverse: Vec<f32> = biased.iter().map(|variance| 1.0 / (variance + EPSILON).sqrt()).collect();
    let mut normal = x.values;
    let out = normalise(level, &mut normal, [&mean, &inverse, gain.values(), bias.values()]);
    let unbias = count as f32 / (count.max(2) - 1) as f32;
    let found = ShardMoments { count, mean, variance: biased.iter().map(|variance| variance * unbias).collect() };

    let out = Sequence::output(out, x.clips, channels)?;
    let place = Place::of_sequence(&out);
    let (gain, bias) = (gain.clone(), bias.clone());
    tape.add_backward_op(move |gradients| {
        let mut d = place.take(gradients)?;
        let (mut sums, mut products) = (vec![0.0; channels], vec![0.0; channels]);
        for (d, normal) in d.chunks_exact(channels).zip(normal.chunks_exact(channels)) {
            norm::add_products(level, &mut sums, &mut products, d, normal);
        }
        elementwise::add(level, bias.gradient(gradients)?, &sums);
        elementwise::add(level, gain.gradient(gradients)?, &products);
        let Some(gradient) = x.gradient else { return Ok(()) };
        for value in sums.iter_mut().chain(&mut products) {
            *value /= count as f32;
        }
        let scale: Vec<f32> = gain.values().iter().zip(&inverse).map(|(gain, inverse)| gain * inverse).collect();
        for (d, normal) in d.chunks_exact_mut(channels).zip(normal.chunks_exact(channels)) {
            norm::centre_columns(level, d, normal, &scale, &sums, &products);
        }
        gradient.set(gradients, d)
    });
    Ok((out.with_tape(tape), found))
}

/// Normalises by running statistics, as prediction does; takes no gradient.
pub(crate) fn fixed_norm<T: Tape<f32, Cpu>>(
    x: Sequence<T>,
    gain: &Weight,
    bias: &Weight,
    running: &RunningStatistics,
) -> Result<Sequence<T>, NnError> {
    let (mut x, tape) = x.take();
    let inverse: Vec<f32> = running.variance.iter().map(|variance| 1.0 / (variance + EPSILON).sqrt()).collect();
    let out = normalise(Level::best(), &mut x.values, [&running.mean, &inverse, gain.values(), bias.values()]);
    Ok(Sequence::output(out, x.clips, x.channels)?.with_tape(tape))
}

/// Normalises `values` in place, and returns that times gain plus bias; `columns` is mean, inverse deviation, gain and bias.
fn normalise(level: Level, values: &mut [f32], columns: [&[f32]; 4]) -> Vec<f32> {
    let mut out = vec![0.0; values.len()];
    let [mean, inverse, gain, bias] = columns;
    for (frame, out) in values.chunks_exact_mut(mean.len()).zip(out.chunks_exact_mut(mean.len())) {
        norm::normalise_columns(level, frame, mean, inverse, gain, bias, out);
    }
    out
}

/// Mean and biased variance of each channel; sums are kept a clip at a time and added up in double precision.
fn moments(values: &[f32], channels: usize, clips: &Clips) -> (Vec<f32>, Vec<f32>) {
    let level = Level::best();
    let count = clips.frames() as f64;
    let over_clips = |add: &dyn Fn(&mut [f32], &[f32])| -> Vec<f32> {
        let mut totals = vec![0.0_f64; channels];
        for clip in clips.split(values, channels) {
            let mut sums = vec![0.0; channels];
            add(&mut sums, clip);
            for (total, sum) in totals.iter_mut().zip(&sums) {
                *total += f64::from(*sum);
            }
        }
        totals.iter().map(|total| (total / count) as f32).collect()
    };
    let mean = over_clips(&|sums, clip| elementwise::add_column_sums(level, sums, clip));
    let variance = over_clips(&|squares, clip| {
        for frame in clip.chunks_exact(channels) {
            norm::add_squares(level, squares, frame, &mean);
        }
    });
    (mean, variance)
}
