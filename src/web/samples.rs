//! Clips for a visitor who has none: the demo corpus's synthetic voice, one an emotion.

use std::io::Cursor;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::error::{Code, Refusal};
use super::state::App;
use crate::audio::{self, AudioError};
use crate::corpus::Emotion;
use crate::corpus::demo::Utterance;

/// A voice and a sentence that differ from those of the demo corpus.
const SEED: u64 = 7;

/// A clip, ready to be sent.
#[derive(Debug)]
pub(super) struct Sample {
    emotion: Emotion,
    wav: Vec<u8>,
}

/// `GET /api/v1/samples`.
pub(super) async fn list(State(app): State<App>) -> Json<Value> {
    let known = |emotion: &Emotion| app.bundle.labels().iter().any(|label| label == emotion.name());
    let rows = Emotion::ALL.into_iter().filter(known).map(|emotion| {
        let name = emotion.name();
        json!({ "name": name, "emotion": name, "url": format!("/api/v1/samples/{name}.wav") })
    });
    Json(rows.collect())
}

/// `GET /api/v1/samples/{file}`.
pub(super) async fn get(State(app): State<App>, Path(file): Path<String>) -> Result<Response, Refusal> {
    if app.samples.get().is_none() {
        let made = app.pool.run(make).await?.map_err(|error| Refusal::internal(format!("the samples cannot be made: {error}")))?;
        // Another request may have been faster; its clips are the same.
        let _ = app.samples.set(made);
    }
    let samples = app.samples.get().map_or(&[][..], Vec::as_slice);
    let found = samples.iter().find(|sample| file.strip_suffix(".wav") == Some(sample.emotion.name()));
    let sample = found.ok_or_else(|| Refusal::new(Code::NotFound, format!("there is no sample {file:?}")))?;
    Ok(([(header::CONTENT_TYPE, "audio/wav"), (header::CACHE_CONTROL, "max-age=3600")], sample.wav.clone()).into_response())
}

fn make() -> Result<Vec<Sample>, AudioError> {
    let one = |(index, emotion): (usize, Emotion)| {
        let clip = Utterance { seed: SEED, speaker: index % 2 + 1, emotion, statement: 1, repetition: 1 }.synthesise();
        let mut wav = Cursor::new(Vec::new());
        audio::encode_wav(&clip, &mut wav)?;
        Ok(Sample { emotion, wav: wav.into_inner() })
    };
    Emotion::ALL.into_iter().enumerate().map(one).collect()
}
