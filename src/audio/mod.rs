//! From bytes to a mono clip: decode, mix down, resample, trim, pad and crop.
//!
//! ```no_run
//! use intone::audio::{self, AudioSettings, Pad};
//!
//! let decoded = audio::read("03-01-05-02-01-01-02.wav".as_ref())?;
//! let settings = AudioSettings { sample_rate: 16_000, trim_db: 40.0, duration_s: 3.0, pad: Pad::End, max_duration_s: 3600.0 };
//! let clip = audio::prepare(decoded.clip, &settings)?;
//! assert_eq!(clip.samples.len(), 48_000);
//! # Ok::<(), audio::AudioError>(())
//! ```

mod allowance;
mod clip;
mod container;
mod decode;
mod error;
mod flac;
mod flac_write;
mod mix;
mod prepare;
mod resample;
mod settings;
mod trim;
mod wav;

pub use allowance::MAX_FRAMES_A_BYTE;
pub use clip::Clip;
pub use decode::{Decoded, MAX_FILE_BYTES, MAX_FRAMES, SAMPLE_RATES, decode, decode_within, read, read_within};
pub use error::{AudioError, AudioWarning};
pub use flac_write::encode_flac;
pub use prepare::{prepare, resampled};
pub(crate) use resample::resample_by;
pub use resample::{Resampler, resample};
pub use settings::{AudioSettings, Pad};
pub use trim::{TRIM_FRAME_LENGTH, TRIM_HOP_LENGTH, trim};
pub use wav::{encode_wav, write_wav};
