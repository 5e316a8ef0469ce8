//! `POST /api/v1/predict`: recordings in, emotions out.

use std::time::Instant;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::{Code, LeftOut, Refusal, code_of_audio, code_of_bundle};
use super::heard;
use super::state::App;
use super::upload::{self, Upload};
use crate::audio;
use crate::model::{Bundle, BundleError, Prediction};

/// The query.
#[derive(Debug, Deserialize)]
pub(super) struct Options {
    #[serde(default)]
    format: Format,
    #[serde(default)]
    explain: bool,
    #[serde(default)]
    model: Asked,
    name: Option<String>,
}

/// Which model answers.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Asked {
    #[default]
    Full,
    /// The one that live sessions ask.
    Live,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Csv,
}

/// A clip that was judged.
struct Judged {
    prediction: Prediction,
    /// Fields that follow those of the prediction.
    further: Map<String, Value>,
}

/// Answers it.
pub(super) async fn post(
    State(app): State<App>,
    options: Result<Query<Options>, QueryRejection>,
    request: Request,
) -> Result<Response, Refusal> {
    let began = Instant::now();
    let Query(options) = options.map_err(|rejection| Refusal::new(Code::BadRequest, rejection.body_text()))?;
    let _slot =
        app.uploads.try_acquire().map_err(|_| Refusal::new(Code::Busy, "too many clips are being judged; try again in a moment"))?;
    let uploads = upload::read(request, options.name.as_deref(), &app.settings.limits).await?;

    let (mut judged, mut left_out) = (Vec::new(), Vec::new());
    for upload in uploads {
        let bundle = match options.model {
            Asked::Full => app.bundle.clone(),
            Asked::Live => app.live.clone(),
        };
        let explain = options.explain;
        let longest_s = app.settings.limits.clip_s.min(bundle.longest_s());
        let start = Instant::now();
        match app.pool.run(move || judge(&bundle, &upload, longest_s, explain)).await? {
            Ok(one) => {
                app.metrics.clips.add(1);
                app.metrics.clip_time.observe(start.elapsed());
                judged.push(one);
            }
            Err(cause) => left_out.push(cause),
        }
    }
    if judged.is_empty() {
        return Err(Refusal::no_clip(left_out));
    }
    Ok(match options.format {
        Format::Json => json_answer(&app, judged, &left_out, began),
        Format::Csv => csv_answer(&app, judged, left_out.len()),
    })
}

fn json_answer(app: &App, judged: Vec<Judged>, left_out: &[LeftOut], began: Instant) -> Response {
    let object = |judged: Judged| {
        let mut object = judged.prediction.object(app.bundle.labels());
        object.extend(judged.further);
        Value::Object(object)
    };
    let predictions: Vec<Value> = judged.into_iter().map(object).collect();
    let server_ms = began.elapsed().as_secs_f64() * 1000.0;
    Json(json!({ "predictions": predictions, "left_out": left_out, "server_ms": server_ms })).into_response()
}

fn csv_answer(app: &App, judged: Vec<Judged>, left_out: usize) -> Response {
    let predictions: Vec<Prediction> = judged.into_iter().map(|judged| judged.prediction).collect();
    let about = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"predictions.csv\"".to_owned()),
        (HeaderName::from_static("x-left-out"), left_out.to_string()),
    ];
    (about, Prediction::csv(&predictions, app.bundle.labels())).into_response()
}

/// Decodes and judges a recording, as `intone predict` does.
fn judge(bundle: &Bundle, upload: &Upload, longest_s: f64, explain: bool) -> Result<Judged, LeftOut> {
    let refused = |code: Code, message: String| LeftOut { clip: upload.name.clone(), code, message };
    let unused = |error: &BundleError| {
        let code = code_of_bundle(error);
        refused(code, format!("{}: {error}", upload.name))
    };
    let decoded = audio::decode_within(&upload.bytes, &upload.name, longest_s).map_err(|error| match code_of_audio(&error) {
        // The library's sentence names a key of experiment files.
        Code::TooLong => refused(Code::TooLong, format!("{}: lasts longer than {longest_s} s; cut it into shorter clips", upload.name)),
        code => refused(code, error.to_string()),
    })?;
    let clip = decoded.clip;
    let mut further = Map::new();
    further.insert("duration_s".to_owned(), json!(clip.duration_s()));
    if !decoded.warnings.is_empty() {
        further.insert("warnings".to_owned(), decoded.warnings.iter().map(|warning| json!(warning.to_string())).collect());
    }
    let kept = explain.then(|| clip.clone());
    let explanation = bundle.explain(clip).map_err(|error| unused(&error))?;
    if let (Some(clip), Some(weights)) = (kept, explanation.attention) {
        let heard = bundle.heard(clip.clone()).map_err(|error| unused(&error))?;
        if let Some(start_s) = heard::start_s(&clip, &heard) {
            further.insert("heard_start_s".to_owned(), json!(start_s));
            further.insert("attention".to_owned(), json!({ "step_s": bundle.attention_step_s(), "weights": weights }));
        }
    }
    Ok(Judged { prediction: Prediction { clip: upload.name.clone(), probabilities: explanation.probabilities }, further })
}
