//! The view model: everything that the page says, as plain data, numbers already formatted.

mod across;
mod audit;
mod banners;
mod classes;
mod confusion;
mod corpus;
mod curves;
mod folds;
mod glossary;
mod model;
mod protocol;
mod provenance;
mod rows;
mod scores;
mod speakers;
mod verdict;

pub(super) use classes::ClassRow;
pub(crate) use confusion::Confusion;
pub(crate) use curves::{Curves, Panel, Series, Unit};
pub use model::View;
pub(crate) use rows::Epoch;
pub(super) use speakers::{SpeakerDot, Speakers};
