//! A proxy with its settings, and servers and clients for it.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use mask::Masker;
use model::{Batch, Identity, State, Workload};
use settings::Tree;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::body::{Body, Boxed};
use crate::{Config, Proxy, Surroundings};

/// Nothing here takes longer.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A proxy at work.
pub(super) struct Scene {
    pub(super) proxy: Proxy,
    pub(super) addresses: BTreeMap<String, SocketAddr>,
    pub(super) workloads: watch::Sender<Arc<[Workload]>>,
    access: mpsc::Receiver<Batch>,
    shutdown: CancellationToken,
    running: JoinHandle<()>,
    _directory: tempfile::TempDir,
}

impl Scene {
    /// With these settings below an entrypoint `web`.
    pub(super) async fn new(settings: &str) -> Self {
        Self::with(&format!("[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\n{settings}"), &[]).await
    }

    pub(super) async fn with(settings: &str, workloads: &[Workload]) -> Self {
        let tree = Tree::parse("porthole.toml", settings, []);
        let root = tree.root();
        let config = Config::read(&root);
        drop(root);
        let faults: Vec<String> = tree.finish().iter().map(ToString::to_string).collect();
        assert!(faults.is_empty(), "{faults:?}");
        let directory = tempfile::tempdir().unwrap();
        let (sender, receiver) = watch::channel::<Arc<[Workload]>>(workloads.to_vec().into());
        // Otherwise the first set would be waited for.
        sender.send_replace(workloads.to_vec().into());
        let surroundings = Surroundings {
            identity: Identity { host: "m".into(), environment: "test".into(), ..Identity::default() },
            workloads: receiver,
            own_container: None,
            masker: Arc::new(Masker::new(mask::Config::off())),
            internal: Arc::new(|mut asked| {
                if let Some(client) = asked.request.extensions_mut().remove::<hyper::upgrade::OnUpgrade>() {
                    return Box::pin(async move { switched(client) });
                }
                let text = format!("inside: {} {}", asked.request.uri(), asked.guarded);
                Box::pin(async move { Response::new(whole(text)) })
            }),
        };
        let (proxy, mut running) = crate::open(config, directory.path(), surroundings).unwrap();
        running.bind().await.unwrap();
        let addresses = running.addresses().into_iter().collect();
        let shutdown = CancellationToken::new();
        let access = proxy.take_access().unwrap();
        let running = tokio::spawn(running.run(shutdown.clone()));
        let scene =
            Self { proxy, addresses, workloads: sender, access, shutdown, running, _directory: directory };
        let planned = async {
            while scene.proxy.plan().services.is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, planned).await.expect("a plan");
        scene
    }

    pub(super) fn web(&self) -> SocketAddr {
        self.addresses["web"]
    }

    /// The whole answer to these bytes; the proxy has to close the connection.
    pub(super) async fn ask(&self, bytes: impl AsRef<[u8]>) -> String {
        ask(self.web(), bytes).await
    }

    /// A client of the entrypoint.
    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.web()).await.unwrap()
    }

    /// Another set of containers; returns when its plan is in force.
    pub(super) async fn set(&self, workloads: Vec<Workload>) {
        let before = self.proxy.plan();
        self.workloads.send_replace(workloads.into());
        let swapped = async {
            while Arc::ptr_eq(&before, &self.proxy.plan()) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, swapped).await.expect("another plan");
    }

    pub(super) fn stop(&self) {
        self.shutdown.cancel();
    }

    /// Ends it; the access entries, each as JSON, in the order of their ends.
    pub(super) async fn entries(self) -> Vec<serde_json::Value> {
        self.shutdown.cancel();
        let Self { running, mut access, proxy, .. } = self;
        let collect = async {
            let mut entries = Vec::new();
            while let Some(batch) = access.recv().await {
                entries.extend(batch.entries);
            }
            entries
        };
        let ended = async {
            running.await.unwrap();
            drop(proxy);
        };
        let (mut entries, ()) =
            tokio::time::timeout(PATIENCE, async { tokio::join!(collect, ended) }).await.expect("an end");
        entries.sort_by_key(|entry| entry.timestamp);
        entries.iter().map(|entry| serde_json::from_str(&entry.line).unwrap()).collect()
    }
}

/// A route that takes everything to `server`.
pub(super) fn route_to(server: SocketAddr) -> String {
    format!("[[proxy.route]]\nrule = \"PathPrefix(`/`)\"\nto = \"http://{server}\"\n")
}

pub(super) fn whole(text: impl Into<Bytes>) -> Boxed {
    use http_body_util::BodyExt as _;
    http_body_util::Full::new(text.into()).map_err(|never| match never {}).boxed_unsync()
}

/// Speaks another protocol with whoever is inside: sends back what comes.
fn switched(client: hyper::upgrade::OnUpgrade) -> Response<Boxed> {
    tokio::spawn(async move {
        let (mut from, mut to) = tokio::io::split(TokioIo::new(client.await.unwrap()));
        let _ = tokio::io::copy(&mut from, &mut to).await;
    });
    let mut response = Response::new(whole(""));
    *response.status_mut() = http::StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().insert("upgrade", "websocket".parse().unwrap());
    response.headers_mut().insert("connection", "upgrade".parse().unwrap());
    response
}

pub(super) async fn ask(address: SocketAddr, bytes: impl AsRef<[u8]>) -> String {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(bytes.as_ref()).await.unwrap();
    rest(&mut client).await
}

/// All that comes until the end.
pub(super) async fn rest(client: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, client.read_to_end(&mut answer)).await.expect("an end");
    // Whoever is refused in the middle of sending may find the connection reset.
    let _ = read;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads until `end` has come.
pub(super) async fn until(client: &mut TcpStream, end: &str) -> String {
    let mut answer = Vec::new();
    let reading = async {
        while !String::from_utf8_lossy(&answer).contains(end) {
            let mut bytes = [0; 4096];
            let read = client.read(&mut bytes).await.unwrap();
            assert!(read > 0, "it ended before {end:?}: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&bytes[..read]);
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect(end);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A server that does with each connection as it is told.
pub(super) async fn server<F, R>(serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    server_at("127.0.0.1:0".parse().unwrap(), serve).await
}

pub(super) async fn server_at<F, R>(address: SocketAddr, serve: F) -> SocketAddr
where
    F: Fn(TcpStream) -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket));
        }
    });
    address
}

/// A server that reads one head and writes these bytes.
pub(super) async fn answering(bytes: &'static [u8]) -> SocketAddr {
    server(move |mut socket| async move {
        until(&mut socket, "\r\n\r\n").await;
        let _ = socket.write_all(bytes).await;
    })
    .await
}

/// A server that answers with the head of each request, and counts what it read of its body.
pub(super) async fn echo() -> SocketAddr {
    http_server(|request| async move {
        let mut text = format!("{} {}\n", request.method(), request.uri());
        let mut names: Vec<_> = request.headers().iter().collect();
        names.sort_by_key(|(name, _)| name.as_str());
        for (name, value) in names {
            text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
        }
        let mut body = request.into_body();
        let mut bytes = 0;
        while let Some(Ok(frame)) = http_body_util::BodyExt::frame(&mut body).await {
            bytes += frame.data_ref().map_or(0, Bytes::len);
        }
        text.push_str(&format!("body: {bytes}\n"));
        Response::new(Body::full(text))
    })
    .await
}

/// A server of HTTP/1.1.
pub(super) async fn http_server<F, R>(answer: F) -> SocketAddr
where
    F: Fn(Request<Incoming>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response<Body>> + Send + 'static,
{
    http_server_at("127.0.0.1:0".parse().unwrap(), answer).await
}

pub(super) async fn http_server_at<F, R>(address: SocketAddr, answer: F) -> SocketAddr
where
    F: Fn(Request<Incoming>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response<Body>> + Send + 'static,
{
    server_at(address, move |socket| {
        let answer = answer.clone();
        async move {
            let service = service_fn(move |request| {
                let answered = answer(request);
                async move { Ok::<_, Infallible>(answered.await) }
            });
            let serving = hyper::server::conn::http1::Builder::new();
            let _ = serving.serve_connection(TokioIo::new(socket), service).with_upgrades().await;
        }
    })
    .await
}

/// A server of HTTP/2 without TLS.
pub(super) async fn h2c_server<F, R>(answer: F) -> SocketAddr
where
    F: Fn(Request<Incoming>) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Response<Body>> + Send + 'static,
{
    server(move |socket| {
        let answer = answer.clone();
        async move {
            let service = service_fn(move |request| {
                let answered = answer(request);
                async move { Ok::<_, Infallible>(answered.await) }
            });
            let serving = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            let _ = serving.serve_connection(TokioIo::new(socket), service).await;
        }
    })
    .await
}

/// A container that listens at an address of its own.
pub(crate) fn container(name: &str, address: SocketAddr, labels: &[(&str, &str)]) -> Workload {
    let identity = Identity {
        service: "web".into(),
        project: "shop".into(),
        container: name.into(),
        host: "m".into(),
        environment: "test".into(),
    };
    let mut all: BTreeMap<String, String> = [
        ("traefik.enable", "true"),
        ("com.docker.compose.service", "web"),
        ("com.docker.compose.project", "shop"),
        ("traefik.http.routers.web.rule", "PathPrefix(`/`)"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    all.extend(labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    all.insert("traefik.http.services.web.loadbalancer.server.port".into(), address.port().to_string());
    Workload {
        id: format!("{name:0>64}"),
        identity,
        state: State::Running,
        health: model::Health::None,
        exit_code: None,
        oom_killed: false,
        stopping: false,
        restarts: 0,
        image: "shop/web:1".into(),
        image_id: "sha256:1".into(),
        tty: false,
        log_driver: "json-file".into(),
        created_at: model::Timestamp::from_seconds(1),
        started_at: Some(model::Timestamp::from_seconds(2)),
        finished_at: None,
        labels: all,
        networks: vec![model::Network {
            name: "shop_default".into(),
            address: Some(address.ip()),
            aliases: Vec::new(),
        }],
        ports: vec![model::Port { private: address.port(), public: None, tcp: true }],
        process: model::Process::default(),
    }
}
