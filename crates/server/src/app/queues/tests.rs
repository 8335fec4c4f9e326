use api::TokenScope;
use axum::body::Body;
use collectors::queue::Kind;
use collectors::scrape::Origin;

use super::*;
use crate::Clock;
use crate::prometheus::forms::{WriteRequest, packed, series};
use crate::queries::Queries;
use crate::testing::{Caller, Fixture};

fn state(kind: Kind, broker: &str, queue: &str) -> QueueState {
    QueueState {
        kind,
        name: "redis".into(),
        broker: broker.into(),
        origin: Origin::Container { name: "worker-1".into() },
        project: Some("shop".into()),
        services: vec!["worker".into()],
        looked_at: None,
        problem: None,
        hint: None,
        unacked: Some(2),
        oldest_unacked: None,
        queues: vec![Backlog { name: queue.into(), length: 5, ..Backlog::default() }],
        workers: Vec::new(),
        tasks: Vec::new(),
    }
}

#[tokio::test]
async fn rates_and_lengths_are_of_the_queue() {
    let fixture = Fixture::new().await;
    let now = fixture.now();
    let points = |value: &dyn Fn(i64) -> f64| {
        (0..=40).map(|i| (now.millis() - 600_000 + i * 15_000, value(i))).collect::<Vec<_>>()
    };
    let one = |labels: &str, value: &dyn Fn(i64) -> f64| series(labels, &points(value));
    let body = packed(&WriteRequest {
        series: vec![
            one("{__name__=\"celery_queue_length\", instance=\"r:1\", queue_name=\"mail\"}", &|i| i as f64),
            one("{__name__=\"rq_jobs\", instance=\"r:2\", queue=\"slow\", status=\"queued\"}", &|_| 3.0),
            one("{__name__=\"rq_jobs\", instance=\"r:2\", queue=\"slow\", status=\"failed\"}", &|_| 9.0),
            one(
                "{__name__=\"celery_task_succeeded_total\", instance=\"r:1\", queue_name=\"mail\", name=\"send\"}",
                &|i| i as f64 * 15.0,
            ),
        ],
        metadata: Vec::new(),
    });
    let request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/api/v1/write");
    assert_eq!(fixture.send(request.body(Body::from(body)).expect("a request")).await.status.as_u16(), 204);

    let states = vec![state(Kind::Celery, "r:1", "mail"), state(Kind::Rq, "r:2", "slow")];
    let (metrics, queries) = (fixture.metrics.clone(), Queries::new(Clock::from_fn(move || now)));
    let found = queries.run(move |allowance| {
        let evaluator = Evaluator { metrics: &metrics, allowance };
        Ok::<_, Fault>((rows(&evaluator, &states, now)?, tasks(&evaluator, now)?))
    });
    let (queues, tasks) = found.await.expect("a place").expect("rows");
    assert_eq!((&*queues[0].queue, &*queues[0].kind, queues[0].length), ("mail", "celery", 5));
    assert_eq!((queues[0].trend.len(), queues[0].trend[59]), (60, Some(40.0)));
    assert_eq!((queues[0].ended_per_second, queues[0].failed_per_second), (Some(1.0), Some(0.0)));
    assert_eq!(
        (&*queues[1].queue, queues[1].trend[59], queues[1].ended_per_second),
        ("slow", Some(3.0), None)
    );
    assert_eq!(
        (tasks.len(), &*tasks[0].task, tasks[0].succeeded, tasks[0].runtime_p95),
        (1, "send", 600.0, None)
    );
}

#[test]
fn services_of_one_name_in_two_projects_have_queues_of_their_own() {
    let check = |project: Option<&str>, of: &str, service: &str, expected: bool| {
        let state = QueueState { project: project.map(str::to_owned), ..state(Kind::Celery, "r:1", "mail") };
        let owner = Owner { environment: String::new(), project: of.into(), service: service.into() };
        assert_eq!(is_of(&state, &owner), expected, "{project:?} {of} {service}");
    };
    check(Some("shop"), "shop", "worker", true);
    check(Some("shop"), "other", "worker", false);
    check(Some("shop"), "shop", "web", false);
    check(None, "other", "worker", true);
}
