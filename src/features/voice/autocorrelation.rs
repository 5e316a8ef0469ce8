//! The autocorrelation of a frame, divided by that of its window (Boersma 1993, equations 6 to 9).

use std::f64::consts::TAU;
use std::sync::Arc;

use intone_fft::RealPlanner;
use realfft::{ComplexToReal, RealToComplex};
use rustfft::num_complex::Complex;

/// The window of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Three periods under a Hann window, to find them.
    Hann,
    /// Nine periods under a Gaussian, which counts as four and a half, to measure them.
    Gaussian,
}

/// A planned analysis of frames that hold several of the longest period.
#[derive(Clone)]
pub(super) struct Autocorrelation {
    window: Vec<f64>,
    /// That of the window, up to [`reach`](Self::reach).
    of_window: Vec<f64>,
    /// Samples of the longest period.
    period: usize,
    /// Lags that candidates are looked for under.
    pub lags: usize,
    /// The largest lag that interpolation may use.
    pub reach: usize,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
}

/// Working memory, and the result.
#[derive(Debug, Clone, Default)]
pub(super) struct AutocorrelationScratch {
    frame: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    fft: Vec<Complex<f64>>,
    /// From lag `-reach` to `reach`; 1 at 0.
    pub values: Vec<f64>,
}

impl std::fmt::Debug for Autocorrelation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Autocorrelation").field("window", &self.window.len()).field("lags", &self.lags).finish_non_exhaustive()
    }
}

impl Autocorrelation {
    /// For periods down to that of `floor` Hz, of which there are several samples.
    pub fn new(sample_rate: f64, floor: f64, shape: Shape) -> Self {
        let (periods, reach) = match shape {
            Shape::Hann => (3.0, 0.5),
            Shape::Gaussian => (9.0, 0.25),
        };
        let half = (periods / floor * sample_rate) as usize / 2 - 1;
        let length = 2 * half;
        let window: Vec<f64> = (0..length).map(|sample| shape.value(sample, length)).collect();
        let mut n_fft = 1_usize;
        while (n_fft as f64) < length as f64 * (1.0 + reach) {
            n_fft *= 2;
        }
        let mut planner = RealPlanner::<f64>::default();
        let mut planned = Self {
            of_window: Vec::new(),
            period: (sample_rate / floor) as usize,
            lags: ((length as f64 / periods) as usize + 2).min(length),
            reach: (length as f64 * reach) as usize,
            forward: planner.forward(n_fft),
            inverse: planner.inverse(n_fft),
            window,
        };
        let mut scratch = AutocorrelationScratch { frame: planned.window.clone(), ..Default::default() };
        scratch.frame.resize(n_fft, 0.0);
        planned.transform(&mut scratch);
        planned.of_window = scratch.frame[..=planned.reach].iter().map(|value| value / scratch.frame[0]).collect();
        planned
    }

    /// Frequency bins of [`power`](Self::power).
    pub fn bins(&self) -> usize {
        self.forward.len() / 2 + 1
    }

    /// Samples that the transform is of.
    pub fn n_fft(&self) -> usize {
        self.forward.len()
    }

    /// Analyses the frame around the boundary before sample `centre`; outside the clip there are zeros. Returns the largest windowed
    /// amplitude within half a longest period of the middle, or `None` of a silent frame.
    pub fn analyse(&self, samples: &[f32], centre: usize, scratch: &mut AutocorrelationScratch) -> Option<f64> {
        self.fill(samples, centre, &mut scratch.frame);
        let (middle, half) = (self.window.len() / 2, self.period / 2 + 1);
        let around = &scratch.frame[middle.saturating_sub(half)..(middle + half).min(self.window.len())];
        let peak = around.iter().fold(0.0_f64, |peak, value| peak.max(value.abs()));
        self.transform(scratch);
        let energy = scratch.frame[0];
        if peak == 0.0 || energy <= 0.0 {
            return None;
        }
        scratch.values.resize(2 * self.reach + 1, 0.0);
        for lag in 0..=self.reach {
            let value = scratch.frame[lag] / (energy * self.of_window[lag]);
            scratch.values[self.reach + lag] = value;
            scratch.values[self.reach - lag] = value;
        }
        Some(peak)
    }

    /// The power spectrum of the frame, `bins` values.
    pub fn power<'a>(&self, samples: &[f32], centre: usize, scratch: &'a mut AutocorrelationScratch) -> &'a [Complex<f64>] {
        self.fill(samples, centre, &mut scratch.frame);
        self.power_of_frame(scratch);
        &scratch.spectrum
    }

    /// The samples less their mean over a longest period on both sides, under the window, and zeros.
    fn fill(&self, samples: &[f32], centre: usize, frame: &mut Vec<f64>) {
        let around = centre.saturating_sub(self.period).min(samples.len())..(centre + self.period).min(samples.len());
        let mean = samples[around].iter().map(|&sample| f64::from(sample)).sum::<f64>() / (2 * self.period) as f64;
        frame.clear();
        frame.resize(self.n_fft(), 0.0);
        let half = self.window.len() / 2;
        for (offset, (value, window)) in frame.iter_mut().zip(&self.window).enumerate() {
            let sample = (centre + offset).checked_sub(half).and_then(|sample| samples.get(sample)).copied().unwrap_or(0.0);
            *value = (f64::from(sample) - mean) * window;
        }
    }

    fn power_of_frame(&self, scratch: &mut AutocorrelationScratch) {
        let AutocorrelationScratch { frame, spectrum, fft, .. } = scratch;
        spectrum.resize(self.bins(), Complex::default());
        fft.resize(self.forward.get_scratch_len().max(self.inverse.get_scratch_len()), Complex::default());
        self.forward.process_with_scratch(frame, spectrum, fft).expect("buffers have the planned lengths");
        for value in spectrum.iter_mut() {
            *value = Complex::new(value.norm_sqr(), 0.0);
        }
    }

    /// Puts the autocorrelation of the frame in its place, times a constant.
    fn transform(&self, scratch: &mut AutocorrelationScratch) {
        self.power_of_frame(scratch);
        let AutocorrelationScratch { frame, spectrum, fft, .. } = scratch;
        self.inverse.process_with_scratch(spectrum, frame, fft).expect("a power spectrum is real, and buffers have the planned lengths");
    }
}

impl Shape {
    /// Praat's windows do not touch 0 within the frame.
    fn value(self, sample: usize, length: usize) -> f64 {
        let (i, n) = ((sample + 1) as f64, (length + 1) as f64);
        match self {
            Self::Hann => 0.5 - 0.5 * (TAU * i / n).cos(),
            Self::Gaussian => gaussian(i, n),
        }
    }
}

/// A Gaussian from 0 to `length` that is lowered to reach 0 at both (Boersma 1993, postscript).
pub(super) fn gaussian(position: f64, length: f64) -> f64 {
    let edge = (-12.0_f64).exp();
    ((-48.0 * (position / length - 0.5).powi(2)).exp() - edge) / (1.0 - edge)
}
