//! What a notebook shows instead of printing: results as pictures, tables and players.

mod emit;

pub use emit::{Bundle, emit};
