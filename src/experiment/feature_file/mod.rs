//! Features of any number of clips into one file: in bounded memory, in the order of the clips, and resumable.
//!
//! Threads measure clips, the results are put into parts of some clips each, and every part is kept in `FILE.part/`
//! before its rows go into the file. A call that finds parts of the same clips and settings takes them from there, so that the file it
//! writes in the end has the bytes of one that was never interrupted.

mod format;
mod job;
mod part;
mod parts;
mod queue;
mod writer;

pub use format::TableFormat;
pub use job::{FeatureFile, FeatureFileOutcome, write};
pub use parts::folder_of;
