//! Seeded augmentation, for training rows only.
//!
//! Copies of a clip at other speeds are made once, from samples ([`speed`]); masks and noise are drawn anew each epoch, on feature
//! frames ([`FrameAugmenter`]). Mixup needs two rows and their targets: the training loop does it.

mod error;
mod frames;
mod settings;
mod speed;
mod vocoder;

pub use error::AugmentError;
pub use frames::FrameAugmenter;
pub use settings::AugmentSettings;
pub use speed::{SPEED_FACTORS, speed};
pub use vocoder::{PITCH_STEPS, STRETCH_RATES, pitch_shift, time_stretch};
