//! `intone serve`: the live page.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use intone::model::Bundle;
use intone::web::{Limits, Server, Settings};

use super::exit::{Done, Failure};
use super::{inputs, print};

/// Arguments of `intone serve`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of a model bundle, such as runs/ID/model/final; without it the model that comes with intone
    #[arg(long, value_name = "BUNDLE")]
    model: Option<PathBuf>,
    /// The bundle that answers live sessions, with the same labels; without it what the model has for them, else the model
    #[arg(long, value_name = "BUNDLE")]
    live_model: Option<PathBuf>,
    /// Address and port; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8080")]
    addr: SocketAddr,
    /// An origin beside the server's own whose pages may ask it, such as https://lab.example; may be given several times
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// Predictions computed at once; 0 = one a core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// The largest body of a request, MiB
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1024))]
    max_body_mb: u32,
    /// The most clips in a request
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    max_clips: u32,
    /// The longest clip, seconds
    #[arg(long, value_name = "S", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=3600))]
    max_clip_s: u32,
    /// The longest that a request may take, seconds
    #[arg(long, value_name = "S", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=60))]
    request_timeout_s: u32,
    /// The most requests with clips at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    max_waiting: u32,
    /// The most live sessions at once
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    max_sessions: u32,
    /// The longest live session, seconds
    #[arg(long, value_name = "S", default_value_t = 7200, value_parser = clap::value_parser!(u32).range(1..))]
    max_session_s: u32,
    /// The most messages a second of a live session
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    max_messages_per_s: u32,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let settings = settings(arguments)?;
    let open = !settings.address.ip().is_loopback();
    let mut bundle = inputs::bundle(arguments.model.as_deref())?;
    if let Some(dir) = &arguments.live_model {
        bundle = Bundle::load(dir).and_then(|live| bundle.with_live(live)).map_err(Failure::failed)?;
    }
    let server = Server::bind(bundle, settings).map_err(Failure::failed)?;
    if open {
        eprintln!(
            "intone: WARNING: {} can be reached by other machines, without a password and without encryption; browsers give their \
             microphone to https pages and to localhost only",
            server.address()
        );
    }
    print(&format!("listening on http://{}; Ctrl-C ends it\n", server.address()))?;
    server.run_until_signal().map_err(Failure::failed)?;
    Ok(Done::All)
}

fn settings(arguments: &Arguments) -> Result<Settings, Failure> {
    for origin in &arguments.allow_origin {
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        if !host.is_some_and(|host| !host.is_empty() && !host.contains('/')) {
            return Err(Failure::usage(format!(
                "--allow-origin {origin:?} is not an origin: it must be http:// or https:// and a host, with nothing behind it"
            )));
        }
    }
    let size = |number: u32| number as usize;
    let seconds = |number: u32| Duration::from_secs(u64::from(number));
    Ok(Settings {
        address: arguments.addr,
        allowed_origins: arguments.allow_origin.clone(),
        threads: arguments.threads,
        limits: Limits {
            body_bytes: size(arguments.max_body_mb) << 20,
            clips: size(arguments.max_clips),
            clip_s: f64::from(arguments.max_clip_s),
            request: seconds(arguments.request_timeout_s),
            waiting: size(arguments.max_waiting),
            // Room for every session, for uploads and for the page's files.
            connections: size(arguments.max_sessions) + size(arguments.max_waiting) + 256,
            sessions: size(arguments.max_sessions),
            session: seconds(arguments.max_session_s),
            messages_per_s: arguments.max_messages_per_s,
            ..Limits::default()
        },
    })
}
