//! What every notebook has at hand.

pub use crate::display::{Bundle, ask, clear, emit};
pub use crate::shapes::{Circle, Square};
