//! The tuning of a clip: `librosa.estimate_tuning` over `librosa.piptrack`, as `chroma_stft` uses them (on a power spectrogram).

use ndarray::ArrayView2;

use super::lanes::LaneMatrix;
use super::simd::{Kernel, LANES, Lanes, Level, Simd};
use super::stft::bin_frequencies;

/// Histogram bins over one semitone: a resolution of 0.01.
pub(super) const STEPS: usize = 100;
/// Lowest pitch that counts, Hz.
const FMIN: f64 = 150.0;
/// Highest pitch that counts, Hz.
const FMAX: f64 = 4000.0;
/// A peak counts from this part of its frame's maximum on.
const THRESHOLD: f32 = 0.1;

/// Tuning of a clip in fractions of a semitone, -0.5 to 0.49 in steps of 0.01, from its power spectrogram, `(bins, frames)`.
///
/// `librosa.estimate_tuning(S=power, sr=sample_rate)`: the fullest bin of a histogram of the deviations of spectral peaks from
/// equal temperament. 0 where there is no peak, with no warning. On speech it is fragile; fix it where results are compared.
pub fn estimate_tuning(power: ArrayView2<'_, f32>, sample_rate: u32) -> f64 {
    let tracker = PeakTracker::new(sample_rate, 2 * power.nrows().saturating_sub(1));
    let lanes = LaneMatrix::from_array(power);
    let mut peaks = Peaks::default();
    for block in 0..lanes.blocks() {
        tracker.collect(lanes.block(block), &mut peaks);
    }
    peaks.tuning_step().map_or(0.0, step_to_tuning)
}

/// The left edge of a histogram bin.
pub(super) fn step_to_tuning(step: usize) -> f64 {
    step as f64 * (1.0 / STEPS as f64) - 0.5
}

/// Where peaks are looked for.
#[derive(Debug, Clone)]
pub(super) struct PeakTracker {
    sample_rate: f64,
    n_fft: f64,
    /// Bins between the lowest and the highest pitch, without the first and last bin of the spectrum.
    bins: std::ops::Range<usize>,
    level: Level,
}

impl PeakTracker {
    /// For spectra of `n_fft / 2 + 1` bins. librosa infers an even `n_fft` from their number, and so does this.
    pub fn new(sample_rate: u32, n_fft: usize) -> Self {
        let n_fft = n_fft / 2 * 2;
        let fmax = FMAX.min(f64::from(sample_rate) / 2.0);
        let frequencies = if n_fft == 0 { Vec::new() } else { bin_frequencies(sample_rate, n_fft) };
        let start = frequencies.iter().take_while(|&&frequency| frequency < FMIN).count().max(1);
        let end = frequencies.iter().take_while(|&&frequency| frequency < fmax).count().min(n_fft / 2);
        Self { sample_rate: f64::from(sample_rate), n_fft: n_fft as f64, bins: start..end.max(start), level: Level::detect() }
    }

    /// Adds the peaks of eight frames.
    pub fn collect(&self, power: &[Lanes], peaks: &mut Peaks) {
        self.level.run(Collect { tracker: self, power, peaks });
    }

    /// Parabolic interpolation of a local maximum, in librosa's precisions.
    #[inline(always)]
    fn peak(&self, bin: usize, before: f32, here: f32, after: f32) -> (f32, f32) {
        let a = f64::from(after + before) - 2.0 * f64::from(here);
        let b = f64::from(after - before) / 2.0;
        let shift = if b.abs() >= a.abs() { 0.0 } else { (-b / a) as f32 };
        let pitch = (bin as f64 + f64::from(shift)) * self.sample_rate / self.n_fft;
        (pitch as f32, here + 0.5 * ((after - before) / 2.0) * shift)
    }
}

struct Collect<'a> {
    tracker: &'a PeakTracker,
    power: &'a [Lanes],
    peaks: &'a mut Peaks,
}

impl Kernel for Collect<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { tracker, power, peaks } = self;
        let threshold = threshold(simd, power);
        for bin in tracker.bins.clone() {
            let [before, here, after] = [&power[bin - 1], &power[bin], &power[bin + 1]];
            let value = simd.load(here);
            // A value over the threshold beats neighbours under it anyway, so their own threshold need not be looked at.
            let mut found =
                simd.greater(value, threshold) & simd.greater(value, simd.load(before)) & !simd.greater(simd.load(after), value);
            while found != 0 {
                let lane = found.trailing_zeros() as usize % LANES;
                found &= found - 1;
                let (pitch, magnitude) = tracker.peak(bin, before.0[lane], here.0[lane], after.0[lane]);
                peaks.pitches.push(pitch);
                peaks.magnitudes.push(magnitude);
            }
        }
    }
}

/// The least power that counts, of each of eight frames.
#[inline(always)]
fn threshold<S: Simd>(simd: S, power: &[Lanes]) -> S::F32 {
    let mut maxima = [simd.splat(0.0); 4];
    let (groups, rest) = power.as_chunks::<4>();
    for group in groups {
        for i in 0..4 {
            maxima[i] = simd.max(maxima[i], simd.load(&group[i]));
        }
    }
    for row in rest {
        maxima[0] = simd.max(maxima[0], simd.load(row));
    }
    let maximum = simd.max(simd.max(maxima[0], maxima[1]), simd.max(maxima[2], maxima[3]));
    simd.mul(maximum, simd.splat(THRESHOLD))
}

/// The spectral peaks of a clip.
#[derive(Debug, Clone, Default)]
pub(super) struct Peaks {
    /// Hz, over 0.
    pitches: Vec<f32>,
    magnitudes: Vec<f32>,
    /// Magnitudes again, to find the median of.
    order: Vec<f32>,
}

impl Peaks {
    pub fn clear(&mut self) {
        self.pitches.clear();
        self.magnitudes.clear();
    }

    /// The fullest bin of the histogram of deviations of the peaks that are at least as strong as their median; `None` without peaks.
    pub fn tuning_step(&mut self) -> Option<usize> {
        let median = self.median()?;
        let mut counts = [0_u32; STEPS];
        let strong = self.pitches.iter().zip(&self.magnitudes).filter(|(_, magnitude)| **magnitude >= median);
        for (&pitch, _) in strong {
            counts[step_of(pitch)] += 1;
        }
        let fullest = counts.iter().copied().max()?;
        counts.iter().position(|&count| count == fullest)
    }

    /// As `numpy.median`: of an even number, the mean of the middle two.
    fn median(&mut self) -> Option<f32> {
        self.order.clone_from(&self.magnitudes);
        let count = self.order.len();
        if count == 0 {
            return None;
        }
        let (below, &mut upper, _) = self.order.select_nth_unstable_by(count / 2, f32::total_cmp);
        if count % 2 == 1 {
            return Some(upper);
        }
        let lower = below.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        Some((lower + upper) / 2.0)
    }
}

/// The histogram bin of a pitch's deviation from equal temperament.
fn step_of(pitch: f32) -> usize {
    let semitones = 12.0 * (pitch / (440.0 / 16.0)).log2();
    // Pitches are over 27.5 Hz, so that cutting off is the remainder; `rem_euclid` and `floor` are calls on older processors.
    let mut residual = semitones - (semitones as i32) as f32;
    if residual >= 0.5 {
        residual -= 1.0;
    }
    let residual = f64::from(residual);
    // The quotient is right but for its rounding: the edges decide.
    let mut step = (((residual + 0.5) * STEPS as f64) as usize).min(STEPS - 1);
    if step > 0 && residual < step_to_tuning(step) {
        step -= 1;
    } else if step + 1 < STEPS && residual >= step_to_tuning(step + 1) {
        step += 1;
    }
    step
}
