//! Limits in the whole proxy, and that they outlive a new plan.

use http_body_util::BodyExt as _;

use super::Site;
use super::site::told;
use crate::body::Body;

fn settings(middleware: &str, more: &str) -> String {
    format!(
        "[proxy.middlewares.limit]\n{middleware}\n[[proxy.route]]\nrule = \"Host(`app.com`)\"\nto = \"{{server}}\"\n\
         middlewares = [\"limit\"]\n{more}"
    )
}

const ANOTHER: &str = "[[proxy.route]]\nrule = \"Host(`other.com`)\"\nto = \"{server}\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_outlives_a_new_plan() {
    let limit = "ratelimit = { average = 1, period = \"1h\", burst = 3 }";
    let site = Site::new(&settings(limit, "")).await;
    for _ in 0..2 {
        assert_eq!(site.get("http://app.com/").await.status(), 200);
    }
    site.reload(&settings(limit, ANOTHER));
    site.planned(2).await;
    assert_eq!(site.get("http://app.com/").await.status(), 200);
    let refused = site.get("http://app.com/").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "3600");
    assert_eq!(site.get("http://other.com/").await.status(), 200);
    site.reload(&settings("ratelimit = { average = 1, period = \"1h\", burst = 2 }", ""));
    site.planned(1).await;
    assert_eq!(site.get("http://app.com/").await.status(), 200, "other options count anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_are_told_apart() {
    let site = Site::new(&settings(
        "ratelimit = { average = 1, period = \"1h\", sourcecriterion = { requestheadername = \"X-Key\" } }",
        "",
    ))
    .await;
    for (key, status) in [("a", 200), ("b", 200), ("a", 429), ("c", 200), ("b", 429)] {
        assert_eq!(site.ask("GET", "http://app.com/", &[("x-key", key)], "").await.status(), status, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_kept_until_the_answer_is_over() {
    let site = Site::new(&settings("inflightreq = { amount = 1 }", "")).await;
    let held = site.begin("GET", "http://app.com/pieces/9000000", &[], Body::empty()).await;
    assert_eq!(held.status(), 200);
    assert_eq!(site.get("http://app.com/").await.status(), 429, "the first one's body is on its way");
    held.into_body().collect().await.expect("all of it");
    for attempt in 0.. {
        if site.get("http://app.com/").await.status() == 200 {
            break;
        }
        assert!(attempt < 200, "its place is given back");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_given_back_by_clients_that_go_away() {
    let site = Site::new(&settings("inflightreq = { amount = 1 }", "")).await;
    let waiting = tokio::time::timeout(
        std::time::Duration::from_millis(100),
        site.begin("GET", "http://app.com/held", &[], Body::empty()),
    );
    assert!(waiting.await.is_err(), "it waits");
    for attempt in 0.. {
        if site.get("http://app.com/").await.status() == 200 {
            break;
        }
        assert!(attempt < 200, "its place is given back");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_checked() {
    for (range, status) in [("127.0.0.0/8", 200), ("10.0.0.0/8", 403)] {
        let site =
            Site::new(&settings(&format!("ipallowlist = {{ sourcerange = [\"{range}\"] }}"), "")).await;
        let lines = [("x-forwarded-for", "10.0.0.1")];
        assert_eq!(site.ask("GET", "http://app.com/", &lines, "").await.status(), status, "{range}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_bodies_are_refused() {
    let site = Site::new(&settings(
        "buffering = { maxrequestbodybytes = 1000, memrequestbodybytes = 100, maxresponsebodybytes = 5000, \
         memresponsebodybytes = 100 }",
        "",
    ))
    .await;
    for (length, status) in [(0, 200), (50, 200), (500, 200), (1000, 200), (1001, 413), (100_000, 413)] {
        let body = "b".repeat(length);
        let answer = site.ask("POST", "http://app.com/", &[], &body).await;
        assert_eq!(answer.status(), status, "{length} bytes");
        let upgrade = [("connection", "upgrade"), ("upgrade", "x")];
        let upgraded = site.ask("POST", "http://app.com/", &upgrade, &body).await;
        assert_eq!(upgraded.status(), status, "{length} bytes that want to be a tunnel");
        if status == 200 {
            assert_eq!(told(&answer, "body").unwrap_or_default(), body);
        }
    }
    for (path, status, length) in [
        ("/text/90", 200, 90),
        ("/text/5000", 200, 5000),
        ("/pieces/5000", 200, 5000),
        ("/text/5001", 500, 21),
        ("/pieces/9000", 500, 21),
    ] {
        let answer = site.get(&format!("http://app.com{path}")).await;
        assert_eq!((answer.status().as_u16(), answer.body().len()), (status, length), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_fails_is_left_alone() {
    let site = Site::new(&settings(
        "circuitbreaker = { expression = \"ResponseCodeRatio(500, 600, 0, 600) > 0.5\", checkperiod = \"1ms\", responsecode = 599 }",
        "",
    ))
    .await;
    for _ in 0..3 {
        assert_eq!(site.get("http://app.com/").await.status(), 200);
    }
    let mut statuses = Vec::new();
    for _ in 0..8 {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        statuses.push(site.get("http://app.com/status/500").await.status().as_u16());
    }
    assert_eq!(statuses, [500, 500, 500, 500, 599, 599, 599, 599]);
    assert_eq!(site.get("http://app.com/").await.status(), 599);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_sent_again() {
    for (options, method, failures, status) in [
        ("attempts = 3, status = [\"503\"]", "GET", 2, 200),
        ("attempts = 2, status = [\"503\"]", "GET", 2, 503),
        ("attempts = 3, status = [\"500-502\"]", "GET", 2, 503),
        ("attempts = 3", "GET", 2, 503),
        ("attempts = 1, status = [\"503\"]", "GET", 1, 503),
        ("attempts = 3, status = [\"503\"]", "PUT", 2, 200),
        ("attempts = 3, status = [\"503\"]", "POST", 2, 503),
        ("attempts = 3, status = [\"503\"], retrynonidempotentmethod = true", "POST", 2, 200),
        ("attempts = 3, status = [\"503\"], maxrequestbodybytes = 5", "PUT", 2, 503),
        ("attempts = 3, status = [\"503\"], initialinterval = \"1ms\"", "GET", 2, 200),
    ] {
        let site = Site::new(&settings(&format!("retry = {{ {options} }}"), "")).await;
        let body = if method == "GET" { "" } else { "the body" };
        let answer = site.ask(method, &format!("http://app.com/flaky/{failures}"), &[], body).await;
        assert_eq!(answer.status(), status, "{method} with {options}");
        if status == 200 {
            assert_eq!(told(&answer, "body").as_deref(), Some(body));
        }
    }
}
