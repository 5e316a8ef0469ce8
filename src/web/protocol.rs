//! The messages of a live session; `docs/API.md` tells their order.

use axum::extract::ws::close_code;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::limits::Limits;
use super::session::{Due, HOP_MS, SMOOTHING_S, WINDOW_S};
use crate::model::{by_label, likeliest};

/// Sample rates that are taken: those of microphones, all of which resample well to each other.
pub(super) const RATES: [u32; 9] = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
/// The rate that a page had best send.
pub(super) const USUAL_RATE: u32 = 16_000;
/// The one encoding of sound.
pub(super) const ENCODING: &str = "s16le";

/// A text message of a client.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Request {
    Config { sample_rate: u32, encoding: String },
    Clear,
    End,
}

/// What can be wrong in a live session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    NotConfigured,
    AlreadyConfigured,
    BadMessage,
    UnsupportedAudio,
    InvalidAudioFrame,
    MessageTooLarge,
    RateLimited,
    Idle,
    SessionTooLong,
    Internal,
    ShuttingDown,
}

impl Fault {
    /// As messages name it, and for a fatal one the status that the socket closes with.
    pub(super) fn row(self) -> (&'static str, Option<u16>) {
        match self {
            Self::NotConfigured => ("not_configured", Some(close_code::POLICY)),
            Self::AlreadyConfigured => ("already_configured", None),
            Self::BadMessage => ("bad_message", None),
            Self::UnsupportedAudio => ("unsupported_audio", Some(close_code::UNSUPPORTED)),
            Self::InvalidAudioFrame => ("invalid_audio_frame", None),
            Self::MessageTooLarge => ("message_too_large", Some(close_code::SIZE)),
            Self::RateLimited => ("rate_limited", Some(close_code::POLICY)),
            Self::Idle => ("idle", Some(close_code::NORMAL)),
            Self::SessionTooLong => ("session_too_long", Some(close_code::NORMAL)),
            Self::Internal => ("internal", Some(close_code::ERROR)),
            Self::ShuttingDown => ("shutting_down", Some(close_code::AWAY)),
        }
    }
}

/// Counts over a whole session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Tally {
    pub(super) samples: u64,
    pub(super) frames: u64,
    pub(super) predictions: u64,
    pub(super) skipped: u64,
}

/// The answer to a config.
pub(super) fn ready(sample_rate: u32, labels: &[String], limits: &Limits) -> Value {
    json!({
        "type": "ready",
        "labels": labels,
        "sample_rate": sample_rate,
        "window_s": WINDOW_S,
        "hop_ms": HOP_MS,
        "smoothing_s": SMOOTHING_S,
        "limits": {
            "message_bytes": limits.message_bytes,
            "messages_per_s": limits.messages_per_s,
            "session_s": limits.session.as_secs_f64(),
            "idle_s": limits.idle.as_secs_f64(),
        },
    })
}

/// A hop's answer; `judged` holds the window's probabilities and the smoothed ones, where the model was asked.
pub(super) fn prediction(due: &Due, time_s: f64, judged: Option<(&[f64], &[f64])>, labels: &[String]) -> Value {
    let mut message = json!({
        "type": "prediction",
        "time_s": time_s,
        "samples": due.end,
        "speech": due.speech,
        "level_db": due.level_db,
        "skipped": due.skipped,
    });
    if let Some((probabilities, smoothed)) = judged {
        let (predicted, confidence) = likeliest(smoothed, labels);
        message["probabilities"] = by_label(probabilities, labels);
        message["smoothed"] = by_label(smoothed, labels);
        message["predicted"] = json!(predicted);
        message["confidence"] = json!(confidence);
    }
    message["server_ms"] = json!(due.arrived.elapsed().as_secs_f64() * 1000.0);
    message
}

/// The last message of a session that the client ended.
pub(super) fn ended(tally: &Tally) -> Value {
    json!({ "type": "ended", "samples": tally.samples, "frames": tally.frames, "predictions": tally.predictions, "skipped": tally.skipped })
}

/// An error.
pub(super) fn error(fault: Fault, message: &str) -> Value {
    let (code, close) = fault.row();
    json!({ "type": "error", "code": code, "message": message, "fatal": close.is_some() })
}
