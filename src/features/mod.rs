//! librosa-equal features, planned into one pass over the frames of a clip.
//!
//! [`Extractor`] is the way through: it plans what [`FeatureSettings`] ask for and takes all of it from one spectrogram. Each stage is
//! also there by itself, with librosa's name and shape (features or bins are rows, frames are columns): [`stft()`] and [`Stft`],
//! [`MelBank`], [`power_to_db`], [`ChromaBank`], [`estimate_tuning`], [`delta()`], [`delta2`]. [`ClipFunctionals`] make one vector of
//! a clip's frames; [`Stream`] takes frames from a signal that is still arriving.

mod balance;
mod batch_fft;
mod check;
mod chroma;
mod clip_functionals;
mod contrast;
mod dct;
mod decibel;
mod delta;
mod difference;
mod energy;
mod error;
mod extractor;
mod frames;
mod functionals;
mod gabor;
mod lanes;
mod loudness;
mod matrix;
mod mel;
mod pitch;
mod pyin;
mod quantile;
mod rhythm;
mod settings;
mod shape;
mod simd;
mod stft;
mod stream;
mod tonnetz;
mod tuning;
mod viterbi;
mod voice;
mod window;
mod yin;

#[cfg(test)]
mod tests;

pub use chroma::ChromaBank;
pub use clip_functionals::ClipFunctionals;
pub use decibel::power_to_db;
pub use delta::{delta, delta2};
pub use error::FeatureError;
pub use extractor::{Extractor, Scratch};
pub use functionals::{FUNCTIONALS, functional_columns, functionals};
pub use matrix::FeatureMatrix;
pub use mel::{MelBank, hz_to_mel, mel_frequencies, mel_to_hz};
pub use settings::{ClipReference, Estimate, FeatureSet, FeatureSettings, Reference, Tuning, Window};
pub use stft::{Stft, StftError, stft};
pub use stream::{NotCausal, Stream};
pub use tuning::estimate_tuning;
pub(crate) use voice::Voicing;
