//! A small model, a server in this process, and clients for it.

use std::io::Cursor;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread::JoinHandle;
use std::time::Duration;

use intone::audio::{self, Clip};
use intone::corpus::Emotion;
use intone::corpus::demo::Utterance;
use intone::model::Bundle;
use intone::web::{Limits, Server, Settings, Stopper};
use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// Small enough for the dev profile: synthetic speakers, two epochs, two models of all of them, of which one answers live.
const TINY: &str = r#"
name = "tiny"
[corpus]
kind = "demo"
speakers = 4
clips_per_emotion = 1
[audio]
sample_rate = 16000
trim_db = 40.0
duration_s = 3.0
pad = "none"
[features]
sets = ["log-mel"]
n_fft = 512
win_length = 400
hop_length = 256
n_mels = 16
[split]
folds = 2
validation = 0.3
[model]
save_final = true
[model.cnn-bilstm]
channels = [8]
pool = [4]
lstm = [6]
pooling = "attentive-statistics"
attention = 4
dense = [8]
[training]
epochs = 2
[report]
bootstrap = 50
[[fusion]]
name = "network"
live = true
[[fusion]]
name = "means"
[fusion.set.model]
kind = "logistic"
"#;

/// The real binary.
pub fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_intone"))
}

/// The folder of a bundle, made once a test run.
pub fn bundle_folder() -> &'static Path {
    static FOLDER: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, bundle) = FOLDER.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("tiny.toml"), TINY).unwrap();
        let output = binary().args(["run", "tiny.toml", "--no-cache"]).current_dir(dir.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let finals = std::fs::read_dir(dir.path().join("runs")).unwrap().flatten().map(|entry| entry.path().join("model/final"));
        let bundle = finals.into_iter().find(|bundle| bundle.join("network").is_dir()).unwrap();
        (dir, bundle)
    });
    bundle
}

/// A server in this process; it ends with the value.
pub struct Running {
    pub address: SocketAddr,
    stopper: Stopper,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// With the usual limits.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// With other limits.
    pub fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let mut settings = Self::settings();
        change(&mut settings.limits);
        Self::of(settings)
    }

    /// A free port of this machine.
    pub fn settings() -> Settings {
        Settings { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), ..Settings::default() }
    }

    pub fn of(settings: Settings) -> Self {
        Self::of_bundle(Bundle::load(bundle_folder()).unwrap(), settings)
    }

    pub fn of_bundle(bundle: Bundle, settings: Settings) -> Self {
        let server = Server::bind(bundle, settings).unwrap();
        let (address, stopper) = (server.address(), server.stopper());
        Self { address, stopper, thread: Some(std::thread::spawn(move || server.run())) }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Tells it to end, and does not wait.
    pub fn stop(&self) {
        self.stopper.stop();
    }

    /// GETs a path.
    pub fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    /// GETs a path with headers.
    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(agent().get(self.url(path)), |request, (name, value)| request.header(*name, *value));
        Answer::of(request.call().unwrap())
    }

    /// POSTs a body.
    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        Answer::of(agent().post(self.url(path)).header("content-type", content_type).send(body).unwrap())
    }

    /// POSTs recordings as the form of a page.
    pub fn predict(&self, query: &str, files: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, bytes) in files {
            let head = format!("--b0und\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--b0und--\r\n");
        self.post(&format!("/api/v1/predict{query}"), "multipart/form-data; boundary=b0und", &body)
    }

    /// Opens a live session that has sent nothing.
    pub fn connect(&self) -> Session {
        let (socket, _) = tungstenite::connect(format!("ws://{}/api/v1/live", self.address)).unwrap();
        Session::of(socket)
    }

    /// Opens a live session and configures it.
    pub fn live(&self, sample_rate: u32) -> Session {
        let mut session = self.connect();
        session.text(&json!({ "type": "config", "sample_rate": sample_rate, "encoding": "s16le" }));
        assert_eq!(session.receive()["type"], "ready");
        session
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stopper.stop();
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(std::thread::panicking() || ended.is_ok(), "the server panicked");
        }
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(60))).build().into()
}

/// What a server answers.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    fn of(mut response: ureq::http::Response<ureq::Body>) -> Self {
        let body = response.body_mut().with_config().limit(1 << 26).read_to_vec().unwrap();
        Self { status: response.status().as_u16(), headers: response.headers().clone(), body }
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The code of a refusal.
    pub fn code(&self) -> String {
        let body = self.json();
        assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        body["error"]["code"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A live session's client.
pub struct Session {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
}

impl Session {
    fn of(socket: WebSocket<MaybeTlsStream<TcpStream>>) -> Self {
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        }
        Self { socket }
    }

    pub fn text(&mut self, message: &Value) {
        self.raw(Message::Text(message.to_string().into()));
    }

    pub fn sound(&mut self, samples: &[i16]) {
        self.raw(Message::Binary(samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<u8>>().into()));
    }

    pub fn raw(&mut self, message: Message) {
        self.socket.send(message).unwrap();
    }

    /// The next message, a JSON object.
    pub fn receive(&mut self) -> Value {
        loop {
            match self.socket.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(text.as_str()).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The status that the server closes with.
    pub fn closed(&mut self) -> u16 {
        loop {
            match self.socket.read().unwrap() {
                Message::Close(frame) => return frame.map_or(1005, |frame| frame.code.into()),
                Message::Text(text) => panic!("{text}"),
                _ => {}
            }
        }
    }

    /// Expects a fatal error and the close after it.
    pub fn fails_with(&mut self, code: &str, status: u16) {
        let message = self.receive();
        assert_eq!((message["type"].as_str(), message["code"].as_str()), (Some("error"), Some(code)), "{message}");
        assert_eq!(message["fatal"], true);
        assert_eq!(self.closed(), status, "{code}");
    }
}

/// A synthetic voice.
pub fn voice(emotion: Emotion) -> Clip {
    Utterance { seed: 11, speaker: 2, emotion, statement: 2, repetition: 1 }.synthesise()
}

/// A clip's samples as a microphone sends them.
pub fn integers(clip: &Clip) -> Vec<i16> {
    clip.samples.iter().map(|sample| (sample * 32768.0).round_ties_even() as i16).collect()
}

/// Samples as a WAV file.
pub fn wav(samples: &[i16], sample_rate: u32) -> Vec<u8> {
    let clip = Clip { samples: samples.iter().map(|&sample| f32::from(sample) / 32768.0).collect(), sample_rate };
    let mut file = Cursor::new(Vec::new());
    audio::encode_wav(&clip, &mut file).unwrap();
    file.into_inner()
}

/// A synthetic voice as a WAV file.
pub fn voice_wav(emotion: Emotion) -> Vec<u8> {
    wav(&integers(&voice(emotion)), 16_000)
}
