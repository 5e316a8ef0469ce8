//! What a person would rather look at than read: rich displays of the crate's types in notebooks.
//!
//! [`Show`] gives a value a picture or a table beside its plain text; a cell that ends in such a value shows it, and `value.show()` shows
//! it in the middle of a cell. [`plot`] takes what plotters draws, [`progress`] is a bar that moves while a cell runs,
//! [`ask`] waits for a line of the reader's, [`clear`] takes away what the cell has shown.
//!
//! Everything is HTML without scripts, without other files and without the network, and follows the reader's light or dark theme.

mod ask;
mod bars;
mod bundle;
mod clip;
mod corpus;
mod curves;
mod emit;
mod features;
mod frame;
mod html;
mod matrix;
mod plot;
mod progress;
mod run;
mod scores;
mod show;
#[cfg(test)]
mod tests;

pub use ask::ask;
pub use bars::{Bars, bars};
pub use emit::{Bundle, clear, emit};
pub use features::{Spectrogram, SpectrogramError, spectrogram};
pub use plot::{Plot, PlotError, plot};
pub use progress::{Progress, progress};
pub use scores::{Named, named};
pub use show::Show;
