//! Clients of HTTP/2 that mean harm, frame by frame.

use http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::scene::{PATIENCE, Scene, echo, route_to};
use crate::body::Body;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// `GET`, `http`, `/`, and the host `a`, as HPACK writes them.
const HEAD: &[u8] = &[0x82, 0x86, 0x84, 0x41, 0x01, b'a'];

const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The kinds of the frames that come back when all of `frames` is sent, until the proxy ends the connection.
async fn answers(scene: &Scene, frames: Vec<u8>) -> Vec<u8> {
    let socket = scene.connect().await;
    let (mut from, mut to) = socket.into_split();
    let sending = tokio::spawn(async move {
        let _ = to.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, b""), &frames].concat()).await;
        to
    });
    let mut kinds = Vec::new();
    let reading = async {
        let mut head = [0; 9];
        while from.read_exact(&mut head).await.is_ok() {
            let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
            if from.read_exact(&mut payload).await.is_err() {
                break;
            }
            kinds.push(head[3]);
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("the proxy ends the connection");
    drop(sending.await);
    kinds
}

/// The flood ends its connection, and nobody else's.
async fn check(flood: Vec<u8>) -> Vec<u8> {
    let scene = Scene::new(&route_to(echo().await)).await;
    let kinds = answers(&scene, flood).await;
    let answer = scene.ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    kinds
}

#[tokio::test]
async fn streams_that_are_opened_to_be_reset_end_their_connection() {
    let open_and_reset = |number: u32| {
        let stream = 2 * number + 1;
        let opened = frame(HEADERS, END_STREAM | END_HEADERS, stream, HEAD);
        [opened, frame(RESET, 0, stream, &8_u32.to_be_bytes())].concat()
    };
    let kinds = check((0..10_000).flat_map(open_and_reset).collect()).await;
    assert_eq!(kinds.last(), Some(&GO_AWAY), "{kinds:?}");
}

#[tokio::test]
async fn heads_that_never_end_end_their_connection() {
    let begun = frame(HEADERS, END_STREAM, 1, HEAD);
    let more = frame(CONTINUATION, 0, 1, &[0x40, 1, b'x', 1, b'y'].repeat(100));
    let kinds = check([begun, more.repeat(2_000)].concat()).await;
    assert_eq!(kinds.last(), Some(&GO_AWAY), "{kinds:?}");
    // Empty ones too.
    let begun = frame(HEADERS, END_STREAM, 1, HEAD);
    let kinds = check([begun, frame(CONTINUATION, 0, 1, b"").repeat(10_000)].concat()).await;
    assert_eq!(kinds.last(), Some(&GO_AWAY), "{kinds:?}");
}

#[tokio::test]
async fn a_head_that_unpacks_to_much_is_refused() {
    // A header of four thousand bytes goes into the table, and is named again and again with one byte each time.
    let mut head = HEAD.to_vec();
    head.extend([0x40, 1, b'x', 0x7f, 0x81, 0x1e]);
    head.extend([b'y'; 3968]);
    head.extend([0xbe; 8_000]);
    let bomb = frame(HEADERS, END_STREAM | END_HEADERS, 1, &head);
    let end = frame(SETTINGS, 0, 1, b"");
    let scene = Scene::new(&route_to(echo().await)).await;
    let kinds = answers(&scene, [bomb, end].concat()).await;
    assert_eq!(kinds.last(), Some(&GO_AWAY), "{kinds:?}");
    let entries = scene.entries().await;
    assert!(entries.iter().all(|entry| entry["status"] != 200), "{entries:?}");
}

#[tokio::test]
async fn too_many_headers_are_refused_in_http2_too() {
    let scene = Scene::new(&route_to(echo().await)).await;
    let socket = TcpStream::connect(scene.web()).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    for (headers, crumbs, status) in [(50, 0, 200), (50, 200, 200), (120, 0, 431)] {
        let mut request = Request::get("http://a/").body(Body::empty()).unwrap();
        for number in 0..headers {
            let name: http::HeaderName = format!("x-{number}").parse().unwrap();
            request.headers_mut().insert(name, "a".parse().unwrap());
        }
        for number in 0..crumbs {
            request.headers_mut().append("cookie", format!("c{number}=1").parse().unwrap());
        }
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), status, "{headers} headers, {crumbs} cookies");
    }
    let entries = scene.entries().await;
    assert_eq!((&entries[2]["status"], &entries[2]["why"]), (&431.into(), &"head_too_large".into()));
}

#[tokio::test]
async fn pings_without_end_harm_nobody() {
    let end = frame(SETTINGS, 0, 1, b"");
    let kinds = check([frame(PING, 0, 0, &[0; 8]).repeat(20_000), end].concat()).await;
    assert_eq!(kinds.last(), Some(&GO_AWAY), "{kinds:?}");
}
