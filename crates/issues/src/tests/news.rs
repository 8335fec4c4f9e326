//! What rules ask: what happened to issues while nobody listened, and how many events releases have.

use super::ground::{Ground, HOUR, MINUTE, START_MS, Sent};
use crate::change::Change;
use crate::news::Turn;

#[test]
fn turns_are_found_again_by_when_they_came() {
    let mut ground = Ground::new();
    ground.send(&Sent::default());
    let issue = ground.only().id;
    ground.pass(HOUR);
    ground.storage.change(&[issue], &Change::Resolve, Some("ann")).unwrap();
    ground.pass(HOUR);
    ground.send(&Sent::default());
    ground.send(&Sent { class: "KeyError", ..Sent::default() });
    let found = |from: i64, until: i64, limit: usize| {
        let turns = ground.issues.turns(START_MS + from, START_MS + until, limit).unwrap();
        turns.iter().map(|one| (one.turn, one.issue, one.at_ms - START_MS)).collect::<Vec<_>>()
    };
    let [new, again, other] =
        [(Turn::New, issue, 0), (Turn::Regressed, issue, 2 * HOUR), (Turn::New, issue + 1, 2 * HOUR)];
    assert_eq!(found(0, 3 * HOUR, 10), [new, again, other]);
    assert_eq!(found(0, 2 * HOUR, 10), [new]);
    assert_eq!(found(1, 3 * HOUR, 10), [again, other]);
    assert_eq!(found(0, 3 * HOUR, 1), [other]);
}

#[test]
fn events_of_releases_are_counted_by_the_minute_and_across_a_restart() {
    let mut ground = Ground::new();
    let of = |release| Sent { release: Some(release), ..Sent::default() };
    for _ in 0..30 {
        ground.send(&of("shop@1"));
        ground.pass(MINUTE);
    }
    let within = |ground: &Ground, minutes: i64| {
        let rates = ground.issues.release_rates(ground.now() - minutes * MINUTE, ground.now()).unwrap();
        rates.iter().map(|rate| (rate.version.clone(), rate.events)).collect::<Vec<_>>()
    };
    let of_one = |events: u64| vec![("shop@1".to_owned(), events)];
    assert_eq!(within(&ground, 10), of_one(10));
    assert_eq!(within(&ground, 60), of_one(30));
    let mut ground = ground.restarted();
    // The hour's thirty are known, spread over the half hour of it that is over.
    assert_eq!(within(&ground, 10), of_one(10));
    for _ in 0..5 {
        ground.send(&of("shop@1"));
        ground.pass(MINUTE);
    }
    assert_eq!(within(&ground, 5), of_one(5));
    assert_eq!(within(&ground, 15), of_one(15));
    ground.pass(2 * HOUR);
    assert_eq!(within(&ground, 60), []);
}
