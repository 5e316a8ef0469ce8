//! Batch normalisation (Ioffe & Szegedy 2015) over all frames of all rows, frames past a row's end left out.
//!
//! Statistics are those of one shard of the batch ("ghost" batch normalisation, Hoffer et al. 2017), since shards do not wait for each
//! other; the running statistics are merged in the order of the shards after the step (`Weights::merge_statistics`). With one shard it is
//! PyTorch's `BatchNorm1d`.

use dfdx::tensor::{Cpu, Tape};

use super::layer_norm::EPSILON;
use crate::nn::error::NnError;
use crate::nn::simd::{Level, elementwise, norm};
use crate::nn::tensor::{Sequence, mask};
use crate::nn::weights::{RunningStatistics, Weight};

/// Mean and unbiased variance of a shard, and how many frames they are over.
pub(crate) struct ShardMoments {
    pub count: usize,
    pub mean: Vec<f32>,
    pub variance: Vec<f32>,
}

/// Normalises by the statistics of `x` itself, and returns them.
pub(crate) fn batch_norm<T: Tape<f32, Cpu>>(x: Sequence<T>, gain: &Weight, bias: &Weight) -> Result<(Sequence<T>, ShardMoments), NnError> {
    let shape @ (_, frames, channels) = x.shape();
    let (x, lengths, mut tape) = x.split();
    let level = Level::best();
    let count: usize = lengths.iter().sum();
    let (mean, biased) = moments(&x.values, frames, channels, &lengths);
    let inverse: Vec<f32> = biased.iter().map(|variance| 1.0 / (variance + EPSILON).sqrt()).collect();
    let (normal, out) = normalise(level, x.values, shape, &lengths, [&mean, &inverse, gain.values(), bias.values()]);
    let unbias = count as f32 / (count.max(2) - 1) as f32;
    let found = ShardMoments { count, mean, variance: biased.iter().map(|variance| variance * unbias).collect() };

    let out = Sequence::output(out, shape, lengths.clone(), x.tensor.device())?;
    let (x, out_ghost) = (x.tensor.ghost(), out.tensor.ghost());
    let (gain, bias) = (gain.clone(), bias.clone());
    tape.add_backward_op(move |gradients| {
        let mut d = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        let (mut sums, mut products) = (vec![0.0; channels], vec![0.0; channels]);
        for frame in valid_frames(frames, &lengths) {
            let at = frame * channels..(frame + 1) * channels;
            norm::add_products(level, &mut sums, &mut products, &d[at.clone()], &normal[at]);
        }
        elementwise::add(level, bias.gradient(gradients)?, &sums);
        elementwise::add(level, gain.gradient(gradients)?, &products);
        for value in sums.iter_mut().chain(&mut products) {
            *value /= count as f32;
        }
        let scale: Vec<f32> = gain.values().iter().zip(&inverse).map(|(gain, inverse)| gain * inverse).collect();
        for frame in valid_frames(frames, &lengths) {
            let at = frame * channels..(frame + 1) * channels;
            norm::centre_columns(level, &mut d[at.clone()], &normal[at], &scale, &sums, &products);
        }
        mask(&mut d, frames, channels, &lengths);
        **gradients.get_or_alloc_mut(&x)? = d;
        Ok(())
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
    let shape = x.shape();
    let (x, lengths, tape) = x.split();
    let inverse: Vec<f32> = running.variance.iter().map(|variance| 1.0 / (variance + EPSILON).sqrt()).collect();
    let (_, out) = normalise(Level::best(), x.values, shape, &lengths, [&running.mean, &inverse, gain.values(), bias.values()]);
    Ok(Sequence::output(out, shape, lengths, x.tensor.device())?.with_tape(tape))
}

/// Indices of the frames that are within their row's length.
fn valid_frames(frames: usize, lengths: &[usize]) -> impl Iterator<Item = usize> {
    lengths.iter().enumerate().flat_map(move |(row, &length)| row * frames..row * frames + length)
}

/// What is normalised, and that times gain plus bias; `columns` is mean, inverse deviation, gain and bias.
fn normalise(
    level: Level,
    mut values: Vec<f32>,
    (_, frames, channels): (usize, usize, usize),
    lengths: &[usize],
    columns: [&[f32]; 4],
) -> (Vec<f32>, Vec<f32>) {
    let mut out = vec![0.0; values.len()];
    let mut normal = vec![0.0; channels];
    let [mean, inverse, gain, bias] = columns;
    for frame in valid_frames(frames, lengths) {
        let at = frame * channels..(frame + 1) * channels;
        norm::normalise_columns(level, &values[at.clone()], mean, inverse, gain, bias, &mut normal, &mut out[at.clone()]);
        values[at].copy_from_slice(&normal);
    }
    (values, out)
}

/// Mean and biased variance of each channel; sums are kept a row at a time and added up in double precision.
fn moments(values: &[f32], frames: usize, channels: usize, lengths: &[usize]) -> (Vec<f32>, Vec<f32>) {
    let level = Level::best();
    let count = lengths.iter().sum::<usize>() as f64;
    let over_rows = |add: &dyn Fn(&mut [f32], &[f32])| -> Vec<f32> {
        let mut totals = vec![0.0_f64; channels];
        for (row, &length) in values.chunks_exact(frames * channels).zip(lengths) {
            let mut sums = vec![0.0; channels];
            add(&mut sums, &row[..length * channels]);
            for (total, sum) in totals.iter_mut().zip(&sums) {
                *total += f64::from(*sum);
            }
        }
        totals.iter().map(|total| (total / count) as f32).collect()
    };
    let mean = over_rows(&|sums, row| elementwise::add_column_sums(level, sums, row));
    let variance = over_rows(&|squares, row| {
        for frame in row.chunks_exact(channels) {
            norm::add_squares(level, squares, frame, &mean);
        }
    });
    (mean, variance)
}
