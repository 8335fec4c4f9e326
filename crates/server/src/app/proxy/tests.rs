//! Routes of real labels, and requests of access entries that were pushed as the proxy writes them.

use std::sync::{Arc, Mutex};

use ::route::plan::{DockerOptions, EntrypointFacts, Inputs};
use ::route::shown::{Certificate, Entrance, Picture, Shown};
use api::{Certificates, MomentKind, RequestPage, Requests, Role, RoutePage, RouteState, Routes, TokenScope};
use axum::body::Body;
use model::{Health, Identity, Network, Port, Process, State, Timestamp, Workload};
use serde_json::json;

use crate::prometheus::forms::{WriteRequest, packed, series};
use crate::testing::{Caller, Fixture};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A proxy that looks so.
pub(crate) struct Fixed(pub(crate) Mutex<Picture>);

impl Shown for Fixed {
    fn picture(&self) -> Picture {
        self.0.lock().expect("no panic").clone()
    }

    fn exposition(&self) -> String {
        "porthole_proxy_router_in_flight_requests{router=\"web@docker\"} 0\n".into()
    }
}

fn container(name: &str, service: &str, health: Health, labels: &[(&str, &str)]) -> Workload {
    let nothing = Timestamp::from_seconds(1);
    Workload {
        id: format!("{name:0<64}"),
        identity: Identity {
            service: service.into(),
            project: "shop".into(),
            environment: "production".into(),
            host: "vm1".into(),
            container: name.into(),
        },
        state: State::Running,
        health,
        exit_code: None,
        oom_killed: false,
        stopping: false,
        restarts: 0,
        image: "shop:1".into(),
        image_id: "sha256:1".into(),
        tty: false,
        log_driver: "json-file".into(),
        created_at: nothing,
        started_at: Some(nothing),
        finished_at: None,
        labels: labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        networks: vec![Network {
            name: "shop_default".into(),
            address: Some("172.18.0.3".parse().expect("an address")),
            aliases: Vec::new(),
        }],
        ports: vec![Port { private: 8000, public: None, tcp: true }],
        process: Process::default(),
    }
}

/// A shop of two services, one of which is ill and has a label that is not written well.
pub(crate) fn shop() -> Arc<Fixed> {
    let containers = [
        container(
            "shop-web-1",
            "web",
            Health::Healthy,
            &[
                ("com.docker.compose.service", "web"),
                ("com.docker.compose.project", "shop"),
                ("traefik.enable", "true"),
                ("traefik.http.routers.web.rule", "Host(`shop.example`)"),
                ("traefik.http.routers.web.entrypoints", "websecure"),
                ("traefik.http.routers.web.tls.certresolver", "le"),
                ("traefik.http.routers.web.middlewares", "gzip"),
                ("traefik.http.middlewares.gzip.compress", "true"),
            ],
        ),
        container(
            "shop-api-1",
            "api",
            Health::Unhealthy,
            &[
                ("com.docker.compose.service", "api"),
                ("com.docker.compose.project", "shop"),
                ("traefik.enable", "true"),
                ("traefik.http.routers.api.rule", "Host(`shop.example`) && PathPrefix(`/api`)"),
                ("traefik.http.routers.api.entrypoints", "web"),
                ("traefik.http.routers.api.maxRequestBodyBytes", "1"),
            ],
        ),
    ];
    let entrypoint = |name: &str| EntrypointFacts { name: name.into(), ..EntrypointFacts::default() };
    let plan = ::route::plan(&Inputs {
        containers: &containers,
        own: None,
        page: None,
        files: &[],
        configured: &Default::default(),
        docker: &DockerOptions::default(),
        entrypoints: &[entrypoint("web"), entrypoint("websecure")],
        resolvers: &["le".to_owned()],
        tls_options: &[],
    });
    let entrance = |name: &str| Entrance { name: name.into(), address: ":80".into(), as_default: false };
    let ends = Timestamp::from_seconds(2_000_000_000);
    let picture = Picture {
        entrypoints: vec![entrance("web"), entrance("websecure")],
        plan: Arc::new(plan),
        certificates: vec![Certificate {
            names: vec!["*.example".into()],
            source: "le".into(),
            holds: Some((Timestamp::from_seconds(1), ends)),
            ..Certificate::default()
        }],
        ..Picture::default()
    };
    Arc::new(Fixed(Mutex::new(picture)))
}

async fn ask<T: serde::de::DeserializeOwned>(fixture: &Fixture, caller: Caller, path: &str) -> T {
    let answer = fixture.get(caller, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    serde_json::from_value(answer.json()).expect("the type of the answer")
}

const VIEWER: Caller = Caller::Token(TokenScope::Read);

#[tokio::test]
async fn routes_say_how_they_do_and_what_is_wrong() {
    let fixture = Fixture::with_proxy(shop());
    let routes: Routes = ask(&fixture, VIEWER, "/app/v1/routes").await;
    let names: Vec<_> = routes.rows.iter().map(|row| (row.name.as_str(), row.state)).collect();
    assert_eq!(names, [("api@docker", RouteState::Unavailable), ("web@docker", RouteState::Working)]);
    let [api, web] = &routes.rows[..] else { panic!("two routes") };
    assert!(api.reasons[0].starts_with("shop-api-1 is unhealthy: its own health check"), "{:?}", api.reasons);
    assert!(
        api.findings.iter().any(|finding| finding.place.contains("maxRequestBodyBytes")),
        "{:?}",
        api.findings
    );
    assert_eq!((web.service.as_str(), web.project.as_str()), ("web", "shop"));
    assert_eq!((web.tls, web.resolver.as_str(), web.certificate_ends), (true, "le", Some(2_000_000_000_000)));
    assert_eq!(web.servers[0].address, "http://172.18.0.3:8000");
    assert_eq!(routes.entrypoints.len(), 2);

    let page: RoutePage = ask(&fixture, VIEWER, "/app/v1/routes/web@docker").await;
    assert_eq!(page.middlewares, [("gzip@docker".to_owned(), "compress: compresses answers".to_owned())]);
    for chart in &page.charts {
        promql::parse(&chart.query).unwrap_or_else(|error| panic!("{}: {error}", chart.query));
    }
    assert_eq!(fixture.get(VIEWER, "/app/v1/routes/none@docker").await.status, 404);

    let certificates: Certificates = ask(&fixture, VIEWER, "/app/v1/certificates").await;
    assert_eq!(certificates.rows[0].routers, ["web@docker"]);
    let metrics = fixture.get(VIEWER, "/metrics").await.text();
    assert!(metrics.contains("porthole_proxy_router_in_flight_requests"), "{metrics}");
}

/// An access entry as the proxy writes it.
fn entry(id: &str, status: u16, millis: u32, why: &str) -> String {
    let level = if status >= 500 { "error" } else { "info" };
    let rest = json!({
        "status": status, "method": "GET", "domain": "shop.example", "path": "/cart", "duration_ms": millis,
        "bytes_out": 12, "client": "203.0.113.9", "request_id": id, "trace_id": TRACE, "entrypoint": "web",
        "router": "api@docker", "target": "api-shop@docker", "why": why,
    });
    let rest = rest.to_string();
    format!("{{\"level\":\"{level}\",{}", &rest[1..])
}

const ACCESS: &str = r#"{"service":"api","project":"shop","environment":"production","stream":"access"}"#;
const SAID: &str = r#"{"service":"api","container":"shop-api-1","stream":"stdout"}"#;

async fn with_requests() -> (Fixture, Timestamp) {
    let fixture = Fixture::with_proxy(shop());
    let now = fixture.now();
    let at = |seconds: i64| now.nanos() - seconds * 1_000_000_000;
    let entries = [
        entry("r-1", 200, 5, ""),
        entry("r-2", 503, 1, "no_server"),
        entry("r-3", 200, 1_500, ""),
        entry("r-4", 500, 20, ""),
    ];
    let access: Vec<(i64, &str)> =
        (0..).zip(&entries).map(|(seconds, line)| (at(40 - seconds), line.as_str())).collect();
    let said = format!("order failed request_id=r-4 trace={TRACE}");
    fixture.push(&[(ACCESS, &access), (SAID, &[(at(37), &said)])]).await;
    (fixture, now)
}

#[tokio::test]
async fn the_slow_and_the_failing_are_found() {
    let (fixture, _) = with_requests().await;
    for (path, total, failing, slowest) in [
        ("/app/v1/requests", 4, vec!["r-4", "r-2"], vec!["r-3", "r-4", "r-1", "r-2"]),
        (
            "/app/v1/requests?services=api,web&environment=production",
            4,
            vec!["r-4", "r-2"],
            vec!["r-3", "r-4", "r-1", "r-2"],
        ),
        ("/app/v1/requests?router=api@docker", 4, vec!["r-4", "r-2"], vec!["r-3", "r-4", "r-1", "r-2"]),
        ("/app/v1/requests?services=web", 0, vec![], vec![]),
        ("/app/v1/requests?services=a.i", 0, vec![], vec![]),
        ("/app/v1/requests?router=web@docker", 0, vec![], vec![]),
    ] {
        let requests: Requests = ask(&fixture, VIEWER, path).await;
        let ids = |rows: &[api::RequestRow]| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>();
        assert_eq!((requests.total, requests.failed), (total, failing.len() as u64), "{path}");
        assert_eq!(ids(&requests.failing), failing, "{path}");
        assert_eq!(ids(&requests.slowest), slowest, "{path}");
    }
}

#[tokio::test]
async fn one_request_is_told_whole() {
    let (fixture, now) = with_requests().await;
    for id in ["r-4", "r-4?at=1", &format!("r-4?at={}", now.millis() - 37_000)] {
        let page: RequestPage = ask(&fixture, VIEWER, &format!("/app/v1/requests/{id}")).await;
        assert!(page.what.starts_with("The application itself answered 500"), "{}", page.what);
        let lines: Vec<_> = page.moments.iter().filter(|moment| moment.kind == MomentKind::Line).collect();
        assert!(lines[0].text.starts_with("order failed"), "{:?}", page.moments);
    }
    let page: RequestPage = ask(&fixture, VIEWER, "/app/v1/requests/r-2").await;
    assert!(page.what.starts_with("No server of api-shop@docker took requests"), "{}", page.what);
    assert!(page.advice.iter().any(|one| one.contains("shop-api-1 is unhealthy")), "{:?}", page.advice);
    assert_eq!(fixture.get(VIEWER, &format!("/app/v1/requests/{TRACE}")).await.status, 200);
    assert_eq!(fixture.get(VIEWER, "/app/v1/requests/r-5").await.status, 404);
    assert_eq!(fixture.get(Caller::Nobody, "/app/v1/requests/r-4").await.status, 401);
}

#[tokio::test]
async fn the_slowest_of_many_are_read_alone() {
    let fixture = Fixture::with_proxy(shop());
    let now = fixture.now().nanos();
    let entries: Vec<String> =
        (0..3_000).map(|number| entry(&format!("r-{number}"), 200, number, "")).collect();
    let access: Vec<(i64, &str)> =
        (1..).zip(&entries).map(|(nth, line)| (now - nth * 1_000_000, line.as_str())).collect();
    fixture.push(&[(ACCESS, &access)]).await;
    let requests: Requests = ask(&fixture, VIEWER, "/app/v1/requests").await;
    assert_eq!((requests.total, requests.slowest.len()), (3_000, 100));
    assert_eq!((requests.slowest[0].duration_ms, requests.slowest[99].duration_ms), (2_999.0, 2_900.0));
}

#[tokio::test]
async fn a_proxy_that_is_off_has_no_routes() {
    let fixture = Fixture::new().await;
    let routes: Routes = ask(&fixture, Caller::Signed(Role::Viewer), "/app/v1/routes").await;
    assert_eq!(routes, Routes::default());
}

#[tokio::test]
async fn rates_and_quantiles_come_from_what_was_counted() {
    let fixture = Fixture::with_proxy(shop());
    let now = fixture.now().millis();
    // Ten requests a second for ten minutes, one of which fails; all between 50 and 100 ms.
    let counted = |per_second: f64| -> Vec<(i64, f64)> {
        (0..=40).rev().map(|step| (now - step * 15_000, (40 - step) as f64 * 15.0 * per_second)).collect()
    };
    let router = "router=\"web@docker\"";
    let requests = |class: &str| {
        format!("{{__name__=\"porthole_proxy_router_requests_total\", {router}, class=\"{class}\"}}")
    };
    let bucket = |le: &str| {
        format!(
            "{{__name__=\"porthole_proxy_router_request_duration_seconds_bucket\", {router}, le=\"{le}\"}}"
        )
    };
    let all = vec![
        series(&requests("2xx"), &counted(9.0)),
        series(&requests("5xx"), &counted(1.0)),
        series(&bucket("0.05"), &counted(0.0)),
        series(&bucket("0.1"), &counted(10.0)),
        series(&bucket("+Inf"), &counted(10.0)),
    ];
    let body = packed(&WriteRequest { series: all, metadata: Vec::new() });
    let request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/api/v1/write");
    assert_eq!(fixture.send(request.body(Body::from(body)).expect("a request")).await.status, 204);

    let path = format!("/app/v1/routes?start={}&end={now}", now - 600_000);
    let routes: Routes = ask(&fixture, VIEWER, &path).await;
    let web = routes.rows.iter().find(|row| row.name == "web@docker").expect("a row");
    let near = |number: Option<f64>, expected: f64| {
        number.is_some_and(|number| (number / expected - 1.0).abs() < 0.02)
    };
    assert!(near(web.per_second, 10.0) && near(web.error_rate, 0.1), "{web:?}");
    assert!(near(web.p50_ms, 75.0) && near(web.p95_ms, 97.5) && near(web.p99_ms, 99.5), "{web:?}");
    assert_eq!(web.trend.len(), 30, "{web:?}");
}
