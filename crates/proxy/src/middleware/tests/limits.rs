use std::net::IpAddr;
use std::time::Duration;

use route::declared::{
    InFlight as InFlightOptions, IpAllowList, IpStrategy, RateLimit as RateOptions, SourceCriterion,
};
use route::net::Cidr;

use super::{line, outcome, request};
use crate::middleware::limits::{InFlight, RateLimit, allowed};

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn ranges(texts: &[&str]) -> Vec<Cidr> {
    texts.iter().map(|text| Cidr::parse(text).expect("a range")).collect()
}

#[test]
fn only_certain_addresses_pass() {
    let depth = |depth| IpStrategy { depth, ..IpStrategy::default() };
    let besides = |excluded: &[&str]| IpStrategy { excluded: ranges(excluded), ..IpStrategy::default() };
    for (source, strategy, reject, peer, forwarded, expected) in [
        (&["20.20.20.20"][..], depth(0), 403, "20.20.20.20", None, 200),
        (&["20.20.20.20"], depth(0), 403, "20.20.20.21", None, 403),
        (&["20.20.20.0/24"], depth(0), 403, "20.20.20.21", None, 200),
        (&["20.20.20.20"], depth(0), 404, "20.20.20.21", None, 404),
        (&["20.20.20.20"], depth(0), 403, "20.20.20.21", Some("20.20.20.20"), 403),
        (&["20.20.20.20"], depth(0), 403, "::ffff:20.20.20.20", None, 200),
        (&["2001:db8::/32"], depth(0), 403, "2001:db8::1", None, 200),
        (&["2001:db8::/32"], depth(0), 403, "2001:db9::1", None, 403),
        (&["1.1.1.1"], depth(1), 403, "20.20.20.20", Some("2.2.2.2, 1.1.1.1"), 200),
        (&["1.1.1.1"], depth(1), 403, "1.1.1.1", Some("1.1.1.1, 2.2.2.2"), 403),
        (&["0.0.0.0/0", "::/0"], depth(2), 403, "1.1.1.1", Some("1.1.1.1"), 403),
        (&["0.0.0.0/0"], depth(1), 403, "1.1.1.1", Some("unknown"), 403),
        (&["0.0.0.0/0"], depth(1), 403, "1.1.1.1", None, 403),
        (&["1.1.1.1"], besides(&["10.0.0.0/8"]), 403, "10.0.0.1", Some("1.1.1.1, 10.0.0.2"), 200),
        (&["1.1.1.1"], besides(&["10.0.0.0/8"]), 403, "10.0.0.1", Some("1.1.1.1, 3.3.3.3, 10.0.0.2"), 403),
    ] {
        let options = IpAllowList { source_range: ranges(source), strategy, reject_status: reject };
        let lines: Vec<_> = forwarded.map(|forwarded| ("x-forwarded-for", forwarded)).into_iter().collect();
        let found = outcome(allowed(&options, &request("GET", "http://foo", &lines), ip(peer))).0;
        assert_eq!(found, expected, "{peer} {forwarded:?} with {options:?}");
    }
}

#[test]
fn whoever_asks_too_often_is_told_when_to_come_back() {
    let options = RateOptions {
        average: 6,
        period: Duration::from_secs(60),
        burst: 2,
        source: SourceCriterion::default(),
    };
    let limit = RateLimit::new(&options).expect("a step");
    let asked = request("GET", "http://foo", &[]);
    for _ in 0..2 {
        assert!(limit.before(&asked, ip("1.1.1.1")).is_ok());
    }
    let refused = limit.before(&asked, ip("1.1.1.1")).expect_err("a third at once");
    assert_eq!(refused.answer.status(), 429);
    assert_eq!(line(refused.answer.headers(), "retry-after").as_deref(), Some("10"));
    assert!(line(refused.answer.headers(), "x-retry-in").is_some_and(|wait| wait.ends_with("ms")));
    assert_eq!(refused.what.as_deref(), Some("more than 6 requests in 60s, 2 at once"));
    assert!(limit.before(&asked, ip("2.2.2.2")).is_ok(), "another client");

    let unlimited = RateLimit::new(&RateOptions { average: 0, ..options }).expect("a step");
    for _ in 0..1000 {
        assert!(unlimited.before(&asked, ip("1.1.1.1")).is_ok());
    }
}

#[test]
fn places_are_given_back() {
    let limit = |amount, header: Option<&str>| {
        let source = SourceCriterion { header: header.map(str::to_owned), ..SourceCriterion::default() };
        InFlight::new(&InFlightOptions { amount, source }).expect("a step")
    };
    let (foo, bar) = (request("GET", "http://foo", &[]), request("GET", "http://bar", &[("x-key", "1")]));
    let peer = ip("1.1.1.1");
    let by_host = limit(2, None);
    let first = by_host.before(&foo, peer).expect("a place");
    let _second = by_host.before(&foo, ip("2.2.2.2")).expect("a place");
    assert_eq!(by_host.before(&foo, peer).expect_err("a third").answer.status(), 429);
    let _other = by_host.before(&bar, peer).expect("another host has places of its own");
    drop(first);
    let _third = by_host.before(&foo, peer).expect("a place that was given back");
    assert!(by_host.before(&foo, peer).is_err());

    let by_header = limit(1, Some("X-Key"));
    let _without = by_header.before(&foo, peer).expect("a place");
    let _with = by_header.before(&bar, peer).expect("a place");
    assert!(by_header.before(&bar, peer).is_err());
    assert!(limit(0, None).before(&foo, peer).is_err(), "none at all");
}
