//! Asks servers how they are, as their services' health checks say.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use route::declared::HealthCheck;
use route::plan::ServerState;
use tokio::task::AbortHandle;

use crate::body::Body;
use crate::names::Names;
use crate::server::Server;
use crate::table::Table;

/// Redirections of a check are followed so far.
const REDIRECTS_MAX: usize = 3;
/// More of an answer is not read.
const BODY_BYTES_MAX: usize = 1 << 20;

/// The checks that run.
pub(crate) struct Checks {
    names: Names,
    /// By the server's place in memory, which is its own as long as its check holds it.
    running: HashMap<usize, (HealthCheck, AbortHandle)>,
}

impl Checks {
    pub(crate) fn new(names: Names) -> Self {
        Self { names, running: HashMap::new() }
    }

    /// Begins the checks of a table that do not run yet, and ends the others.
    pub(crate) fn follow(&mut self, table: &Table) {
        let mut before = std::mem::take(&mut self.running);
        for (_, balancer) in table.balancers() {
            let Some(check) = &balancer.health_check else { continue };
            for server in &balancer.servers {
                let key = Arc::as_ptr(server).addr();
                let running = match before.remove(&key) {
                    Some((old, handle)) if old == *check => (old, handle),
                    other => {
                        if let Some((_, handle)) = other {
                            handle.abort();
                        }
                        (check.clone(), self.begin(server, check))
                    }
                };
                self.running.insert(key, running);
            }
        }
        for (_, handle) in before.into_values() {
            handle.abort();
        }
    }

    /// Ends all.
    pub(crate) fn end(&mut self) {
        for (_, handle) in std::mem::take(&mut self.running).into_values() {
            handle.abort();
        }
    }

    fn begin(&self, server: &Arc<Server>, check: &HealthCheck) -> AbortHandle {
        let (server, check, names) = (server.clone(), check.clone(), self.names.clone());
        tokio::spawn(async move { watch(&server, &check, &names).await }).abort_handle()
    }
}

async fn watch(server: &Server, check: &HealthCheck, names: &Names) {
    loop {
        // One that does not run needs no asking.
        if server.state() == ServerState::Ready {
            let asked = tokio::time::timeout(check.timeout, ask(server, check, names)).await;
            let well = asked.unwrap_or(false);
            if server.is_ill() == well {
                let label = &server.planned.label;
                tracing::info!(server = label, well, "a health check changed its mind");
            }
            server.set_ill(!well);
        }
        let interval = if server.is_ill() { check.unhealthy_interval } else { check.interval };
        tokio::time::sleep(interval.max(Duration::from_millis(100))).await;
    }
}

/// Whether it answers as it should.
async fn ask(server: &Server, check: &HealthCheck, names: &Names) -> bool {
    let mut path = check.path.clone();
    for _ in 0..=REDIRECTS_MAX {
        let Some(request) = request(server, check, &path) else { return false };
        let Some((status, location)) = answer(server, check, names, request).await else { return false };
        if let Some(wanted) = check.status {
            return status.as_u16() == wanted;
        }
        match location {
            Some(next) if check.follow_redirects && status.is_redirection() => path = next,
            _ => return status.is_success() || status.is_redirection(),
        }
    }
    false
}

fn request(server: &Server, check: &HealthCheck, path: &str) -> Option<Request<Body>> {
    let host = check.hostname.clone().unwrap_or_else(|| server.authority.to_string());
    let method = Method::from_bytes(check.method.as_bytes()).ok()?;
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, host);
    for (name, value) in &check.headers {
        let (name, value) = (HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?);
        request = request.header(name, value);
    }
    request.header(header::USER_AGENT, "porthole").body(Body::empty()).ok()
}

/// The status, and where a redirection on the same server leads.
async fn answer(
    server: &Server,
    check: &HealthCheck,
    names: &Names,
    request: Request<Body>,
) -> Option<(StatusCode, Option<String>)> {
    let planned = &server.planned;
    let (scheme, port) = (check.scheme.unwrap_or(planned.scheme), check.port.unwrap_or(planned.port));
    let connected = server.transport.connect(names, &planned.host, port, scheme).await;
    let (upstream, is_http2) = connected.ok()?;
    let mut sender = crate::pool::Sender::new(upstream, is_http2).await.ok()?;
    let response = sender.send(crate::plane::absolute(request, is_http2, scheme)).await.ok()?;
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    let location = location.filter(|location| location.starts_with('/')).map(str::to_owned);
    let status = response.status();
    let _ = http_body_util::Limited::new(response.into_body(), BODY_BYTES_MAX).collect().await;
    Some((status, location))
}
