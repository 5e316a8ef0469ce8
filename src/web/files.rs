//! The page's files, embedded in the program.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::assets::ASSETS;
use super::error::{Code, Refusal};

/// The name of the page itself in the table.
const INDEX: &str = "index.html";

/// A tag a file, in the order of the table.
static TAGS: LazyLock<Vec<String>> = LazyLock::new(|| ASSETS.iter().map(|(_, _, bytes)| tag(bytes)).collect());

/// `GET /`.
pub(super) async fn index(headers: HeaderMap) -> Response {
    file(INDEX, &headers)
}

/// `GET /assets/{name}`.
pub(super) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    if name == INDEX { missing(&name) } else { file(&name, &headers) }
}

fn file(name: &str, headers: &HeaderMap) -> Response {
    let Some(((_, content_type, bytes), tag)) = ASSETS.iter().zip(TAGS.iter()).find(|((known, _, _), _)| *known == name) else {
        return missing(name);
    };
    let about = [(header::CONTENT_TYPE, *content_type), (header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "no-cache")];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known == "*" || known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, *bytes).into_response()
}

fn missing(name: &str) -> Response {
    Refusal::new(Code::NotFound, format!("there is no file {name:?}")).into_response()
}

/// A strong entity tag of the content.
fn tag(bytes: &[u8]) -> String {
    let mut tag = String::from("\"");
    for byte in &Sha256::digest(bytes)[..12] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}
