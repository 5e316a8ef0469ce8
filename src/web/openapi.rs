//! `GET /openapi.json`: the interface for machines, OpenAPI 3.1.

use axum::Json;
use serde_json::{Value, json};

use super::error::Refusal;

/// The document without the version, which is the crate's.
const DOCUMENT: &str = include_str!("openapi.json");

/// Answers it.
pub(super) async fn get() -> Result<Json<Value>, Refusal> {
    let mut document: Value = serde_json::from_str(DOCUMENT).map_err(|error| Refusal::internal(format!("the document: {error}")))?;
    document["info"]["version"] = json!(env!("CARGO_PKG_VERSION"));
    Ok(Json(document))
}
