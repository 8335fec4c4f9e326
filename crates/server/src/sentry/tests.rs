//! The intake through its real routes, on a real store.

pub(crate) mod forms;

use std::io::Write;

use axum::body::Body;
use event::ProjectId;
use http::{Request, header};
use serde_json::{Value, json};

use crate::testing::{Answer, Caller, Fixture};
use forms::{Sender, deflated, envelope, gzipped};

const EVENT: &str = r#"{"message":"hello","level":"error"}"#;
const ID: &str = "9ec79c33ec9942ab8353589fcb2e04dc";

#[tokio::test]
async fn every_form_of_the_key_is_taken_and_others_are_told_apart() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let key = sender.key.as_str();
    let body = envelope(&json!({}), &[("event", EVENT)]);
    let dsn = |key: &str, project: u64| json!({ "dsn": format!("http://{key}@localhost:4100/{project}") });
    let wrong = "0".repeat(32);
    let cases = vec![
        (format!("?sentry_version=7&sentry_key={key}&sentry_client=a%2F1"), None, json!({}), 200),
        (
            String::new(),
            Some(("x-sentry-auth", format!("Sentry sentry_key={key}, sentry_version=7"))),
            json!({}),
            200,
        ),
        (String::new(), Some(("authorization", format!("Sentry sentry_key={key}"))), json!({}), 200),
        (String::new(), None, dsn(key, sender.project), 200),
        // Two that differ: the first good one counts.
        (
            format!("?sentry_key={key}"),
            Some(("x-sentry-auth", format!("Sentry sentry_key={wrong}"))),
            json!({}),
            200,
        ),
        (format!("?sentry_key={key}"), Some(("authorization", "Bearer porthole_x".into())), json!({}), 200),
        (String::new(), None, json!({}), 401),
        ("?sentry_key=short".into(), None, json!({}), 400),
        (format!("?sentry_key={wrong}"), None, json!({}), 403),
        (String::new(), None, dsn(&wrong, sender.project), 403),
        (String::new(), None, dsn(key, 999), 200),
    ];
    for (query, head, header, expected) in cases {
        for slash in ["/", ""] {
            let path = format!("/api/{}/envelope{slash}{query}", sender.project);
            let mut request = fixture.request(Caller::Nobody, "POST", &path);
            if let Some((name, value)) = &head {
                request = request.header(*name, value);
            }
            let body = envelope(&header, &[("event", EVENT)]);
            let answer = fixture.send(request.body(Body::from(body)).expect("a request")).await;
            assert_eq!(answer.status.as_u16(), expected, "{path} {head:?} {header}: {}", answer.text());
            check_cors(&answer);
        }
    }
    // The key of one project opens no other.
    let answer = fixture.send(sender.post("/api/999/envelope/", body.into())).await;
    assert_eq!(answer.status.as_u16(), 403);
    let answer = fixture.send(sender.post("/api/shop/envelope/", EVENT.into())).await;
    assert_eq!((answer.status.as_u16(), answer.json()["detail"].is_string()), (404, true));
}

fn check_cors(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), "*", "{}", answer.text());
    assert_eq!(
        answer.header("access-control-expose-headers"),
        "x-sentry-error, x-sentry-rate-limits, retry-after"
    );
}

#[tokio::test]
async fn browsers_may_send_from_everywhere() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let path = format!("/api/{}/envelope/", sender.project);
    let preflight = fixture
        .request(Caller::Nobody, "OPTIONS", &path)
        .header(header::ORIGIN, "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "x-sentry-auth,content-type");
    let answer = fixture.send(preflight.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status.as_u16(), 200);
    check_cors(&answer);
    assert_eq!(answer.header("access-control-allow-methods"), "POST");
    assert_eq!(answer.header("access-control-max-age"), "3600");
    for name in ["x-sentry-auth", "content-type", "content-encoding", "sentry-trace", "baggage"] {
        assert!(answer.header("access-control-allow-headers").contains(name), "{name}");
    }
    // Somebody's own page may send, signed in or not; what else is refused there is told with the headers as well.
    let mut request = sender.post(&path, envelope(&json!({}), &[("event", EVENT)]).into());
    request.headers_mut().insert(header::ORIGIN, "https://shop.example".parse().expect("a value"));
    assert_eq!(fixture.send(request).await.status.as_u16(), 200);
    let answer = fixture.get(Caller::Nobody, &path).await;
    assert_eq!(answer.status.as_u16(), 405);
    check_cors(&answer);
}

/// Whatever an envelope looks like, what is good of it is taken.
#[tokio::test]
async fn framing() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let path = format!("/api/{}/envelope/", sender.project);
    let id = json!({ "id": ID });
    for (body, status, expected) in [
        ("{}".to_owned(), 200, json!({})),
        (format!("{{\"event_id\":\"{ID}\"}}"), 200, id.clone()),
        (format!("{{\"event_id\":\"{ID}\"}}\n"), 200, id.clone()),
        (String::new(), 400, Value::Null),
        ("no JSON\n".into(), 400, Value::Null),
        (format!("{{\"event_id\":\"{ID}\"}}\n{{\"type\":\"event\"}}\n{EVENT}"), 200, id.clone()),
        (format!("{{}}\n{{\"type\":\"event\",\"length\":{}}}\n{EVENT}\n\n", EVENT.len()), 200, Value::Null),
        (
            format!("{{\"event_id\":\"{ID}\"}}\n{{\"type\":\"event\",\"length\":9999}}\n{EVENT}"),
            200,
            id.clone(),
        ),
        (
            format!(
                "{{\"event_id\":\"{ID}\"}}\n{{\"type\":\"profile\"}}\n{{}}\n{{\"type\":\"event\"}}\n{EVENT}\n"
            ),
            200,
            id.clone(),
        ),
        (
            format!(
                "{{\"sent_at\":\"yesterday\",\"dsn\":\"?\",\"event_id\":\"{ID}\"}}\n{{\"type\":\"event\"}}\n{EVENT}\n"
            ),
            200,
            id.clone(),
        ),
        ("{}\n{\"type\":\"event\"}\n[1]\n".into(), 200, json!({})),
    ] {
        let answer = fixture.send(sender.post(&path, body.clone().into())).await;
        assert_eq!(answer.status.as_u16(), status, "{body}: {}", answer.text());
        if expected != Value::Null {
            assert_eq!(answer.json(), expected, "{body}");
        }
    }
}

#[tokio::test]
async fn packed_bodies_and_bombs() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let path = format!("/api/{}/envelope/", sender.project);
    let plain = envelope(&json!({ "event_id": ID }), &[("event", EVENT)]).into_bytes();
    let bomb = vec![b' '; 64 << 20];
    // One that is much larger than packed bodies are as a rule, and still allowed.
    let text = "x".repeat(900_000);
    let large = envelope(&json!({ "event_id": ID }), &[("event", &json!({ "message": text }).to_string())]);
    for (encoding, body, expected) in [
        ("gzip", gzipped(&plain), 200),
        ("GZIP", gzipped(&plain), 200),
        ("x-gzip", gzipped(&plain), 200),
        ("deflate", deflated(&plain, true), 200),
        ("deflate", deflated(&plain, false), 200),
        ("zstd", zstd::encode_all(&*plain, 3).expect("memory"), 200),
        ("br", brotli_of(&plain), 200),
        ("something", plain.clone(), 200),
        ("gzip", plain.clone(), 400),
        ("gzip", gzipped(large.as_bytes()), 200),
        ("gzip", gzipped(&bomb), 413),
        ("deflate", deflated(&bomb, true), 413),
        ("zstd", zstd::encode_all(&*bomb, 3).expect("memory"), 413),
        ("br", brotli_of(&bomb), 413),
    ] {
        let mut request = sender.post(&path, body.into());
        request.headers_mut().insert(header::CONTENT_ENCODING, encoding.parse().expect("a value"));
        let answer = fixture.send(request).await;
        assert_eq!(answer.status.as_u16(), expected, "{encoding}: {}", answer.text());
        check_cors(&answer);
    }
}

fn brotli_of(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, 4, 22);
    writer.write_all(plain).expect("memory");
    drop(writer);
    packed
}

#[tokio::test]
async fn what_is_too_large_is_told_and_remembered() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let path = format!("/api/{}/envelope/", sender.project);
    let event = json!({ "message": "x".repeat(2 << 20) }).to_string();
    let answer = fixture.send(sender.post(&path, envelope(&json!({}), &[("event", &event)]).into())).await;
    assert_eq!(answer.status.as_u16(), 413, "{}", answer.text());
    // Beside one that fits it is left out.
    let both = envelope(&json!({}), &[("event", EVENT), ("event", &event)]);
    assert_eq!(fixture.send(sender.post(&path, both.into())).await.status.as_u16(), 200);
    let request = Request::builder()
        .method("POST")
        .uri(format!("{path}?sentry_key={}&sentry_client=a%2F1", sender.key))
        .header(header::HOST, "localhost:4100")
        .header(header::CONTENT_LENGTH, 1_u64 << 30);
    let answer = fixture.send(request.body(Body::from("{}")).expect("a request")).await;
    assert_eq!(answer.status.as_u16(), 413, "{}", answer.text());
    let refused = fixture.issues.status().refused;
    let of_project = |reason: issues::Reason| {
        let found = refused
            .iter()
            .find(|(project, why, _)| *project == Some(ProjectId(sender.project)) && *why == reason);
        found.map(|(_, _, count)| *count)
    };
    assert_eq!(of_project(issues::Reason::TooLarge), Some(3), "{refused:?}");
}

#[tokio::test]
async fn kinds_that_are_not_kept_are_held_back_but_not_by_python() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let body =
        envelope(&json!({ "event_id": ID }), &[("replay_event", "{}"), ("profile", "{}"), ("event", EVENT)]);
    for (client, expected) in [
        ("sentry.javascript.browser/11.12.0", "86400:profile;replay:organization:unsupported"),
        ("sentry.python.django/2.75.0", ""),
    ] {
        let path =
            format!("/api/{}/envelope/?sentry_key={}&sentry_client={client}", sender.project, sender.key);
        let request = fixture.request(Caller::Nobody, "POST", &path);
        let answer = fixture.send(request.body(Body::from(body.clone())).expect("a request")).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
        assert_eq!(answer.header("x-sentry-rate-limits"), expected, "{client}");
    }
}

#[tokio::test]
async fn the_other_doors() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let (project, key) = (sender.project, sender.key.as_str());
    let csp = r#"{"csp-report":{"violated-directive":"img-src","blocked-uri":"http://x/y","document-uri":"http://shop/"}}"#;
    let nel = r#"[{"type":"network-error","body":{}}]"#;
    let dsn = format!("dsn=http%3A%2F%2F{key}%40localhost%2F{project}");
    let form = format!("/api/embed/error-page/?{dsn}&eventId={ID}");
    for (method, path, body, expected) in [
        ("POST", format!("/api/{project}/store/?sentry_key={key}"), EVENT, 200),
        ("POST", format!("/api/{project}/store/?sentry_key={key}"), "no JSON", 400),
        ("POST", format!("/api/store/?sentry_key={key}"), EVENT, 200),
        ("POST", "/api/store/".into(), EVENT, 403),
        ("POST", format!("/api/{project}/security/?sentry_key={key}&sentry_release=1"), csp, 200),
        ("POST", format!("/api/{project}/csp-report/?sentry_key={key}"), csp, 200),
        ("POST", format!("/api/{project}/csp-report?sentry_key={key}"), "no JSON", 400),
        ("POST", format!("/api/{project}/csp-report"), csp, 401),
        ("POST", format!("/api/{project}/nel/?sentry_key={key}"), nel, 200),
        ("GET", format!("/api/{project}/cron/nightly/?sentry_key={key}&status=ok"), "", 200),
        ("POST", format!("/api/{project}/cron/nightly/{key}/"), r#"{"status":"in_progress"}"#, 200),
        ("GET", format!("/api/{project}/cron/nightly/{key}?status=error&duration=2.5"), "", 200),
        ("GET", format!("/api/{project}/cron/nightly/?status=ok"), "", 401),
        ("GET", format!("/api/{project}/cron/nightly/{}/", "0".repeat(32)), "", 403),
        ("POST", format!("/api/{project}/minidump/?sentry_key={key}"), "x", 501),
        ("POST", format!("/api/{project}/unreal/{key}/"), "x", 501),
        ("POST", format!("/api/{project}/integration/otlp/v1/traces/?sentry_key={key}"), "x", 501),
        ("POST", form.clone(), "name=a&email=a%40b.c&comments=slow", 200),
        ("POST", form.clone(), "name=a&email=a%40b.c&comments=", 400),
        ("GET", form.clone(), "", 200),
        ("GET", format!("/api/embed/error-page/?{dsn}"), "", 400),
        ("GET", "/api/embed/error-page/?dsn=http%3A%2F%2Fx%2F1&eventId=1".into(), "", 400),
    ] {
        let request = fixture.request(Caller::Nobody, method, &path);
        let answer = fixture.send(request.body(Body::from(body)).expect("a request")).await;
        assert_eq!(answer.status.as_u16(), expected, "{method} {path} {body}: {}", answer.text());
        check_cors(&answer);
        if expected >= 400 {
            assert!(answer.json()["detail"].is_string(), "{path}");
            assert!(!answer.header("x-sentry-error").is_empty(), "{path}");
        }
    }
    let answer = fixture.get(Caller::Nobody, &form).await;
    assert!(answer.header("content-type").starts_with("text/javascript"));
    // Nothing of the address comes back in what a browser runs.
    let evil = format!("{form}&title=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    assert!(!fixture.get(Caller::Nobody, &evil).await.text().contains("alert(1)"));
}

#[tokio::test]
async fn the_tunnel_takes_only_dsns_of_ours() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let dsn = |key: &str, project: u64| json!({ "event_id": ID, "dsn": format!("https://{key}@shop.example/{project}") });
    for (header, expected) in [
        (dsn(&sender.key, sender.project), 200),
        (dsn(&sender.key, 999), 403),
        (dsn(&"0".repeat(32), sender.project), 403),
        (json!({}), 401),
    ] {
        for path in ["/api/tunnel", "/api/tunnel/"] {
            let request = fixture.request(Caller::Nobody, "POST", path);
            let body = envelope(&header, &[("event", EVENT)]);
            let answer = fixture.send(request.body(Body::from(body)).expect("a request")).await;
            assert_eq!(answer.status.as_u16(), expected, "{header}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn an_event_is_counted_once_however_often_it_is_sent() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let path = format!("/api/{}/envelope/", sender.project);
    for _ in 0..3 {
        let body = envelope(&json!({ "event_id": ID }), &[("event", EVENT)]);
        assert_eq!(fixture.send(sender.post(&path, body.into())).await.json(), json!({ "id": ID }));
    }
    let store = format!("/api/{}/store/", sender.project);
    let event = json!({ "event_id": ID, "message": "hello" }).to_string();
    assert_eq!(fixture.send(sender.post(&store, event.into())).await.json(), json!({ "id": ID }));
}

/// Every sample of `conformance/issues`, as an envelope and at the old endpoint.
#[tokio::test]
async fn samples_of_other_products_are_taken() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let (envelopes, store) =
        (format!("/api/{}/envelope/", sender.project), format!("/api/{}/store/", sender.project));
    let samples = forms::samples();
    if samples.is_empty() {
        return;
    }
    assert!(samples.len() >= 190, "{} samples", samples.len());
    for (name, sample) in samples {
        let body = envelope(&json!({}), &[("event", &sample)]);
        let answer = fixture.send(sender.post(&envelopes, body.into())).await;
        assert_eq!(answer.status.as_u16(), 200, "{name}: {}", answer.text());
        let answer = fixture.send(sender.post(&store, sample.into())).await;
        assert_eq!(answer.status.as_u16(), 200, "{name}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_flood_of_unknown_keys_is_answered_alike() {
    let fixture = Fixture::new().await;
    let sender = Sender::new(&fixture);
    let mut told = std::collections::BTreeSet::new();
    for number in 0..2000_u64 {
        let path = format!("/api/{}/envelope/?sentry_key={number:032x}", sender.project + number % 3);
        let request = fixture.request(Caller::Nobody, "POST", &path);
        let answer = fixture.send(request.body(Body::from("{}")).expect("a request")).await;
        told.insert((answer.status.as_u16(), answer.text()));
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(fixture.issues.projects().len(), 1);
}
