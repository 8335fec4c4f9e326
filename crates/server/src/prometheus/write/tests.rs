//! What is stored, what is refused and how that is told, and that two decoders agree.

use api::TokenScope;
use axum::body::Body;
use expect_test::expect;
use proptest::prelude::*;
use prost::Message as _;

use super::*;
use crate::prometheus::forms::{self, Example, Label, Metadata, TimeSeries, WriteRequest, packed, series};
use crate::testing::{Answer, Caller, Fixture};

const READ: Caller = Caller::Token(TokenScope::Read);

async fn send(fixture: &Fixture, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    let mut request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/api/v1/write");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    fixture.send(request.body(Body::from(body)).expect("a request")).await
}

async fn write(fixture: &Fixture, series: Vec<TimeSeries>) -> (u16, String) {
    let answer = send(fixture, &[], packed(&WriteRequest { series, metadata: Vec::new() })).await;
    (answer.status.as_u16(), answer.text())
}

#[tokio::test]
async fn samples_are_stored_and_the_rest_is_counted() {
    let fixture = Fixture::new().await;
    let now = fixture.now().millis() / 1000 * 1000;
    let up = "{__name__=\"up\", job=\"a\", instance=\"x:1\"}";
    assert_eq!(
        write(&fixture, vec![series(up, &[(now - 2000, 1.0), (now - 1000, 2.0)])]).await,
        (204, String::new())
    );
    // The same once more is no fault: senders repeat what they got no answer to.
    assert_eq!(write(&fixture, vec![series(up, &[(now - 2000, 1.0), (now - 1000, 2.0)])]).await.0, 204);
    let mut twice = series("{__name__=\"b\"}", &[(now, 1.0)]);
    twice.labels.push(Label { name: "__name__".into(), value: "c".into() });
    let mut with_histogram = series("{__name__=\"h\"}", &[(now, 1.0)]);
    with_histogram.histograms.push(vec![8, 1]);
    let (status, text) = write(
        &fixture,
        vec![
            series("{__name__=\"good\"}", &[(now, 1.0), (now - 1000, 0.5), (now, 2.0), (now, 1.0)]),
            series("{job=\"a\"}", &[(now, 1.0)]),
            twice,
            with_histogram,
            series(&format!("{{__name__=\"long\", x=\"{}\"}}", "x".repeat(5000)), &[(now, 1.0)]),
            series(up, &[(now - 1000, 3.0)]),
            series("{__name__=\"future\"}", &[(now + 3_600_000, 3.0)]),
            series("{__name__=\"same\"}", &[(now, 5.0)]),
            series("{__name__=\"same\"}", &[(now, 5.0)]),
        ],
    )
    .await;
    expect![[r#"
        400 7 samples were refused: 2 another value at the same instant, 1 native histograms, which are not stored, 1 too far in the future, 1 with a label that is there twice, or without a name, 1 with a label that is too long, 1 without a name (first: {__name__="good"}); 5 were stored"#]]
    .assert_eq(&format!("{status} {text}"));
    let query = |query: &str| format!("/api/v1/query?query={query}&time={}", now / 1000);
    for (name, value) in [("good", "1"), ("up", "2"), ("same", "5"), ("h", "1")] {
        let answer = fixture.get(READ, &query(name)).await.json();
        assert_eq!(answer["data"]["result"][0]["value"][1], value, "{answer}");
    }
    assert_eq!(fixture.get(READ, &query("future")).await.json()["data"]["result"], serde_json::json!([]));
    let own = fixture.get(READ, "/metrics").await.text();
    for (reason, samples) in [("labels", 3), ("native_histogram", 1), ("duplicate", 2), ("too_far_ahead", 1)]
    {
        let line = format!("porthole_metrics_samples_refused_total{{reason=\"{reason}\"}} {samples}\n");
        assert!(own.contains(&line), "{line}{own}");
    }
}

#[tokio::test]
async fn metadata_and_exemplars_are_kept() {
    let fixture = Fixture::new().await;
    let now = fixture.now().millis();
    let mut counted = series("{__name__=\"hits_total\", job=\"a\"}", &[(now, 7.0)]);
    let labels = forms::labels("{trace_id=\"t1\"}");
    counted.exemplars.push(Example { labels, value: 0.25, at_ms: now });
    // What would fill the memory, or means nothing, is passed over.
    let long = format!("{{trace_id=\"{}\"}}", "t".repeat(600));
    counted.exemplars.push(Example { labels: forms::labels(&long), value: 1.0, at_ms: now });
    let about = Metadata { kind: 1, family: "hits".into(), help: "Hits.".into(), unit: String::new() };
    let long = Metadata { family: "x".repeat(600), ..about.clone() };
    let body = packed(&WriteRequest { series: vec![counted], metadata: vec![about, long] });
    let content_type = ("content-type", "application/x-protobuf;proto=prometheus.WriteRequest");
    let answer = send(&fixture, &[content_type, ("content-encoding", "snappy")], body).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (204, String::new()));
    let metadata = fixture.get(READ, "/api/v1/metadata").await.json();
    assert_eq!(
        metadata["data"],
        serde_json::json!({ "hits": [{ "type": "counter", "help": "Hits.", "unit": "" }] })
    );
    let path = format!("/api/v1/query_exemplars?query=rate(hits_total[5m])&start=0&end={}", now / 1000 + 1);
    let exemplars = fixture.get(READ, &path).await.json();
    let expected = serde_json::json!([{
        "seriesLabels": { "__name__": "hits_total", "job": "a" },
        "exemplars": [{ "labels": { "trace_id": "t1" }, "value": "0.25", "timestamp": now as f64 / 1e3 }],
    }]);
    assert_eq!(exemplars["data"], expected);
}

#[tokio::test]
async fn bodies_that_are_no_requests_store_nothing() {
    let fixture = Fixture::new().await;
    let good =
        || packed(&WriteRequest { series: vec![series("{__name__=\"x\"}", &[(1, 1.0)])], metadata: vec![] });
    let snappy = |bytes: &[u8]| snap::raw::Encoder::new().compress_vec(bytes).expect("memory");
    // A few bytes that claim to become 256 MiB.
    let bomb = vec![0x80, 0x80, 0x80, 0x80, 0x01, 0x00];
    let many = snappy(&[0x0a, 0x02, 0x12, 0x00].repeat(600_000));
    let v2 = [("content-type", "application/x-protobuf;proto=io.prometheus.write.v2.Request")];
    for (headers, body, status, start) in [
        (
            &v2[..],
            good(),
            415,
            "`application/x-protobuf;proto=io.prometheus.write.v2.Request` is not known here",
        ),
        (&[("content-type", "application/json")], good(), 415, "`application/json` is not known here"),
        (
            &[("content-encoding", "gzip")],
            good(),
            415,
            "Content-Encoding `gzip` is not known here; send snappy",
        ),
        (&[], b"not snappy".to_vec(), 400, "the body is no snappy block"),
        (
            &[],
            snappy(&[0x0a, 0x7f]),
            400,
            "the body is no prometheus.WriteRequest: a field is longer than its",
        ),
        (&[], bomb, 413, "the body is larger than 32 MiB unpacked"),
        (&[], many, 413, "the body holds more than 1000000 series, labels, samples"),
        (&[], vec![0; 17 << 20], 413, "the body is larger than 16 MiB as sent"),
    ] {
        let answer = send(&fixture, headers, body).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        assert!(answer.text().starts_with(start), "{}", answer.text());
    }
    assert_eq!(fixture.get(READ, "/api/v1/labels").await.json()["data"], serde_json::json!([]));
}

fn any_series() -> impl Strategy<Value = TimeSeries> {
    let label = ("[a-z_]{0,3}", ".{0,4}").prop_map(|(name, value)| Label { name, value });
    let labels = proptest::collection::vec(label, 0..4);
    let samples = proptest::collection::vec((any::<i64>(), any::<f64>()), 0..4);
    let histograms = proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..4), 0..2);
    (labels.clone(), samples, labels, histograms).prop_map(|(labels, samples, of_example, histograms)| {
        TimeSeries {
            labels,
            samples: samples.into_iter().map(|(at_ms, value)| forms::Sample { value, at_ms }).collect(),
            exemplars: vec![Example { labels: of_example, value: 1.5, at_ms: -3 }],
            histograms,
        }
    })
}

proptest! {
    #[test]
    fn two_decoders_agree(series in proptest::collection::vec(any_series(), 0..4)) {
        let bytes = WriteRequest { series: series.clone(), metadata: Vec::new() }.encode_to_vec();
        let decoded = decode(&bytes).expect("a request");
        prop_assert_eq!(decoded.series.len(), series.len());
        for (ours, theirs) in decoded.series.iter().zip(&series) {
            let labels: Vec<_> = theirs.labels.iter().map(|l| (l.name.as_str(), l.value.as_str())).collect();
            prop_assert_eq!(&ours.labels, &labels);
            let bits = |samples: &[(i64, f64)]| samples.iter().map(|(at, v)| (*at, (v + 0.0).to_bits())).collect::<Vec<_>>();
            let samples: Vec<_> = theirs.samples.iter().map(|s| (s.at_ms, s.value)).collect();
            prop_assert_eq!(bits(&ours.samples), bits(&samples));
            prop_assert_eq!(ours.exemplars.len(), theirs.exemplars.len());
            prop_assert_eq!(ours.histograms, theirs.histograms.len() as u64);
        }
    }

    #[test]
    fn nothing_makes_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        let _ = unpack(&bytes);
    }
}
