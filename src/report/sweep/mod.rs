//! The page of a sweep: what varied, the runs, the effect of each key, and the run that validation chooses.

mod effects;
mod page;
mod view;

pub use page::{render, write};
