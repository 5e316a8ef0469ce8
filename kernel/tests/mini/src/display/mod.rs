//! What the stand-in has of the crate's displays.

mod ask;
mod emit;

pub use ask::ask;
pub use emit::{Bundle, clear, emit};
