//! Values over time: waveforms and feature contours.

use super::axis::Axis;
use super::canvas::{Anchor, Caption, Ink, Type, draw};
use super::frame::{self, LEFT, RIGHT, TOP, below, number, rules};
use crate::report::error::ReportError;

/// A waveform is drawn as so many bars from its lowest to its highest sample.
const BARS: usize = 558;

/// One contour.
pub(crate) struct Trace<'a> {
    /// Its name, written beside it in its colour.
    pub name: &'a str,
    /// Evenly spaced values; what is not finite leaves a gap.
    pub values: &'a [f64],
}

/// Samples from -1 to 1 over `seconds`.
pub(crate) fn waveform(id: &str, samples: &[f32], seconds: f64) -> Result<String, ReportError> {
    let bottom = TOP + 110.0;
    let loudest = samples.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
    let reach = f64::from(loudest).max(1e-6);
    let y = Axis::new((-reach, reach), (bottom, TOP));
    let x = Axis::new((0.0, seconds), (LEFT, RIGHT));
    let description = format!("{seconds:.2} seconds, largest amplitude {}.", number(f64::from(loudest)));
    draw((RIGHT + 90.0, bottom + 44.0), &Caption { id, title: "Waveform", description: &description }, |pen| {
        for (bar, (low, high)) in extremes(samples).into_iter().enumerate() {
            let at = LEFT + (bar as f64 + 0.5) * (RIGHT - LEFT) / BARS as f64;
            pen.line(&[(at, y.at(low) + 0.4), (at, y.at(high) - 0.4)], Ink::Accent, 1.0, 1.0)?;
        }
        frame::title(pen, "waveform")?;
        for amplitude in [-reach, 0.0, reach] {
            pen.text(&number(amplitude), (LEFT - 9.0, y.at(amplitude)), Type::new(Ink::Muted, 12.0, Anchor::End))?;
        }
        below(pen, &x, bottom, "time, s")
    })
}

/// Lowest and highest sample of each of [`BARS`] equal stretches; of fewer samples than bars, a bar a sample.
fn extremes(samples: &[f32]) -> Vec<(f64, f64)> {
    let bars = BARS.min(samples.len());
    (0..bars)
        .map(|bar| {
            let stretch = &samples[bar * samples.len() / bars..(bar + 1) * samples.len() / bars];
            stretch
                .iter()
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &sample| (low.min(f64::from(sample)), high.max(f64::from(sample))))
        })
        .collect()
}

/// Contours over one axis, which they share.
pub(crate) fn traces(id: &str, title: &str, traces: &[Trace<'_>], across: (f64, f64, &str)) -> Result<String, ReportError> {
    let bottom = TOP + 110.0;
    let finite = || traces.iter().flat_map(|trace| trace.values).copied().filter(|value| value.is_finite());
    let (low, high) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (low, high) = if low < high { (low, high) } else { (low.min(0.0), high.max(1.0)) };
    let y = Axis::new((low, high), (bottom, TOP));
    let description = format!("From {} to {}.", number(low), number(high));
    draw((RIGHT + 90.0, bottom + 44.0), &Caption { id, title, description: &description }, |pen| {
        rules(pen, &y, RIGHT)?;
        for (index, trace) in traces.iter().enumerate() {
            let ink = Ink::Series((index % 6) as u8);
            let x = Axis::new((0.0, (trace.values.len().max(2) - 1) as f64), (LEFT, RIGHT));
            let points: Vec<(f64, f64)> = trace.values.iter().enumerate().map(|(i, &value)| (x.at(i as f64), value)).collect();
            for stretch in points.split(|(_, value)| !value.is_finite()).filter(|stretch| stretch.len() > 1) {
                let line: Vec<(f64, f64)> = stretch.iter().map(|&(x, value)| (x, y.at(value))).collect();
                pen.line(&line, ink, 1.6, 1.0)?;
            }
            if traces.len() > 1 {
                let at = (RIGHT + 6.0, TOP + 8.0 + 16.0 * index as f64);
                pen.text(trace.name, at, Type::new(ink, 12.0, Anchor::Start))?;
            }
        }
        frame::title(pen, title)?;
        let (from, to, name) = across;
        below(pen, &Axis::new((from, to), (LEFT, RIGHT)), bottom, name)
    })
}

#[cfg(test)]
mod tests {
    use super::{BARS, extremes};

    #[test]
    fn bars_reach_from_lowest_to_highest_sample() {
        let samples: Vec<f32> = (0..10 * BARS).map(|n| if n == 25 { -1.0 } else { (n % 10) as f32 }).collect();
        let bars = extremes(&samples);
        assert_eq!(bars.len(), BARS);
        assert_eq!(bars[..4], [(0.0, 9.0), (0.0, 9.0), (-1.0, 9.0), (0.0, 9.0)]);
        assert_eq!(extremes(&[0.5, -0.5]), [(0.5, 0.5), (-0.5, -0.5)]);
        assert!(extremes(&[]).is_empty());
    }
}
