//! Refusals: a code for programs, a sentence for people.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::audio::AudioError;
use crate::dataset::PrepareError;
use crate::model::BundleError;

/// Why a request is refused; `docs/API.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    BadRequest,
    ForbiddenOrigin,
    ForbiddenHost,
    NotFound,
    MethodNotAllowed,
    TimedOut,
    TooLarge,
    TooManyClips,
    TooLong,
    UnsupportedMediaType,
    UnsupportedAudio,
    DamagedAudio,
    EmptyAudio,
    UnusableAudio,
    NoUsableClip,
    UpgradeRequired,
    Internal,
    Busy,
    TooManyConnections,
    ShuttingDown,
}

impl Code {
    /// As answers name it.
    pub(super) fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub(super) fn status(self) -> StatusCode {
        self.row().1
    }

    fn row(self) -> (&'static str, StatusCode) {
        match self {
            Self::BadRequest => ("bad_request", StatusCode::BAD_REQUEST),
            Self::ForbiddenOrigin => ("forbidden_origin", StatusCode::FORBIDDEN),
            Self::ForbiddenHost => ("forbidden_host", StatusCode::FORBIDDEN),
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND),
            Self::MethodNotAllowed => ("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED),
            Self::TimedOut => ("timed_out", StatusCode::REQUEST_TIMEOUT),
            Self::TooLarge => ("too_large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::TooManyClips => ("too_many_clips", StatusCode::PAYLOAD_TOO_LARGE),
            Self::TooLong => ("too_long", StatusCode::PAYLOAD_TOO_LARGE),
            Self::UnsupportedMediaType => ("unsupported_media_type", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::UnsupportedAudio => ("unsupported_audio", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::DamagedAudio => ("damaged_audio", StatusCode::UNPROCESSABLE_ENTITY),
            Self::EmptyAudio => ("empty_audio", StatusCode::UNPROCESSABLE_ENTITY),
            Self::UnusableAudio => ("unusable_audio", StatusCode::UNPROCESSABLE_ENTITY),
            Self::NoUsableClip => ("no_usable_clip", StatusCode::UNPROCESSABLE_ENTITY),
            Self::UpgradeRequired => ("upgrade_required", StatusCode::UPGRADE_REQUIRED),
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
            Self::Busy => ("busy", StatusCode::SERVICE_UNAVAILABLE),
            Self::TooManyConnections => ("too_many_connections", StatusCode::SERVICE_UNAVAILABLE),
            Self::ShuttingDown => ("shutting_down", StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

/// A recording that cannot be used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct LeftOut {
    /// What it was called.
    pub(super) clip: String,
    #[serde(serialize_with = "as_name")]
    pub(super) code: Code,
    /// A sentence for people.
    pub(super) message: String,
}

fn as_name<S: serde::Serializer>(code: &Code, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.name())
}

/// A request that is refused.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) left_out: Vec<LeftOut>,
}

impl Refusal {
    /// Without clips to name.
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), left_out: Vec::new() }
    }

    /// A fault of the server's own.
    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, message)
    }

    /// None of the clips sent can be used.
    pub(super) fn no_clip(left_out: Vec<LeftOut>) -> Self {
        match left_out.as_slice() {
            [only] => Self { code: only.code, message: only.message.clone(), left_out },
            all => Self { code: Code::NoUsableClip, message: format!("none of the {} clips can be used", all.len()), left_out },
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({ "error": { "code": self.code.name(), "message": self.message } });
        if !self.left_out.is_empty() {
            body["left_out"] = json!(self.left_out);
        }
        (self.code.status(), Json(body)).into_response()
    }
}

/// Which code fits a recording that cannot be decoded.
pub(super) fn code_of_audio(error: &AudioError) -> Code {
    match error {
        AudioError::UnknownFormat { .. } | AudioError::UnsupportedEncoding { .. } | AudioError::SampleRate { .. } => Code::UnsupportedAudio,
        AudioError::Malformed { .. } | AudioError::NonFinite { .. } | AudioError::Inflates { .. } => Code::DamagedAudio,
        AudioError::Empty { .. } => Code::EmptyAudio,
        AudioError::TooLong { .. } | AudioError::LastsTooLong { .. } => Code::TooLong,
        AudioError::Resample { .. } => Code::UnusableAudio,
        AudioError::Read { .. } | AudioError::Write { .. } => Code::Internal,
    }
}

/// Which code fits a clip that a model cannot judge.
pub(super) fn code_of_bundle(error: &BundleError) -> Code {
    match error {
        BundleError::Clip(PrepareError::Audio(error)) => code_of_audio(error),
        BundleError::Clip(_) | BundleError::Copy(_) => Code::UnusableAudio,
        _ => Code::Internal,
    }
}
