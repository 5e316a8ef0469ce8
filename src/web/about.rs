//! `GET /api/v1/model`: what the model is, and what the server lets in.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::protocol;
use super::session::{HOP_MS, SMOOTHING_S, WINDOW_S};
use super::state::App;

/// Answers it.
pub(super) async fn get(State(app): State<App>) -> Json<Value> {
    let limits = &app.settings.limits;
    Json(json!({
        "labels": app.bundle.labels(),
        "card": app.bundle.card(),
        "live": {
            "window_s": WINDOW_S,
            "hop_ms": HOP_MS,
            "smoothing_s": SMOOTHING_S,
            "sample_rate": protocol::USUAL_RATE,
            "encoding": protocol::ENCODING,
            "card": app.live.card(),
        },
        "limits": {
            "body_bytes": limits.body_bytes,
            "clips": limits.clips,
            "clip_s": limits.clip_s.min(app.bundle.longest_s()),
            "sessions": limits.sessions,
            "message_bytes": limits.message_bytes,
            "messages_per_s": limits.messages_per_s,
        },
        "version": env!("CARGO_PKG_VERSION"),
    }))
}
