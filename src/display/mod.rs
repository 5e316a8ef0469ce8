//! What a notebook shows instead of printing: results as pictures, tables and players.

mod ask;
mod emit;

pub use ask::ask;
pub use emit::{Bundle, clear, emit};
