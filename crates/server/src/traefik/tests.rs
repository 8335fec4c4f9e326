//! What dashboards read.

use api::TokenScope;
use serde_json::{Value, json};

use crate::app::shop;
use crate::testing::{Caller, Fixture};

const READER: Caller = Caller::Token(TokenScope::Read);

/// What the answer to `path` holds at a JSON pointer.
async fn check(fixture: &Fixture, path: &str, pointer: &str, expected: Value) {
    let answer: Value = fixture.get(READER, path).await.json();
    assert_eq!(answer.pointer(pointer), Some(&expected), "{path} {pointer} in {answer:#}");
}

#[tokio::test]
async fn objects_are_told_as_traefik_tells_them() {
    let fixture = Fixture::with_proxy(shop());
    for (path, pointer, expected) in [
        ("/api/http/routers", "/1/name", json!("web@docker")),
        ("/api/http/routers", "/1/status", json!("enabled")),
        ("/api/http/routers/web@docker", "/rule", json!("Host(`shop.example`)")),
        ("/api/http/routers/web@docker", "/entryPoints", json!(["websecure"])),
        ("/api/http/routers/web@docker", "/service", json!("web-shop")),
        ("/api/http/routers/web@docker", "/middlewares", json!(["gzip@docker"])),
        ("/api/http/routers/web@docker", "/tls/certResolver", json!("le")),
        ("/api/http/routers?search=API", "/0/name", json!("api@docker")),
        ("/api/http/routers?search=API&page=1&per_page=1", "/0/name", json!("api@docker")),
        (
            "/api/http/services/web-shop@docker",
            "/loadBalancer/servers",
            json!([{ "url": "http://172.18.0.3:8000" }]),
        ),
        ("/api/http/services/web-shop@docker", "/serverStatus", json!({ "http://172.18.0.3:8000": "UP" })),
        ("/api/http/services/api-shop@docker", "/serverStatus", json!({ "http://172.18.0.3:8000": "DOWN" })),
        ("/api/http/services/web-shop@docker", "/usedBy", json!(["web@docker"])),
        ("/api/http/middlewares/gzip@docker", "/type", json!("compress")),
        ("/api/http/middlewares/gzip@docker", "/usedBy", json!(["web@docker"])),
        ("/api/tcp/routers", "", json!([])),
        ("/api/udp/services", "", json!([])),
        ("/api/entrypoints/web", "/address", json!(":80")),
        ("/api/overview", "/http/routers/total", json!(2)),
        ("/api/rawdata", "/routers/web@docker/service", json!("web-shop")),
        ("/api/rawdata", "/services/web-shop@docker/usedBy", json!(["web@docker"])),
        ("/api/http/routers/none@docker", "/message", json!("object not found: none@docker")),
        ("/api/http/routers?page=9", "/message", json!("invalid request: page: 9, per_page: 100")),
    ] {
        check(&fixture, path, pointer, expected).await;
    }
}

#[tokio::test]
async fn lists_are_cut_into_pages_and_need_a_login() {
    let fixture = Fixture::with_proxy(shop());
    for (path, next) in [
        ("/api/http/routers", "1"),
        ("/api/http/routers?per_page=1", "2"),
        ("/api/http/routers?per_page=1&page=2", "1"),
    ] {
        let answer = fixture.get(READER, path).await;
        assert_eq!(answer.headers["x-next-page"], next, "{path}");
    }
    for path in ["/api/http/routers", "/api/rawdata", "/api/version", "/api/overview", "/api/entrypoints"] {
        assert_eq!(fixture.get(Caller::Nobody, path).await.status, 401, "{path}");
    }
}
