//! Features against stored librosa values, and what must hold whatever the clip.

mod functionals;
mod gabor;
mod golden;
mod pitch;
mod properties;
mod refusals;
mod settings;
mod stream;
mod support;
mod variants;
mod voice;
