//! A whole server on real stores in a temporary directory, asked without a network.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use api::{NewToken, NewUser, Role, TokenScope};
use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use model::Timestamp;
use settings::Tree;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{Accounts, Clock, Config, Engines, Server};

pub(crate) const PASSWORD: &str = "correct horse";

/// A server and what it stands on.
pub(crate) struct Fixture {
    pub(crate) accounts: Accounts,
    pub(crate) logs: logs::Logs,
    pub(crate) metrics: metrics::Metrics,
    pub(crate) issues: issues::Issues,
    pub(crate) alerts: alerts::Alerts,
    pub(crate) server: Option<Server>,
    router: Router,
    clock: Arc<AtomicI64>,
    tokens: [OnceLock<String>; 3],
    stop: CancellationToken,
    writing: Option<JoinHandle<Result<(), logs::WriterError>>>,
    _directory: TempDir,
}

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    Nobody,
    Signed(Role),
    Token(TokenScope),
    BasicToken(TokenScope),
    WrongToken,
}

impl Fixture {
    /// With sign-in, and a user for each role, named like it.
    pub(crate) async fn new() -> Self {
        let fixture = Self::with("");
        for (name, role) in [("viewer", Role::Viewer), ("editor", Role::Editor), ("admin", Role::Admin)] {
            let new = NewUser { name: name.into(), role, password: PASSWORD.into() };
            fixture.accounts.add_user(new).await.expect("a user");
        }
        fixture
    }

    /// With these settings and without users.
    pub(crate) fn with(settings: &str) -> Self {
        let (mut fixture, writer) = Self::idle(settings);
        fixture.writing = Some(tokio::spawn(writer.run(fixture.stop.clone())));
        fixture
    }

    /// The same, but nothing is written until the writer runs.
    pub(crate) fn idle(settings: &str) -> (Self, logs::Writer) {
        Self::idle_with(settings, Arc::new(route::shown::Off))
    }

    /// With a proxy that looks so.
    pub(crate) fn with_proxy(shown: Arc<dyn route::shown::Shown>) -> Self {
        let (mut fixture, writer) = Self::idle_with("", shown);
        fixture.writing = Some(tokio::spawn(writer.run(fixture.stop.clone())));
        fixture
    }

    fn idle_with(settings: &str, shown: Arc<dyn route::shown::Shown>) -> (Self, logs::Writer) {
        let directory = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(AtomicI64::new(Timestamp::from(SystemTime::now()).nanos()));
        let told = clock.clone();
        let tell = Clock::from_fn(move || Timestamp::from_nanos(told.load(Ordering::Relaxed)));
        let accounts =
            Accounts::open_with_clock(&directory.path().join("state.db"), tell.clone()).expect("accounts");
        let (logs, writer) =
            logs::open(logs::Config::default(), &directory.path().join("logs")).expect("a store");
        let host = format!("unix://{}", directory.path().join("docker.sock").display());
        let text = format!("{settings}\n[docker]\nhost = {host:?}\n");
        let tree = Tree::parse("test", &text, []);
        let (config, errors) = (Config::read(&tree.root()), issues::Config::read(&tree.root()));
        let alerting = alerts::Config::read(&tree.root());
        let (docker, _) = docker::connect(docker::Config::read(&tree.root()), Vec::new(), logs.intake());
        let faults: Vec<String> = tree.finish().iter().map(ToString::to_string).collect();
        assert!(faults.is_empty(), "{faults:?}");

        let (metrics, samples) =
            metrics::open(metrics::Config::default(), &directory.path().join("metrics")).expect("a store");
        let stop = CancellationToken::new();
        tokio::spawn(samples.run(stop.clone()));
        let surroundings = collectors::Surroundings {
            identity: model::Labels::default(),
            workloads: docker.workloads(),
            own: None,
        };
        let collecting = collectors::Config::read(&tree.root());
        let (collectors, _) = collectors::open(collecting, surroundings, Nowhere);
        let (issues, events) = issues::open(errors, &directory.path().join("issues")).expect("a store");
        tokio::spawn(events.run(stop.clone()));
        let told = tell.clone();
        let (alerts, _) = alerts::open(
            alerting,
            &directory.path().join("alerts.db"),
            Arc::new(Senseless),
            store::Clock::new(move || told.now()),
        )
        .expect("a store");
        let engines = Engines {
            alerts: alerts.clone(),
            logs: logs.clone(),
            docker,
            metrics: metrics.clone(),
            collectors,
            issues: issues.clone(),
            proxy: shown,
        };
        let server = Server::with_clock(config, engines, accounts.clone(), "1.2.3", tell).expect("a server");
        let router = server.router();
        let fixture = Self {
            accounts,
            logs,
            metrics,
            issues,
            alerts,
            server: Some(server),
            router,
            clock,
            tokens: Default::default(),
            stop,
            writing: None,
            _directory: directory,
        };
        (fixture, writer)
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.clock.load(Ordering::Relaxed))
    }

    /// Ends the store; what was pushed is on disk then.
    pub(crate) async fn end_writing(&mut self) {
        self.stop.cancel();
        self.writing.take().expect("a writer").await.expect("no panic").expect("an end");
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000_000, Ordering::Relaxed);
    }

    /// A fresh session's cookie.
    pub(crate) fn cookie(&self, name: &str) -> String {
        format!("porthole_session={}", self.accounts.session_for_test(name))
    }

    /// The secret of the token of this scope; each fixture has one.
    pub(crate) fn token(&self, scope: TokenScope) -> String {
        let make = || {
            let new = NewToken { name: "test".into(), scopes: vec![scope] };
            self.accounts.create_token(new).expect("a token").secret
        };
        self.tokens[scope as usize].get_or_init(make).clone()
    }

    /// Begins a request in somebody's name. A browser says where its page came from, so sessions do too.
    pub(crate) fn request(&self, caller: Caller, method: &str, path: &str) -> http::request::Builder {
        let request = Request::builder()
            .method(method.parse::<Method>().expect("a method"))
            .uri(path)
            .header(header::HOST, "localhost:4100");
        match caller {
            Caller::Nobody => request,
            Caller::Signed(role) => {
                let name = match role {
                    Role::Viewer => "viewer",
                    Role::Editor => "editor",
                    Role::Admin => "admin",
                };
                let cookie = self.cookie(name);
                request.header(header::COOKIE, cookie).header("sec-fetch-site", "same-origin")
            }
            Caller::Token(scope) => {
                request.header(header::AUTHORIZATION, format!("Bearer {}", self.token(scope)))
            }
            Caller::BasicToken(scope) => {
                let pair = STANDARD.encode(format!("promtail:{}", self.token(scope)));
                request.header(header::AUTHORIZATION, format!("Basic {pair}"))
            }
            Caller::WrongToken => request.header(header::AUTHORIZATION, "Bearer porthole_guessed"),
        }
    }

    /// Sends a request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Answer { status: head.status, headers: head.headers, bytes }
    }

    /// Sends a request whose answer does not end by itself.
    pub(crate) async fn open(&self, request: Request<Body>) -> http::Response<Body> {
        self.router.clone().oneshot(request).await.expect("an answer")
    }

    pub(crate) async fn get(&self, caller: Caller, path: &str) -> Answer {
        let request = self.request(caller, "GET", path);
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    pub(crate) async fn send_json(&self, caller: Caller, method: &str, path: &str, json: &str) -> Answer {
        let request = self.request(caller, method, path);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(json.to_owned())).expect("a request")).await
    }

    /// Pushes streams: labels and lines with their nanoseconds.
    pub(crate) async fn push(&self, streams: &[(&str, &[(i64, &str)])]) {
        let form = |(labels, lines): &(&str, &[(i64, &str)])| {
            let values: Vec<_> = lines.iter().map(|(nanos, line)| (nanos.to_string(), *line)).collect();
            let labels: serde_json::Value = serde_json::from_str(labels).expect("labels");
            serde_json::json!({ "stream": labels, "values": values })
        };
        let body = serde_json::json!({ "streams": streams.iter().map(form).collect::<Vec<_>>() });
        let caller = Caller::Token(TokenScope::Ingest);
        let answer = self.send_json(caller, "POST", "/loki/api/v1/push", &body.to_string()).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::NO_CONTENT, String::new()));
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

/// Collected samples are of no use here: tests write theirs themselves.
#[derive(Clone)]
struct Nowhere;

impl collectors::Appender for Nowhere {
    type Series = ();

    fn series(&self, _: &model::Labels) {}

    async fn append(&self, _: &Arc<str>, _: Timestamp, _: Vec<((), f64)>) {}

    fn describe(&self, _: &Arc<str>, _: &str, _: &model::metric::About) {}

    fn exemplar(&self, _: &(), _: model::metric::Exemplar) {}
}

/// Nothing is measured: rules find nothing.
struct Senseless;

impl alerts::Senses for Senseless {
    fn promql<'a>(&'a self, _: &'a str, _: Timestamp) -> alerts::Asked<'a, alerts::Instant> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn promql_range<'a>(&'a self, _: &'a str, _: alerts::Grid) -> alerts::Asked<'a, alerts::Range> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn logql<'a>(&'a self, _: &'a str, _: Timestamp) -> alerts::Asked<'a, alerts::Instant> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn logql_range<'a>(&'a self, _: &'a str, _: alerts::Grid) -> alerts::Asked<'a, alerts::Range> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn issues(
        &self,
        _: Timestamp,
        _: Timestamp,
    ) -> alerts::Asked<'_, Result<Vec<alerts::IssueNews>, String>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn release_rates(
        &self,
        _: Timestamp,
        _: Timestamp,
    ) -> alerts::Asked<'_, Result<Vec<alerts::ReleaseRate>, String>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn record(&self, _: Timestamp, _: Vec<(model::Labels, f64)>) -> alerts::Asked<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }

    fn note(&self, _: &model::Labels, _: Timestamp, _: &str) -> bool {
        true
    }

    fn evidence<'a>(&'a self, _: &'a model::Labels, at: Timestamp) -> alerts::Asked<'a, answers::Evidence> {
        Box::pin(async move { answers::Evidence { at: at.millis(), ..answers::Evidence::default() } })
    }
}
