//! Which path is answered by what.

use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::{get, post};
use axum::{Router, middleware};

use super::error::{Code, Refusal};
use super::guard::guard;
use super::state::App;
use super::{about, files, live, metrics, openapi, predict, samples};

/// All routes, behind the guard.
pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/", get(files::index))
        .route("/assets/{name}", get(files::asset))
        .route("/api/v1/predict", post(predict::post))
        .route("/api/v1/model", get(about::get))
        .route("/api/v1/samples", get(samples::list))
        .route("/api/v1/samples/{file}", get(samples::get))
        .route("/api/v1/live", get(live::get))
        .route("/healthz", get(async || "ok\n"))
        .route("/metrics", get(metrics::get))
        .route("/openapi.json", get(openapi::get))
        .method_not_allowed_fallback(async |method: Method| {
            Refusal::new(Code::MethodNotAllowed, format!("{method} is not answered here; the header Allow says what is"))
        })
        .fallback(async || Refusal::new(Code::NotFound, "there is nothing at this path; /openapi.json lists what there is"))
        .layer(DefaultBodyLimit::max(app.settings.limits.body_bytes))
        .layer(middleware::from_fn_with_state(app.clone(), guard))
        .with_state(app)
}
