//! Analysis windows, as `scipy.signal.get_window(..., fftbins=True)` makes them.

use std::f64::consts::TAU;

use super::settings::Window;

impl Window {
    /// The periodic window of `length` samples, centred among zeros in `n_fft` samples (`librosa.util.pad_center`).
    ///
    /// A window longer than `n_fft` is cut to its first `n_fft` samples; [`FeatureSettings::check`](super::FeatureSettings::check)
    /// refuses it.
    pub fn samples(self, length: usize, n_fft: usize) -> Vec<f64> {
        let mut padded = vec![0.0; n_fft];
        let left = n_fft.saturating_sub(length) / 2;
        for (n, value) in padded[left..].iter_mut().take(length).enumerate() {
            *value = self.at(n, length);
        }
        padded
    }

    fn at(self, n: usize, length: usize) -> f64 {
        if length == 1 {
            return 1.0;
        }
        let phase = TAU * n as f64 / length as f64;
        match self {
            Self::Hann => 0.5 - 0.5 * phase.cos(),
            Self::Hamming => 0.54 - 0.46 * phase.cos(),
            Self::Blackman => 0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos(),
            Self::Rectangular => 1.0,
        }
    }
}
