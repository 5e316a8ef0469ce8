//! Functionals: what the contour of a feature over a clip is like, in fifteen numbers.
//!
//! After the functionals of eGeMAPS (Eyben et al. 2016, *The Geneva Minimalistic Acoustic Parameter Set (GeMAPS) for voice research and
//! affective computing*, IEEE Transactions on Affective Computing 7): mean, deviation, percentiles 20, 50 and 80 with their range, and
//! mean slopes of rising and falling parts; with extremes, their positions and the regression line of the larger sets of openSMILE (Eyben,
//! Wöllmer & Schuller 2010). eGeMAPS takes some functionals of some features; here every column gets all.
//!
//! Over the frames `x` of a column at times `t`, frame `i` at `i` times the frame step:
//!
//! | name | definition | unit |
//! | --- | --- | --- |
//! | `mean` | `numpy.mean(x)` | the column's |
//! | `deviation` | `numpy.std(x)`; eGeMAPS divides it by the mean | the column's |
//! | `p20`, `p50`, `p80` | `numpy.percentile(x, 20)`, `"linear"` (Hyndman & Fan 1996, type 7) | the column's |
//! | `range_20_80` | `p80 - p20` | the column's |
//! | `min`, `max`, `range` | extremes, `max - min` | the column's |
//! | `min_position`, `max_position` | where an extreme is first met: 0 is the clip's first frame, 1 its last | - |
//! | `slope` | that of the least-squares line, `numpy.polyfit(t, x, 1)[0]` | the column's a second |
//! | `residual` | root mean square of what the line leaves | the column's |
//! | `rising_slope` | mean of the slopes of all stretches of frames that rise, each from its first to its last frame | the column's a second |
//! | `falling_slope` | the same of those that fall; at most 0 | the column's a second |
//!
//! A stretch is as long as it can be: it ends where the contour turns or stays level. openSMILE also joins stretches over small peaks;
//! this does not, so slopes of a noisy contour are steeper here.
//!
//! Frames without a value (NaN, such as f0 where there is no voice) are left out as by `numpy.nanmean` and its kin; times and positions
//! stay those of the clip, and no stretch spans them. What cannot be told is 0, as in openSMILE: slopes of a single frame, everything of a
//! column without values.

use std::cmp::Ordering;

use ndarray::{Array1, Array2, ArrayView2, Axis};

/// Names of the functionals, in order.
pub const FUNCTIONALS: [&str; 15] = [
    "mean",
    "deviation",
    "p20",
    "p50",
    "p80",
    "range_20_80",
    "min",
    "max",
    "range",
    "min_position",
    "max_position",
    "slope",
    "residual",
    "rising_slope",
    "falling_slope",
];

/// A name a functional of each column: `mfcc_0_mean`, `mfcc_0_deviation`, ...
pub fn functional_columns(columns: &[String]) -> Vec<String> {
    columns.iter().flat_map(|column| FUNCTIONALS.iter().map(move |functional| format!("{column}_{functional}"))).collect()
}

/// The [`FUNCTIONALS`] of every column of `(frames, columns)`, column by column: `(1, 15 * columns)`. They are computed in `f64`.
///
/// ```
/// use ndarray::array;
///
/// // A column that rises by 2 each half second, and then falls back.
/// let found = intone::features::functionals(array![[0.0], [2.0], [4.0], [0.0]].view(), 0.5);
/// assert_eq!(found[[0, 0]], 1.5); // mean
/// assert_eq!(found[[0, 10]], 2.0 / 3.0); // max_position
/// assert_eq!((found[[0, 13]], found[[0, 14]]), (4.0, -8.0)); // slopes, a second
/// ```
pub fn functionals(frames: ArrayView2<'_, f32>, frame_step_s: f64) -> Array2<f32> {
    let mut contour = Contour::default();
    let mut values = Vec::with_capacity(FUNCTIONALS.len() * frames.ncols());
    // Column by column in memory, so that each is read in one go.
    let columns = frames.t().as_standard_layout().into_owned();
    for column in columns.rows() {
        contour.fill(column.iter().copied());
        values.extend(contour.functionals(frames.nrows(), frame_step_s).map(|value| value as f32));
    }
    Array1::from_vec(values).insert_axis(Axis(0))
}

/// The frames of a column that have a value; room that is used for one column after another.
#[derive(Default)]
struct Contour {
    /// Position and value.
    points: Vec<(f64, f64)>,
    /// The [`order_key`]s of the values, ascending.
    sorted: Vec<i32>,
}

impl Contour {
    fn fill(&mut self, column: impl Iterator<Item = f32>) {
        self.points.clear();
        self.sorted.clear();
        for (frame, value) in column.enumerate().filter(|(_, value)| !value.is_nan()) {
            self.points.push((frame as f64, f64::from(value)));
            self.sorted.push(order_key(value));
        }
        self.sorted.sort_unstable();
    }

    /// In the order of [`FUNCTIONALS`]; `frames` of the clip.
    fn functionals(&self, frames: usize, frame_step_s: f64) -> [f64; FUNCTIONALS.len()] {
        let (Some(&min), Some(&max)) = (self.sorted.first(), self.sorted.last()) else { return [0.0; FUNCTIONALS.len()] };
        let (min, max) = (value_of(min), value_of(max));
        let [p20, p50, p80] = [0.2, 0.5, 0.8].map(|part| self.percentile(part));
        let line = self.line();
        let [rising, falling] = self.stretches();
        [
            line.mean,
            line.deviation,
            p20,
            p50,
            p80,
            p80 - p20,
            min,
            max,
            max - min,
            self.position(min, frames),
            self.position(max, frames),
            line.slope / frame_step_s,
            line.residual,
            rising / frame_step_s,
            falling / frame_step_s,
        ]
    }

    /// Means over the points, given frame and value; taken together, so that no sum waits for another.
    fn means<const N: usize>(&self, terms: impl Fn(f64, f64) -> [f64; N]) -> [f64; N] {
        let mut sums = [0.0; N];
        for &(frame, value) in &self.points {
            for (sum, term) in sums.iter_mut().zip(terms(frame, value)) {
                *sum += term;
            }
        }
        sums.map(|sum| sum / self.points.len() as f64)
    }

    fn percentile(&self, part: f64) -> f64 {
        let position = part * (self.sorted.len() - 1) as f64;
        let below = value_of(self.sorted[position.floor() as usize]);
        let above = value_of(self.sorted[position.ceil() as usize]);
        below + (above - below) * position.fract()
    }

    fn position(&self, extreme: f64, frames: usize) -> f64 {
        let frame = self.points.iter().find(|&&(_, value)| value == extreme).map_or(0.0, |&(frame, _)| frame);
        frame / (frames.max(2) - 1) as f64
    }

    /// The least-squares line over frames, and the moments that it needs.
    fn line(&self) -> Line {
        let [mean, centre] = self.means(|frame, value| [value, frame]);
        let [variance, spread, covariance] =
            self.means(|frame, value| [(value - mean).powi(2), (frame - centre).powi(2), (frame - centre) * (value - mean)]);
        let slope = if spread > 0.0 { covariance / spread } else { 0.0 };
        let [left] = self.means(|frame, value| [(value - mean - slope * (frame - centre)).powi(2)]);
        Line { mean, deviation: variance.sqrt(), slope, residual: left.sqrt() }
    }

    /// Mean slopes, a frame, of the stretches that rise and of those that fall.
    fn stretches(&self) -> [f64; 2] {
        let (mut sums, mut counts) = ([0.0; 2], [0.0_f64; 2]);
        let mut first = 0;
        while first + 1 < self.points.len() {
            let direction = self.step(first);
            let mut last = first + 1;
            while last + 1 < self.points.len() && self.step(last) == direction {
                last += 1;
            }
            if direction != Ordering::Equal {
                let (start, end) = (self.points[first], self.points[last]);
                let which = usize::from(direction == Ordering::Less);
                sums[which] += (end.1 - start.1) / (end.0 - start.0);
                counts[which] += 1.0;
            }
            first = last;
        }
        [sums[0] / counts[0].max(1.0), sums[1] / counts[1].max(1.0)]
    }

    /// From a point to the next: up, down, or neither, which a gap is too.
    fn step(&self, point: usize) -> Ordering {
        let (here, next) = (self.points[point], self.points[point + 1]);
        let together = here.0 + 1.0 == next.0;
        if together { next.1.partial_cmp(&here.1).unwrap_or(Ordering::Equal) } else { Ordering::Equal }
    }
}

struct Line {
    mean: f64,
    deviation: f64,
    /// A frame.
    slope: f64,
    /// Root mean square of what it leaves.
    residual: f64,
}

/// An integer whose order among others is that of its number among numbers ([`f32::total_cmp`]): integers sort faster.
fn order_key(value: f32) -> i32 {
    mirror(value.to_bits().cast_signed())
}

/// The number that has the key.
fn value_of(key: i32) -> f64 {
    f64::from(f32::from_bits(mirror(key).cast_unsigned()))
}

/// Turns the order of negative numbers around, of which bits alone have the smallest last; done twice it does nothing.
fn mirror(bits: i32) -> i32 {
    bits ^ ((bits >> 31).cast_unsigned() >> 1).cast_signed()
}
