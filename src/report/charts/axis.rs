//! A linear axis with round ticks.

/// Values mapped onto pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis {
    values: (f64, f64),
    pixels: (f64, f64),
}

impl Axis {
    /// Maps `values` (first to last) onto `pixels` (first to last).
    pub(crate) fn new(values: (f64, f64), pixels: (f64, f64)) -> Self {
        Self { values, pixels }
    }

    /// Where `value` stands; an empty range puts everything at its start.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let span = self.values.1 - self.values.0;
        let part = if span > 0.0 { ((value - self.values.0) / span).clamp(0.0, 1.0) } else { 0.0 };
        self.pixels.0 + part * (self.pixels.1 - self.pixels.0)
    }

    /// Multiples of [`round_step`] within the range: at most `most + 1` of them.
    pub(crate) fn ticks(&self, most: usize) -> Vec<f64> {
        let step = round_step(self.values.1 - self.values.0, most);
        let first = (self.values.0 / step - 1e-9).ceil() as i64;
        let last = (self.values.1 / step + 1e-9).floor() as i64;
        (first..=last).map(|i| i as f64 * step).collect()
    }
}

/// The smallest of 1, 2, 5 times a power of ten that divides `span` into at most `most` parts.
pub(crate) fn round_step(span: f64, most: usize) -> f64 {
    if !(span > 0.0 && span.is_finite()) {
        return 1.0;
    }
    let rough = span / most.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|&step| step >= rough * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        for (span, most, step) in [(1.0, 5, 0.2), (2.3, 5, 0.5), (40.0, 8, 5.0), (0.07, 5, 0.02), (0.0, 5, 1.0), (f64::NAN, 5, 1.0)] {
            assert!((round_step(span, most) - step).abs() < 1e-12, "{span} {most}");
        }
    }

    #[test]
    fn ticks_stay_in_the_range() {
        assert_eq!(Axis::new((1.0, 40.0), (0.0, 390.0)).ticks(5), [10.0, 20.0, 30.0, 40.0]);
        assert_eq!(Axis::new((0.0, 0.0), (0.0, 10.0)).ticks(5), [0.0]);
        assert_eq!(Axis::new((0.0, 1.0), (100.0, 0.0)).at(0.25), 75.0);
    }
}
