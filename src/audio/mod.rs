//! From bytes to a mono clip: decode, mix down, resample, trim, pad and crop.

mod clip;
mod settings;

pub use clip::Clip;
pub use settings::{AudioSettings, Pad};
