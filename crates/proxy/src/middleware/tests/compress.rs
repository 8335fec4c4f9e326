use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use route::declared::{Compress as Options, Encoding};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

use super::{line, request, strings};
use crate::body::Body;
use crate::encoding::{Coding, decoded};
use crate::middleware::compress::Compress;

fn options() -> Options {
    Options {
        encodings: vec![Encoding::Gzip, Encoding::Brotli, Encoding::Zstd],
        default_encoding: None,
        body_bytes_min: 1024,
        included_types: vec![],
        excluded_types: vec![],
    }
}

/// An answer of the service: a status, headers, and so many bytes of which it says how many.
fn answer(status: u16, headers: &[(&str, &str)], length: usize) -> Response<Body> {
    let mut answer = Response::builder().status(status).header("content-length", length);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    answer.body(Body::full(vec![b'a'; length])).expect("an answer")
}

/// The coding that an answer comes in, after it was checked that it is what the service sent.
async fn coded(
    options: &Options,
    method: &str,
    lines: &[(&str, &str)],
    answer: Response<Body>,
    length: usize,
) -> (Option<String>, http::HeaderMap) {
    let compress = Compress::new(options).expect("a step");
    let before = compress.before(&request(method, "http://foo", lines));
    let was_coded = line(answer.headers(), "content-encoding").is_some_and(|coding| coding != "identity");
    let (head, body) = compress.after(answer, before).await.into_parts();
    let bytes = body.collect().await.expect("a whole body").to_bytes();
    let coding = line(&head.headers, "content-encoding");
    let known = match coding.as_deref() {
        Some("gzip") if !was_coded => Some(Coding::Gzip),
        Some("zstd") if !was_coded => Some(Coding::Zstd),
        _ => None,
    };
    assert_eq!(decoded(known, &bytes), vec![b'a'; length]);
    assert!(known.is_none() || !head.headers.contains_key("content-length"), "its length is not known");
    (coding, head.headers)
}

const ALL: (&str, &str) = ("accept-encoding", "gzip, br, zstd");
const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

#[tokio::test]
async fn what_is_worth_it_is_compressed() {
    let excluding = |types: &[&str]| Options { excluded_types: strings(types), ..options() };
    let including = |types: &[&str]| Options { included_types: strings(types), ..options() };
    let first = |encoding| Options { encodings: vec![encoding, Encoding::Gzip], ..options() };
    let kind = |kind: &'static str| vec![("content-type", kind)];
    for (options, method, lines, status, headers, length, expected) in [
        (options(), "GET", vec![ALL], 200, vec![HTML], 2000, Some("gzip")),
        (first(Encoding::Zstd), "GET", vec![ALL], 200, vec![HTML], 2000, Some("zstd")),
        (options(), "GET", vec![("accept-encoding", "br")], 200, vec![HTML], 2000, None),
        (options(), "GET", vec![("accept-encoding", "zstd")], 200, vec![HTML], 2000, Some("zstd")),
        (options(), "GET", vec![("accept-encoding", "*")], 200, vec![HTML], 2000, Some("gzip")),
        (options(), "GET", vec![("accept-encoding", "identity")], 200, vec![HTML], 2000, None),
        (options(), "GET", vec![("accept-encoding", "")], 200, vec![HTML], 2000, None),
        (options(), "GET", vec![], 200, vec![HTML], 2000, None),
        (
            Options { default_encoding: Some(Encoding::Zstd), ..options() },
            "GET",
            vec![],
            200,
            vec![HTML],
            2000,
            Some("zstd"),
        ),
        (options(), "POST", vec![ALL], 201, vec![HTML], 2000, Some("gzip")),
        (options(), "GET", vec![ALL], 404, vec![HTML], 2000, Some("gzip")),
        (options(), "GET", vec![ALL], 206, vec![HTML, ("content-range", "bytes 0-1999/9000")], 2000, None),
        (options(), "GET", vec![ALL], 204, vec![], 0, None),
        (options(), "GET", vec![ALL], 304, vec![], 0, None),
        (options(), "GET", vec![ALL], 200, vec![HTML], 1024, Some("gzip")),
        (options(), "GET", vec![ALL], 200, vec![HTML], 1023, None),
        (Options { body_bytes_min: 10, ..options() }, "GET", vec![ALL], 200, vec![HTML], 10, Some("gzip")),
        (options(), "GET", vec![ALL], 200, vec![], 2000, Some("gzip")),
        (options(), "GET", vec![ALL], 200, kind("rubbish"), 2000, None),
        (options(), "GET", vec![ALL], 200, vec![HTML, ("content-encoding", "br")], 2000, Some("br")),
        (options(), "GET", vec![ALL], 200, vec![HTML, ("content-encoding", "identity")], 2000, Some("gzip")),
        (
            options(),
            "GET",
            vec![ALL],
            200,
            vec![HTML, ("cache-control", "private, no-transform")],
            2000,
            None,
        ),
        (options(), "GET", vec![ALL], 200, kind("application/grpc"), 2000, None),
        (including(&["application/grpc"]), "GET", vec![ALL], 200, kind("application/grpc"), 2000, None),
        (options(), "POST", vec![ALL, ("content-type", "application/grpc")], 200, vec![HTML], 2000, None),
        (options(), "GET", vec![ALL], 200, kind("image/png"), 2000, None),
        (options(), "GET", vec![ALL], 200, kind("image/svg+xml"), 2000, Some("gzip")),
        (options(), "GET", vec![ALL], 200, kind("video/mp4"), 2000, None),
        (options(), "GET", vec![ALL], 200, kind("application/json"), 2000, Some("gzip")),
        (including(&["image/png"]), "GET", vec![ALL], 200, kind("image/png"), 2000, Some("gzip")),
        (including(&["text/plain"]), "GET", vec![ALL], 200, vec![HTML], 2000, None),
        (including(&["Text/HTML; charset=utf-8"]), "GET", vec![ALL], 200, vec![HTML], 2000, Some("gzip")),
        (excluding(&["text/html"]), "GET", vec![ALL], 200, kind("TEXT/html"), 2000, None),
        (
            excluding(&["text/plain"]),
            "POST",
            vec![ALL, ("content-type", "text/plain")],
            200,
            vec![HTML],
            2000,
            None,
        ),
        (excluding(&["text/plain"]), "GET", vec![ALL], 200, vec![HTML], 2000, Some("gzip")),
        (options(), "GET", vec![ALL], 200, kind("text/event-stream"), 2000, Some("gzip")),
    ] {
        let (found, _) = coded(&options, method, &lines, answer(status, &headers, length), length).await;
        assert_eq!(
            found.as_deref(),
            expected,
            "{method} {lines:?}: {status} {headers:?} of {length} with {options:?}"
        );
    }
}

#[tokio::test]
async fn caches_are_told() {
    for (lines, headers, vary, etag) in [
        (&[ALL][..], &[HTML, ("etag", "\"1\"")][..], "Accept-Encoding", "W/\"1\""),
        (&[ALL], &[HTML, ("etag", "W/\"1\"")], "Accept-Encoding", "W/\"1\""),
        (&[ALL], &[HTML, ("etag", "\"1\""), ("vary", "Origin")], "Origin|Accept-Encoding", "W/\"1\""),
        (&[ALL], &[HTML, ("etag", "\"1\""), ("vary", "accept-encoding")], "accept-encoding", "W/\"1\""),
        (&[ALL], &[HTML, ("etag", "\"1\""), ("vary", "*")], "*", "W/\"1\""),
        (&[], &[HTML, ("etag", "\"1\"")], "Accept-Encoding", "\"1\""),
    ] {
        let (_, told) = coded(&options(), "GET", lines, answer(200, headers, 2000), 2000).await;
        assert_eq!(line(&told, "vary").as_deref(), Some(vary), "{headers:?}");
        assert_eq!(line(&told, "etag").as_deref(), Some(etag), "{headers:?}");
    }
    let lines = [("accept-ranges", "bytes"), HTML];
    let (_, told) = coded(&options(), "GET", &[ALL], answer(200, &lines, 2000), 2000).await;
    assert_eq!(line(&told, "accept-ranges"), None);
}

#[test]
fn head_is_left_alone() {
    let compress = Compress::new(&options()).expect("a step");
    assert_eq!(compress.before(&request("HEAD", "http://foo", &[ALL])), None);
}

#[test]
fn options_that_cannot_work_are_refused() {
    assert!(Compress::new(&Options { encodings: vec![Encoding::Brotli], ..options() }).is_err());
    assert!(Compress::new(&Options { excluded_types: strings(&["text"]), ..options() }).is_err());
}

/// An answer whose body comes piece by piece.
fn streamed(kind: &'static str) -> (mpsc::UnboundedSender<Result<Frame<Bytes>, Infallible>>, Response<Body>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let body = Body::boxed(StreamBody::new(UnboundedReceiverStream::new(receiver)));
    (sender, Response::builder().header("content-type", kind).body(body).expect("an answer"))
}

fn data(bytes: &'static [u8]) -> Result<Frame<Bytes>, Infallible> {
    Ok(Frame::data(Bytes::from_static(bytes)))
}

#[tokio::test(start_paused = true)]
async fn events_go_out_one_by_one() {
    for coding in [Coding::Gzip, Coding::Zstd] {
        let (sender, answer) = streamed("text/event-stream");
        let compress = Compress::new(&options()).expect("a step");
        let began = tokio::time::Instant::now();
        let mut body = compress.after(answer, Some(coding)).await.into_body();
        let mut coded = Vec::new();
        for event in [&b"data: 1\n\n"[..], b"data: 2\n\n"] {
            sender.send(data(event)).expect("a reader");
            let before = coded.len();
            while coded.len() == before || !ends_with(coding, &coded, event) {
                let frame = body.frame().await.expect("a piece").expect("no error");
                coded.extend_from_slice(frame.data_ref().expect("data"));
            }
        }
        assert_eq!(began.elapsed(), Duration::ZERO, "nothing is held back");
        drop(sender);
        coded.extend_from_slice(&body.collect().await.expect("an end").to_bytes());
        assert_eq!(decoded(Some(coding), &coded), b"data: 1\n\ndata: 2\n\n");
    }
}

/// Whether what has come can be read up to the end of this event.
fn ends_with(coding: Coding, coded: &[u8], event: &[u8]) -> bool {
    use std::io::Read as _;
    let mut reader: Box<dyn std::io::Read> = match coding {
        Coding::Gzip => Box::new(flate2::read::GzDecoder::new(coded)),
        _ => Box::new(zstd::stream::Decoder::new(coded).expect("zstd")),
    };
    let (mut plain, mut byte) = (Vec::new(), [0]);
    while let Ok(1) = reader.read(&mut byte) {
        plain.push(byte[0]);
    }
    plain.ends_with(event)
}

#[tokio::test(start_paused = true)]
async fn what_pauses_is_flushed() {
    let (sender, answer) = streamed("text/plain");
    let compress = Compress::new(&options()).expect("a step");
    sender.send(data(b"a short beginning")).expect("a reader");
    let began = tokio::time::Instant::now();
    let answer = compress.after(answer, Some(Coding::Gzip)).await;
    assert_eq!(began.elapsed(), Duration::from_millis(100), "held back in case that it stays short");
    assert_eq!(line(answer.headers(), "content-encoding").as_deref(), Some("gzip"));
    let mut body = answer.into_body();
    let mut coded = Vec::new();
    while !ends_with(Coding::Gzip, &coded, b"beginning") {
        let frame = body.frame().await.expect("a piece").expect("no error");
        coded.extend_from_slice(frame.data_ref().expect("data"));
    }
    assert!(began.elapsed() <= Duration::from_millis(200));
    drop(sender);
}

#[tokio::test]
async fn a_short_answer_of_unknown_length_stays_as_it_is() {
    let (sender, answer) = streamed("text/plain");
    sender.send(data(b"short")).expect("a reader");
    drop(sender);
    let answer = Compress::new(&options()).expect("a step").after(answer, Some(Coding::Gzip)).await;
    assert_eq!(line(answer.headers(), "content-encoding"), None);
    assert_eq!(answer.into_body().collect().await.expect("a body").to_bytes(), "short");
}

#[tokio::test]
async fn trailers_and_failures_come_through() {
    for long in [false, true] {
        let (sender, answer) = streamed("text/plain");
        let text: &'static [u8] = if long { &[b'a'; 3000] } else { b"short" };
        sender.send(data(text)).expect("a reader");
        sender.send(Ok(Frame::trailers(super::headers(&[("x-sum", "7")])))).expect("a reader");
        drop(sender);
        let answer = Compress::new(&options()).expect("a step").after(answer, Some(Coding::Zstd)).await;
        let collected = answer.into_body().collect().await.expect("a body");
        assert_eq!(line(collected.trailers().expect("trailers"), "x-sum").as_deref(), Some("7"));
        assert_eq!(decoded(long.then_some(Coding::Zstd), &collected.to_bytes()), text);
    }
    let broken = StreamBody::new(tokio_stream::iter([
        Ok(Frame::data(Bytes::from_static(&[b'a'; 3000]))),
        Err(std::io::Error::other("the server is gone")),
    ]));
    let answer = Response::builder()
        .header("content-type", "text/plain")
        .body(Body::boxed(broken))
        .expect("an answer");
    let answer = Compress::new(&options()).expect("a step").after(answer, Some(Coding::Gzip)).await;
    assert!(answer.into_body().collect().await.is_err());
}
