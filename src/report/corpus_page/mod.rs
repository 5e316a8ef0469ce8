//! A corpus in, one self-contained HTML file out: what there is to learn from, and what is odd about it.

mod page;
mod statistics;
mod view;

pub use page::{render, write};
