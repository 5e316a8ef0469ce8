//! Whose pages may ask, and the headers of every answer.

use std::net::{Ipv4Addr, SocketAddr};

use intone::web::Settings;

use crate::support::Running;

#[test]
fn only_the_servers_own_pages_and_those_allowed_may_ask() {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Running::of(Settings { address, allowed_origins: vec!["https://lab.example".to_owned()], ..Settings::default() });
    let own = format!("http://{}", server.address);
    let name = format!("localhost:{}", server.address.port());
    let own_by_name = format!("http://{name}");
    let status = |headers: &[(&str, &str)]| {
        let answer = server.get_with("/api/v1/model", headers);
        (answer.status, if answer.status == 200 { String::new() } else { answer.code() })
    };
    let (welcome, stranger, rebound) = ((200, String::new()), (403, "forbidden_origin".to_owned()), (403, "forbidden_host".to_owned()));
    assert_eq!(status(&[]), welcome);
    assert_eq!(status(&[("origin", &own)]), welcome);
    assert_eq!(status(&[("origin", &own_by_name), ("host", &name)]), welcome);
    assert_eq!(status(&[("origin", "https://lab.example")]), welcome);
    assert_eq!(status(&[("origin", "https://lab.example"), ("host", "lab.example")]), welcome);
    assert_eq!(status(&[("origin", "https://evil.example")]), stranger);
    assert_eq!(status(&[("origin", "null")]), stranger);
    assert_eq!(status(&[("origin", "http://127.0.0.1:1")]), stranger);
    assert_eq!(status(&[("origin", "http://evil.example"), ("host", "evil.example")]), rebound);

    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
    ];
    let socket = server.get_with("/api/v1/live", &[&upgrade[..], &[("origin", "https://evil.example")]].concat());
    assert_eq!((socket.status, socket.code().as_str()), (403, "forbidden_origin"));
}

#[test]
fn every_answer_has_the_headers() {
    let server = Running::new();
    for path in ["/", "/api/v1/model", "/nowhere", "/metrics", "/openapi.json", "/assets/none.js", "/api/v1/predict"] {
        let answer = server.get(path);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("permissions-policy").contains("microphone=(self)"), "{path}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
    }
    let answer = server.get("/api/v1/predict");
    assert_eq!((answer.status, answer.code().as_str(), answer.header("allow")), (405, "method_not_allowed", "POST"));
    assert_eq!(server.get("/nowhere").code(), "not_found");
}
