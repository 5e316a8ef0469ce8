//! Serves requests until it is asked to shut down.

use std::collections::VecDeque;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result};
use jupyter_zmq_client::ConnectionInfo;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use super::execute::{Executor, Request};
use super::history::History;
use super::offsets;
use super::wire::{Message, Outbox, Sockets, answer, content};
use super::worker::{Job, Worker};
use crate::cell::{Completeness, completeness};
use crate::cli::Place;
use crate::session;

/// Serves the notebook whose front end wrote the connection file.
pub fn run(connection_file: &Path, place: Place) -> Result<ExitCode> {
    session::watch()?;
    let text = std::fs::read_to_string(connection_file).with_context(|| format!("cannot read {}", connection_file.display()))?;
    let connection: ConnectionInfo = serde_json::from_str(&text).with_context(|| format!("cannot parse {}", connection_file.display()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("cannot start the kernel")?;
    let version = place.project.version().unwrap_or_default();
    let release = place.toolchain.release().to_owned();
    let worker = Worker::start(place);
    runtime.block_on(serve(&connection, worker, KernelInfo { version, release }))?;
    // Threads of the evaluation may be in the middle of something; its process ends with this one.
    std::process::exit(0)
}

/// What the kernel says of itself.
struct KernelInfo {
    version: String,
    release: String,
}

impl KernelInfo {
    fn reply(&self) -> Value {
        json!({
            "status": "ok",
            "protocol_version": "5.3",
            "implementation": "intone",
            "implementation_version": self.version,
            "language_info": {
                "name": "rust",
                "version": self.release.split_whitespace().nth(1).unwrap_or_default(),
                "mimetype": "text/rust",
                "file_extension": ".rs",
                "pygments_lexer": "rust",
                "codemirror_mode": "rust",
                "nbconvert_exporter": "script",
            },
            "banner": format!("intone {} for notebooks, {}; `use intone::prelude::*;` holds", self.version, self.release),
            "help_links": [{ "text": "The Rust Book", "url": "https://doc.rust-lang.org/book/" }],
            "debugger": false,
        })
    }
}

async fn serve(connection: &ConnectionInfo, worker: Worker, info: KernelInfo) -> Result<()> {
    let session = uuid::Uuid::new_v4().to_string();
    let sockets = Sockets::bind(connection, &session).await?;
    let Sockets { shell, shell_out, control, control_out, mut stdin, stdin_out, iopub } = sockets;
    let (line, answers) = std::sync::mpsc::channel();
    tokio::spawn(async move {
        while let Some(message) = stdin.recv().await {
            let _ = line.send(content(&message)["value"].as_str().unwrap_or_default().to_owned());
        }
    });
    let info = Arc::new(info);
    let (stop, mut stopped) = mpsc::unbounded_channel::<()>();
    let executor = Executor { worker: worker.clone(), iopub: iopub.clone(), stdin_out, answers: Arc::new(Mutex::new(answers)) };
    let desk = Desk {
        executor,
        out: shell_out,
        iopub: iopub.clone(),
        info: Arc::clone(&info),
        history: History::default(),
        count: 0,
        stop: stop.clone(),
    };
    tokio::spawn(desk.serve(shell));
    tokio::spawn(serve_control(control, control_out, iopub, worker.clone(), info, stop.clone()));
    tokio::spawn(watch_signals(worker.clone(), stop.clone()));
    tokio::spawn(watch_parent(stop));
    let _ = stopped.recv().await;
    worker.kill();
    // What was answered last is still on its way.
    tokio::time::sleep(Duration::from_millis(150)).await;
    Ok(())
}

/// Control messages overtake cells.
async fn serve_control(
    mut requests: mpsc::UnboundedReceiver<Message>,
    out: Outbox,
    iopub: Outbox,
    worker: Worker,
    info: Arc<KernelInfo>,
    stop: mpsc::UnboundedSender<()>,
) {
    while let Some(message) = requests.recv().await {
        iopub.status(&message, "busy");
        match message.header.msg_type.as_str() {
            "kernel_info_request" => out.send(answer(&message, "kernel_info_reply", info.reply())),
            "interrupt_request" => {
                let worker = worker.clone();
                tokio::task::spawn_blocking(move || worker.interrupt());
                out.send(answer(&message, "interrupt_reply", json!({ "status": "ok" })));
            }
            "shutdown_request" => shut_down(&message, &out, &iopub, &stop),
            other => unknown(other, &message, &out),
        }
        iopub.status(&message, "idle");
    }
}

fn shut_down(message: &Message, out: &Outbox, iopub: &Outbox, stop: &mpsc::UnboundedSender<()>) {
    let reply = json!({ "status": "ok", "restart": content(message)["restart"].as_bool().unwrap_or(false) });
    out.send(answer(message, "shutdown_reply", reply.clone()));
    iopub.publish(message, "shutdown_reply", reply);
    let _ = stop.send(());
}

/// A request of a kind that this kernel does not know is answered, so that nobody waits.
fn unknown(kind: &str, message: &Message, out: &Outbox) {
    if let Some(kind) = kind.strip_suffix("_request") {
        let reply = json!({ "status": "error", "ename": "NotSupported", "evalue": format!("{kind} is not supported"), "traceback": [] });
        out.send(answer(message, &format!("{kind}_reply"), reply));
    }
}

/// Ctrl-C stops a cell; a request to terminate ends the kernel.
async fn watch_signals(worker: Worker, stop: mpsc::UnboundedSender<()>) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) else { return };
    loop {
        tokio::select! {
            _ = interrupt.recv() => {
                let worker = worker.clone();
                tokio::task::spawn_blocking(move || worker.interrupt());
            }
            _ = terminate.recv() => {
                let _ = stop.send(());
            }
        }
    }
}

/// A kernel whose front end is gone ends, where the front end wants that.
async fn watch_parent(stop: mpsc::UnboundedSender<()>) {
    if std::env::var_os("JPY_PARENT_PID").is_none() {
        return;
    }
    let parent = rustix::process::getppid();
    while rustix::process::getppid() == parent {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let _ = stop.send(());
}

/// Answers shell requests, one after another.
struct Desk {
    executor: Executor,
    out: Outbox,
    iopub: Outbox,
    info: Arc<KernelInfo>,
    history: History,
    count: u32,
    stop: mpsc::UnboundedSender<()>,
}

impl Desk {
    async fn serve(mut self, mut requests: mpsc::UnboundedReceiver<Message>) {
        let mut pending = VecDeque::new();
        while let Some(message) = match pending.pop_front() {
            Some(message) => Some(message),
            None => requests.recv().await,
        } {
            self.iopub.status(&message, "busy");
            let failed = self.answer(&message).await;
            if let Some(reply) = failed {
                // What was sent before the failure was told, and may still be on its way, is not to run.
                tokio::time::sleep(Duration::from_millis(20)).await;
                while let Ok(message) = requests.try_recv() {
                    pending.push_back(message);
                }
                self.reply(&message, reply);
                self.iopub.status(&message, "idle");
                pending.retain(|message| !self.abort(message));
            } else {
                self.iopub.status(&message, "idle");
            }
        }
    }

    /// Refuses a cell that was to run after one that failed.
    fn abort(&self, message: &Message) -> bool {
        if message.header.msg_type != "execute_request" {
            return false;
        }
        self.iopub.status(message, "busy");
        self.reply(message, json!({ "status": "aborted", "execution_count": self.count }));
        self.iopub.status(message, "idle");
        true
    }

    fn reply(&self, message: &Message, content: Value) {
        let kind = message.header.msg_type.replace("_request", "_reply");
        self.out.send(answer(message, &kind, content));
    }

    /// Answers a request. The reply to a cell that failed, after which those that wait are to be aborted, is left to the caller.
    async fn answer(&mut self, message: &Message) -> Option<Value> {
        let request = content(message);
        match message.header.msg_type.as_str() {
            "execute_request" => return self.execute(message).await,
            "kernel_info_request" => self.reply(message, self.info.reply()),
            "complete_request" => {
                let reply = self.complete(request).await;
                self.reply(message, reply);
            }
            "inspect_request" => {
                let reply = self.inspect(request).await;
                self.reply(message, reply);
            }
            "is_complete_request" => self.reply(message, is_complete(request["code"].as_str().unwrap_or_default())),
            "history_request" => self.reply(message, self.history.answer(request)),
            "comm_info_request" => self.reply(message, json!({ "status": "ok", "comms": {} })),
            "comm_open" => {
                // Nothing here speaks over comms: the front end is told at once.
                self.iopub.publish(message, "comm_close", json!({ "comm_id": request["comm_id"], "data": {} }));
            }
            "shutdown_request" => shut_down(message, &self.out, &self.iopub, &self.stop),
            other => unknown(other, message, &self.out),
        }
        None
    }

    async fn execute(&mut self, message: &Message) -> Option<Value> {
        let request = match Request::of(message) {
            Ok(request) => request,
            Err(error) => {
                let reply = json!({ "status": "error", "ename": "BadRequest", "evalue": error.to_string(), "traceback": [] });
                self.reply(message, reply);
                return None;
            }
        };
        if request.is_stored() {
            self.count += 1;
        }
        let executed = self.executor.execute(message, &request, self.count).await;
        if request.is_stored() {
            self.history.push(self.count, &request.code, executed.output);
        }
        if executed.failed && request.stop_on_error {
            return Some(executed.reply);
        }
        self.reply(message, executed.reply);
        None
    }

    async fn complete(&self, request: &Value) -> Value {
        let (code, cursor) = code_and_cursor(request);
        let (done, found) = oneshot::channel();
        self.executor.worker.send(Job::Complete { source: code.clone(), at: offsets::byte_of(&code, cursor), done });
        let Some(found) = found.await.ok().flatten() else {
            return json!({ "status": "ok", "matches": [], "cursor_start": cursor, "cursor_end": cursor, "metadata": {} });
        };
        let (start, end) = (offsets::character_of(&code, found.start), offsets::character_of(&code, found.end));
        let matches: Vec<&str> = found.matches.iter().map(|(text, _)| text.as_str()).collect();
        let kinds: Vec<Value> =
            found.matches.iter().map(|(text, kind)| json!({ "start": start, "end": end, "text": text, "type": kind })).collect();
        let metadata = json!({ "_jupyter_types_experimental": kinds });
        json!({ "status": "ok", "matches": matches, "cursor_start": start, "cursor_end": end, "metadata": metadata })
    }

    async fn inspect(&self, request: &Value) -> Value {
        let (code, cursor) = code_and_cursor(request);
        let at = offsets::end_of_name(&code, offsets::byte_of(&code, cursor));
        let (done, found) = oneshot::channel();
        self.executor.worker.send(Job::Inspect { source: code, at, done });
        match found.await.ok().flatten() {
            Some((text, html)) => {
                json!({ "status": "ok", "found": true, "data": { "text/plain": text, "text/html": html }, "metadata": {} })
            }
            None => json!({ "status": "ok", "found": false, "data": {}, "metadata": {} }),
        }
    }
}

fn code_and_cursor(request: &Value) -> (String, usize) {
    let code = request["code"].as_str().unwrap_or_default().to_owned();
    let end = code.chars().count();
    let cursor = request["cursor_pos"].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(end).min(end);
    (code, cursor)
}

fn is_complete(code: &str) -> Value {
    match completeness(code) {
        Completeness::Complete => json!({ "status": "complete" }),
        Completeness::Invalid => json!({ "status": "invalid" }),
        Completeness::Incomplete => {
            let depth = code.matches('{').count().saturating_sub(code.matches('}').count());
            json!({ "status": "incomplete", "indent": "    ".repeat(depth) })
        }
    }
}
