//! When a CA is asked, and for what.

use std::time::Duration;

use http::HeaderMap;
use instant_acme::{Error, Problem};
use proptest::prelude::*;

use super::{LETS_ENCRYPT, at, resolver, wanted};
use crate::acme::client::retry_after;
use crate::acme::due::{Due, due};
use crate::acme::names::{Set, sets};
use crate::acme::policy::{self, Window};
use crate::acme::stored::{Store, Tries, Try};
use crate::acme::{Wanted, tries, words};

const NOW: &str = "2026-11-23T12:00:00Z";

#[test]
fn names_wait_longer_each_time() {
    let now = at(NOW);
    let waits = [(1, 60), (2, 300), (3, 900), (4, 3600), (5, 21_600), (6, 86_400), (60, 86_400)];
    for (failures, seconds) in waits {
        assert_eq!(
            policy::name_retry(failures, now, None).since(now),
            Duration::from_secs(seconds),
            "{failures}"
        );
    }
    let told = now.plus(Duration::from_secs(7200));
    assert_eq!(policy::name_retry(1, now, Some(told)), told);
    assert_eq!(policy::name_retry(6, now, Some(told)), now.plus(Duration::from_secs(86_400)));
    let never = now.plus(Duration::from_secs(1 << 40));
    assert_eq!(policy::ca_retry(1, now, Some(never)).since(now), Duration::from_secs(8 * 86_400));
    assert_eq!(policy::ca_retry(1, now, None).since(now), Duration::from_secs(10));
}

#[test]
fn certificates_are_renewed_in_time() {
    // From, until, the CA's window, the point in it; when.
    let window = |start: &str, end: &str| Some(Window { start: at(start), end: at(end) });
    let rows = [
        ("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z", None, 0.5, "2026-03-02T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "2026-02-15T00:00:00Z", None, 0.5, "2026-01-31T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "2026-01-07T00:00:00Z", None, 0.5, "2026-01-04T00:00:00Z"),
        (
            "2026-01-01T00:00:00Z",
            "2026-04-01T00:00:00Z",
            window("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z"),
            0.5,
            "2026-03-02T00:00:00Z",
        ),
        // A window after the end is no help.
        (
            "2026-01-01T00:00:00Z",
            "2026-04-01T00:00:00Z",
            window("2027-03-01T00:00:00Z", "2027-03-03T00:00:00Z"),
            0.5,
            "2026-03-23T00:00:00Z",
        ),
    ];
    for (from, until, window, point, expected) in rows {
        assert_eq!(policy::renew_at(at(from), at(until), window, point), at(expected), "{from} {until}");
    }
}

#[test]
fn a_ca_says_when_to_come_back() {
    let now = at(NOW);
    let header = |text: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", text.parse().unwrap());
        retry_after(&headers, now)
    };
    assert_eq!(header("120"), Some(now.plus(Duration::from_secs(120))));
    assert_eq!(header("Fri, 27 Nov 2026 10:00:00 GMT"), Some(at("2026-11-27T10:00:00Z")));
    assert_eq!(header("soon"), None);
    let told = "too many certificates (5) already issued: retry after 2026-11-24 01:02:03 UTC: see https://x";
    assert_eq!(policy::told_instant(told), Some(at("2026-11-24T01:02:03Z")));
    for nothing in ["", "retry after", "retry after tomorrow, please do", "retry after 2026-11-24é01:02:03"]
    {
        assert_eq!(policy::told_instant(nothing), None, "{nothing}");
    }
    let six_hours = now.plus(policy::INFO_USUAL);
    assert_eq!(policy::next_look(now, None), six_hours);
    assert_eq!(policy::next_look(now, Some(now)), now.plus(Duration::from_secs(60)));
    assert_eq!(
        policy::next_look(now, Some(at("2030-01-01T00:00:00Z"))),
        now.plus(Duration::from_secs(86_400))
    );
}

#[test]
fn each_name_is_wanted_once() {
    let le = resolver("le", "https://ca.example/directory");
    let known = |name: &str| (name == "le").then_some(&le);
    let rows: [(&[&[&str]], &str); 5] = [
        (&[&["a.example"], &["a.example"]], "a.example"),
        (&[&["a.example"], &["WWW.a.example.", "a.example"]], "a.example www.a.example"),
        (&[&["a.example", "b.example"], &["b.example", "c.example"]], "a.example b.example | c.example"),
        (&[&["b.example"], &["a.example"]], "a.example | b.example"),
        (&[&[]], ""),
    ];
    for (asked, expected) in rows {
        let asked: Vec<Wanted> = asked.iter().map(|names| wanted(names)).collect();
        let (sets, refused) = sets(&asked, known);
        let shown: Vec<String> = sets.iter().map(|set| set.names.join(" ")).collect();
        assert_eq!((shown.join(" | ").as_str(), refused.len()), (expected, 0));
    }
}

#[test]
fn what_no_ca_would_give_is_refused_at_once() {
    let (le, private) = (resolver("le", LETS_ENCRYPT), resolver("le", "https://ca.example/directory"));
    // The name, and whether Let's Encrypt and a CA of one's own are asked.
    let rows = [
        ("shop.example.com", true, true),
        ("*.example.com", false, false),
        ("192.0.2.7", false, false),
        ("localhost", false, true),
        ("nas.local", false, true),
        ("shop.test", false, true),
        ("contest", false, true),
        ("mycontest.com", true, true),
        ("a..example.com", false, false),
        ("sho p.example.com", false, false),
        ("", false, false),
    ];
    for (name, public, own) in rows {
        for (resolver, expected) in [(&le, public), (&private, own)] {
            let (sets, refused) = sets(&[wanted(&[name])], |_| Some(resolver));
            assert_eq!(
                (sets.len(), refused.len()),
                if expected { (1, 0) } else { (0, 1) },
                "{name} {refused:?}"
            );
        }
    }
    let (_, refused) = sets(&[wanted(&["shop.example.com"])], |_| None);
    assert!(refused[0].why.contains("[proxy.acme.<name>]"));
}

fn set(names: &[&str]) -> Set {
    Set { resolver: "le".to_owned(), names: names.iter().map(|name| (*name).to_owned()).collect() }
}

#[test]
fn what_is_due_is_ordered() {
    let now = at(NOW);
    let tried = |failures: u32, minutes: i64| Try {
        failures,
        next: now.plus(Duration::from_secs(600)).minus(Duration::from_secs(600 - (minutes * 60) as u64)),
        at: now,
        what: None,
    };
    let shown = |(orders, next): (Vec<Due>, Option<_>)| {
        let orders =
            orders.iter().map(|due| format!("{}{}", due.names.join("+"), if due.probe { "?" } else { "" }));
        (
            orders.collect::<Vec<_>>().join(" "),
            next.map(|next: model::Timestamp| next.since(now).as_secs() / 60),
        )
    };
    let mut tries = Tries::default();
    let ab = [set(&["a", "b"]), set(&["c"])];
    let check = |tries: &Tries, fresh: &str| shown(due(&ab, tries, |_, name| fresh.contains(name), now));
    assert_eq!(check(&tries, ""), ("a+b c".to_owned(), None));
    assert_eq!(check(&tries, "abc"), (String::new(), None));
    // A name that is new brings its whole set with it.
    assert_eq!(check(&tries, "ac"), ("a+b".to_owned(), None));
    let mut le = std::collections::BTreeMap::new();
    le.insert("b".to_owned(), tried(1, 5));
    tries.names.insert("le".to_owned(), le);
    assert_eq!(check(&tries, "c"), ("a".to_owned(), Some(5)));
    assert_eq!(check(&tries, "ac"), (String::new(), Some(5)));
    tries.names.get_mut("le").unwrap().insert("b".to_owned(), tried(2, 0));
    assert_eq!(check(&tries, "c"), ("a b?".to_owned(), None));
    tries.cas.insert("le".to_owned(), tried(1, 3));
    assert_eq!(check(&tries, "c"), (String::new(), Some(3)));
}

#[test]
fn a_try_counts_until_more_is_known() {
    let now = at(NOW);
    let order = Due { resolver: "le".to_owned(), names: vec!["a".to_owned(), "b".to_owned()], probe: false };
    let mut all = Tries::default();
    let before = all.clone();
    tries::begun(&mut all, &order, now);
    assert_eq!(all.names["le"]["a"].failures, 1);
    let begun = all.clone();

    tries::names_failed(&mut all, &order, &before, &["b".to_owned()], "no", None, now);
    assert_eq!(all.names["le"].keys().collect::<Vec<_>>(), ["b"], "the other was not to blame");
    assert_eq!(all.names["le"]["b"].what.as_deref(), Some("no"));

    let mut all = begun.clone();
    tries::taken_back(&mut all, &order, &before);
    for _ in 0..4 {
        tries::ca_failed(&mut all, "le", "down", None, now, now.plus(Duration::from_secs(1)));
    }
    assert_eq!((all.names.len(), all.cas["le"].failures), (0, 1), "four at once are one failure");
    tries::ca_failed(
        &mut all,
        "le",
        "down",
        None,
        now.plus(Duration::from_secs(20)),
        now.plus(Duration::from_secs(21)),
    );
    assert_eq!(all.cas["le"].failures, 2);

    let mut all = begun;
    tries::succeeded(&mut all, &order);
    assert_eq!(all, Tries::default());
}

#[test]
fn what_nobody_wants_is_forgotten_but_not_at_once() {
    let now = at(NOW);
    let order = Due { resolver: "le".to_owned(), names: vec!["a".to_owned()], probe: false };
    let mut all = Tries::default();
    tries::begun(&mut all, &order, now);
    tries::forget(&mut all, &[], now.plus(Duration::from_secs(3600)));
    assert_eq!(all.names.len(), 1);
    tries::forget(&mut all, &[set(&["a"])], now.plus(Duration::from_secs(90 * 86_400)));
    assert_eq!(all.names.len(), 1);
    tries::forget(&mut all, &[], now.plus(Duration::from_secs(90 * 86_400)));
    assert_eq!(all, Tries::default());
}

#[test]
fn a_refusal_says_whom_it_is_about() {
    let names = ["shop.example.com".to_owned(), "other.org".to_owned()];
    let problem = |json: serde_json::Value| Error::Api(serde_json::from_value::<Problem>(json).unwrap());
    let rows = [
        (serde_json::json!({ "detail": "too many for \"example.com\"." }), "shop.example.com"),
        (serde_json::json!({ "detail": "too many for other.org: stop" }), "other.org"),
        (serde_json::json!({ "detail": "too many new orders" }), ""),
        (serde_json::json!({ "detail": "see https://ca.test/ample.com" }), ""),
        (
            serde_json::json!({ "detail": "some", "subproblems": [
                { "type": "x", "detail": "y", "identifier": { "type": "dns", "value": "other.org" } }
            ] }),
            "other.org",
        ),
    ];
    for (json, expected) in rows {
        assert_eq!(words::concerned(&problem(json.clone()), &names).join(" "), expected, "{json}");
    }
    let told = words::told(&problem(
        serde_json::json!({ "type": "urn:ietf:params:acme:error:caa", "detail": "no" }),
    ));
    assert_eq!(told, "no (caa)");
}

proptest! {
    #[test]
    fn points_are_within_their_window(serial in prop::collection::vec(any::<u8>(), 0..20)) {
        let point = policy::point(&serial);
        prop_assert!((0.0..1.0).contains(&point));
    }
}

#[test]
fn folders_with_keys_are_closed_to_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("acme");
    // As something before it may have made it.
    std::fs::create_dir(&root).unwrap();
    std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o755)).unwrap();
    Store::open(&root).unwrap();
    for folder in [root.clone(), root.join("accounts"), root.join("certificates")] {
        let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
    }
}
