use api::TokenScope;
use futures_util::StreamExt;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;

use crate::testing::Fixture;

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// A server that listens.
struct Open {
    fixture: Fixture,
    address: String,
    shutdown: CancellationToken,
    running: tokio::task::JoinHandle<()>,
}

impl Open {
    async fn new() -> Self {
        let mut fixture = Fixture::new().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let shutdown = CancellationToken::new();
        let (server, stop) = (fixture.server.take().expect("a server"), shutdown.clone());
        let running = tokio::spawn(async move { server.run(listener, stop).await.expect("an end") });
        Self { fixture, address, shutdown, running }
    }

    async fn tail(&self, more: &str) -> Result<Socket, tungstenite::Error> {
        let url = format!("ws://{}/loki/api/v1/tail?query=%7Bservice%3D%22web%22%7D{more}", self.address);
        let mut request = url.into_client_request().expect("a request");
        let token = format!("Bearer {}", self.fixture.token(TokenScope::Read));
        request.headers_mut().insert("authorization", token.parse().expect("a value"));
        connect_async(request).await.map(|(socket, _)| socket)
    }
}

/// The next frame that holds lines.
async fn lines(socket: &mut Socket) -> Vec<String> {
    loop {
        if let Message::Text(text) = socket.next().await.expect("open").expect("a message") {
            let frame: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(frame["dropped_entries"], Value::Null);
            let streams = frame["streams"].as_array().expect("streams").clone();
            let values =
                streams.iter().flat_map(|stream| stream["values"].as_array().expect("values").clone());
            return values.map(|value| value[1].as_str().expect("a line").to_owned()).collect();
        }
    }
}

const WEB: &str = "{\"service\":\"web\"}";

#[tokio::test]
async fn a_tail_shows_what_is_there_then_what_comes_then_ends_with_the_server() {
    let open = Open::new().await;
    let now = open.fixture.now().nanos();
    open.fixture.push(&[(WEB, &[(now, "one"), (now + 1, "two"), (now + 2, "three")])]).await;
    let mut socket = open.tail("&limit=2").await.expect("a tail");
    assert_eq!(lines(&mut socket).await, ["two", "three"]);
    open.fixture.push(&[("{\"service\":\"db\"}", &[(now, "other")]), (WEB, &[(now + 3, "four")])]).await;
    assert_eq!(lines(&mut socket).await, ["four"]);
    open.shutdown.cancel();
    let ended = loop {
        match socket.next().await {
            Some(Ok(Message::Close(_))) | None => break true,
            Some(Ok(_)) => {}
            Some(Err(_)) => break false,
        }
    };
    assert!(ended);
    drop(socket);
    open.running.await.expect("an end");
}

#[tokio::test]
async fn ten_tails_at_a_time() {
    let open = Open::new().await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        sockets.push(open.tail("").await.expect("a tail"));
    }
    let status = |result| match result {
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
        Ok(_) => 101,
    };
    assert_eq!(status(open.tail("").await), 429);
    assert_eq!(status(open.tail("&delay_for=6").await), 400);
    open.shutdown.cancel();
    open.running.await.expect("an end");
}

#[tokio::test]
async fn a_tail_runs_the_whole_pipeline() {
    let open = Open::new().await;
    let now = open.fixture.now().nanos();
    let line = |level: &str, msg: &str| format!("{{\"level\":\"{level}\",\"msg\":\"{msg}\"}}");
    open.fixture
        .push(&[(WEB, &[(now, &line("error", "before")), (now + 1, &line("info", "left out"))])])
        .await;
    let stages = " | json | level=`error` | line_format `{{.msg}}!` | distinct msg";
    let stages: String = form_urlencoded::byte_serialize(stages.as_bytes()).collect();
    let mut socket = open.tail(&stages).await.expect("a tail");
    assert_eq!(lines(&mut socket).await, ["before!"]);
    let (again, after) = (line("error", "before"), line("error", "after"));
    open.fixture.push(&[(WEB, &[(now + 2, &again), (now + 3, &line("info", "x")), (now + 4, &after)])]).await;
    assert_eq!(lines(&mut socket).await, ["after!"]);
    open.shutdown.cancel();
    open.running.await.expect("no panic");
}
