//! `GET /api/v1/live`: the socket of a live session.
//!
//! One task reads, computes at most one prediction at a time and writes, so a session holds one window of sound whatever its client
//! does; a client that reads too slowly isn't read from either.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::error::{Code, Refusal, code_of_bundle};
use super::limits::Bucket;
use super::pool::{Pool, Turn};
use super::protocol::{self, Fault, Request, Tally};
use super::session::{Due, Session, Smoother};
use super::state::App;
use crate::audio::Clip;
use crate::model::BundleError;

/// A silent client is asked whether it is there after this time.
const PING_AFTER: Duration = Duration::from_secs(20);
/// How often the clock is looked at where nothing comes.
const TICK: Duration = Duration::from_secs(1);
/// How long the client's side of a close is waited for.
const CLOSE: Duration = Duration::from_secs(1);
/// Bytes that are read of a socket at once; many sessions hold many of them.
const READ_BUFFER: usize = 8 << 10;
/// The most that waits to be written, bytes: some hundred answers.
const WRITE_BUFFER: usize = 256 << 10;
/// Seconds of sound that may come at once.
const BURST_S: f64 = 30.0;
/// How much faster than it is spoken sound may come after that.
const PACE: f64 = 2.0;

/// Opens the socket.
pub(super) async fn get(State(app): State<App>, upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>) -> Result<Response, Refusal> {
    let upgrade = upgrade.map_err(|rejection| {
        Refusal::new(Code::UpgradeRequired, format!("{}; this address speaks WebSocket, see docs/API.md", rejection.body_text()))
    })?;
    if *app.stopping.borrow() {
        return Err(Refusal::new(Code::ShuttingDown, "the server ends"));
    }
    let Ok(place) = app.sessions.clone().try_acquire_owned() else {
        let most = app.settings.limits.sessions;
        return Err(Refusal::new(Code::TooManyConnections, format!("all {most} live sessions are taken; try again later")));
    };
    // A message somewhat over the limit is still read, so that the client can be told; far larger ones are cut off.
    let most = app.settings.limits.message_bytes.saturating_mul(4);
    let upgrade = upgrade.read_buffer_size(READ_BUFFER).write_buffer_size(0).max_write_buffer_size(WRITE_BUFFER);
    Ok(upgrade.max_message_size(most).max_frame_size(most).on_upgrade(async move |socket| {
        app.metrics.sessions.add(1);
        Live::new(socket, app).run().await;
        drop(place);
    }))
}

/// What ends a session.
enum End {
    /// The client is gone; nothing can be said to it.
    Gone,
    /// The client asked for it.
    Asked,
    /// Something is wrong.
    Fatal(Fault, String),
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> Self {
        Self::Fatal(Fault::Internal, refusal.message)
    }
}

type Judgement = Result<Vec<f64>, BundleError>;

/// What is being computed.
enum Work {
    Nothing,
    /// In the queue of the pool.
    Queued(Pin<Box<dyn Future<Output = Result<Turn, Refusal>> + Send>>),
    Running(Due, JoinHandle<Judgement>),
}

/// How work got on.
enum Progress {
    Turn(Turn),
    Judged(Due, Judgement),
}

impl Work {
    /// Waits for the next step; for ever where there is nothing to do. May be dropped and called again.
    async fn next(&mut self) -> Result<Progress, Refusal> {
        let progress = match self {
            Self::Nothing => std::future::pending().await,
            Self::Queued(turn) => Progress::Turn(turn.await?),
            Self::Running(due, job) => {
                let due = *due;
                Progress::Judged(due, job.await.map_err(|_| Refusal::internal("a prediction ended in a fault of the server"))?)
            }
        };
        *self = Self::Nothing;
        Ok(progress)
    }
}

/// A session with its socket.
struct Live {
    socket: WebSocket,
    app: App,
    began: Instant,
    heard_from: Instant,
    pinged: bool,
    /// None until the client's config.
    configured: Option<Configured>,
    messages: Bucket,
    work: Work,
    tally: Tally,
}

/// What is known once the client has said what it sends.
struct Configured {
    sample_rate: u32,
    session: Session,
    smoother: Smoother,
    pace: Bucket,
}

impl Live {
    fn new(socket: WebSocket, app: App) -> Self {
        let now = Instant::now();
        let a_second = f64::from(app.settings.limits.messages_per_s);
        Self {
            socket,
            began: now,
            heard_from: now,
            pinged: false,
            configured: None,
            messages: Bucket::new(2.0 * a_second, a_second, now),
            work: Work::Nothing,
            tally: Tally::default(),
            app,
        }
    }

    async fn run(mut self) {
        let end = loop {
            if let Err(end) = self.step().await {
                break end;
            }
        };
        let close = match end {
            End::Gone => return,
            End::Asked => close_code::NORMAL,
            End::Fatal(fault, message) => {
                self.app.metrics.error(fault.row().0);
                if self.send(protocol::error(fault, &message)).await.is_err() {
                    return;
                }
                fault.row().1.unwrap_or(close_code::NORMAL)
            }
        };
        let frame = CloseFrame { code: close, reason: "".into() };
        if let Ok(Ok(())) = timeout(CLOSE, self.socket.send(Message::Close(Some(frame)))).await {
            // What the client still sends is read away, else the system would reset the connection and with it what it has not read yet.
            let _ = timeout(CLOSE, async { while let Some(Ok(_)) = self.socket.recv().await {} }).await;
        }
    }

    /// Waits for whatever comes next, and answers it. Messages already here are read before a result is sent: sound is never held up.
    async fn step(&mut self) -> Result<(), End> {
        let mut stopping = self.app.stopping.clone();
        tokio::select! {
            biased;
            () = async { drop(stopping.wait_for(|&stopping| stopping).await) } => Err(End::Fatal(Fault::ShuttingDown, "the server ends".to_owned())),
            message = self.socket.recv() => match message {
                Some(Ok(message)) => self.message(message).await,
                Some(Err(_)) | None => Err(End::Gone),
            },
            progress = self.work.next() => self.progress(progress?).await,
            () = sleep(TICK) => self.look_at_the_clock().await,
        }
    }

    async fn message(&mut self, message: Message) -> Result<(), End> {
        let now = Instant::now();
        (self.heard_from, self.pinged) = (now, false);
        self.look_at_the_clock().await?;
        if !self.messages.draw(1.0, now) {
            let most = self.app.settings.limits.messages_per_s;
            return Err(End::Fatal(Fault::RateLimited, format!("more than {most} messages a second")));
        }
        let limit = self.app.settings.limits.message_bytes;
        match message {
            Message::Text(text) if text.len() > limit => Err(too_large(text.len(), limit)),
            Message::Binary(bytes) if bytes.len() > limit => Err(too_large(bytes.len(), limit)),
            Message::Text(text) => self.text(text.as_str()).await,
            Message::Binary(bytes) => self.sound(&bytes, now).await,
            // A close is answered by the next read, which then says that the client is gone.
            Message::Close(_) | Message::Ping(_) | Message::Pong(_) => Ok(()),
        }
    }

    async fn text(&mut self, text: &str) -> Result<(), End> {
        match serde_json::from_str(text) {
            Ok(Request::Config { .. }) if self.configured.is_some() => {
                self.complain(Fault::AlreadyConfigured, "the session has its config; open another for another").await
            }
            Ok(Request::Config { sample_rate, encoding }) => self.configure(sample_rate, &encoding).await,
            Ok(Request::Clear) => {
                if let Some(configured) = &mut self.configured {
                    configured.session.clear();
                    configured.smoother = Smoother::default();
                }
                // What was computed of the forgotten sound is not told.
                self.work = Work::Nothing;
                self.send(json!({ "type": "cleared" })).await
            }
            Ok(Request::End) => {
                // What is due is still answered: one prediction that is computed, and one that waits.
                while !matches!(self.work, Work::Nothing) {
                    let progress = self.work.next().await?;
                    self.progress(progress).await?;
                }
                self.send(protocol::ended(&self.tally)).await?;
                Err(End::Asked)
            }
            Err(error) => self.complain(Fault::BadMessage, &format!("the message is not of this protocol: {error}")).await,
        }
    }

    async fn configure(&mut self, sample_rate: u32, encoding: &str) -> Result<(), End> {
        if encoding != protocol::ENCODING || !protocol::RATES.contains(&sample_rate) {
            let message =
                format!("{encoding:?} at {sample_rate} Hz is not taken; {:?} at one of {:?} Hz is", protocol::ENCODING, protocol::RATES);
            return Err(End::Fatal(Fault::UnsupportedAudio, message));
        }
        let rate = f64::from(sample_rate);
        self.configured = Some(Configured {
            sample_rate,
            session: Session::new(sample_rate),
            smoother: Smoother::default(),
            pace: Bucket::new(BURST_S * rate, PACE * rate, Instant::now()),
        });
        let ready = protocol::ready(sample_rate, self.app.bundle.labels(), &self.app.settings.limits);
        self.send(ready).await
    }

    async fn sound(&mut self, bytes: &Bytes, at: Instant) -> Result<(), End> {
        let Some(configured) = &mut self.configured else {
            return Err(End::Fatal(Fault::NotConfigured, "sound came before the config message".to_owned()));
        };
        if bytes.is_empty() || !bytes.len().is_multiple_of(2) {
            let message = format!("a message of {} bytes holds no 16-bit samples; it is left out", bytes.len());
            return self.complain(Fault::InvalidAudioFrame, &message).await;
        }
        if !configured.pace.draw(bytes.len() as f64 / 2.0, at) {
            let message = format!("sound comes more than {PACE} times as fast as it is spoken");
            return Err(End::Fatal(Fault::RateLimited, message));
        }
        let samples = configured.session.push(bytes, at);
        self.tally.frames += 1;
        self.tally.samples += samples;
        self.app.metrics.frames.add(1);
        self.app.metrics.samples.add(samples);
        self.begin().await
    }

    /// Answers the newest hop, or queues for it, where nothing is being computed.
    async fn begin(&mut self) -> Result<(), End> {
        if !matches!(self.work, Work::Nothing) {
            return Ok(());
        }
        let Some(Configured { session, .. }) = &mut self.configured else { return Ok(()) };
        let Some(due) = session.due() else { return Ok(()) };
        if due.speech && session.judgeable(&due) {
            self.work = Work::Queued(Box::pin(self.app.pool.clone().turn()));
            return Ok(());
        }
        session.take_due();
        self.answer(&due, None).await
    }

    async fn progress(&mut self, progress: Progress) -> Result<(), End> {
        match progress {
            Progress::Turn(turn) => self.judge(turn),
            Progress::Judged(due, Ok(probabilities)) => self.answer(&due, Some(probabilities)).await?,
            // Whatever the model cannot measure is no speech that it knows.
            Progress::Judged(due, Err(error)) if code_of_bundle(&error) != Code::Internal => self.answer(&due, None).await?,
            Progress::Judged(_, Err(error)) => return Err(End::Fatal(Fault::Internal, error.to_string())),
        }
        self.begin().await
    }

    /// Computes the newest window: what arrived while the session stood in the queue is in it.
    fn judge(&mut self, turn: Turn) {
        let Some(Configured { session, sample_rate, .. }) = &mut self.configured else { return };
        // The newest hop may be without speech; `begin` answers it.
        let Some(due) = session.due().filter(|due| due.speech && session.judgeable(due)) else { return };
        session.take_due();
        let clip = Clip { samples: session.window(&due), sample_rate: *sample_rate };
        let bundle = self.app.live.clone();
        self.work = Work::Running(due, Pool::start(turn, move || bundle.predict(clip)));
    }

    async fn answer(&mut self, due: &Due, probabilities: Option<Vec<f64>>) -> Result<(), End> {
        let Some(Configured { session, smoother, .. }) = &mut self.configured else { return Ok(()) };
        let time_s = session.seconds(due.end);
        let judged = probabilities.as_ref().map(|probabilities| (probabilities.as_slice(), smoother.push(time_s, probabilities)));
        let message = protocol::prediction(due, time_s, judged, self.app.bundle.labels());
        if probabilities.is_some() {
            self.app.metrics.live_time.observe(due.arrived.elapsed());
        }
        self.tally.predictions += 1;
        self.tally.skipped += u64::from(due.skipped);
        self.app.metrics.live_predictions.add(1);
        self.app.metrics.skipped.add(u64::from(due.skipped));
        self.send(message).await
    }

    /// Ends what takes too long, and asks a silent client whether it is there.
    async fn look_at_the_clock(&mut self) -> Result<(), End> {
        let limits = &self.app.settings.limits;
        let (age, silence) = (self.began.elapsed(), self.heard_from.elapsed());
        if age > limits.session {
            let message = format!("the session reached {} s; open another", limits.session.as_secs_f64());
            return Err(End::Fatal(Fault::SessionTooLong, message));
        }
        if silence > limits.idle {
            return Err(End::Fatal(Fault::Idle, format!("nothing came for {} s", limits.idle.as_secs_f64())));
        }
        if self.configured.is_none() && age > limits.configure {
            return Err(End::Fatal(Fault::NotConfigured, format!("no config message came within {} s", limits.configure.as_secs_f64())));
        }
        if silence > PING_AFTER.min(limits.idle / 2) && !self.pinged {
            self.pinged = true;
            return self.send_message(Message::Ping(Bytes::new())).await;
        }
        Ok(())
    }

    /// Tells of an error that the session outlives.
    async fn complain(&mut self, fault: Fault, message: &str) -> Result<(), End> {
        self.app.metrics.error(fault.row().0);
        self.send(protocol::error(fault, message)).await
    }

    async fn send(&mut self, message: Value) -> Result<(), End> {
        self.send_message(Message::Text(message.to_string().into())).await
    }

    async fn send_message(&mut self, message: Message) -> Result<(), End> {
        match timeout(self.app.settings.limits.send, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}

fn too_large(bytes: usize, limit: usize) -> End {
    End::Fatal(Fault::MessageTooLarge, format!("a message of {bytes} bytes; {limit} are the most"))
}
