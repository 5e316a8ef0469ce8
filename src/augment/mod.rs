//! Seeded augmentation, for training rows only.

mod settings;

pub use settings::AugmentSettings;
