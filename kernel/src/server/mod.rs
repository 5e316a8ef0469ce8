//! The Jupyter messaging protocol, version 5.3, over ZeroMQ.

mod execute;
mod history;
mod kernel;
mod offsets;
mod wire;
mod worker;

pub use kernel::run;
