//! Ids, entries and numbers, by tables.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Version};
use mask::{Config, Masker};
use model::Identity;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::tls::HandshakeFault;

const UUID: &str = "a made id";
const MADE: &str = "a made trace";
const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn settled(sent: &[(&'static str, &str)]) -> (Ids, HeaderMap) {
    let mut headers = HeaderMap::new();
    for (name, value) in sent {
        headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    let ids = Ids::settle(&mut headers);
    (ids, headers)
}

#[test]
fn request_ids_are_kept_or_made() {
    let long = "x".repeat(129);
    for (sent, expected) in [
        (vec!["abc-1.2_Z"], "abc-1.2_Z"),
        (vec![&long[..128]], &long[..128]),
        (vec![&*long], UUID),
        (vec![""], UUID),
        (vec![], UUID),
        (vec!["two words"], UUID),
        (vec!["a\"b"], UUID),
        (vec!["one", "two"], UUID),
    ] {
        let sent: Vec<_> = sent.iter().map(|id| ("x-request-id", *id)).collect();
        let (ids, headers) = settled(&sent);
        assert_eq!(headers.get_all("x-request-id").iter().count(), 1, "{sent:?}");
        assert_eq!(headers["x-request-id"], ids.request(), "{sent:?}");
        let mut answer = HeaderMap::new();
        ids.answer(&mut answer);
        assert_eq!(answer["x-request-id"], ids.request());
        match expected {
            UUID => assert_uuid_v7(ids.request()),
            _ => assert_eq!(ids.request(), expected),
        }
    }
}

fn assert_uuid_v7(id: &str) {
    let parts: Vec<_> = id.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12], "{id}");
    assert_eq!(&id[14..15], "7", "{id}");
    assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
    let millis = u64::from_str_radix(&id.replace('-', "")[..12], 16).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    assert!(u128::from(millis).abs_diff(now) < 60_000, "{id}");
}

#[test]
fn made_ids_differ() {
    let ids: std::collections::HashSet<_> =
        (0..10_000).map(|_| Ids::settle(&mut HeaderMap::new())).map(|ids| ids.request().to_owned()).collect();
    assert_eq!(ids.len(), 10_000);
}

#[test]
fn traces_are_kept_or_made() {
    let w3c = format!("00-{ID}-00f067aa0ba902b7-01");
    let later = format!("01-{ID}-00f067aa0ba902b7-00-more");
    let sentry = format!("{ID}-00f067aa0ba902b7");
    let decided = format!("{ID}-00f067aa0ba902b7-0");
    let other = format!("{}-00f067aa0ba902b7-1", "1".repeat(32));
    let (zeros, upper) = (format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), w3c.to_uppercase());
    let trailing = format!("{w3c}-");
    for (traceparent, sentry_trace, trace, sent_on) in [
        (Some(&*w3c), None, ID, (w3c.clone(), format!("{sentry}-1"))),
        (None, Some(&*sentry), ID, (w3c.clone(), sentry.clone())),
        (None, Some(&*decided), ID, (format!("00-{ID}-00f067aa0ba902b7-00"), decided.clone())),
        (Some(&*w3c), Some(&*other), ID, (w3c.clone(), other.clone())),
        (Some(&*later), None, ID, (later.clone(), decided.clone())),
        (Some(&*zeros), Some(&*sentry), ID, (w3c.clone(), sentry.clone())),
        (Some(&*upper), None, MADE, Default::default()),
        (Some(&*trailing), None, MADE, Default::default()),
        (Some("00-12"), Some("é"), MADE, Default::default()),
        (None, None, MADE, Default::default()),
    ] {
        let sent = [("traceparent", traceparent), ("sentry-trace", sentry_trace)];
        let sent: Vec<_> = sent.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let (ids, headers) = settled(&sent);
        if trace != MADE {
            assert_eq!(ids.trace(), trace, "{sent:?}");
            assert_eq!(headers["traceparent"], sent_on.0, "{sent:?}");
            assert_eq!(headers["sentry-trace"], sent_on.1, "{sent:?}");
            continue;
        }
        assert!(ids.trace().len() == 32 && ids.trace() != ID, "{sent:?}");
        let sent_on = headers["sentry-trace"].to_str().unwrap();
        assert!(sent_on.starts_with(ids.trace()) && sent_on.len() == 49, "{sent_on}");
        assert_eq!(headers["traceparent"], format!("00-{sent_on}-01"));
    }
}

/// A request over what `with` leaves of it.
fn report<'r>(meter: &Meter, ticket: &'r Ticket, with: impl FnOnce(&mut Finished<'r>)) {
    let sent = || settled(&[("x-request-id", "r-1"), ("sentry-trace", &format!("{ID}-00f067aa0ba902b7"))]).0;
    static IDS: OnceLock<Ids> = OnceLock::new();
    let mut finished = Finished {
        ticket,
        ids: IDS.get_or_init(sent),
        server: None,
        method: &Method::GET,
        version: Version::HTTP_11,
        protocol: Protocol::Http,
        tls: None,
        host: "shop.example",
        path: "/",
        query: "",
        user_agent: "",
        referer: "",
        client: IpAddr::from([203, 0, 113, 9]),
        status: 200,
        duration: Duration::from_micros(12_340),
        upstream: None,
        bytes_in: 0,
        bytes_out: 5,
        retries: 0,
        why: None,
        detail: "",
    };
    with(&mut finished);
    meter.finished(&finished);
}

fn meter() -> Arc<Meter> {
    let identity = Identity { host: "vm1".into(), environment: "production".into(), ..Identity::default() };
    Arc::new(Meter::new(identity, Arc::new(Masker::new(Config::default()))))
}

fn ticket(meter: &Meter) -> Ticket {
    Ticket::new(meter.entrypoint("web"))
}

fn web(meter: &Meter) -> Arc<Route> {
    meter.route("web@docker", "web-shop@docker", "shop", "web", Recorded::default())
}

/// The only entry that waits: its stream and its line.
fn taken(meter: &Meter) -> (String, String) {
    let waiting = meter.ring.take();
    let [ring::Waiting { labels, entry }] = &waiting[..] else { panic!("{waiting:?}") };
    (labels.to_string(), entry.line.clone())
}

#[test]
fn an_entry_says_what_there_was() {
    let meter = meter();
    let mut routed = ticket(&meter);
    routed.routed(&web(&meter));
    routed.passed(&meter.target("web-shop@docker", "shop", "web"));
    let container = Identity {
        service: "web".into(),
        project: "shop".into(),
        environment: "production".into(),
        host: "vm1".into(),
        container: "shop-web-2".into(),
    };
    let server = Server::new("172.18.0.3:8000", Some(&container));
    report(&meter, &routed, |request| {
        request.server = Some(&server);
        request.path = "/cart/\"é\"";
        request.query = "page=2&password=hunter2&next=%2F";
        request.upstream = Some(Duration::from_millis(11));
        request.tls = Some("1.3");
        request.version = Version::HTTP_2;
        request.user_agent = "curl/8\u{7}";
        request.referer = "https://shop.example/?token=abcdefabcdef";
        request.retries = 1;
    });
    let (stream, line) = taken(&meter);
    assert_eq!(
        stream,
        r#"{container="shop-web-2", environment="production", host="vm1", project="shop", service="web", stream="access"}"#
    );
    let fields: serde_json::Value = serde_json::from_str(&line).unwrap();
    let expected = serde_json::json!({
        "level": "info", "status": 200, "method": "GET", "domain": "shop.example", "path": "/cart/\"é\"",
        "query": "page=2&password=[masked:password]&next=%2F",
        "duration_ms": 12.34, "upstream_ms": 11, "bytes_in": 0, "bytes_out": 5, "client": "203.0.113.9",
        "request_id": "r-1", "trace_id": ID, "entrypoint": "web", "router": "web@docker",
        "target": "web-shop@docker", "server": "172.18.0.3:8000", "retries": 1, "protocol": "HTTP/2", "tls": "1.3",
        "user_agent": "curl/8\u{7}", "referer": "https://shop.example/?token=[masked:token]",
    });
    assert_eq!(fields, expected, "{line}");
}

#[test]
fn a_request_that_no_router_takes_is_our_own() {
    let meter = meter();
    report(&meter, &ticket(&meter), |request| {
        request.status = 404;
        request.why = Some(Why::NoRouter);
        request.path = "/wp-login.php";
    });
    let (stream, line) = taken(&meter);
    assert_eq!(stream, r#"{environment="production", host="vm1", service="porthole", stream="access"}"#);
    for part in [r#""level":"warn""#, r#""why":"no_router""#, r#""status":404"#] {
        assert!(line.contains(part), "{line}");
    }
}

#[test]
fn a_full_ring_drops_and_counts() {
    let meter = meter();
    let ticket = ticket(&meter);
    let path = "/".repeat(2_000);
    for _ in 0..20_000 {
        report(&meter, &ticket, |request| request.path = &path);
    }
    let kept = meter.ring.take().len() as u64;
    assert!(
        meter.dropped() > 0 && kept + meter.dropped() == 20_000,
        "{kept} kept, {} dropped",
        meter.dropped()
    );
    assert!(
        meter
            .exposition()
            .contains(&format!("porthole_proxy_access_entries_dropped_total {}", meter.dropped()))
    );
}

#[test]
fn numbers_stand_under_both_names() {
    let meter = meter();
    let mut routed = ticket(&meter);
    routed.routed(&web(&meter));
    routed.passed(&meter.target("web-shop@docker", "shop", "web"));
    for (millis, status, tls) in [(40, 200, None), (250, 200, Some("1.3")), (900, 503, None)] {
        report(&meter, &routed, |request| {
            request.duration = Duration::from_millis(millis);
            request.status = status;
            request.tls = tls;
            request.retries = u32::from(status == 503);
        });
    }
    let _open = Connection::new(meter.entrypoint("web"));
    let text = meter.exposition();
    for line in [
        r#"porthole_proxy_entrypoint_requests_total{entrypoint="web",class="2xx"} 2"#,
        r#"porthole_proxy_router_requests_total{router="web@docker",target="web-shop@docker",service="web",project="shop",class="5xx"} 1"#,
        r#"porthole_proxy_target_in_flight_requests{target="web-shop@docker",service="web",project="shop"} 1"#,
        r#"porthole_proxy_router_request_duration_seconds_count{router="web@docker",target="web-shop@docker",service="web",project="shop"} 3"#,
        r#"porthole_proxy_router_request_duration_seconds_bucket{router="web@docker",target="web-shop@docker",service="web",project="shop",le="0.5"} 2"#,
        r#"traefik_router_requests_total{code="200",method="GET",protocol="http",router="web@docker",service="web-shop@docker"} 2"#,
        r#"traefik_router_requests_tls_total{router="web@docker",service="web-shop@docker"} 1"#,
        r#"traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="web-shop@docker",le="0.1"} 1"#,
        r#"traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="web-shop@docker",le="0.3"} 2"#,
        r#"traefik_service_request_duration_seconds_sum{code="503",method="GET",protocol="http",service="web-shop@docker"} 0.9"#,
        r#"traefik_service_retries_total{service="web-shop@docker"} 1"#,
        r#"traefik_entrypoint_responses_bytes_total{code="200",method="GET",protocol="http",entrypoint="web"} 10"#,
        r#"traefik_open_connections{entrypoint="web",protocol="TCP"} 1"#,
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\nis not in\n{text}");
    }
    drop(routed);
    assert_eq!(meter.live_targets()["web-shop@docker"].in_flight, 0);
}

#[test]
fn a_router_has_its_numbers_before_its_first_request() {
    let meter = meter();
    let _route = web(&meter);
    let text = meter.exposition();
    for class in ["2xx", "3xx", "4xx", "5xx"] {
        let line = format!(
            r#"porthole_proxy_router_requests_total{{router="web@docker",target="web-shop@docker",service="web",project="shop",class="{class}"}} 0"#
        );
        assert!(text.lines().any(|other| other == line), "{line}\nis not in\n{text}");
    }
}

#[test]
fn what_is_not_to_be_recorded_is_not() {
    for (entries, numbers) in [(true, true), (false, true), (true, false), (false, false)] {
        let meter = meter();
        let mut routed = ticket(&meter);
        routed.routed(&meter.route("r@docker", "s@docker", "", "", Recorded { entries, numbers }));
        routed.passed(&meter.target("s@docker", "", ""));
        report(&meter, &routed, |_| ());
        assert_eq!(meter.ring.take().len(), usize::from(entries));
        for live in [meter.live_entrypoints(), meter.live_routers(), meter.live_targets()] {
            let requests: u64 = live.values().map(|live| live.requests).sum();
            assert_eq!(requests, u64::from(numbers), "{live:?}");
        }
    }
}

#[test]
fn handshakes_that_fail_are_counted_apart() {
    let meter = meter();
    let web = meter.entrypoint("web");
    web.handshake_failed(HandshakeFault::Garbage);
    web.handshake_failed(HandshakeFault::Garbage);
    let text = meter.exposition();
    for (reason, count) in [("garbage", 2), ("refused", 0)] {
        let line = format!(
            "porthole_proxy_tls_handshake_failures_total{{entrypoint=\"web\",reason=\"{reason}\"}} {count}"
        );
        assert!(text.lines().any(|other| other == line), "{line}\nis not in\n{text}");
    }
    report(&meter, &ticket(&meter), |request| request.why = Some(Why::Handshake));
    assert_eq!((meter.live_entrypoints()["web"].requests, meter.ring.take().len()), (0, 1));
}

#[test]
fn the_last_minute_is_what_was_counted_between_looks() {
    let meter = meter();
    let ticket = ticket(&meter);
    meter.look();
    for millis in 1..=100 {
        report(&meter, &ticket, |request| request.duration = Duration::from_millis(millis));
    }
    meter.look();
    let window = &meter.live_entrypoints()["web"].window;
    assert_eq!((window.requests(), window.span), (100, Duration::from_secs(10)));
    for (quantile, millis) in [(window.p50, 50.0), (window.p95, 95.0), (window.p99, 99.0)] {
        let seen = quantile.unwrap().as_secs_f64() * 1e3;
        assert!((seen / millis - 1.0).abs() < 0.1, "{seen} for {millis}");
    }
    (0..12).for_each(|_| meter.look());
    assert_eq!(meter.live_entrypoints()["web"].window.requests(), 0);
}

#[test]
fn series_are_bounded_and_go_on() {
    let meter = meter();
    let kept: Vec<_> = (0..5_000).map(|number| meter.target(&format!("t{number}@docker"), "", "")).collect();
    assert_eq!(kept.last().map(|series| series.name()), Some("(others)"));
    drop(kept);
    assert_eq!(meter.target("late@docker", "", "").name(), "late@docker");
    let ticket = ticket(&meter);
    for status in 100..1_000 {
        report(&meter, &ticket, |request| request.status = status);
    }
    let sums = meter.entrypoint("web").sums();
    assert!(sums.kinds.len() < 100, "{}", sums.kinds.len());
    assert_eq!(sums.kinds.iter().map(|(_, count)| count.requests).sum::<u64>(), 900);
}

#[test]
fn buckets_hold_what_they_say() {
    for nanos in
        [0, 1, 32_767, 32_768, 32_769, 36_863, 36_864, 1_000_000, 999_999_999, 59_000_000_000, u64::MAX]
    {
        let duration = Duration::from_nanos(nanos);
        let bucket = buckets::of(duration);
        assert!(bucket + 1 == buckets::COUNT || duration < buckets::edge(bucket), "{nanos} in {bucket}");
        assert!(bucket == 0 || duration >= buckets::edge(bucket - 1), "{nanos} in {bucket}");
    }
}

#[tokio::test]
async fn the_recorder_passes_on_all_even_at_its_end() {
    let meter = meter();
    let (sender, mut receiver) = mpsc::channel(16);
    let shutdown = CancellationToken::new();
    let running = tokio::spawn(Recorder::new(Arc::clone(&meter), sender).run(shutdown.clone()));
    report(&meter, &ticket(&meter), |_| ());
    assert_eq!(receiver.recv().await.unwrap().entries.len(), 1);
    report(&meter, &ticket(&meter), |_| ());
    shutdown.cancel();
    running.await.unwrap();
    assert_eq!(receiver.recv().await.unwrap().entries.len(), 1);
    assert!(receiver.recv().await.is_none());
}
