//! Sends a recording to `intone serve` as if somebody spoke it, and prints what comes back.
//!
//! ```console
//! $ intone serve --model runs/ID/model/final &
//! $ cargo run --example live_client -- speech.wav [ws://127.0.0.1:8080/api/v1/live]
//! ```

use std::error::Error;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use intone::audio;
use serde_json::{Value, json};
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// Samples a second that are sent.
const RATE: u32 = 16_000;
/// Samples a message: 50 ms.
const MESSAGE: usize = 800;

type Socket = WebSocket<MaybeTlsStream<TcpStream>>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: live_client FILE [URL]")?;
    let url = arguments.next().unwrap_or_else(|| "ws://127.0.0.1:8080/api/v1/live".to_owned());

    let clip = audio::resample(&audio::read(file.as_ref())?.clip, RATE)?;
    let (mut socket, _) = tungstenite::connect(&url)?;
    send(&mut socket, json!({ "type": "config", "sample_rate": RATE, "encoding": "s16le" }))?;

    let start = Instant::now();
    for (index, samples) in clip.samples.chunks(MESSAGE).enumerate() {
        // A message is complete when its last sample is spoken; until then, answers are read.
        let spoken = start + Duration::from_secs_f64(((index * MESSAGE + samples.len()) as f64) / f64::from(RATE));
        while let Some(answer) = receive_until(&mut socket, spoken)? {
            print(&answer);
        }
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| ((sample * 32768.0).round() as i16).to_le_bytes()).collect();
        socket.send(Message::Binary(bytes.into()))?;
    }
    send(&mut socket, json!({ "type": "end" }))?;
    let patience = Instant::now() + Duration::from_secs(10);
    while let Some(answer) = receive_until(&mut socket, patience)? {
        print(&answer);
        if answer["type"] == "ended" {
            return Ok(());
        }
    }
    Err("the server did not end the session".into())
}

fn send(socket: &mut Socket, message: Value) -> Result<(), tungstenite::Error> {
    socket.send(Message::Text(message.to_string().into()))
}

/// The next JSON message, or none by `end`.
fn receive_until(socket: &mut Socket, end: Instant) -> Result<Option<Value>, Box<dyn Error>> {
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
            Ok(Message::Close(frame)) => return Err(format!("the server closed the session: {frame:?}").into()),
            Ok(_) => {}
            Err(tungstenite::Error::Io(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn print(answer: &Value) {
    match answer["type"].as_str() {
        Some("prediction") if answer["predicted"].is_string() => println!(
            "{:6.2} s  {:9} {:3.0} %   {:5.1} dB, answered in {:.1} ms",
            answer["time_s"].as_f64().unwrap_or(0.0),
            answer["predicted"].as_str().unwrap_or_default(),
            100.0 * answer["confidence"].as_f64().unwrap_or(0.0),
            answer["level_db"].as_f64().unwrap_or(0.0),
            answer["server_ms"].as_f64().unwrap_or(0.0),
        ),
        Some("prediction") => println!("{:6.2} s  no speech", answer["time_s"].as_f64().unwrap_or(0.0)),
        _ => println!("{answer}"),
    }
}
