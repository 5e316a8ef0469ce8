//! The server's life: bind, serve, end.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::connections::Connections;
use super::limits::Settings;
use super::router::router;
use super::state::App;
use crate::model::Bundle;

/// What is still running when the server ends gets so long.
const GRACE: Duration = Duration::from_secs(5);

/// Why a server cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is taken, not this machine's, or not allowed.
    #[error("cannot listen on {address}: {cause}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// The system's words.
        cause: io::Error,
    },
    /// The system gives no threads or no signals.
    #[error("cannot start the server: {0}")]
    Start(#[source] io::Error),
}

/// A server that listens, and serves once it [runs](Self::run).
pub struct Server {
    runtime: Runtime,
    listener: TcpListener,
    address: SocketAddr,
    app: App,
    stop: watch::Sender<bool>,
}

/// Ends a server from another thread.
#[derive(Debug, Clone)]
pub struct Stopper(watch::Sender<bool>);

impl Stopper {
    /// Ends it: live sessions are told, running requests get five seconds.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Server {
    /// Listens on the settings' address.
    ///
    /// # Errors
    /// [`ServeError`]: the address cannot be had, or the system gives no threads.
    pub fn bind(bundle: Bundle, settings: Settings) -> Result<Self, ServeError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Start)?;
        let failed = |cause| ServeError::Bind { address: settings.address, cause };
        let listener = runtime.block_on(TcpListener::bind(settings.address)).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (stop, stopping) = watch::channel(false);
        Ok(Self { runtime, listener, address, app: App::new(bundle, settings, stopping), stop })
    }

    /// Where it listens; the port is the one taken where port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What ends it.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.stop.clone())
    }

    /// Serves until a [`Stopper`] ends it.
    pub fn run(self) {
        let Self { runtime, listener, app, stop, .. } = self;
        runtime.block_on(serve(listener, app));
        // Held until here: without a sender, nothing would ever tell the sessions.
        drop(stop);
        // A prediction that runs on is not waited for.
        runtime.shutdown_timeout(Duration::from_millis(100));
    }

    /// Serves until Ctrl-C or SIGTERM.
    ///
    /// # Errors
    /// [`ServeError::Start`]: the system gives no signals.
    pub fn run_until_signal(self) -> Result<(), ServeError> {
        let stopper = self.stopper();
        let mut signals = self.runtime.block_on(async { Signals::new() }).map_err(ServeError::Start)?;
        self.runtime.spawn(async move {
            signals.recv().await;
            stopper.stop();
        });
        self.run();
        Ok(())
    }
}

async fn serve(listener: TcpListener, app: App) {
    let limits = app.settings.limits.clone();
    let (mut stopping, mut ended) = (app.stopping.clone(), app.stopping.clone());
    let connections = Connections::new(listener, limits.connections);
    let serving = axum::serve(connections, router(app.clone())).with_graceful_shutdown(async move {
        let _ = stopping.wait_for(|&stopping| stopping).await;
    });
    let serving = tokio::spawn(async move { serving.await });
    let _ = ended.wait_for(|&stopping| stopping).await;
    // Sessions have left HTTP: their permits are back when they have said goodbye.
    let sessions = async {
        let all = u32::try_from(limits.sessions).unwrap_or(u32::MAX);
        let _ = app.sessions.acquire_many(all).await;
        let _ = serving.await;
    };
    let _ = tokio::time::timeout(GRACE, sessions).await;
}

/// What asks a program to end.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn recv(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// What asks a program to end.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn recv(&mut self) {
        // Without a handler there is nothing to wait for; the system ends the program by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
