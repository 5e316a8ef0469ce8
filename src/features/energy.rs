//! Root mean square and zero-crossing rate of centred frames: `librosa.feature.rms`, `librosa.feature.zero_crossing_rate`.

use super::frames::Framing;
use super::lanes::LaneMatrix;
use super::simd::{Kernel, LANES, Lanes, Level, Simd, Wide};

/// Samples that are counted together.
const CHUNK: usize = 64;
/// Smaller amplitudes count as 0, which counts as positive.
const ZERO: f32 = 1e-10;

/// Fills the one row of `out` with the root mean square of each frame; outside the clip there are zeros.
pub(super) fn rms(level: Level, samples: &[f32], framing: Framing, out: &mut LaneMatrix) {
    out.reshape(1, framing.count(samples.len()));
    for frame in 0..out.frames() {
        let range = framing.inside(frame, samples.len()).1;
        let sum = level.run(SquareSum { samples: &samples[range] });
        out.set(0, frame, (sum / framing.frame_length as f64).sqrt() as f32);
    }
}

struct SquareSum<'a> {
    samples: &'a [f32],
}

impl Kernel for SquareSum<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> f64 {
        // Four sums, so that one addition does not wait for the other.
        let mut sums = [simd.splat64(0.0); 4];
        let (groups, rest) = self.samples.as_chunks::<{ 4 * LANES }>();
        for group in groups {
            for (sum, chunk) in sums.iter_mut().zip(group.as_chunks::<LANES>().0) {
                let wide = simd.widen(simd.load(&Lanes(*chunk)));
                *sum = simd.mul_add64(wide, wide, *sum);
            }
        }
        let mut total = Wide::default();
        simd.store64(simd.add64(simd.add64(sums[0], sums[1]), simd.add64(sums[2], sums[3])), &mut total);
        total.0.iter().sum::<f64>() + rest.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>()
    }
}

/// Where a clip changes sign.
#[derive(Debug, Clone, Default)]
pub(super) struct Crossings {
    /// 1 where the sign differs from that of the sample before.
    flags: Vec<u8>,
    /// Number of crossings before each chunk.
    before: Vec<u32>,
}

impl Crossings {
    /// Fills the one row of `out` with the crossings a sample of each frame. The clip goes on at both ends with its last value, so that
    /// there are no crossings outside it; the first sample of a frame is never one.
    pub fn rate(&mut self, level: Level, samples: &[f32], framing: Framing, out: &mut LaneMatrix) {
        self.flags.resize(samples.len(), 0);
        self.before.resize(samples.len() / CHUNK + 1, 0);
        level.run(Mark { samples, crossings: self });
        out.reshape(1, framing.count(samples.len()));
        for frame in 0..out.frames() {
            let (padding, range) = framing.inside(frame, samples.len());
            // The first sample of the clip is no crossing, so a frame that begins in the padding loses none.
            let from = if padding > 0 { range.start } else { (range.start + 1).min(range.end) };
            let count = self.count_before(range.end) - self.count_before(from);
            out.set(0, frame, (f64::from(count) / framing.frame_length as f64) as f32);
        }
    }

    fn count_before(&self, sample: usize) -> u32 {
        let chunk = sample / CHUNK;
        self.before[chunk] + self.flags[chunk * CHUNK..sample].iter().map(|&flag| u32::from(flag)).sum::<u32>()
    }
}

struct Mark<'a> {
    samples: &'a [f32],
    crossings: &'a mut Crossings,
}

impl Kernel for Mark<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Crossings { flags, before } = self.crossings;
        if let Some(first) = flags.first_mut() {
            *first = 0;
        }
        let pairs = self.samples.iter().zip(&self.samples[1..]);
        for (flag, (&last, &this)) in flags[1..].iter_mut().zip(pairs) {
            *flag = u8::from((last < -ZERO) != (this < -ZERO));
        }
        let mut total = 0;
        for (chunk, count) in flags.chunks(CHUNK).zip(before.iter_mut()) {
            *count = total;
            total += u32::from(chunk.iter().sum::<u8>());
        }
        if let (0, Some(last)) = (flags.len() % CHUNK, before.last_mut()) {
            *last = total;
        }
    }
}
