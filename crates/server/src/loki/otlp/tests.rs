//! OpenTelemetry's logs: both forms say the same, and what comes of them.

use api::TokenScope;
use axum::body::Body as AxumBody;
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use prost::Message as _;
use serde_json::json;
use std::io::Write;

use super::*;
use crate::testing::{Caller, Fixture};

/// The messages as another library writes them.
mod wire_forms {
    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Request {
        #[prost(message, repeated, tag = "1")]
        pub(super) resource_logs: Vec<ResourceLogs>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct ResourceLogs {
        #[prost(message, optional, tag = "1")]
        pub(super) resource: Option<Resource>,
        #[prost(message, repeated, tag = "2")]
        pub(super) scope_logs: Vec<ScopeLogs>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Resource {
        #[prost(message, repeated, tag = "1")]
        pub(super) attributes: Vec<Pair>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct ScopeLogs {
        #[prost(message, optional, tag = "1")]
        pub(super) scope: Option<Scope>,
        #[prost(message, repeated, tag = "2")]
        pub(super) records: Vec<Record>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Scope {
        #[prost(string, tag = "1")]
        pub(super) name: String,
        #[prost(string, tag = "2")]
        pub(super) version: String,
        #[prost(message, repeated, tag = "3")]
        pub(super) attributes: Vec<Pair>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Record {
        #[prost(fixed64, tag = "1")]
        pub(super) time: u64,
        #[prost(int32, tag = "2")]
        pub(super) severity: i32,
        #[prost(string, tag = "3")]
        pub(super) severity_text: String,
        #[prost(message, optional, tag = "5")]
        pub(super) body: Option<Any>,
        #[prost(message, repeated, tag = "6")]
        pub(super) attributes: Vec<Pair>,
        #[prost(uint32, tag = "7")]
        pub(super) dropped: u32,
        #[prost(fixed32, tag = "8")]
        pub(super) flags: u32,
        #[prost(bytes = "vec", tag = "9")]
        pub(super) trace_id: Vec<u8>,
        #[prost(bytes = "vec", tag = "10")]
        pub(super) span_id: Vec<u8>,
        #[prost(fixed64, tag = "11")]
        pub(super) observed: u64,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Pair {
        #[prost(string, tag = "1")]
        pub(super) key: String,
        #[prost(message, optional, tag = "2")]
        pub(super) value: Option<Any>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Any {
        #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 5, 6, 7")]
        pub(super) kind: Option<Kind>,
    }

    #[derive(Clone, PartialEq, prost::Oneof)]
    pub(super) enum Kind {
        #[prost(string, tag = "1")]
        Text(String),
        #[prost(bool, tag = "2")]
        Bool(bool),
        #[prost(int64, tag = "3")]
        Int(i64),
        #[prost(double, tag = "4")]
        Float(f64),
        #[prost(message, tag = "5")]
        List(List),
        #[prost(message, tag = "6")]
        Map(Map),
        #[prost(bytes = "vec", tag = "7")]
        Bytes(Vec<u8>),
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct List {
        #[prost(message, repeated, tag = "1")]
        pub(super) values: Vec<Any>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Map {
        #[prost(message, repeated, tag = "1")]
        pub(super) values: Vec<Pair>,
    }
}

use wire_forms::{Any, Kind, List, Map, Pair, Record, Request, Resource, ResourceLogs, Scope, ScopeLogs};

const NOW: Timestamp = Timestamp::from_nanos(77);

fn json_of(any: &Any) -> serde_json::Value {
    use base64::Engine as _;
    match &any.kind {
        None => json!(null),
        Some(Kind::Text(text)) => json!({ "stringValue": text }),
        Some(Kind::Bool(value)) => json!({ "boolValue": value }),
        Some(Kind::Int(value)) => json!({ "intValue": value.to_string() }),
        Some(Kind::Float(value)) => json!({ "doubleValue": value }),
        Some(Kind::Bytes(bytes)) => {
            json!({ "bytesValue": base64::engine::general_purpose::STANDARD.encode(bytes) })
        }
        Some(Kind::List(list)) => {
            json!({ "arrayValue": { "values": list.values.iter().map(json_of).collect::<Vec<_>>() } })
        }
        Some(Kind::Map(map)) => json!({ "kvlistValue": { "values": pairs(&map.values) } }),
    }
}

fn pairs(pairs: &[Pair]) -> serde_json::Value {
    let pair = |pair: &Pair| json!({ "key": pair.key, "value": pair.value.as_ref().map(json_of) });
    pairs.iter().map(pair).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn json_request(request: &Request) -> serde_json::Value {
    let record = |record: &Record| {
        json!({
            "timeUnixNano": record.time.to_string(), "observedTimeUnixNano": record.observed,
            "severityNumber": record.severity, "severityText": record.severity_text,
            "body": record.body.as_ref().map(json_of), "attributes": pairs(&record.attributes),
            "droppedAttributesCount": record.dropped, "flags": record.flags,
            "traceId": hex(&record.trace_id), "spanId": hex(&record.span_id),
        })
    };
    let scope_logs = |logs: &ScopeLogs| {
        let scope = logs.scope.clone().unwrap_or_default();
        json!({
            // Behind the records, to show that the order does not matter.
            "logRecords": logs.records.iter().map(record).collect::<Vec<_>>(),
            "scope": {
                "name": scope.name, "version": scope.version, "attributes": pairs(&scope.attributes),
            },
        })
    };
    let resource_logs = |logs: &ResourceLogs| {
        let resource = logs.resource.clone().unwrap_or_default();
        json!({
            "scopeLogs": logs.scope_logs.iter().map(scope_logs).collect::<Vec<_>>(),
            "resource": { "attributes": pairs(&resource.attributes), "unknown": [1] },
        })
    };
    json!({ "resourceLogs": request.resource_logs.iter().map(resource_logs).collect::<Vec<_>>() })
}

fn any() -> impl Strategy<Value = Any> {
    let leaf = prop_oneof![
        "[a-z é]{0,6}".prop_map(Kind::Text),
        any_bool().prop_map(Kind::Bool),
        proptest::num::i64::ANY.prop_map(Kind::Int),
        (-1000_i32..1000).prop_map(|value| Kind::Float(f64::from(value) / 8.0)),
        prop::collection::vec(proptest::num::u8::ANY, 0..5).prop_map(Kind::Bytes),
    ];
    let some = leaf.prop_map(|kind| Any { kind: Some(kind) });
    some.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3)
                .prop_map(|values| Any { kind: Some(Kind::List(List { values })) }),
            prop::collection::vec(pair_of(inner), 0..3)
                .prop_map(|values| Any { kind: Some(Kind::Map(Map { values })) }),
        ]
    })
}

fn any_bool() -> impl Strategy<Value = bool> {
    proptest::bool::ANY
}

fn pair_of(value: impl Strategy<Value = Any>) -> impl Strategy<Value = Pair> {
    let keys = prop::sample::select(vec!["service.name", "k8s.pod.name", "a.b", "a_b", "9", "x"]);
    (keys, prop::option::of(value)).prop_map(|(key, value)| Pair { key: key.to_owned(), value })
}

fn attributes() -> impl Strategy<Value = Vec<Pair>> {
    prop::collection::vec(pair_of(any()), 0..4)
}

fn record() -> impl Strategy<Value = Record> {
    let id = prop::collection::vec(proptest::num::u8::ANY, 0..3);
    let numbers = (0..3_u64, -1..30_i32, 0..3_u32, 0..3_u32, 0..3_u64);
    (numbers, "[a-z]{0,3}", prop::option::of(any()), attributes(), id.clone(), id).prop_map(
        |((time, severity, dropped, flags, observed), severity_text, body, attributes, trace_id, span_id)| {
            Record {
                time,
                severity,
                severity_text,
                body,
                attributes,
                dropped,
                flags,
                trace_id,
                span_id,
                observed,
            }
        },
    )
}

fn request() -> impl Strategy<Value = Request> {
    let scope = ("[a-z]{0,3}", "[a-z]{0,3}", attributes()).prop_map(|(name, version, attributes)| Scope {
        name,
        version,
        attributes,
    });
    let scope_logs = (prop::option::of(scope), prop::collection::vec(record(), 0..3))
        .prop_map(|(scope, records)| ScopeLogs { scope, records });
    let resource_logs =
        (attributes(), prop::collection::vec(scope_logs, 0..3)).prop_map(|(attributes, scope_logs)| {
            ResourceLogs { resource: Some(Resource { attributes }), scope_logs }
        });
    prop::collection::vec(resource_logs, 0..3).prop_map(|resource_logs| Request { resource_logs })
}

proptest! {
    #[test]
    fn both_forms_say_the_same(request in request()) {
        let protobuf = decode(Form::Protobuf, &request.encode_to_vec(), NOW).expect("well-formed");
        let json = json_request(&request).to_string();
        prop_assert_eq!(&decode(Form::Json, json.as_bytes(), NOW).expect("well-formed"), &protobuf);
        let records: usize = request.resource_logs.iter()
            .flat_map(|logs| &logs.scope_logs).map(|logs| logs.records.len()).sum();
        prop_assert_eq!(protobuf.iter().map(|batch| batch.entries.len()).sum::<usize>(), records);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(proptest::num::u8::ANY, 0..60)) {
        for form in [Form::Json, Form::Protobuf] {
            if let Err(fault) = decode(form, &bytes, NOW) {
                prop_assert_eq!(fault.status, StatusCode::BAD_REQUEST);
            }
        }
    }
}

/// A record as the collector sends it, by hand.
const RECORD: &str = r#"{"resourceLogs":[{"resource":{"attributes":[
    {"key":"service.name","value":{"stringValue":"shop"}},
    {"key":"k8s.pod.name","value":{"stringValue":"shop-1"}},
    {"key":"host.name","value":{"stringValue":"one"}},
    {"key":"process","value":{"kvlistValue":{"values":[{"key":"pid","value":{"intValue":"7"}}]}}}]},
  "scopeLogs":[{"scope":{"name":"lib","version":"2"},"logRecords":[
    {"timeUnixNano":"$T","observedTimeUnixNano":"5","severityNumber":17,"severityText":"ERR",
     "body":{"stringValue":"no disk"},"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174",
     "attributes":[{"key":"http.status","value":{"intValue":500}},{"key":"host.name","value":{"stringValue":"two"}}]}]}]}]}"#;

#[test]
fn attributes_become_labels_or_metadata() {
    let batches = decode(Form::Json, RECORD.replace("$T", "9").as_bytes(), NOW).expect("well-formed");
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].labels.to_string(), "{k8s_pod_name=\"shop-1\", service_name=\"shop\"}");
    let entry = &batches[0].entries[0];
    assert_eq!((entry.timestamp.nanos(), &*entry.line), (9, "no disk"));
    let metadata: Vec<String> =
        entry.metadata.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let expected = [
        "detected_level=error",
        "host_name=two",
        "http_status=500",
        "observed_timestamp=5",
        "process_pid=7",
        "scope_name=lib",
        "scope_version=2",
        "severity_number=17",
        "severity_text=ERR",
        "span_id=eee19b7ec3c1b174",
        "trace_id=5b8efff798038103d269b633813fc60c",
    ];
    assert_eq!(metadata, expected);
}

#[test]
fn bodies_and_times_of_every_kind() {
    let check = |record: &str, line: &str, nanos: i64| {
        let body = format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{record}]}}]}}]}}"#);
        let batches = decode(Form::Json, body.as_bytes(), NOW).expect("well-formed");
        let entry = &batches[0].entries[0];
        assert_eq!((&*entry.line, entry.timestamp.nanos()), (line, nanos), "{record}");
        assert_eq!(batches[0].labels.to_string(), "{service_name=\"unknown_service\"}");
    };
    check("{}", "", 77);
    check(r#"{"observedTimeUnixNano":"8"}"#, "", 8);
    check(r#"{"time_unix_nano":9,"body":{"intValue":"-4"}}"#, "-4", 9);
    check(r#"{"body":{"doubleValue":1.5}}"#, "1.5", 77);
    check(r#"{"body":{"bytesValue":"AAE="}}"#, "AAE=", 77);
    check(r#"{"body":{"arrayValue":{"values":[{"boolValue":true},null]}}}"#, "[true,null]", 77);
    check(
        r#"{"body":{"kvlistValue":{"values":[{"key":"a","value":{"stringValue":"b"}}]}}}"#,
        r#"{"a":"b"}"#,
        77,
    );
}

#[test]
fn bodies_without_bounds_are_refused() {
    let check = |form: Form, body: Vec<u8>, status: u16, message: &str| {
        let fault = decode(form, &body, NOW).expect_err("refused");
        assert_eq!(fault.status.as_u16(), status);
        assert!(fault.message.contains(message), "{}", fault.message);
    };
    let record = |body: &str| {
        format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{body}}}]}}]}}]}}"#).into_bytes()
    };
    let nested = |depth| {
        let opening = r#"{"arrayValue":{"values":["#.repeat(depth);
        format!("{opening}{}", "]}}".repeat(depth))
    };
    assert!(decode(Form::Json, &record(&nested(20)), NOW).is_ok());
    check(Form::Json, record(&nested(50)), 400, "");
    let mut any = Any::default();
    for _ in 0..40 {
        any = Any { kind: Some(Kind::List(List { values: vec![any] })) };
    }
    let records = vec![Record { body: Some(any), ..Record::default() }];
    let logs = ResourceLogs { resource: None, scope_logs: vec![ScopeLogs { scope: None, records }] };
    check(Form::Protobuf, Request { resource_logs: vec![logs] }.encode_to_vec(), 400, "nested too deeply");
    let many = format!(r#"{{"resourceLogs":[{{}}{}]}}"#, ",{}".repeat(600_000));
    check(Form::Json, many.into_bytes(), 413, "more than 500000");
    check(Form::Protobuf, [0x0a, 0x00].repeat(600_000), 413, "more than 500000");
    check(Form::Json, b"{".to_vec(), 400, "the body is no OTLP request: EOF");
    check(Form::Protobuf, vec![0x0a, 0x7f], 400, "a field is longer than its message, at byte 2");
}

#[tokio::test]
async fn what_is_sent_is_found_by_label_level_and_metadata() {
    let fixture = Fixture::new().await;
    let at = fixture.now().nanos() - 1_000_000_000;
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(RECORD.replace("$T", &at.to_string()).as_bytes()).expect("memory");
    let request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/otlp/v1/logs");
    let request = request.header("content-type", "application/json").header("content-encoding", "gzip");
    let answer = fixture
        .send(request.body(AxumBody::from(packed.finish().expect("memory"))).expect("a request"))
        .await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.text(), answer.header("content-type")),
        (200, "{}", "application/json")
    );

    let query = "%7Bservice_name%3D%22shop%22%7D";
    let path = format!("/loki/api/v1/query_range?query={query}&start={}&end={}", at, at + 1);
    let read = fixture.request(Caller::Token(TokenScope::Read), "GET", &path);
    let read = read.header("x-loki-response-encoding-flags", "categorize-labels");
    let found = fixture.send(read.body(AxumBody::empty()).expect("a request")).await.json();
    let stream = &found["data"]["result"][0];
    assert_eq!(stream["stream"], json!({ "k8s_pod_name": "shop-1", "service_name": "shop" }));
    let beside = &stream["values"][0][2]["structuredMetadata"];
    assert_eq!((&beside["detected_level"], &beside["process_pid"]), (&json!("error"), &json!("7")));
}

#[tokio::test]
async fn faults_are_statuses_in_the_form_of_the_request() {
    let fixture = Fixture::new().await;
    let send = async |kind: &str, body: &'static [u8]| {
        let request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/otlp/v1/logs");
        fixture
            .send(request.header("content-type", kind).body(AxumBody::from(body)).expect("a request"))
            .await
    };
    let answer = send("application/json", b"{").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!(3)));
    let answer = send("application/x-protobuf", b"\x0a\x7f").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (400, "application/x-protobuf"));
    assert_eq!(&answer.bytes[..4], &[0x08, 3, 0x12, (answer.bytes.len() - 4) as u8]);
    assert_eq!(send("text/plain", b"").await.status.as_u16(), 415);
    let answer = send("application/x-protobuf", b"").await;
    assert_eq!((answer.status.as_u16(), answer.bytes.len()), (200, 0));
    // Entries beyond a limit are listed, as in a push.
    let old = br#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"5"}]}]}]}"#;
    let answer = send("application/json", old).await;
    assert_eq!(answer.status.as_u16(), 400);
    assert!(
        answer.json()["message"].as_str().expect("a sentence").starts_with("1 of 1 entries were refused")
    );
}
