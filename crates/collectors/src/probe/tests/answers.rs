//! What one server answers, and what becomes of it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::servers::{answering, by_path, http, serve};
use super::{failure, probe, probe_at, spec};
use crate::probe::spec::Place;

#[tokio::test]
async fn an_answer_is_judged() {
    let address = answering(&http("200 OK", "x: y\r\n", "all is well\n"), false).await;
    let check = async |lines: &str, expected: &str| {
        let outcome = probe(&format!("http://{address}/health/"), lines).await;
        assert_eq!(failure(&outcome), expected, "{lines}");
    };
    check("", "it passed").await;
    check("expect_status = 200", "it passed").await;
    check("expect_status = [\"3xx\", 200]", "it passed").await;
    check("expect_status = 204", "it answered 200 OK instead of 204").await;
    check("expect_status = [\"3xx\", 404]", "it answered 200 OK instead of 3xx or 404").await;
    check("expect_body = 'is w.ll'", "it passed").await;
    check(
        "expect_body = 'is ill'",
        "the answer holds nothing that fits expect_body = 'is ill'; it begins \"all is well\"",
    )
    .await;
    check("reject_body = 'ill'", "it passed").await;
    check("reject_body = 'w[a-z]+'", "the answer holds \"well\", which reject_body forbids").await;
}

#[tokio::test]
async fn the_numbers_are_those_of_the_answer() {
    let address = answering(&http("200 OK", "", "all is well\n"), false).await;
    let outcome = probe(&format!("http://{address}/"), "expect_body = 'ill'").await;
    assert!(outcome.failed_due_to_regex);
    assert_eq!(outcome.address, Some(address.ip()));
    let answer = outcome.answer.unwrap();
    assert_eq!((answer.status, answer.content_length, answer.body_length), (200, Some(12), 12));
    assert_eq!((answer.version, answer.is_secure, outcome.redirects), (1.1, false, 0));
    assert_eq!(
        (outcome.tls, outcome.phases.tls, outcome.phases.resolve),
        (None, Duration::ZERO, Duration::ZERO)
    );
    assert!(outcome.phases.connect > Duration::ZERO && outcome.phases.processing > Duration::ZERO);
    let parts = outcome.phases.connect + outcome.phases.processing + outcome.phases.transfer;
    assert!(parts <= outcome.took, "{parts:?} of {:?}", outcome.took);
    // No length is told, and the end of the connection is that of the answer.
    let address = answering("HTTP/1.0 200 OK\r\n\r\nuntil the end", false).await;
    let outcome = probe(&format!("http://{address}/"), "").await;
    assert_eq!(failure(&outcome), "it passed");
    let answer = outcome.answer.unwrap();
    assert_eq!((answer.content_length, answer.body_length, answer.version), (None, 13, 1.0));
}

#[tokio::test]
async fn what_is_written_is_sent() {
    let (address, requests) = by_path(|_| http("200 OK", "", "")).await;
    let lines = "method = \"post\"\nbody = \"a=b\"\nauthorization = \"Bearer secret\"\n\
                 headers = { \"X-Own\" = \"yes\", \"user-agent\" = \"probe\", host = \"shop.example\" }";
    let outcome = probe(&format!("http://{address}/a?b=c"), lines).await;
    assert_eq!(failure(&outcome), "it passed");
    let request = requests.lock().unwrap()[0].to_ascii_lowercase();
    assert!(request.starts_with("post /a?b=c http/1.1\r\n"), "{request}");
    assert!(request.ends_with("\r\n\r\na=b"), "{request}");
    for line in [
        "x-own: yes",
        "user-agent: probe",
        "host: shop.example",
        "authorization: bearer secret",
        "accept: */*",
    ] {
        assert_eq!(request.lines().filter(|other| *other == line).count(), 1, "{line} in {request}");
    }
    // Without anything written it says who asks, and which host it means.
    probe(&format!("http://{address}/"), "").await;
    let request = requests.lock().unwrap()[1].to_ascii_lowercase();
    assert!(request.contains("user-agent: porthole"), "{request}");
    assert!(request.contains(&format!("host: {address}")), "{request}");
}

#[tokio::test]
async fn what_never_ends_does() {
    let begun = |text: &str| text.replace("LIMIT", "300ms");
    let check = async |address: SocketAddr, path: &str, expected: &str| {
        let outcome = probe(&format!("http://{address}{path}"), "timeout = \"300ms\"").await;
        assert_eq!(failure(&outcome), begun(expected));
        assert!(outcome.took >= Duration::from_millis(300), "{:?}", outcome.took);
    };
    // Nobody ever answers.
    let silent = serve(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    check(silent, "/", "connected, but no answer came within LIMIT").await;
    // The answer begins and stalls.
    let stalls = answering("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nbegun", true).await;
    check(stalls, "/", "the answer began, but did not end within LIMIT").await;
    // The head comes byte by byte, for ever.
    let trickles = serve(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").await;
        while stream.write_all(b"y").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    check(trickles, "/", "connected, but no answer came within LIMIT").await;
}

#[tokio::test]
async fn an_answer_that_is_too_long_fails() {
    let endless = serve(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 65536]).await.is_ok() {}
    })
    .await;
    let outcome = probe(&format!("http://{endless}/"), "").await;
    assert_eq!(failure(&outcome), "the answer is longer than 8 MiB");
    assert_eq!(outcome.answer, None);
}

#[tokio::test]
async fn a_broken_answer_fails() {
    let check = async |answer: &str, expected: &str| {
        let address = answering(answer, false).await;
        let outcome = probe(&format!("http://{address}/"), "").await;
        assert!(failure(&outcome).contains(expected), "{answer:?}: {}", failure(&outcome));
    };
    check("", "the connection was closed before the answer was whole").await;
    check("SSH-2.0-OpenSSH_9.2\r\n", "what came is no HTTP").await;
    check("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\ncut off", "the answer began, then").await;
    check("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "the answer began, then").await;
}

#[tokio::test]
async fn who_cannot_be_reached_is_told() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for url in [format!("http://{gone}/"), format!("tcp://{gone}")] {
        let outcome = probe(&url, "").await;
        assert_eq!(failure(&outcome), format!("nobody listens at {gone}: connection refused"));
        assert_eq!(outcome.address, Some(gone.ip()));
    }
    let outcome = probe("http://nobody.invalid/", "").await;
    assert!(
        failure(&outcome).starts_with("no address is known for nobody.invalid: "),
        "{}",
        failure(&outcome)
    );
    assert_eq!((outcome.address, outcome.answer), (None, None));
}

#[tokio::test]
async fn a_port_takes_connections_or_not() {
    let listens = serve(|_| async {}).await;
    let outcome = probe(&format!("tcp://{listens}"), "").await;
    assert_eq!(failure(&outcome), "it passed");
    assert!(outcome.phases.connect > Duration::ZERO);
    assert_eq!(outcome.answer, None);
}

/// A name that the system does not know may be that of containers; of several addresses the first that answers counts.
#[tokio::test]
async fn containers_are_found_by_their_names() {
    let address = answering(&http("200 OK", "", ""), false).await;
    let spec = spec(&format!("[[probe]]\nname = \"it\"\nurl = \"http://web.invalid:{}/\"", address.port()));
    let outcome = probe_at(&spec, Place::Named(vec![address.ip()])).await;
    assert_eq!(failure(&outcome), "it passed");
    // 127.0.0.2 is this machine too, and nobody listens there.
    let elsewhere = SocketAddr::new([127, 0, 0, 2].into(), address.port());
    let outcome = probe_at(&spec, Place::At(vec![elsewhere, address])).await;
    assert_eq!((failure(&outcome), outcome.address), ("it passed", Some(address.ip())));
    let outcome = probe_at(&spec, Place::Nowhere("the container does not run".to_owned())).await;
    assert_eq!(failure(&outcome), "the container does not run");
}

#[tokio::test]
async fn an_answer_that_comes_late_fails() {
    let slow = serve(|mut stream| async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        let _ = stream.write_all(http("200 OK", "", "").as_bytes()).await;
    })
    .await;
    let outcome = probe(&format!("http://{slow}/"), "expect_within = \"100ms\"").await;
    assert!(failure(&outcome).contains("longer than expect_within = 100ms"), "{}", failure(&outcome));
    assert_eq!(outcome.answer.map(|answer| answer.status), Some(200));
}

/// Servers see one connection for each check, closed after it.
#[tokio::test]
async fn no_connection_is_kept() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::io::AsyncReadExt as _;

    let (begun, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(tokio::sync::Semaphore::new(0)));
    let (counted, closed) = (begun.clone(), ended.clone());
    let address = serve(move |mut stream| {
        let (counted, closed) = (counted.clone(), closed.clone());
        async move {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).await;
            // Would stay open, if it were for the server.
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
            while stream.read(&mut [0; 64]).await.is_ok_and(|count| count > 0) {}
            closed.add_permits(1);
        }
    })
    .await;
    for _ in 0..3 {
        assert_eq!(failure(&probe(&format!("http://{address}/"), "").await), "it passed");
    }
    let _all = tokio::time::timeout(Duration::from_secs(20), ended.acquire_many(3)).await.unwrap().unwrap();
    assert_eq!(begun.load(Ordering::SeqCst), 3);
}
