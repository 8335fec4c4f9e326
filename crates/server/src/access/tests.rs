//! The parts of the decision, each by itself; the whole is tested through the router in `server::tests`.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use model::Timestamp;

use super::origin::{Hosts, Origin};
use super::*;
use crate::config::PublicUrl;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
}

fn hosts() -> Hosts {
    Hosts::new(Some(&PublicUrl { https: true, authority: "ops.example.com".into() }))
}

#[test]
fn origins() {
    let check = |pairs: &[(&'static str, &'static str)], expected: Origin| {
        assert_eq!(hosts().origin(&headers(pairs), &Uri::from_static("/x")), expected, "{pairs:?}");
    };
    check(&[], Origin::Untold);
    check(&[("host", "localhost:4100"), ("origin", "http://localhost:4100")], Origin::Ours);
    check(&[("host", "localhost:4100"), ("origin", "http://LOCALHOST:4100")], Origin::Ours);
    check(&[("host", "10.0.0.1:4100"), ("origin", "https://ops.example.com")], Origin::Ours);
    check(&[("host", "localhost:4100"), ("origin", "http://localhost:8000")], Origin::Foreign);
    check(&[("host", "localhost:4100"), ("origin", "http://evil.example")], Origin::Foreign);
    check(&[("host", "localhost:4100"), ("origin", "null")], Origin::Foreign);
    check(&[("host", "localhost:4100"), ("origin", "")], Origin::Foreign);
    check(&[("sec-fetch-site", "same-origin")], Origin::Ours);
    check(&[("sec-fetch-site", "same-site")], Origin::Untold);
    check(&[("sec-fetch-site", "cross-site"), ("origin", "http://evil.example")], Origin::Foreign);
    let absolute = Uri::from_static("http://two.example/x");
    assert_eq!(hosts().origin(&headers(&[("origin", "http://two.example")]), &absolute), Origin::Ours);
}

#[test]
fn names_of_this_machine() {
    let check = |host: &'static str, expected: bool| {
        assert_eq!(hosts().is_local(&headers(&[("host", host)]), &Uri::from_static("/")), expected, "{host}");
    };
    for host in [
        "localhost",
        "LocalHost:4100",
        "127.0.0.1:4100",
        "127.8.0.1",
        "[::1]:4100",
        "x.localhost:1",
        "ops.example.com",
    ] {
        check(host, true);
    }
    for host in [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1:4100",
        "notlocalhost",
        "[::2]:1",
    ] {
        check(host, false);
    }
    assert!(!hosts().is_local(&HeaderMap::new(), &Uri::from_static("/")));
}

#[test]
fn cookies_are_found_and_written() {
    let check = |cookie: &'static str, expected: Option<&str>| {
        assert_eq!(SessionCookie::secret(&headers(&[("cookie", cookie)])).as_deref(), expected, "{cookie}");
    };
    check("porthole_session=abc", Some("abc"));
    check("theme=dark; porthole_session=abc; x=y", Some("abc"));
    check("not_porthole_session=abc", None);
    check("porthole_session", None);
    let plain = SessionCookie { secure: false };
    let written = plain.set("abc");
    assert_eq!(written, "porthole_session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000");
    let secure = SessionCookie { secure: true };
    assert_eq!(secure.clear(), "porthole_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure");
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000 + seconds)
}

fn address(text: &str) -> Option<IpAddr> {
    Some(text.parse().expect("an address"))
}

#[test]
fn a_name_has_ten_attempts_from_an_address_and_then_one_every_half_minute() {
    let attempts = Attempts::default();
    let take = |name: &str, from: &str, seconds: i64| attempts.take(name, address(from), at(seconds));
    for _ in 0..10 {
        take("ann", "192.0.2.1", 0).expect("granted");
    }
    assert_eq!(take("ANN", "192.0.2.1", 0), Err(Duration::from_secs(30)));
    take("bob", "192.0.2.1", 0).expect("another name");
    take("ann", "192.0.2.2", 0).expect("another address");
    assert_eq!(take("ann", "192.0.2.1", 10), Err(Duration::from_secs(20)));
    take("ann", "192.0.2.1", 30).expect("granted");
    take("ann", "192.0.2.1", 30).expect_err("one only");
    attempts.forgive("Ann", address("192.0.2.1"));
    take("ann", "192.0.2.1", 30).expect("forgiven");
}

#[test]
fn a_name_has_a_hundred_attempts_from_everywhere() {
    let attempts = Attempts::default();
    let take = |number: u32| attempts.take("ann", Some(Ipv4Addr::from_bits(number << 8).into()), at(0));
    for number in 0..100 {
        take(number).expect("granted");
    }
    assert_eq!(take(100), Err(Duration::from_secs(5)));
}

#[test]
fn an_address_has_forty_attempts_whatever_the_names() {
    let attempts = Attempts::default();
    for number in 0..40 {
        attempts.take(&format!("u{number}"), address("2001:db8::1"), at(0)).expect("granted");
    }
    attempts.take("x", address("2001:db8::ffff"), at(0)).expect_err("the same network");
    attempts.take("x", address("2001:db8:0:1::1"), at(0)).expect("another network");
    attempts.take("x", address("192.0.2.1"), at(0)).expect("another network");
}

#[test]
fn the_memory_of_attempts_is_bounded_and_keeps_the_worst() {
    let attempts = Attempts::default();
    for _ in 0..10 {
        attempts.take("attacked", None, at(0)).expect("granted");
    }
    for number in 0..30_000 {
        attempts.take(&format!("u{number}"), None, at(0)).expect("granted");
    }
    assert!(attempts.remembered() <= 10_000);
    attempts.take("attacked", None, at(0)).expect_err("still remembered");
}
