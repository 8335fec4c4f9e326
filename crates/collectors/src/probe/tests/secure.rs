//! TLS: whom to trust, and what is known of certificates even if nobody should.

use http_body_util::Full;
use hyper_util::rt::{TokioExecutor, TokioIo};
use model::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::servers::{file, fine, secure, serve};
use super::{failure, probe};

const END: &str = "2119-06-01T12:30:15Z";

fn trusting() -> String {
    format!("ca_file = \"{}\"", file("authority"))
}

fn instant(text: &str) -> Option<Timestamp> {
    Some(Timestamp::parse_rfc3339(text).unwrap())
}

#[tokio::test]
async fn certificates_are_judged() {
    let check = async |shown: &[&str], host: &str, lines: &str, expected: &str, end: &str| {
        let address = secure(shown, &[], fine).await;
        let outcome = probe(&format!("https://{host}:{}/", address.port()), lines).await;
        assert!(failure(&outcome).starts_with(expected), "{shown:?} {lines}: {}", failure(&outcome));
        let tls = outcome.tls.unwrap();
        assert_eq!(tls.earliest_expiry, instant(end), "{shown:?}");
        // The chain is that by which it is trusted.
        let is_trusted = expected == "it passed" && lines.contains("ca_file");
        assert_eq!(tls.chain_expiry, instant(END).filter(|_| is_trusted), "{shown:?} {lines}");
    };
    let (trusting, anybody) = (trusting(), "insecure_skip_verify = true");
    check(&["localhost"], "localhost", &trusting, "it passed", END).await;
    check(&["localhost"], "127.0.0.1", &trusting, "it passed", END).await;
    // An old certificate that leads nowhere is shown too, and does not count for the chain.
    check(&["localhost", "expired"], "localhost", &trusting, "it passed", "2021-02-03T04:05:06Z").await;
    check(
        &["localhost"],
        "localhost",
        "",
        "nobody who is trusted signed the certificate; if that is meant, name who did in ca_file",
        END,
    )
    .await;
    check(&["selfsigned"], "localhost", &trusting, "nobody who is trusted signed the certificate", END).await;
    check(&["selfsigned"], "localhost", anybody, "it passed", END).await;
    check(
        &["other"],
        "localhost",
        &trusting,
        "the certificate is not for localhost but for other.example, www.other.example",
        END,
    )
    .await;
    check(&["other"], "localhost", anybody, "it passed", END).await;
    let ended = "the certificate ended on 2021-02-03";
    check(&["expired"], "localhost", &trusting, ended, "2021-02-03T04:05:06Z").await;
    check(&["expired"], "localhost", anybody, "it passed", "2021-02-03T04:05:06Z").await;
}

#[tokio::test]
async fn a_port_may_speak_tls() {
    let address = secure(&["localhost"], &[], |stream: TlsStream<TcpStream>| async { drop(stream) }).await;
    let outcome = probe(&format!("tls://localhost:{}", address.port()), &trusting()).await;
    assert_eq!(failure(&outcome), "it passed");
    let tls = outcome.tls.unwrap();
    assert_eq!((tls.earliest_expiry, tls.version.as_str()), (instant(END), "TLS 1.3"));
    assert!(tls.cipher.starts_with("TLS_AES_") || tls.cipher.starts_with("TLS_CHACHA20_"), "{}", tls.cipher);
    assert!(outcome.phases.tls > std::time::Duration::ZERO);
}

#[tokio::test]
async fn what_speaks_no_tls_is_told() {
    let plain = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 16]).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        // What was sent is not to be lost by closing before all was read.
        while stream.read(&mut [0; 64]).await.is_ok_and(|count| count > 0) {}
    })
    .await;
    let outcome = probe(&format!("https://localhost:{}/", plain.port()), &trusting()).await;
    assert_eq!(failure(&outcome), "what answers there speaks no TLS");
    let closes = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 16]).await;
    })
    .await;
    let outcome = probe(&format!("https://localhost:{}/", closes.port()), &trusting()).await;
    assert!(failure(&outcome).contains("during the TLS handshake"), "{}", failure(&outcome));
    let silent = serve(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let lines = format!("{}\ntimeout = \"300ms\"", trusting());
    let outcome = probe(&format!("https://localhost:{}/", silent.port()), &lines).await;
    let expected = format!("localhost:{} did not finish the TLS handshake within 300ms", silent.port());
    assert_eq!(failure(&outcome), expected);
}

#[tokio::test]
async fn a_ca_file_that_cannot_be_read_is_told() {
    let address = secure(&["localhost"], &[], fine).await;
    let url = format!("https://localhost:{}/", address.port());
    let outcome = probe(&url, "ca_file = \"/nowhere/ca.pem\"").await;
    assert!(failure(&outcome).starts_with("/nowhere/ca.pem cannot be used as PEM"), "{}", failure(&outcome));
}

#[tokio::test]
async fn http_2_is_spoken_where_the_other_side_does() {
    use hyper::service::service_fn;

    let answer = |request: http::Request<hyper::body::Incoming>| async move {
        let host = request.uri().authority().map(ToString::to_string).unwrap_or_default();
        let body = format!("{} {host}", request.uri().path());
        Ok::<_, std::convert::Infallible>(http::Response::new(Full::new(bytes::Bytes::from(body))))
    };
    let address =
        secure(&["localhost"], &["h2", "http/1.1"], move |stream: TlsStream<TcpStream>| async move {
            let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            let _ = builder.serve_connection(TokioIo::new(stream), service_fn(answer)).await;
        })
        .await;
    let url = format!("https://localhost:{}/health", address.port());
    let lines = format!("{}\nexpect_body = '^/health localhost:{}$'", trusting(), address.port());
    let outcome = probe(&url, &lines).await;
    assert_eq!(failure(&outcome), "it passed");
    let seen = outcome.answer.unwrap();
    assert_eq!((seen.version, seen.is_secure), (2.0, true));
    let lines =
        format!("{}\nheaders = {{ host = \"shop.example\" }}\nexpect_body = ' shop.example$'", trusting());
    assert_eq!(failure(&probe(&url, &lines).await), "it passed");
}
