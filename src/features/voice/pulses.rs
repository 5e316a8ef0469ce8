//! When the vocal folds close: one point in time a period, as in Praat's "To PointProcess (cc)".
//!
//! From the middle of each voiced stretch, at the largest excursion within a period, the next point to either side is where a period's
//! samples correlate best with those around the last point, 0.8 to 1.25 periods away.
//!
//! Times are in samples: sample `n` is at `n`, and frame `t` at `t * hop - 0.5`, between two samples.

/// The voiced frames of a clip.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contour<'a> {
    /// Hz; 0 = unvoiced.
    pub f0: &'a [f64],
    pub sample_rate: f64,
    pub hop: usize,
}

/// Least correlation of a point with the one before.
const CORRELATION: f64 = 0.3;
/// Least amplitude around a point, as part of the clip's largest.
const AMPLITUDE: f64 = 0.01;
/// The same for the one point past either end of a voiced stretch.
const EDGE_CORRELATION: f64 = 0.7;
const EDGE_AMPLITUDE: f64 = 0.023_333;

impl Contour<'_> {
    /// The middle of a frame.
    pub fn time(&self, frame: usize) -> f64 {
        (frame * self.hop) as f64 - 0.5
    }

    /// The period in samples at a time, interpolated between frames in frequency; `None` where the nearest frame is unvoiced.
    fn period(&self, time: f64) -> Option<f64> {
        let position = (time - self.time(0)) / self.hop as f64;
        let frequency = |frame: f64| {
            let inside = frame >= 0.0 && frame < self.f0.len() as f64;
            if inside { Some(self.f0[frame as usize]).filter(|&f0| f0 > 0.0) } else { None }
        };
        let (left, phase) = (position.floor(), position - position.floor());
        let (near, far, weight) = if phase < 0.5 { (left, left + 1.0, phase) } else { (left + 1.0, left, 1.0 - phase) };
        let near = frequency(near)?;
        let f0 = frequency(far).map_or(near, |far| near + weight * (far - near));
        Some(self.sample_rate / f0)
    }

    /// Fills `points` with the times of all points, in order.
    pub fn pulses(&self, samples: &[f32], points: &mut Vec<f64>) {
        points.clear();
        let search = Search { samples, peak: samples.iter().fold(0.0, |peak: f64, &sample| peak.max(f64::from(sample).abs())) };
        let end = samples.len() as f64 - 0.5;
        // Up to where the stretches before have points.
        let mut filled = f64::NEG_INFINITY;
        let mut frame = 0;
        for stretch in self.f0.chunk_by(|a, b| (*a > 0.0) == (*b > 0.0)) {
            let first = frame;
            frame += stretch.len();
            let half = 0.5 * self.hop as f64;
            let (left, right) = ((self.time(first) - half).max(-0.5), (self.time(frame - 1) + half).min(end));
            if stretch[0] > 0.0 && left < end - half && right > left {
                self.fill(&search, left, right, &mut filled, points);
            }
        }
        points.sort_unstable_by(f64::total_cmp);
    }

    /// The points of one stretch.
    fn fill(&self, search: &Search<'_>, left: f64, right: f64, filled: &mut f64, points: &mut Vec<f64>) {
        let middle = 0.5 * (left + right);
        let Some(period) = self.period(middle) else { return };
        let first = search.extremum(middle - 0.5 * period, middle + 0.5 * period);
        points.push(first);
        let mut time = first;
        while let Some(period) = self.period(time) {
            let next = search.like(time, period, time - 1.25 * period, time - 0.8 * period);
            time = next.time;
            let clear = time - *filled > 0.8 * period;
            if time < left {
                if next.at_edge(search.peak) && clear {
                    points.push(time);
                }
                break;
            }
            if next.is_pulse(search.peak) && clear {
                points.push(time);
            }
        }
        time = first;
        while let Some(period) = self.period(time) {
            let next = search.like(time, period, time + 0.8 * period, time + 1.25 * period);
            time = next.time;
            let past = time > right;
            if if past { next.at_edge(search.peak) } else { next.is_pulse(search.peak) } {
                points.push(time);
                *filled = time;
            }
            if past {
                break;
            }
        }
    }
}

struct Search<'a> {
    samples: &'a [f32],
    /// The clip's largest amplitude.
    peak: f64,
}

/// Where the signal is most like it was.
struct Like {
    time: f64,
    correlation: f64,
    /// The largest amplitude there.
    peak: f64,
}

impl Like {
    fn is_pulse(&self, loudest: f64) -> bool {
        self.correlation > CORRELATION && (self.peak == 0.0 || self.peak > AMPLITUDE * loudest)
    }

    fn at_edge(&self, loudest: f64) -> bool {
        self.correlation > EDGE_CORRELATION && self.peak > EDGE_AMPLITUDE * loudest
    }
}

impl Search<'_> {
    /// When the largest excursion between two times is, by a parabola.
    fn extremum(&self, from: f64, to: f64) -> f64 {
        let last = self.samples.len() - 1;
        let (first, end) = (from.floor().max(0.0) as usize, (to.ceil().max(0.0) as usize).min(last));
        let value = |sample: usize| f64::from(self.samples[sample]);
        let (mut lowest, mut highest) = (first.min(end), first.min(end));
        for sample in first..=end {
            if value(sample) < value(lowest) {
                lowest = sample;
            }
            if value(sample) > value(highest) {
                highest = sample;
            }
        }
        if value(lowest) == value(highest) {
            return 0.5 * (first + end) as f64;
        }
        let extremum = if value(lowest).abs() > value(highest).abs() { lowest } else { highest };
        if extremum == first || extremum == end {
            return extremum as f64;
        }
        let (left, here, right) = (value(extremum - 1), value(extremum), value(extremum + 1));
        extremum as f64 + 0.5 * (right - left) / (2.0 * here - left - right)
    }

    /// When, between two times, the samples of a period correlate best with those around `time`.
    fn like(&self, time: f64, period: f64, from: f64, to: f64) -> Like {
        let half = 0.5 * period;
        let (left, right) = ((time - half + 0.5).floor() as isize, (time + half + 0.5).floor() as isize);
        let (first, last) = ((from - half).floor() as isize, (to - half).ceil() as isize);
        let mut best: Option<(isize, [f64; 3])> = None;
        let mut three = [0.0; 3];
        let mut peak = 0.0;
        for start in first..=last {
            let (correlation, loudest) = self.correlate(left, right, start);
            three = [three[1], three[2], correlation];
            let highest = best.map_or(-1.0, |(_, three)| three[1]);
            if three[1] > highest && three[1] >= three[0] && three[1] >= three[2] {
                best = Some((start - 1, three));
                peak = loudest;
            }
        }
        let middle = 0.5 * (from + to);
        let Some((start, [before, here, after])) = best else { return Like { time: middle, correlation: -1.0, peak } };
        let bend = (here - before) + (here - after);
        let (shift, rise) = if bend > 0.0 {
            let slope = 0.5 * (after - before);
            (slope / bend, 0.5 * slope * slope / bend)
        } else {
            (0.0, 0.0)
        };
        let found = time + (start - left) as f64 + shift;
        // Periods of a few samples can be rounded away: go on by one, so that the search always moves on.
        let towards = (middle - time).signum();
        let time = if (found - time) * towards > 0.5 * period { found } else { time + towards * period };
        Like { time, correlation: here + rise, peak }
    }

    /// The correlation of the samples `left..=right` with as many from `start`, and the largest amplitude of the latter; 0 in silence.
    fn correlate(&self, left: isize, right: isize, start: isize) -> (f64, f64) {
        let count = self.samples.len() as isize;
        let skip = (-left).max(-start).max(0);
        let end = (right - left + 1).min(count - left).min(count - start);
        if skip >= end {
            return (0.0, 0.0);
        }
        let part = |from: isize| &self.samples[(from + skip) as usize..(from + end) as usize];
        let (mut own, mut other, mut product, mut peak) = (0.0, 0.0, 0.0, 0.0_f64);
        for (&a, &b) in part(left).iter().zip(part(start)) {
            let (a, b) = (f64::from(a), f64::from(b));
            own += a * a;
            other += b * b;
            product += a * b;
            peak = peak.max(b.abs());
        }
        let norm = (own * other).sqrt();
        (if norm > 0.0 { product / norm } else { 0.0 }, peak)
    }
}
