use std::io::ErrorKind;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

/// A server on a free port, and what ends it.
async fn start(router: Router) -> (SocketAddr, CancellationToken, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let shutdown = CancellationToken::new();
    (address, shutdown.clone(), tokio::spawn(serve(listener, router, shutdown)))
}

async fn ask(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
}

#[tokio::test]
async fn a_request_under_way_is_finished_and_no_other_begun() {
    let (entered, leave) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (inside, may_leave) = (entered.clone(), leave.clone());
    let router = Router::new().route(
        "/slow",
        axum::routing::get(move || async move {
            inside.add_permits(1);
            let _ = may_leave.acquire().await;
            "done"
        }),
    );
    let (address, shutdown, task) = start(router).await;
    let mut busy = TcpStream::connect(address).await.expect("a connection");
    let mut idle = TcpStream::connect(address).await.expect("a connection");
    ask(&mut busy, "/slow").await;
    let _ = entered.acquire().await;

    shutdown.cancel();
    let mut nothing = Vec::new();
    assert_eq!(idle.read_to_end(&mut nothing).await.expect("closed"), 0, "an idle connection is closed");
    leave.add_permits(1);
    let mut answer = String::new();
    busy.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
    task.await.expect("an end");
    TcpStream::connect(address).await.expect_err("closed");
}

#[tokio::test]
async fn the_handler_knows_its_peer_and_large_heads_are_refused() {
    let router = Router::new().route(
        "/peer",
        axum::routing::get(
            |axum::Extension(Peer(peer)): axum::Extension<Peer>| async move { peer.to_string() },
        ),
    );
    let (address, shutdown, task) = start(router).await;
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let own = stream.local_addr().expect("an address").to_string();
    let request = "GET /peer HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.ends_with(&own), "{answer}");

    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = format!("GET /peer HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(2 * HEAD_BYTES_MAX));
    // The peer may close before it has taken everything.
    let _ = stream.write_all(head.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
    shutdown.cancel();
    task.await.expect("an end");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_nothing_is_given_up() {
    let (ours, _theirs) = tokio::io::duplex(16);
    let mut guarded = StallGuard::new(ours, Duration::from_secs(5));
    let error = guarded.write_all(&[0; 100]).await.expect_err("nobody reads");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn a_slow_peer_is_not_given_up() {
    let (ours, mut theirs) = tokio::io::duplex(16);
    let mut guarded = StallGuard::new(ours, Duration::from_secs(5));
    let reading = async {
        let mut bytes = [0; 10];
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(4)).await;
            theirs.read_exact(&mut bytes).await.expect("bytes");
        }
    };
    let (written, ()) = tokio::join!(guarded.write_all(&[0; 100]), reading);
    written.expect("written");
}
