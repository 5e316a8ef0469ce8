//! A run folder in, one self-contained HTML file out.
//!
//! [`View`] is what the page says, as plain data; `charts` draws pictures of it through plotters; askama puts both into `templates/`.
//! The page needs no script, no network and no other file, follows the reader's light or dark mode, and prints.

pub(crate) mod charts;
mod compare;
pub mod corpus_page;
mod error;
pub(crate) mod format;
mod index;
mod page;
pub(crate) mod palette;
mod pictures;
mod summary;
pub mod sweep;
pub(crate) mod view;

pub use compare::{render_comparison, write_comparison};
pub use error::ReportError;
pub use index::write_index;
pub use page::{render, write};
pub use summary::{Format, Summary, summarise};
pub use view::View;

pub use crate::experiment::RunFolder;
