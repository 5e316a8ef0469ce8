//! The view model: everything that the page says, as plain data, numbers already formatted.

mod across;
mod audit;
mod banners;
mod calibration;
mod classes;
mod confusion;
mod corpus;
mod curves;
mod embeddings;
mod errors;
mod folds;
mod glossary;
mod groups;
mod importance;
mod model;
mod protocol;
mod provenance;
mod rows;
mod scores;
mod speakers;
mod verdict;

pub(crate) use calibration::{Bin, Confidence, Coverage, Kept};
pub(super) use classes::ClassRow;
pub(crate) use confusion::Confusion;
pub(crate) use curves::{Curves, Panel, Series, Unit};
pub(crate) use embeddings::{Embeddings, Point};
pub(crate) use errors::ErrorCard;
pub(crate) use importance::Importance;
pub use model::View;
pub(crate) use rows::Epoch;
pub(super) use speakers::{SpeakerDot, Speakers};
