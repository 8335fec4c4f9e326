use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::scene::{Scene, answering, h2c_server, http_server, rest, route_to, server, until};
use crate::body::{Body, BodyError};

type Frames = mpsc::Sender<Result<Frame<Bytes>, BodyError>>;

/// A body that is fed by hand.
fn fed() -> (Frames, Body) {
    let (sender, mut receiver) = mpsc::channel(1);
    let stream = futures_util::stream::poll_fn(move |cx| receiver.poll_recv(cx));
    (sender, Body::boxed(StreamBody::new(stream)))
}

fn data(text: &'static str) -> Result<Frame<Bytes>, BodyError> {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

pub(super) const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Key: k\r\n\r\n";
const SWITCHED: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello";

/// A server that accepts an upgrade, says hello, and sends back what comes.
pub(super) async fn parrot() -> std::net::SocketAddr {
    server(|mut socket| async move {
        let head = until(&mut socket, "\r\n\r\n").await;
        assert!(
            head.contains("upgrade: websocket\r\n") && head.contains("connection: upgrade\r\n"),
            "{head}"
        );
        assert!(head.contains("x-forwarded-proto: ws\r\n"), "{head}");
        socket.write_all(SWITCHED).await.unwrap();
        let early = head.split_once("\r\n\r\n").unwrap().1.to_owned();
        socket.write_all(early.as_bytes()).await.unwrap();
        let (mut from, mut to) = socket.split();
        let _ = tokio::io::copy(&mut from, &mut to).await;
    })
    .await
}

#[tokio::test]
async fn a_tunnel_carries_both_ways_and_outlives_the_plan() {
    let scene = Scene::new(&route_to(parrot().await)).await;
    let mut client = scene.connect().await;
    // The first words come with the head, with bytes that no head may have.
    client.write_all(format!("{UPGRADE}early\n#").as_bytes()).await.unwrap();
    let answer = until(&mut client, "early\n#").await;
    assert!(answer.starts_with("HTTP/1.1 101 ") && answer.contains("\r\n\r\nhello"), "{answer}");
    assert!(
        answer.contains("upgrade: websocket\r\n") && answer.contains("connection: upgrade\r\n"),
        "{answer}"
    );
    let container = super::scene::container("other", ([127, 0, 13, 2], 80).into(), &[]);
    scene.set(vec![container]).await;
    client.write_all(b"still\nthere").await.unwrap();
    until(&mut client, "still\nthere").await;
    client.shutdown().await.unwrap();
    rest(&mut client).await;
    let [entry] = &scene.entries().await[..] else { panic!("one entry") };
    assert_eq!((&entry["status"], &entry["spoken"]), (&101.into(), &"websocket".into()));
    assert_eq!((&entry["bytes_in"], &entry["bytes_out"]), (&18.into(), &23.into()), "{entry}");
}

#[tokio::test]
async fn an_upgrade_that_is_refused_is_an_answer_like_any_other() {
    let server = answering(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno").await;
    let scene = Scene::new(&route_to(server)).await;
    let answer = scene.ask(UPGRADE).await;
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("connection: close\r\n"), "{answer}");
}

#[tokio::test]
async fn a_silent_tunnel_ends_and_the_end_of_the_proxy_cuts_the_others() {
    let scene = Scene::new(&format!("tunnel_timeout = \"200ms\"\n{}", route_to(parrot().await))).await;
    let mut client = scene.connect().await;
    client.write_all(UPGRADE.as_bytes()).await.unwrap();
    until(&mut client, "hello").await;
    assert_eq!(rest(&mut client).await, "");

    let scene = Scene::with(
        &format!(
            "[proxy]\ngrace = \"300ms\"\n[proxy.entrypoints.web]\naddress = \"127.0.0.1:0\"\n{}",
            route_to(parrot().await)
        ),
        &[],
    )
    .await;
    let mut client = scene.connect().await;
    client.write_all(UPGRADE.as_bytes()).await.unwrap();
    until(&mut client, "hello").await;
    scene.stop();
    client.write_all(b"grace").await.unwrap();
    until(&mut client, "grace").await;
    assert_eq!(rest(&mut client).await, "");
}

#[tokio::test]
async fn events_are_sent_on_as_they_come() {
    let (feeding, mut fed_by) = mpsc::channel::<Frames>(1);
    let server = http_server(move |_| {
        let feeding = feeding.clone();
        async move {
            let (frames, body) = fed();
            feeding.send(frames).await.unwrap();
            let mut response = Response::new(body);
            response.headers_mut().insert("content-type", HeaderValue::from_static("text/event-stream"));
            response
        }
    })
    .await;
    let scene = Scene::new(&route_to(server)).await;
    let mut client = scene.connect().await;
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
    let frames = fed_by.recv().await.unwrap();
    for text in ["data: 1\n\n", "data: 2\n\n"] {
        frames.send(data(text)).await.unwrap();
        until(&mut client, text).await;
    }
    drop(frames);
    rest(&mut client).await;
    let [entry] = &scene.entries().await[..] else { panic!("one entry") };
    assert_eq!(entry["spoken"], "sse");
}

#[tokio::test]
async fn the_answer_may_begin_before_the_request_has_ended() {
    let server = server(|mut socket| async move {
        let mut asked = until(&mut socket, "\r\n\r\n").await;
        socket.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
        for pings in 1..=2 {
            while asked.matches("ping").count() < pings {
                asked += &until(&mut socket, "\n").await;
            }
            socket.write_all(b"4\r\npong\r\n").await.unwrap();
        }
        while !asked.ends_with("0\r\n\r\n") {
            asked += &until(&mut socket, "\n").await;
        }
        socket.write_all(b"0\r\n\r\n").await.unwrap();
    })
    .await;
    let scene = Scene::new(&route_to(server)).await;
    let mut client = scene.connect().await;
    let head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    client.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..2 {
        client.write_all(b"4\r\nping\r\n").await.unwrap();
        until(&mut client, "pong").await;
    }
    client.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(rest(&mut client).await.ends_with("0\r\n\r\n"));
}

#[tokio::test]
async fn a_body_is_asked_for_when_the_server_reads() {
    let server = super::scene::echo().await;
    let scene = Scene::new(&route_to(server)).await;
    let mut client = scene.connect().await;
    let head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    client.write_all(head.as_bytes()).await.unwrap();
    let asked = until(&mut client, "\r\n\r\n").await;
    assert!(asked.starts_with("HTTP/1.1 100 Continue\r\n\r\n"), "{asked}");
    client.write_all(b"abc").await.unwrap();
    let answer = rest(&mut client).await;
    assert!(answer.contains("body: 3") && !answer.contains("expect:"), "{answer}");
}

#[tokio::test]
async fn a_server_that_does_not_read_holds_the_client_back() {
    let server = server(|mut socket| async move {
        until(&mut socket, "\r\n\r\n").await;
        std::future::pending::<()>().await;
    })
    .await;
    let scene = Scene::new(&route_to(server)).await;
    let mut client = scene.connect().await;
    client.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n").await.unwrap();
    let mut sent = 0_usize;
    let piece = vec![b'a'; 1 << 20];
    while let Ok(written) = tokio::time::timeout(Duration::from_millis(500), client.write(&piece)).await {
        sent += written.unwrap();
        assert!(sent < 60 << 20, "the proxy must not take more than buffers hold");
    }
}

#[tokio::test]
async fn a_server_of_http_1_0_is_nobody_elses_business() {
    let server = answering(b"HTTP/1.0 200 OK\r\n\r\nas long as it lasts").await;
    let scene = Scene::new(&route_to(server)).await;
    let answer = scene.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("as long as it lasts"), "{answer}");
    let old = scene.ask("GET / HTTP/1.0\r\n\r\n").await;
    assert!(old.ends_with("\r\n\r\nas long as it lasts"), "no chunks for who knows none: {old}");
}

async fn h2_client(scene: &Scene) -> hyper::client::conn::http2::SendRequest<Body> {
    let socket = TcpStream::connect(scene.web()).await.unwrap();
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    sender
}

#[tokio::test]
async fn grpc_passes_with_its_trailers_both_ways() {
    let server = h2c_server(|request: Request<hyper::body::Incoming>| async move {
        assert_eq!(request.uri().authority().unwrap().as_str(), "a.example");
        let collected = request.into_body().collect().await.unwrap();
        let asked = collected.trailers().unwrap()["x-asked"].clone();
        let (frames, body) = fed();
        tokio::spawn(async move {
            frames.send(data("answer")).await.unwrap();
            let mut trailers = HeaderMap::new();
            trailers.insert("grpc-status", HeaderValue::from_static("0"));
            trailers.insert("x-asked", asked);
            frames.send(Ok(Frame::trailers(trailers))).await.unwrap();
        });
        Response::new(body)
    })
    .await;
    let route = route_to(server).replace("http://", "h2c://");
    let scene = Scene::new(&route).await;
    let (frames, body) = fed();
    tokio::spawn(async move {
        frames.send(data("question")).await.unwrap();
        let trailers = HeaderMap::from_iter([(
            http::HeaderName::from_static("x-asked"),
            HeaderValue::from_static("yes"),
        )]);
        frames.send(Ok(Frame::trailers(trailers))).await.unwrap();
    });
    let request = Request::post("http://a.example/svc/Method").header("te", "trailers").body(body).unwrap();
    let response = h2_client(&scene).await.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let collected = response.into_body().collect().await.unwrap();
    let trailers = collected.trailers().unwrap().clone();
    assert_eq!(
        (&trailers["grpc-status"], &trailers["x-asked"]),
        (&"0".parse().unwrap(), &"yes".parse().unwrap())
    );
    assert_eq!(collected.to_bytes(), "answer");
}

#[tokio::test]
async fn http2_in_front_of_http1_joins_crumbs_and_names_the_host() {
    let server = super::scene::echo().await;
    let scene = Scene::new(&route_to(server)).await;
    let request = Request::get("http://a.example/x").header("cookie", "a=1").header("cookie", "b=2");
    let response = h2_client(&scene).await.send_request(request.body(Body::empty()).unwrap()).await.unwrap();
    let text = response.into_body().collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&text);
    assert!(text.contains("cookie: a=1; b=2\n") && text.contains("host: a.example\n"), "{text}");
}

#[tokio::test]
async fn the_page_speaks_other_protocols_too() {
    let page = "[[proxy.route]]\nrule = \"PathPrefix(`/`)\"\nservice = \"page@internal\"\n";
    let scene = Scene::new(&format!("{page}{}", route_to(parrot().await).replace("`/`", "`/none`"))).await;
    let mut client = scene.connect().await;
    client.write_all(UPGRADE.as_bytes()).await.unwrap();
    let answer = until(&mut client, "\r\n\r\n").await;
    assert!(
        answer.starts_with("HTTP/1.1 101 ")
            && answer.contains("upgrade: websocket\r\n")
            && answer.contains("connection: upgrade\r\n"),
        "{answer}"
    );
    client.write_all(b"hello").await.unwrap();
    until(&mut client, "hello").await;
    drop(client);
    let entries = scene.entries().await;
    assert_eq!((&entries[0]["status"], &entries[0]["spoken"]), (&101.into(), &"websocket".into()));
}

#[tokio::test]
async fn a_client_that_reads_only_when_it_has_sent_all_gets_through() {
    const BYTES: usize = 24 << 20;
    // A server that answers at once and at length, and reads meanwhile.
    let server = server(|socket| async move {
        let (mut from, mut to) = socket.into_split();
        let writing = tokio::spawn(async move {
            to.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {BYTES}\r\n\r\n").as_bytes()).await?;
            to.write_all(&vec![b'b'; BYTES]).await?;
            Ok::<_, std::io::Error>(to)
        });
        tokio::io::copy(&mut from, &mut tokio::io::sink()).await.unwrap();
        drop(writing.await);
    })
    .await;
    let scene = Scene::new(&route_to(server)).await;
    let mut client = scene.connect().await;
    let head = format!("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {BYTES}\r\n\r\n");
    let talk = async {
        client.write_all(head.as_bytes()).await.unwrap();
        client.write_all(&vec![b'a'; BYTES]).await.unwrap();
        rest(&mut client).await.len()
    };
    let length =
        tokio::time::timeout(super::scene::PATIENCE, talk).await.expect("neither waits for the other");
    assert!(length > BYTES, "{length}");
}
