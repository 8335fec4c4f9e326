//! A proxy with settings, and a server behind it that tells what it was asked.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use mask::Masker;
use model::{Identity, Workload};
use settings::Tree;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::body::Body;
use crate::{Config, Proxy, Surroundings};

/// What came back, with the whole body.
pub(super) type Answer = Response<Bytes>;

/// A running proxy before a running server.
pub(super) struct Site {
    pub(super) proxy: Proxy,
    pub(super) directory: TempDir,
    server: SocketAddr,
    address: SocketAddr,
    stop: CancellationToken,
    /// There are none; whoever says so must stay.
    _containers: watch::Sender<Arc<[Workload]>>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Site {
    /// With these settings below `[proxy]`, in which `{server}` is the server's address and `{dir}` a directory.
    pub(super) async fn new(text: &str) -> Self {
        let server = serve().await;
        let directory = tempfile::tempdir().expect("a directory");
        let config = settings(text, server, &directory);
        let (containers, workloads) = watch::channel(Arc::from([]));
        // The proxy waits for the first set of containers.
        containers.send_replace(Arc::from([]));
        let surroundings = Surroundings {
            identity: Identity::default(),
            workloads,
            own_container: None,
            masker: Arc::new(Masker::new(mask::Config::off())),
            internal: Arc::new(|_| {
                Box::pin(async { Response::new(http_body_util::combinators::UnsyncBoxBody::default()) })
            }),
        };
        let (proxy, mut running) =
            crate::open(config, &directory.path().join("acme"), surroundings).expect("a proxy");
        running.bind().await.expect("a port");
        let address = running.addresses()[0].1;
        let stop = CancellationToken::new();
        tokio::spawn(running.run(stop.clone()));
        Self { proxy, directory, server, address, stop, _containers: containers }
    }

    /// Goes on with other settings.
    pub(super) fn reload(&self, text: &str) {
        self.proxy.reload(settings(text, self.server, &self.directory));
    }

    /// Asks over a connection of its own; `address` is `http://host/path`.
    pub(super) async fn ask(
        &self,
        method: &str,
        address: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let (head, body) =
            self.begin(method, address, headers, Body::full(body.to_owned())).await.into_parts();
        Response::from_parts(head, body.collect().await.expect("a whole body").to_bytes())
    }

    /// The same without waiting for the body.
    pub(super) async fn begin(
        &self,
        method: &str,
        address: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Response<Incoming> {
        let rest = address.strip_prefix("http://").expect("an address");
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let mut request = Request::builder()
            .method(method)
            .uri(if path.is_empty() { "/" } else { path })
            .header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let stream = TcpStream::connect(self.address).await.expect("a connection");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
        tokio::spawn(connection.with_upgrades());
        sender.send_request(request.body(body).expect("a request")).await.expect("an answer")
    }

    pub(super) async fn get(&self, address: &str) -> Answer {
        self.ask("GET", address, &[], "").await
    }

    /// Waits until the plan in force has this many routers.
    pub(super) async fn planned(&self, routers: usize) {
        while self.proxy.plan().routers.len() != routers {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn settings(text: &str, server: SocketAddr, directory: &TempDir) -> Config {
    let text = text
        .replace("{server}", &format!("http://{server}"))
        .replace("{dir}", directory.path().to_str().expect("a path"));
    let text = format!("[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\n{text}");
    let tree = Tree::parse("porthole.toml", &text, []);
    let root = tree.root();
    let config = Config::read(&root);
    drop(root);
    let faults: Vec<String> = tree.finish().iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{faults:?}");
    config
}

/// A text of the server's answer: the line `name: value` of what it was asked.
pub(super) fn told(answer: &Answer, name: &str) -> Option<String> {
    let text = std::str::from_utf8(answer.body()).ok()?;
    let start = format!("{name}: ");
    let lines: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(&start)).collect();
    (!lines.is_empty()).then(|| lines.join("|"))
}

async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let asked = Arc::new(AtomicU32::new(0));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let asked = asked.clone();
            let service = service_fn(move |request| {
                let asked = asked.clone();
                async move { Ok::<_, Infallible>(answer(request, &asked).await) }
            });
            let mut server = hyper::server::conn::http1::Builder::new();
            tokio::spawn(server.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service));
        }
    });
    address
}

/// `/status/418` answers with it, `/text/2000` with so many letters, `/pieces/2000` does not say how many, `/held` never
/// answers, `/flaky/2` fails so often, `/auth` judges by the header `x-key`; all else tells what was asked. `set-…` in the query sets a header.
async fn answer(request: Request<Incoming>, asked: &AtomicU32) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let (_, kind, number) = split(&path);
    let mut answer = match kind {
        "status" => {
            let mut answer = Response::new(Body::full(format!("the service says {number}")));
            *answer.status_mut() = number.parse().unwrap_or(StatusCode::OK);
            answer
        }
        "text" => Response::new(Body::full("a".repeat(number.parse().expect("a number")))),
        "pieces" => Response::new(pieces(number.parse().expect("a number"))),
        "held" => std::future::pending().await,
        "flaky" if asked.fetch_add(1, Ordering::Relaxed) < number.parse().expect("a number") => {
            Response::builder().status(503).body(Body::full("not yet")).expect("an answer")
        }
        "auth" => judge(&request),
        _ => echo(request).await,
    };
    if kind == "text" || kind == "pieces" {
        answer.headers_mut().insert("content-type", "text/plain".parse().expect("a value"));
    }
    answer
}

fn split(path: &str) -> (&str, &str, &str) {
    let mut parts = path.splitn(3, '/');
    (parts.next().unwrap_or(""), parts.next().unwrap_or(""), parts.next().unwrap_or(""))
}

fn pieces(count: usize) -> Body {
    let frames =
        (0..count.div_ceil(100)).map(|_| Ok::<_, Infallible>(Frame::data(Bytes::from_static(&[b'a'; 100]))));
    Body::boxed(StreamBody::new(tokio_stream::iter(frames.collect::<Vec<_>>())))
}

/// A service that decides: `good` passes, `lost` is sent elsewhere, all else is refused.
fn judge(request: &Request<Incoming>) -> Response<Body> {
    let uri = request.headers().get("x-forwarded-uri").cloned();
    let (status, name, value) = match request.headers().get("x-key").map(http::HeaderValue::as_bytes) {
        Some(b"good") => (200, "x-auth-user", "ann"),
        Some(b"lost") => (302, "location", "/login"),
        _ => (401, "www-authenticate", "Basic realm=\"auth\""),
    };
    let mut answer =
        Response::builder().status(status).header(name, value).header("set-cookie", "session=1; Path=/");
    if let Some(uri) = uri {
        answer = answer.header("x-auth-uri", uri);
    }
    answer
        .header("x-auth-method", request.method().as_str())
        .body(Body::full("the judge's words"))
        .expect("an answer")
}

async fn echo(request: Request<Incoming>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let mut text = format!("{} {}\n", head.method, head.uri);
    for (name, value) in &head.headers {
        text.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
    }
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    text.push_str(&format!("body: {}\n", String::from_utf8_lossy(&body)));
    let mut answer = Response::new(Body::boxed(Full::new(Bytes::from(text))));
    answer.headers_mut().insert("set-cookie", "app=1".parse().expect("a value"));
    answer
}
