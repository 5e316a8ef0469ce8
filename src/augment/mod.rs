//! Seeded augmentation, for training rows only.
//!
//! Copies of a clip at other speeds are made once, from samples ([`speed`]); masks and noise are drawn anew each epoch, on feature
//! frames ([`FrameAugmenter`]). Mixup needs two rows and their targets: the training loop does it.

mod frames;
mod settings;
mod speed;

pub use frames::FrameAugmenter;
pub use settings::AugmentSettings;
pub use speed::{AugmentError, SPEED_FACTORS, speed};
