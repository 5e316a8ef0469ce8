//! Several models over the same folds, their probabilities taken together: an experiment with `[[fusion]]`.
//!
//! Each member is a run of its own, with its own folder; what is fused are the predictions of tested clips, so a member may differ from
//! the others in everything but clips, folds and seeds.

mod join;
mod record;
mod run;
mod settings;

pub(super) use run::run;
pub use settings::FusionMember;
pub(super) use settings::members;
