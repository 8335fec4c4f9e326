use std::time::Duration;

use api::TokenScope;
use axum::body::Body;
use collectors::probe::LastCheck;
use collectors::scrape::Origin;

use super::*;
use crate::Clock;
use crate::prometheus::forms::{WriteRequest, packed, series};
use crate::queries::Queries;
use crate::testing::{Caller, Fixture};

fn probe(name: &str, labels: &Labels, now: Timestamp) -> ProbeState {
    ProbeState {
        name: name.into(),
        url: format!("http://{name}/"),
        labels: labels.with("probe", name).with("instance", &format!("http://{name}/")),
        origin: Origin::File { line: Some(7) },
        interval: Duration::from_secs(60),
        timeout: Duration::from_secs(5),
        health: Health::Down("it answered 500".into()),
        since: Some(now.minus(Duration::from_secs(60))),
        last: Some(LastCheck { at: now, took: Duration::from_millis(250), status: Some(500) }),
        certificate_expires: None,
    }
}

#[tokio::test]
async fn availability_is_what_was_measured() {
    let fixture = Fixture::new().await;
    let now = fixture.now();
    // Ten minutes of a probe that failed in the last two of them.
    let samples: Vec<(i64, f64)> =
        (0..10).map(|i| (now.millis() - i * 60_000, f64::from(u8::from(i >= 2)))).collect();
    let labels =
        "{__name__=\"probe_success\", job=\"probe\", probe=\"b\", instance=\"http://b/\", service=\"web\"}";
    let body = packed(&WriteRequest { series: vec![series(labels, &samples)], metadata: Vec::new() });
    let request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/api/v1/write");
    assert_eq!(fixture.send(request.body(Body::from(body)).expect("a request")).await.status.as_u16(), 204);

    let web = Labels::from_pairs([("job", "probe"), ("service", "web")]);
    let states = vec![probe("b", &web, now), probe("a", &Labels::default(), now)];
    let (metrics, queries) = (fixture.metrics.clone(), Queries::new(Clock::from_fn(move || now)));
    let strip = Strip::new(now.minus(Duration::from_secs(900)), now);
    let found =
        queries.run(move |allowance| rows(&Evaluator { metrics: &metrics, allowance }, states, "", strip));
    let [never, failing] = &found.await.expect("a place").expect("rows")[..] else { panic!("two rows") };
    assert_eq!((&*never.name, never.day, never.month), ("a", None, None));
    assert_eq!(never.strip, vec![None; 90]);
    assert_eq!((failing.day, failing.week, failing.month), (Some(0.8), Some(0.8), Some(0.8)));
    // Buckets of ten seconds, in which a check falls now and then.
    assert_eq!((failing.strip.len(), strip.step), (90, Duration::from_secs(10)));
    let told: Vec<f64> = failing.strip.iter().copied().flatten().collect();
    assert_eq!(told, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
    let row = (failing.state, &*failing.problem, failing.status, failing.seconds, &*failing.origin);
    assert_eq!(row, (ProbeHealth::Down, "it answered 500", Some(500), Some(0.25), "settings, line 7"));
    assert_eq!((&*failing.service, failing.interval), ("web", 60_000));
}
