//! What stands before every request: whose pages may ask, how long an answer may take, and the headers that keep a page to itself.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::{Code, Refusal};
use super::state::App;

/// Headers of every answer. The page plays recordings that it holds itself (`blob:`), and nothing of it comes from elsewhere.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), "microphone=(self), camera=(), geolocation=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Refuses strangers, ends what takes too long, counts, and adds the headers.
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = route_of(request.uri().path());
    let mut response = match welcome(&app, request.headers()) {
        Err(refusal) => refusal.into_response(),
        Ok(()) => match tokio::time::timeout(app.settings.limits.request, next.run(request)).await {
            Ok(response) => response,
            Err(_) => {
                let seconds = app.settings.limits.request.as_secs_f64();
                Refusal::new(Code::TimedOut, format!("the request took longer than {seconds} s")).into_response()
            }
        },
    };
    app.metrics.request(route, response.status().as_u16());
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// What a path counts as: one of a few names, whatever is asked for.
fn route_of(path: &str) -> &'static str {
    const EXACT: [&str; 8] =
        ["/", "/api/v1/predict", "/api/v1/model", "/api/v1/samples", "/api/v1/live", "/healthz", "/metrics", "/openapi.json"];
    const UNDER: [(&str, &str); 2] = [("/assets/", "/assets/{name}"), ("/api/v1/samples/", "/api/v1/samples/{file}")];
    let exact = EXACT.into_iter().find(|known| *known == path);
    exact.or_else(|| UNDER.into_iter().find(|(prefix, _)| path.starts_with(prefix)).map(|(_, name)| name)).unwrap_or("other")
}

/// Whether a request comes from the server's own page, from no page at all, or from one that the settings name.
///
/// A browser tells the page's origin; a page elsewhere that asks is refused. A page elsewhere whose name was made to point here (DNS
/// rebinding) is of the same origin for the browser: a server that listens on loopback therefore answers to loopback's names alone.
fn welcome(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(header::HOST);
    let allowed = &app.settings.allowed_origins;
    if let Some(host) = host
        && app.settings.address.ip().is_loopback()
        && !is_loopback(host)
        && !allowed.iter().any(|origin| host_of(origin) == Some(host))
    {
        return Err(Refusal::new(
            Code::ForbiddenHost,
            format!("this server answers on loopback only, and was asked as {host:?}; name its origin with --allow-origin"),
        ));
    }
    match text(header::ORIGIN) {
        None => Ok(()),
        Some(origin) if host.is_some() && host_of(origin) == host => Ok(()),
        Some(origin) if allowed.iter().any(|allowed| allowed == origin) => Ok(()),
        Some(origin) => Err(Refusal::new(
            Code::ForbiddenOrigin,
            format!("a page of {origin:?} may not ask this server; name the origin with --allow-origin if it may"),
        )),
    }
}

/// The host and port of an origin.
fn host_of(origin: &str) -> Option<&str> {
    origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))
}

/// Whether a `Host` names this machine's loopback.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_has_its_names_and_no_others() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:80", "127.9.9.9", "[::1]:8080", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.evil.example", "evil.example:8080", "0.0.0.0", "10.0.0.1:8080", "[::2]", "", ":80", "127.0.0.1.nip.io"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
