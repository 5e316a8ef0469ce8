//! Recordings out of a request: the parts of a form, or the body itself. They stay in memory.

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};

use super::error::{Code, Refusal};
use super::limits::Limits;

/// The most that is kept of a name, characters.
const LONGEST_NAME: usize = 200;

/// A recording as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Upload {
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

/// Reads the recordings of a request; `name` is what a raw body is called.
pub(super) async fn read(request: Request, name: Option<&str>, limits: &Limits) -> Result<Vec<Upload>, Refusal> {
    match kind_of(request.headers())? {
        Kind::Form => {
            let form = Multipart::from_request(request, &()).await.map_err(|error| bad(error.body_text()))?;
            parts(form, limits).await
        }
        Kind::Raw => {
            let body = Bytes::from_request(request, &()).await.map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => too_large(limits),
                _ => bad(rejection.body_text()),
            })?;
            Ok(vec![Upload { name: tidy(name.unwrap_or("recording")), bytes: body }])
        }
    }
}

enum Kind {
    Form,
    Raw,
}

fn kind_of(headers: &HeaderMap) -> Result<Kind, Refusal> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(Kind::Raw) };
    let value = value.to_str().unwrap_or("?").to_ascii_lowercase();
    let media = value.split(';').next().unwrap_or_default().trim();
    match media {
        "multipart/form-data" => Ok(Kind::Form),
        "application/octet-stream" | "application/ogg" | "video/mp4" | "" => Ok(Kind::Raw),
        _ if media.starts_with("audio/") => Ok(Kind::Raw),
        _ => Err(Refusal::new(
            Code::UnsupportedMediaType,
            format!("the body is said to be {media:?}; send multipart/form-data with parts named file, or audio/*"),
        )),
    }
}

async fn parts(mut form: Multipart, limits: &Limits) -> Result<Vec<Upload>, Refusal> {
    let mut uploads = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|error| unread(&error, limits))? {
        if field.name() != Some("file") {
            continue;
        }
        if uploads.len() == limits.clips {
            return Err(Refusal::new(Code::TooManyClips, format!("more than {} clips in one request; send them in several", limits.clips)));
        }
        let name = tidy(field.file_name().unwrap_or("recording"));
        let bytes = field.bytes().await.map_err(|error| unread(&error, limits))?;
        uploads.push(Upload { name, bytes });
    }
    if uploads.is_empty() { Err(bad("the form has no part named file")) } else { Ok(uploads) }
}

fn unread(error: &MultipartError, limits: &Limits) -> Refusal {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(limits),
        _ => bad(format!("the form cannot be read: {}", error.body_text())),
    }
}

fn too_large(limits: &Limits) -> Refusal {
    Refusal::new(Code::TooLarge, format!("the body is over {} MB, the most that is taken at once", limits.body_bytes >> 20))
}

fn bad(message: impl Into<String>) -> Refusal {
    Refusal::new(Code::BadRequest, message)
}

/// A file's name without folders, control characters and excess.
fn tidy(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let tidy: String = last.chars().filter(|character| !character.is_control()).take(LONGEST_NAME).collect();
    if tidy.trim().is_empty() { "recording".to_owned() } else { tidy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidied() {
        assert_eq!(tidy("C:\\clips\\a b.wav"), "a b.wav");
        assert_eq!(tidy("../../etc/passwd"), "passwd");
        assert_eq!(tidy("a\r\nSet-Cookie: b"), "aSet-Cookie: b");
        assert_eq!(tidy("/"), "recording");
        assert_eq!(tidy(&"é".repeat(300)).chars().count(), LONGEST_NAME);
    }
}
