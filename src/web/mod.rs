//! The live page: a server that recognises emotion in uploaded clips and from the microphone, with the interface of `docs/API.md`.
//!
//! ```no_run
//! use intone::model::Bundle;
//! use intone::web::{Server, Settings};
//!
//! let bundle = Bundle::load("runs/ID/model/final".as_ref())?;
//! let server = Server::bind(bundle, Settings::default())?;
//! println!("listening on http://{}", server.address());
//! server.run_until_signal()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod about;
mod assets;
mod connections;
mod error;
mod files;
mod gate;
mod guard;
mod heard;
mod limits;
mod live;
mod metrics;
mod openapi;
mod pool;
mod predict;
mod protocol;
mod router;
mod samples;
mod server;
mod session;
mod state;
mod upload;

pub use gate::Gate;
pub use limits::{Limits, Settings};
pub use server::{ServeError, Server, Stopper};
pub use session::{Due, HOP_MS, MIN_S, SMOOTHING_S, Session, Smoother, WINDOW_S};
