//! RAVDESS by its file names.
//!
//! Livingstone & Russo, "The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS)", PLoS ONE 13(5): e0196391, 2018.

mod load;
mod name;

pub use load::{CITATION, EXPECTED, FOLDER_VARIABLE, load};
pub use name::{Channel, ClipName, Intensity, Modality, NameError};

pub(super) use name::actor_number;
