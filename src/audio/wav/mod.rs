//! WAV files: a tolerant walk over the chunks, samples through hound.

mod chunks;
mod format;
mod layout;
mod samples;
mod write;

pub(super) use samples::decode;
pub use write::{encode_wav, write_wav};
