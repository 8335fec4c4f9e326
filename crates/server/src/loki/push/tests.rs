//! Pushes: what does not decode, what exceeds a limit, and that two decoders agree.

use std::fmt::Write;

use api::TokenScope;
use axum::body::Body;
use expect_test::{expect, expect_file};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http::StatusCode;
use logs::DropReason;
use model::{Batch, Entry, Labels, Multiline, Timestamp};
use proptest::prelude::*;
use prost::Message as _;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::testing::{Answer, Caller, Fixture};

/// The messages as another library reads and writes them.
mod wire_forms {
    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct PushRequest {
        #[prost(message, repeated, tag = "1")]
        pub(super) streams: Vec<Stream>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Stream {
        #[prost(string, tag = "1")]
        pub(super) labels: String,
        #[prost(message, repeated, tag = "2")]
        pub(super) entries: Vec<Entry>,
        #[prost(uint64, tag = "3")]
        pub(super) hash: u64,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Entry {
        #[prost(message, optional, tag = "1")]
        pub(super) timestamp: Option<Time>,
        #[prost(bytes = "vec", tag = "2")]
        pub(super) line: Vec<u8>,
        #[prost(message, repeated, tag = "3")]
        pub(super) metadata: Vec<Pair>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Time {
        #[prost(int64, tag = "1")]
        pub(super) seconds: i64,
        #[prost(int32, tag = "2")]
        pub(super) nanos: i32,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Pair {
        #[prost(string, tag = "1")]
        pub(super) name: String,
        #[prost(string, tag = "2")]
        pub(super) value: String,
    }
}

fn snappy(bytes: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(bytes).expect("memory")
}

/// What a line of the table stands for.
fn case(line: &str) -> (Form, Vec<u8>) {
    let (form, text) = line.split_once(' ').expect("a form and a body");
    match form {
        "json" => (Form::Json, text.into()),
        "proto" => (Form::SnappyProtobuf, snappy(&hex(text))),
        "snappy" => (Form::SnappyProtobuf, hex(text)),
        other => panic!("unknown form {other}"),
    }
}

fn hex(text: &str) -> Vec<u8> {
    let digits = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hex digits");
    (0..text.len()).step_by(2).map(digits).collect()
}

#[test]
fn push_faults() {
    const TABLE: &str = include_str!("../../../testdata/push_faults.txt");
    let (mut told, mut cases) = (String::new(), 0);
    for line in TABLE.lines().filter(|line| !line.starts_with("  ")) {
        writeln!(told, "{line}").expect("memory");
        if line.starts_with('#') {
            continue;
        }
        cases += 1;
        let (form, body) = case(line);
        match decode(form, &body) {
            Ok(batches) => writeln!(told, "  ACCEPTED {batches:?}"),
            Err(fault) if fault.status == StatusCode::BAD_REQUEST => writeln!(told, "  {}", fault.message),
            Err(fault) => writeln!(told, "  {} {}", fault.status, fault.message),
        }
        .expect("memory");
    }
    assert!(cases >= 100, "{cases} cases");
    assert!(!told.contains("ACCEPTED"), "{told}");
    expect_file!["../../../testdata/push_faults.txt"].assert_eq(&told);
}

#[tokio::test]
async fn a_push_that_does_not_decode_stores_nothing() {
    let fixture = Fixture::new().await;
    let now = fixture.now().nanos();
    let good = format!("{{\"stream\":{{\"a\":\"b\"}},\"values\":[[\"{now}\",\"good\"]]}}");
    let body =
        format!("{{\"streams\":[{good},{{\"stream\":{{\"a\":\"b\"}},\"values\":[[\"x\",\"bad\"]]}}]}}");
    let answer =
        fixture.send_json(Caller::Token(TokenScope::Ingest), "POST", "/loki/api/v1/push", &body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(
        answer
            .text()
            .starts_with("the body is no JSON push: invalid value: string \"x\", expected nanoseconds")
    );
    assert_eq!(fixture.logs.status().lines, 0);
}

async fn send(fixture: &Fixture, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/loki/api/v1/push");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    fixture.send(request.body(body.into()).expect("a request")).await
}

#[tokio::test]
async fn every_form_and_packing_is_taken() {
    use std::io::Write;

    let fixture = Fixture::new().await;
    let now = fixture.now().nanos();
    let json = format!(
        "{{\"streams\":[{{\"stream\":{{\"a\":\"b\"}},\"values\":[[\"{now}\",\"x\",{{\"k\":\"v\"}}]]}}]}}"
    );
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(json.as_bytes()).expect("memory");
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::fast());
    deflate.write_all(json.as_bytes()).expect("memory");
    let older = format!(
        "{{\"streams\":[{{\"labels\":\"{{a=\\\"b\\\"}}\",\"entries\":[{{\"ts\":\"{}\",\"line\":\"x\"}}]}}]}}",
        fixture.now()
    );
    let protobuf = wire_forms::PushRequest {
        streams: vec![wire_forms::Stream {
            labels: "{a=\"b\"}".into(),
            entries: vec![wire_forms::Entry {
                timestamp: Some(wire_forms::Time { seconds: now / 1_000_000_000, nanos: 0 }),
                line: b"caf\xe9".to_vec(),
                metadata: Vec::new(),
            }],
            hash: 7,
        }],
    };
    let protobuf = snappy(&protobuf.encode_to_vec());
    let check = async |headers: &[(&str, &str)], body: Vec<u8>| {
        let answer = send(&fixture, headers, body).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::NO_CONTENT, String::new()), "{headers:?}");
    };
    const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
    check(&[JSON], json.into()).await;
    check(&[JSON, ("content-encoding", "gzip")], gzip.finish().expect("memory")).await;
    check(&[JSON, ("content-encoding", "deflate")], deflate.finish().expect("memory")).await;
    check(&[JSON], older.into()).await;
    check(&[("content-type", "application/x-protobuf")], protobuf.clone()).await;
    check(&[("content-type", "application/x-protobuf"), ("content-encoding", "snappy")], protobuf.clone())
        .await;
    check(&[], protobuf).await;
    check(&[JSON], b"{\"streams\":[]}".to_vec()).await;
    assert_eq!(fixture.logs.status().lines, 7);
}

#[tokio::test]
async fn bodies_without_end_are_refused_with_one_sentence() {
    let fixture = Fixture::new().await;
    // Never more than a piece of it is in memory: the stream makes each when it is asked for.
    let pieces = (0..64).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 1 << 20])));
    let endless = Body::from_stream(futures_util::stream::iter(pieces));
    let answer = send(&fixture, &[("content-type", "application/json")], endless).await;
    let expected = "the body is larger than 16 MiB as sent; send it in smaller parts";
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (413, expected));

    let announced = [("content-type", "application/json"), ("content-length", "2000000000")];
    let answer = send(&fixture, &announced, Body::empty()).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (413, expected));

    // A snappy body tells its length first; this one claims a gigabyte.
    let answer = send(&fixture, &[], vec![0x80, 0x80, 0x80, 0x80, 0x04, 0x00]).await;
    let expected = "the body is larger than 32 MiB unpacked; send it in smaller parts";
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (413, expected));
}

#[tokio::test]
async fn when_the_queue_is_full_the_sender_is_told_to_come_again() {
    let (fixture, writer) = Fixture::idle("");
    let (now, line) = (fixture.now().nanos(), "x".repeat(256 << 10));
    let value = format!("[\"{now}\",\"{line}\"]");
    let body = format!(
        "{{\"streams\":[{{\"stream\":{{\"a\":\"b\"}},\"values\":[{}]}}]}}",
        vec![value; 60].join(",")
    );
    let json = [("content-type", "application/json")];
    // Two of them fill the queue, so that one is refused, whichever that is.
    let mut pushes: FuturesUnordered<_> = (0..3).map(|_| send(&fixture, &json, body.clone())).collect();
    let answer = pushes.next().await.expect("an answer");
    let text = "data comes faster than it can be stored; send this again in a moment";
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (429, text));
    assert_eq!(answer.header("retry-after"), "2");
    let stop = CancellationToken::new();
    let writing = tokio::spawn(writer.run(stop.clone()));
    while let Some(answer) = pushes.next().await {
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "what was taken is stored once there is room");
    }
    stop.cancel();
    writing.await.expect("no panic").expect("an end");
}

#[tokio::test]
async fn a_store_that_has_ended_is_no_fault_of_the_sender() {
    let mut fixture = Fixture::new().await;
    fixture.end_writing().await;
    let body = format!(
        "{{\"streams\":[{{\"stream\":{{\"a\":\"b\"}},\"values\":[[\"{}\",\"x\"]]}}]}}",
        fixture.now().nanos()
    );
    let answer = send(&fixture, &[("content-type", "application/json")], body).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (503, "the store of logs is shutting down"));
}

#[test]
fn a_body_of_very_many_tiny_things_is_refused() {
    let json = format!("{{\"streams\":[{}{{\"stream\":{{}}}}]}}", "{\"stream\":{}},".repeat(1_000_001));
    let fault = decode(Form::Json, json.as_bytes()).expect_err("too many");
    assert_eq!(fault.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut stream = vec![0x0a, 7];
    stream.extend(b"{a=\"b\"}");
    stream.extend([0x12, 0].repeat(1_000_001));
    let mut message = vec![0x0a];
    prost::encoding::encode_varint(stream.len() as u64, &mut message);
    message.extend(stream);
    let fault = decode(Form::SnappyProtobuf, &snappy(&message)).expect_err("too many");
    assert_eq!(fault.status, StatusCode::PAYLOAD_TOO_LARGE);
}

fn entry(seconds: i64, line: &str, metadata: &[(&str, &str)]) -> Entry {
    let metadata = metadata.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Entry { timestamp: Timestamp::from_seconds(seconds), line: line.into(), metadata }
}

fn batch(labels: &[(&str, &str)], entries: Vec<Entry>) -> Batch {
    Batch {
        labels: Labels::from_pairs(labels.iter().copied()),
        entries,
        positions: Vec::new(),
        multiline: Multiline::Off,
    }
}

#[test]
fn what_exceeds_a_limit_is_listed_and_the_rest_kept() {
    let many: Vec<(String, String)> = (0..31).map(|number| (format!("l{number:02}"), "x".into())).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let (long_name, long_value) = ("n".repeat(1025), "v".repeat(2049));
    let metadata: Vec<(String, String)> = (0..129).map(|number| (format!("m{number}"), "x".into())).collect();
    let metadata: Vec<(&str, &str)> =
        metadata.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let one = || vec![entry(1000, "x", &[])];
    let batches = vec![
        batch(&[], one()),
        batch(&many, one()),
        batch(&[(&long_name, "x")], one()),
        batch(&[("a", &long_value)], one()),
        batch(
            &[("a", "b")],
            vec![
                entry(1000, "kept", &[("k", "v")]),
                entry(1001, &"x".repeat(256 * 1024 + 1), &[]),
                entry(1002, &"x".repeat(256 * 1024), &[]),
                entry(10, "old", &[]),
                entry(9999, "ahead", &[]),
                entry(1003, "much beside", &metadata),
                entry(1004, "long beside", &[("k", &"v".repeat(64 * 1024))]),
            ],
        ),
        batch(&[("c", "d")], Vec::new()),
    ];
    let refuses = |_: &Labels, entry: &Entry| match entry.timestamp.seconds() {
        ..100 => Some(DropReason::TooOld),
        5000.. => Some(DropReason::TooFarAhead),
        _ => None,
    };
    let sifted = sift::sift(batches, refuses);
    let kept: Vec<i64> = sifted
        .batches
        .iter()
        .flat_map(|batch| &batch.entries)
        .map(|entry| entry.timestamp.seconds())
        .collect();
    assert_eq!(kept, [1000, 1002]);
    assert_eq!(sifted.batches[0].labels.to_string(), "{a=\"b\", service_name=\"unknown_service\"}");
    expect![[r#"
        9 of 11 entries were refused, 2 stored
        stream {}: a stream needs at least one label
        stream {l00="x", l01="x", l02="x", l03="x", l04="x", l05="x", l06="x", l07="x", l08="x", l09="x", l10="x", l11="x", l12="x", l13="x", l14="x", l15="x", l16="x", l17="x", l18="x", l19="x", l20="x", l21="x", l22="x", l23="x", l24="x", l25="x", l26="x", l27="x", l28="x", l29="x", l30="x"}: it has 31 labels, 30 are allowed; move what varies from line to line into structured metadata
        stream {n…nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…: a label's name has 1025 bytes, 1024 are allowed
        stream {a="v…vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv…: the value of `a` has 2049 bytes, 2048 are allowed
        entry 1970-01-01T00:16:41.000000000Z of stream {a="b"}: its line has 262145 bytes, 262144 are allowed
        entry 1970-01-01T00:00:10.000000000Z of stream {a="b"}: it is too old; lines of its day are not kept any more
        entry 1970-01-01T02:46:39.000000000Z of stream {a="b"}: it is too far ahead of this machine's clock
        entry 1970-01-01T00:16:43.000000000Z of stream {a="b"}: it has 129 metadata, 128 are allowed
        entry 1970-01-01T00:16:44.000000000Z of stream {a="b"}: its metadata have 65537 bytes, 65536 are allowed
    "#]].assert_eq(&sifted.refused.report().expect("a report").replace(&"n".repeat(200), "n…n").replace(&"v".repeat(200), "v…v"));
}

#[test]
fn of_many_refusals_the_first_are_listed() {
    let entries = (0..1000).map(|_| entry(1, "x", &[])).collect();
    let sifted = sift::sift(vec![batch(&[("a", "b")], entries)], |_, _| Some(DropReason::TooOld));
    let report = sifted.refused.report().expect("a report");
    assert!(report.starts_with("1000 of 1000 entries were refused, 0 stored\n"));
    assert_eq!((report.lines().count(), report.lines().last()), (22, Some("and more")));
    assert!(sift::sift(Vec::new(), |_, _| None).refused.report().is_none());
}

#[test]
fn service_names_come_from_the_label_that_tells() {
    let check = |labels: &[(&str, &str)], expected: &str| {
        let named = naming::with_service_name(Labels::from_pairs(labels.iter().copied()));
        assert_eq!(named.get("service_name"), Some(expected), "{labels:?}");
    };
    check(&[("service_name", "own"), ("service", "web")], "own");
    check(&[("service", "web"), ("app", "x")], "web");
    check(&[("job", "x"), ("container", "web-1")], "web-1");
    check(&[("filename", "x")], "unknown_service");
}

#[test]
fn of_metadata_given_twice_the_last_counts() {
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    };
    let sorted = sift::sorted(pairs(&[("b", "1"), ("a", "2"), ("b", "3"), ("c", "4"), ("b", "5")]));
    assert_eq!(sorted, pairs(&[("a", "2"), ("b", "5"), ("c", "4")]));
}

/// A push in both forms, and what it should be read as.
fn pushes() -> impl Strategy<Value = wire_forms::PushRequest> {
    let pair = ("[a-z]{1,3}", ".{0,4}").prop_map(|(name, value)| wire_forms::Pair { name, value });
    let entry = (any::<i32>(), 0..1_000_000_000_i32, any::<Vec<u8>>(), prop::collection::vec(pair, 0..4));
    let entry = entry.prop_map(|(seconds, nanos, line, metadata)| wire_forms::Entry {
        timestamp: Some(wire_forms::Time { seconds: seconds.into(), nanos }),
        line,
        metadata,
    });
    let labels = prop::collection::btree_map("[a-z_]{1,3}", "[^\\p{C}]{1,4}", 0..3);
    let labels = labels.prop_map(|labels| Labels::from_pairs(labels).to_string());
    let stream = (labels, prop::collection::vec(entry, 0..4), any::<u64>());
    let stream = stream.prop_map(|(labels, entries, hash)| wire_forms::Stream { labels, entries, hash });
    prop::collection::vec(stream, 0..4).prop_map(|streams| wire_forms::PushRequest { streams })
}

fn read_by_hand(push: &wire_forms::PushRequest) -> Vec<Batch> {
    let entry = |entry: &wire_forms::Entry| {
        let at = entry.timestamp.as_ref().expect("a time");
        let pairs = entry.metadata.iter().map(|pair| (pair.name.as_str().into(), pair.value.as_str().into()));
        Entry {
            timestamp: Timestamp::from_nanos(at.seconds * 1_000_000_000 + i64::from(at.nanos)),
            line: String::from_utf8_lossy(&entry.line).into_owned(),
            metadata: sift::sorted(pairs.collect()),
        }
    };
    let stream = |stream: &wire_forms::Stream| Batch {
        labels: Labels::parse(&stream.labels).expect("labels"),
        entries: stream.entries.iter().map(entry).collect(),
        positions: Vec::new(),
        multiline: Multiline::Off,
    };
    push.streams.iter().map(stream).collect()
}

fn as_json(batches: &[Batch]) -> String {
    let value = |entry: &Entry| {
        let metadata: serde_json::Map<_, _> =
            entry.metadata.iter().map(|(name, value)| (name.to_string(), value.to_string().into())).collect();
        serde_json::json!([entry.timestamp.nanos().to_string(), entry.line, metadata])
    };
    let stream = |batch: &Batch| {
        let labels: serde_json::Map<_, _> =
            batch.labels.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        serde_json::json!({ "stream": labels, "values": batch.entries.iter().map(value).collect::<Vec<_>>() })
    };
    serde_json::json!({ "streams": batches.iter().map(stream).collect::<Vec<_>>() }).to_string()
}

/// Whatever comes in, the answer blames the sender.
fn blames_the_sender(form: Form, packing: Packing, bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let unpacked = packing.unpack(bytes.into(), 1 << 20);
    if let Err(fault) = unpacked.and_then(|bytes| decode(form, &bytes)) {
        prop_assert!(fault.status.is_client_error(), "{fault:?}");
        prop_assert!(!fault.message.is_empty());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn both_forms_are_read_as_other_libraries_write_them(push in pushes()) {
        let expected = read_by_hand(&push);
        let protobuf = decode(Form::SnappyProtobuf, &snappy(&push.encode_to_vec())).expect("a push");
        prop_assert_eq!(&protobuf, &expected);
        let json = decode(Form::Json, as_json(&expected).as_bytes()).expect("a push");
        prop_assert_eq!(&json, &expected);
    }

    #[test]
    fn random_bytes_never_panic(bytes: Vec<u8>, packed: bool) {
        let packing = if packed { Packing::Gzip } else { Packing::Plain };
        blames_the_sender(Form::Json, packing, bytes.clone())?;
        blames_the_sender(Form::SnappyProtobuf, packing, bytes.clone())?;
        blames_the_sender(Form::SnappyProtobuf, Packing::Deflate, snappy(&bytes))?;
        blames_the_sender(Form::SnappyProtobuf, Packing::Plain, snappy(&bytes))?;
    }

    #[test]
    fn damaged_pushes_never_panic(push in pushes(), at: prop::sample::Index, with: u8, cut: prop::sample::Index) {
        let damage = |mut bytes: Vec<u8>| {
            if !bytes.is_empty() {
                let place = at.index(bytes.len());
                bytes[place] = with;
                bytes.truncate(cut.index(bytes.len()) + 1);
            }
            bytes
        };
        let message = push.encode_to_vec();
        blames_the_sender(Form::SnappyProtobuf, Packing::Plain, snappy(&damage(message.clone())))?;
        blames_the_sender(Form::SnappyProtobuf, Packing::Plain, damage(snappy(&message)))?;
        blames_the_sender(Form::Json, Packing::Plain, damage(as_json(&read_by_hand(&push)).into_bytes()))?;
    }
}
