//! Servers that answer every connection in one way.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Hands every connection to `serve`.
pub(super) async fn serve<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// Answers every request with these bytes and closes, or stays silent after them.
pub(super) async fn answering(answer: &str, stays_open: bool) -> SocketAddr {
    let answer: Arc<str> = answer.into();
    serve(move |mut stream| {
        let answer = answer.clone();
        async move {
            request(&mut stream).await;
            let _ = stream.write_all(answer.as_bytes()).await;
            if stays_open {
                std::future::pending::<()>().await;
            }
        }
    })
    .await
}

/// Requests as they came, one text for each.
pub(super) type Requests = Arc<Mutex<Vec<String>>>;

/// Answers each path with what `answers` says, and keeps the requests.
pub(super) async fn by_path(
    answers: impl Fn(&str) -> String + Send + Sync + 'static,
) -> (SocketAddr, Requests) {
    let requests = Requests::default();
    let (answers, kept) = (Arc::new(answers), requests.clone());
    let address = serve(move |mut stream| {
        let (answers, kept) = (answers.clone(), kept.clone());
        async move {
            let text = request(&mut stream).await;
            let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
            kept.lock().unwrap().push(text);
            let _ = stream.write_all(answers(&path).as_bytes()).await;
        }
    })
    .await;
    (address, requests)
}

/// An answer with this status line, header lines and body.
pub(super) fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

/// Reads a request with its body.
async fn request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => read.extend_from_slice(&buffer[..count]),
            _ => return text,
        }
    }
}

/// A file of the tests' certificates.
pub(super) fn file(name: &str) -> String {
    format!("{}/testdata/probe/{name}.pem", env!("CARGO_MANIFEST_DIR"))
}

/// A server that shows these certificates, and hands on what speaks to it.
pub(super) async fn secure<F>(
    certificates: &[&str],
    protocols: &[&str],
    serve_it: impl Fn(TlsStream<TcpStream>) -> F + Send + Sync + Clone + 'static,
) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let chain = certificates.iter().map(|name| CertificateDer::from_pem_file(file(name)).unwrap()).collect();
    let key = PrivateKeyDer::from_pem_file(file("key")).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    serve(move |stream| {
        let (acceptor, serve_it) = (acceptor.clone(), serve_it.clone());
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve_it(stream).await;
            }
        }
    })
    .await
}

/// Answers one request with `fine`.
pub(super) async fn fine(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    request(&mut stream).await;
    let _ = stream.write_all(http("200 OK", "", "fine").as_bytes()).await;
    let _ = stream.shutdown().await;
}
