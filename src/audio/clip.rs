//! The one type that carries sound through the crate.

/// A mono recording: samples in `[-1, 1]` (nominally) at `sample_rate` Hz.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// Amplitudes, finite.
    pub samples: Vec<f32>,
    /// Samples a second, Hz.
    pub sample_rate: u32,
}

impl Clip {
    /// Length in seconds.
    pub fn duration_s(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.sample_rate)
    }
}
