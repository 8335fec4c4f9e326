//! What is not taken, and what is taken again.

use super::ground::{DAY, Ground, HOUR, START_MS, labels};
use crate::status::{Refused, Written};

fn refused(why: Refused) -> Written {
    Written { stored: 0, refused: vec![(why, 1)] }
}

fn stored(samples: u64) -> Written {
    Written { stored: samples, refused: vec![] }
}

#[test]
fn what_does_not_fit_is_refused_and_the_rest_is_stored() {
    let mut ground = Ground::new();
    let at = START_MS + 60_000;
    assert_eq!(ground.scrape("t", at, &[("up", 1.0)]), stored(1));
    assert_eq!(ground.scrape("t", at, &[("up", 1.0)]), stored(1), "the same again");
    assert_eq!(ground.scrape("t", at, &[("up", 2.0)]), refused(Refused::Duplicate));
    let mixed = Written { stored: 1, refused: vec![(Refused::OutOfOrder, 1)] };
    assert_eq!(ground.scrape("t", START_MS, &[("up", 1.0), ("late", 5.0)]), mixed);
    assert_eq!(ground.scrape("t", at + 15_000, &[("up", 3.0)]), stored(1));
    // A sender that was not answered sends all of it again.
    assert_eq!(ground.scrape("t", at, &[("up", 1.0)]), stored(1));
    assert_eq!(ground.scrape("t", at, &[("up", 4.0)]), refused(Refused::Duplicate));

    ground.set_clock(START_MS);
    let ten_minutes = 600_000;
    assert_eq!(ground.try_scrape("t", START_MS + ten_minutes, &[("new", 1.0)]).unwrap(), stored(1));
    let ahead = ground.try_scrape("t", START_MS + ten_minutes + 1, &[("new", 2.0)]).unwrap();
    assert_eq!(ahead, refused(Refused::TooFarAhead));
    assert_eq!(ground.scrape("t", START_MS - 60 * DAY, &[("old", 1.0)]), stored(1));
    assert_eq!(ground.scrape("t", START_MS - 60 * DAY - 1, &[("older", 1.0)]), refused(Refused::TooOld));

    assert_eq!(ground.all("up"), [(at, 1.0), (at + 15_000, 3.0)]);
    assert_eq!(ground.all("late"), [(START_MS, 5.0)]);
    let status = ground.metrics.status();
    let all =
        [(Refused::OutOfOrder, 1), (Refused::Duplicate, 2), (Refused::TooOld, 1), (Refused::TooFarAhead, 1)];
    assert_eq!(status.refused, all);
}

#[test]
fn a_restart_goes_on_with_the_same_series() {
    let mut ground = Ground::new();
    let at = START_MS + 60_000;
    ground.scrape("t", at, &[("up", 1.0)]);
    ground.scrape("t", at + 15_000, &[("up", 1.0)]);
    let mut ground = ground.restarted();
    assert_eq!(ground.scrape("t", at + 30_000, &[("up", 2.0)]), stored(1));
    assert_eq!(ground.scrape("t", at + 15_000, &[("up", 1.0)]), stored(1), "the same again");
    assert_eq!(ground.scrape("t", at + 15_001, &[("up", 1.0)]), refused(Refused::OutOfOrder));
    assert_eq!(ground.all("up"), [(at, 1.0), (at + 15_000, 1.0), (at + 30_000, 2.0)]);
    assert_eq!(ground.metrics.status().series, 1);
}

#[test]
fn a_clock_that_was_ahead_does_not_shut_a_series_out() {
    let mut ground = Ground::new();
    ground.scrape("t", START_MS, &[("up", 1.0)]);
    ground.scrape("t", START_MS + 30 * DAY, &[("up", 2.0)]);
    ground.set_clock(START_MS + HOUR);
    assert_eq!(ground.try_scrape("t", START_MS + HOUR, &[("up", 3.0)]).unwrap(), stored(1));
    assert_eq!(ground.try_scrape("t", START_MS + HOUR, &[("up", 4.0)]).unwrap(), refused(Refused::Duplicate));
    let expected = [(START_MS, 1.0), (START_MS + HOUR, 3.0), (START_MS + 30 * DAY, 2.0)];
    assert_eq!(ground.all("up"), expected);
    let ground = ground.restarted();
    assert_eq!(ground.all("up"), expected);
}

#[test]
fn names_of_any_characters_come_back() {
    let mut ground = Ground::new();
    let odd = model::Labels::from_pairs([("__name__", "a.b{c}"), ("läbel \"x\"", "1\n\0\\")]);
    for at_ms in [START_MS, START_MS + 15_000] {
        let samples = vec![(ground.metrics.series(&odd), 1.0)];
        let scrape = crate::Scrape { target: "t".into(), at_ms, samples };
        ground.storage.commit(&[vec![scrape]], crate::tail::Survive::Crash).unwrap();
        let of = |ground: &Ground| ground.metrics.series_matching(&[], START_MS, START_MS + DAY, 10).unwrap();
        assert!(of(&ground) == std::slice::from_ref(&odd));
        ground = ground.restarted();
        assert!(of(&ground) == std::slice::from_ref(&odd));
        ground.upkeep_at(START_MS + 3 * HOUR);
        assert!(of(&ground) == std::slice::from_ref(&odd));
        ground.set_clock(START_MS);
    }
}

#[test]
fn series_and_their_labels_are_listed() {
    let mut ground = Ground::new();
    ground.scrape("t", START_MS, &[("b", 1.0), ("a", 1.0), ("c", 1.0)]);
    ground.upkeep_at(START_MS + 3 * HOUR);
    ground.scrape("t", START_MS + 3 * HOUR, &[("d", 1.0)]);
    let all = [];
    let name = |text: &str| vec![model::Matcher::equal("__name__", text)];
    let metrics = &ground.metrics;
    let values = |selectors: &[Vec<model::Matcher>], first, last, limit| {
        metrics.label_values("__name__", selectors, first, last, limit).unwrap()
    };
    assert_eq!(values(&all, START_MS, START_MS + DAY, 10), ["a", "b", "c", "d"]);
    assert_eq!(values(&all, START_MS, START_MS + DAY, 2), ["a", "b"]);
    assert_eq!(values(&all, START_MS, START_MS + HOUR, 10), ["a", "b", "c"]);
    assert_eq!(values(&[name("c"), name("d")], START_MS, START_MS + DAY, 10), ["c", "d"]);
    assert_eq!(metrics.label_names(&all, START_MS, START_MS + DAY, 10).unwrap(), ["__name__", "job"]);
    let series = metrics.series_matching(&[name("b")], START_MS, START_MS + DAY, 10).unwrap();
    assert_eq!(series, [labels("b")]);
    assert_eq!(
        metrics.label_values("nothing", &all, START_MS, START_MS + DAY, 10).unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn senders_get_no_new_series_beyond_the_bound() {
    let limits = crate::limits::Limits { series_max: 2, ..Default::default() };
    let ground = Ground::with(Default::default(), limits);
    let of = |name: &str| ground.metrics.series_of_sender(&labels(name));
    let held = [of("a"), of("b")];
    assert!(held.iter().all(Option::is_some) && of("c").is_none());
    assert_eq!(of("a").unwrap().labels, labels("a"), "one that is known");
    // Scrapes have bounds of their own.
    assert_eq!(ground.metrics.series(&labels("c")).labels, labels("c"));
    drop(held);
    ground.metrics.shared.catalogue.tidy();
    assert!(of("d").is_some(), "silent ones are forgotten");
}

/// Each of them would move all others of its target.
#[test]
fn scattered_timestamps_are_kept_apart() {
    let mut ground = Ground::new();
    let at = START_MS + HOUR;
    ground.scrape("t", at, &[("first", 0.0)]);
    let name = |number: i64| format!("s{}", number % 700);
    for number in (0..1400).rev() {
        // Of each series the earlier sample comes first.
        let moved = if number >= 700 { number - 700 } else { number + 700 };
        let at = at - 1400 * 7 + moved * 7;
        assert_eq!(ground.scrape("t", at, &[(name(moved).as_str(), moved as f64)]), stored(1), "{moved}");
    }
    let expected = |number: i64| [number, number + 700].map(|n| (at - 1400 * 7 + n * 7, n as f64)).to_vec();
    for pass in ["in memory", "after a restart", "sealed"] {
        for number in [0, 1, 350, 699] {
            assert_eq!(ground.all(&name(number)), expected(number), "{pass}");
        }
        ground = match pass {
            "in memory" => ground.restarted(),
            _ => {
                ground.upkeep_at(START_MS + 5 * HOUR);
                ground
            }
        };
    }
}
