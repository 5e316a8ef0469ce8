//! Background noise.

use std::ops::RangeInclusive;

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rustfft::num_complex::Complex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AugmentError;
use super::normal::Normals;
use super::stage::{Stage, check_range, draw, rms};
use super::transform::{fast_length, transforms};
use crate::audio::Clip;
use crate::settings::InvalidSetting;

/// The signal-to-noise ratios that [`add_noise`] takes, dB.
pub const SNRS_DB: RangeInclusive<f32> = -30.0..=100.0;

/// The spectrum of noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoiseColour {
    /// The same power at every frequency.
    White,
    /// Power in proportion to 1 / frequency: 3 dB less an octave, as much in every octave.
    Pink,
}

/// The section `[augment.noise]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NoiseSettings {
    /// The chance that a clip gets noise, 0 to 1.
    pub probability: f32,
    /// Colours, of which one is drawn for a clip.
    pub colours: Vec<NoiseColour>,
    /// Signal-to-noise ratio over the clip's root mean square, dB, drawn uniformly between these two.
    pub snr_db: [f32; 2],
}

/// Adds Gaussian noise whose root mean square is `snr_db` under that of the clip, both over the whole clip. Silence stays silence.
///
/// The ratio holds for the noise as drawn, not only for its distribution. (As `AddColorNoise` of audiomentations, which sets it the same
/// way; its `AddGaussianSNR` sets the deviation that noise is drawn with.) Pink noise is made in the frequency domain: independent normal
/// real and imaginary parts over the root of the frequency (Timmer & König 1995, *On generating power law noise*), none at 0 Hz.
///
/// ```
/// use intone::{augment::{self, NoiseColour}, audio::Clip, seed};
/// let clip = Clip { samples: vec![0.1; 16_000], sample_rate: 16_000 };
/// let noisy = augment::add_noise(&clip, NoiseColour::Pink, 20.0, &mut seed::stream(1, &["noise"]))?;
/// let power: f32 = noisy.samples.iter().map(|sample| (sample - 0.1).powi(2)).sum::<f32>() / 16_000.0;
/// assert!((10.0 * (0.01 / power).log10() - 20.0).abs() < 0.01);
/// # Ok::<(), augment::AugmentError>(())
/// ```
///
/// # Errors
/// [`AugmentError::Snr`] for a ratio outside [`SNRS_DB`].
pub fn add_noise(clip: &Clip, colour: NoiseColour, snr_db: f32, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError> {
    if !SNRS_DB.contains(&snr_db) {
        return Err(AugmentError::Snr { db: snr_db });
    }
    let noise = match colour {
        NoiseColour::White => white(clip.samples.len(), rng),
        NoiseColour::Pink => pink(clip.samples.len(), rng),
    };
    let (signal, level) = (rms(&clip.samples), rms(&noise));
    let scale = if level > 0.0 { (signal / level * 10.0_f64.powf(-f64::from(snr_db) / 20.0)) as f32 } else { 0.0 };
    let samples = clip.samples.iter().zip(&noise).map(|(sample, noise)| sample + scale * noise).collect();
    Ok(Clip { samples, sample_rate: clip.sample_rate })
}

fn white(length: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let mut normals = Normals::new(rng);
    (0..length).map(|_| normals.draw()).collect()
}

fn pink(length: usize, rng: &mut ChaCha8Rng) -> Vec<f32> {
    let inverse = transforms(fast_length(length)).inverse;
    let mut spectrum = inverse.make_input_vec();
    let mut normals = Normals::new(rng);
    let last = spectrum.len() - 1;
    for (bin, value) in spectrum.iter_mut().enumerate().skip(1) {
        let root = (bin as f32).sqrt().recip();
        // At half the sample rate a real signal has no imaginary part.
        *value = Complex::new(root * normals.draw(), if bin < last { root * normals.draw() } else { 0.0 });
    }
    let mut noise = inverse.make_output_vec();
    // It only fails on buffers of another length than it made itself.
    let _ = inverse.process(&mut spectrum, &mut noise);
    noise.truncate(length);
    noise
}

impl Stage for NoiseSettings {
    fn key(&self) -> &'static str {
        "noise"
    }

    fn probability(&self) -> f32 {
        self.probability
    }

    fn check_ranges(&self) -> Result<(), InvalidSetting> {
        if self.colours.is_empty() {
            return Err(InvalidSetting::new("augment.noise.colours", "is empty; name \"white\", \"pink\" or both"));
        }
        check_range("noise.snr_db", self.snr_db, &SNRS_DB)
    }

    fn describe(&self) -> String {
        let name = |colour: &NoiseColour| match colour {
            NoiseColour::White => "white",
            NoiseColour::Pink => "pink",
        };
        let colours: Vec<&str> = self.colours.iter().map(name).collect();
        format!("{} noise at {} to {} dB SNR", colours.join(" or "), self.snr_db[0], self.snr_db[1])
    }

    fn apply(&self, clip: &Clip, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError> {
        // Checked not to be empty.
        let colour = self.colours[rng.gen_range(0..self.colours.len())];
        add_noise(clip, colour, draw(self.snr_db, rng), rng)
    }
}
