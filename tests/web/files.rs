//! What stands at fixed paths: the page, its files, the document for machines.

use crate::support::Running;

#[test]
fn the_page_and_its_files_are_served_with_a_tag() {
    let server = Running::new();
    let page = server.get("/");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    let tag = page.header("etag");
    assert!(tag.starts_with('"') && tag.len() > 10, "{tag}");
    assert_eq!(server.get_with("/", &[("if-none-match", tag)]).status, 304);
    assert_eq!(server.get_with("/", &[("if-none-match", "\"other\"")]).status, 200);
    // Every file that the page names is there, and nothing that it names is elsewhere.
    for name in page.text().split(['"', '\'']).filter_map(|text| text.strip_prefix("/assets/")) {
        assert_eq!(server.get(&format!("/assets/{name}")).status, 200, "{name}");
    }
    for path in ["/assets/none.css", "/assets/index.html", "/assets/..%2f..%2fCargo.toml", "/assets/"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
}

#[test]
fn the_document_names_every_path_and_the_server_is_healthy() {
    let server = Running::new();
    let document = server.get("/openapi.json").json();
    assert_eq!((&document["openapi"], &document["info"]["version"]), (&"3.1.0".into(), &env!("CARGO_PKG_VERSION").into()));
    for path in ["/api/v1/predict", "/api/v1/model", "/api/v1/samples", "/api/v1/samples/{file}", "/api/v1/live", "/healthz", "/metrics"] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    let health = server.get("/healthz");
    assert_eq!((health.status, health.text()), (200, "ok\n"));
    let metrics = server.get("/metrics");
    assert!(metrics.header("content-type").starts_with("text/plain; version=0.0.4"));
    assert!(metrics.text().contains("intone_http_requests_total{route=\"/healthz\",status=\"200\"} 1"), "{}", metrics.text());
}
