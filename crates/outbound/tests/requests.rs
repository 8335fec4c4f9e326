//! Requests to small servers on loopback.

#![allow(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

use std::time::{Duration, Instant};

use http::Uri;
use outbound::{Client, Guard, Options, Request, RequestError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const LIMIT: Duration = Duration::from_secs(20);

/// Answers every connection with these bytes, then keeps it open or not.
async fn server(answer: &'static str, stays_open: bool) -> Uri {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = connection.read(&mut [0; 4096]).await;
                let _ = connection.write_all(answer.as_bytes()).await;
                if stays_open {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    format!("http://{address}/metrics").parse().unwrap()
}

async fn ask(url: Uri, guard: Guard, time_max: Duration, body_max: usize) -> Result<String, RequestError> {
    let client = Client::new(&Options { guard, ..Options::default() }).unwrap();
    let answer = client.send(Request::get(url, time_max, body_max)).await?;
    Ok(format!("{} {}", answer.status.as_u16(), String::from_utf8_lossy(&answer.body)))
}

#[tokio::test]
async fn an_answer_is_read_whole_whatever_its_status() {
    let url = server("HTTP/1.1 404 Not Found\r\ncontent-length: 5\r\n\r\nnever", false).await;
    assert_eq!(ask(url, Guard::Trusted, LIMIT, 100).await.unwrap(), "404 never");
    let url =
        server("HTTP/1.1 302 Found\r\nlocation: http://example.com/\r\ncontent-length: 0\r\n\r\n", false)
            .await;
    assert_eq!(ask(url, Guard::Trusted, LIMIT, 100).await.unwrap(), "302 ");
}

#[tokio::test]
async fn what_never_ends_does() {
    let url = server("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nbegun", true).await;
    let start = Instant::now();
    let limit = Duration::from_millis(200);
    assert_eq!(ask(url, Guard::Trusted, limit, 100).await, Err(RequestError::TimedOut(limit)));
    assert!(start.elapsed() < LIMIT);
    let url = server("HTTP/1.1 200 OK\r\n\r\n0123456789012345678901234567890123456789", false).await;
    assert_eq!(ask(url, Guard::Trusted, LIMIT, 10).await, Err(RequestError::TooLarge(10)));
    let url = server("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\ncut off", false).await;
    assert!(matches!(ask(url, Guard::Trusted, LIMIT, 100).await, Err(RequestError::Broken(_))));
}

#[tokio::test]
async fn what_cannot_be_reached_is_told() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url: Uri = format!("http://{gone}/").parse().unwrap();
    assert!(matches!(ask(url, Guard::Trusted, LIMIT, 100).await, Err(RequestError::Connect(_))));
    let url = server("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", false).await;
    let refused = ask(url.clone(), Guard::Public, LIMIT, 100).await;
    assert!(
        matches!(&refused, Err(RequestError::Connect(why)) if why.contains("inside this network")),
        "{refused:?}"
    );
    let by_name: Uri = url.to_string().replace("127.0.0.1", "localhost").parse().unwrap();
    let refused = ask(by_name, Guard::Public, LIMIT, 100).await;
    assert!(
        matches!(&refused, Err(RequestError::Connect(why)) if why.contains("inside this network")),
        "{refused:?}"
    );
}
