//! Speakers at once: opens live sessions on a server of its own, each speaking in real time, and prints how fast answers come.
//!
//! ```console
//! $ cargo bench --bench live -- --model runs/ID/model/final --sessions 1,20,200 --seconds 30
//! $ cargo bench --bench live -- --model runs/ID/model/final --sessions 200 --seconds 600     # the soak
//! ```
//!
//! Voices are synthetic, with a pause after every sentence. *Server*: from the arrival of a window's last sample to the answer, as the server
//! tells it, where the model was asked. *Wall*: from the call that sends the last sample to the answer read. Memory is the server's, from
//! its `/metrics`. A frame is lost when the server counts fewer than were sent.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use intone::corpus::Emotion;
use intone::corpus::demo::Utterance;
use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

const RATE: usize = 16_000;
/// Samples a message: 50 ms.
const MESSAGE: usize = 800;
/// How often the memory of a long run is told.
const MEMORY_EVERY: Duration = Duration::from_secs(30);

type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    // `cargo test --all-targets` runs benches too, without an argument: there is nothing to measure without a model.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let option = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1));
    let Some(model) = option("--model") else {
        println!("usage: cargo bench --bench live -- --model BUNDLE [--sessions 1,20,200] [--seconds 30]");
        return Ok(());
    };
    let seconds: u64 = option("--seconds").map_or(Ok(30), |text| text.parse())?;
    let sessions = option("--sessions").map_or("1,20,200", String::as_str);
    let sound = Arc::new(conversation());
    let mut server = Server::start(model)?;
    println!("sessions  answers  skipped  lost | server ms p50    p95    p99 |   wall ms p50    p95    p99 | RSS MB before, most, after");
    for count in sessions.split(',') {
        let count: usize = count.parse()?;
        let before = server.memory_mb()?;
        let start = Instant::now();
        let threads: Vec<_> = (0..count)
            .map(|index| {
                let (address, sound) = (server.address.clone(), sound.clone());
                // Spread over a hop, as people are; each starts elsewhere in the conversation.
                let delay = Duration::from_millis(250 * index as u64 / count as u64);
                std::thread::spawn(move || speak(&address, &sound, index * RATE * 7, delay, seconds))
            })
            .collect();
        let mut most = before;
        let mut told = Instant::now();
        while threads.iter().any(|thread| !thread.is_finished()) {
            std::thread::sleep(Duration::from_millis(500));
            let now = server.memory_mb()?;
            most = most.max(now);
            if told.elapsed() > MEMORY_EVERY {
                eprintln!("{:5.0} s: {now:.1} MB", start.elapsed().as_secs_f64());
                told = Instant::now();
            }
        }
        let mut total = Heard::default();
        for thread in threads {
            total.add(thread.join().map_err(|_| "a session panicked")??);
        }
        std::thread::sleep(Duration::from_secs(1));
        let after = server.memory_mb()?;
        println!(
            "{count:8} {:8} {:8} {:5} | {} | {} | {before:.1}, {most:.1}, {after:.1}",
            total.answers,
            total.skipped,
            total.lost,
            percentiles(&mut total.server_ms),
            percentiles(&mut total.wall_ms),
        );
    }
    server.end()
}

/// A minute of sentences in all emotions with pauses, as 16-bit integers.
fn conversation() -> Vec<i16> {
    let mut sound = Vec::new();
    for round in 0..3 {
        for emotion in Emotion::ALL {
            let clip = Utterance { seed: 5, speaker: round + 1, emotion, statement: round + 1, repetition: 1 }.synthesise();
            sound.extend(clip.samples.iter().map(|sample| (sample * 32768.0).round_ties_even() as i16));
            sound.extend(std::iter::repeat_n(0, RATE * 6 / 10));
        }
    }
    sound
}

/// What sessions heard.
#[derive(Default)]
struct Heard {
    answers: u64,
    skipped: u64,
    lost: u64,
    server_ms: Vec<f64>,
    wall_ms: Vec<f64>,
}

impl Heard {
    fn add(&mut self, other: Self) {
        self.answers += other.answers;
        self.skipped += other.skipped;
        self.lost += other.lost;
        self.server_ms.extend(other.server_ms);
        self.wall_ms.extend(other.wall_ms);
    }

    fn take(&mut self, message: &Value, sent: &BTreeMap<u64, Instant>) -> Result<(), Failed> {
        if message["type"] == "error" {
            return Err(message.to_string().into());
        }
        if message["type"] != "prediction" {
            return Ok(());
        }
        self.answers += 1;
        self.skipped += message["skipped"].as_u64().unwrap_or(0);
        if message["probabilities"].is_object() {
            self.server_ms.extend(message["server_ms"].as_f64());
            let sent = message["samples"].as_u64().and_then(|end| sent.range(end..).next());
            self.wall_ms.extend(sent.map(|(_, at)| at.elapsed().as_secs_f64() * 1000.0));
        }
        Ok(())
    }
}

/// One session, in real time.
fn speak(address: &str, sound: &[i16], from: usize, delay: Duration, seconds: u64) -> Result<Heard, Failed> {
    let (mut socket, _) = tungstenite::connect(format!("ws://{address}/api/v1/live"))?;
    socket.send(Message::Text(json!({ "type": "config", "sample_rate": RATE, "encoding": "s16le" }).to_string().into()))?;
    std::thread::sleep(delay);
    let mut heard = Heard::default();
    let mut sent = BTreeMap::new();
    let start = Instant::now();
    let messages = seconds * RATE as u64 / MESSAGE as u64;
    let mut bytes = Vec::with_capacity(2 * MESSAGE);
    for index in 0..messages {
        let spoken = start + Duration::from_secs_f64((index + 1) as f64 * MESSAGE as f64 / RATE as f64);
        while let Some(message) = receive_until(&mut socket, spoken)? {
            heard.take(&message, &sent)?;
        }
        let at = from + index as usize * MESSAGE;
        bytes.clear();
        bytes.extend((at..at + MESSAGE).flat_map(|at| sound[at % sound.len()].to_le_bytes()));
        let end = (index + 1) * MESSAGE as u64;
        sent.insert(end, Instant::now());
        // Answers are of the last hop or so.
        sent = sent.split_off(&end.saturating_sub(20 * RATE as u64));
        socket.send(Message::Binary(bytes.clone().into()))?;
    }
    socket.send(Message::Text(json!({ "type": "end" }).to_string().into()))?;
    let patience = Instant::now() + Duration::from_secs(30);
    while let Some(message) = receive_until(&mut socket, patience)? {
        heard.take(&message, &sent)?;
        if message["type"] == "ended" {
            heard.lost = messages - message["frames"].as_u64().unwrap_or(0);
            return Ok(heard);
        }
    }
    Err("the server did not end a session".into())
}

/// The next JSON message, or none by `end`.
fn receive_until(socket: &mut WebSocket<MaybeTlsStream<TcpStream>>, end: Instant) -> Result<Option<Value>, Failed> {
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(left))?;
        }
        match socket.read() {
            Ok(Message::Text(text)) => return Ok(Some(serde_json::from_str(text.as_str())?)),
            Ok(_) => {}
            Err(tungstenite::Error::Io(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn percentiles(times: &mut [f64]) -> String {
    times.sort_by(f64::total_cmp);
    let at =
        |share: f64| times.get(((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1))).copied().unwrap_or(f64::NAN);
    format!("{:13.1} {:6.1} {:6.1}", at(0.5), at(0.95), at(0.99))
}

/// The real binary.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(model: &str) -> Result<Self, Failed> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_intone"))
            .args(["serve", "--addr", "127.0.0.1:0", "--model", model])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(';').next()).ok_or(line.clone())?.to_owned();
        Ok(Self { child, address })
    }

    /// Resident memory, MB.
    fn memory_mb(&self) -> Result<f64, Failed> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(stream, "GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let line = text.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes ")).ok_or("no memory told")?;
        Ok(line.parse::<f64>()? / 1e6)
    }

    /// Ends the server, and fails where it ends badly.
    fn end(&mut self) -> Result<(), Failed> {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let start = Instant::now();
        let status = self.child.wait()?;
        println!("shutdown: {status}, {:.1} s", start.elapsed().as_secs_f64());
        if status.success() { Ok(()) } else { Err("the server ended badly".into()) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
