//! The scores of runs as text for other programs: Markdown, JSON, CSV, LaTeX.

mod csv;
mod format;
mod json;
mod latex;
mod markdown;
mod run;

pub use format::{Format, summarise};
pub use run::Summary;
