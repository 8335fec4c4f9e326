//! What happens in the shop, seen from inside.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::*;
use crate::doors::Doors;
use crate::engine::{Engine, Line};
use crate::incident::{Incident, Kind};
use crate::reports::Outbox;
use crate::shop::{Member, Simulation};
use crate::visits::Visits;

fn story(seed: u64) -> Simulation {
    Simulation::new(Engine::new(NOON), Doors::default(), (Outbox::new().0, Visits::new().0), seed, NOON, NOON)
}

/// All lines of all containers, in the order of containers.
fn lines<T>(shop: &Simulation, pick: impl Fn(&str, &Line) -> T) -> Vec<T> {
    shop.engine().read(|memory| {
        let all =
            memory.containers.iter().flat_map(|one| one.log.from(0).map(|(_, line)| pick(&one.name, line)));
        all.collect()
    })
}

fn all(shop: &Simulation) -> Vec<String> {
    lines(shop, |name, line| format!("{name} {} {}", line.at, line.text))
}

#[test]
fn one_seed_makes_one_story() {
    let after = |seed: u64, steps: u32| {
        let mut shop = story(seed);
        for step in 1..=steps {
            shop.advance(NOON.plus(minutes(20) * step / steps));
        }
        all(&shop)
    };
    let told = after(1, 1);
    assert!(told.len() > 3_000, "{}", told.len());
    assert_eq!(after(1, 1), told);
    assert_eq!(after(1, 997), told, "the size of the steps changes nothing");
    assert_ne!(after(2, 1), told);
}

#[test]
fn a_day_needs_no_more_room_than_an_hour() {
    let mut shop = story(3);
    for hour in 1..=24 {
        shop.advance(NOON.plus(minutes(60) * hour));
        let sizes = shop.engine().read(|memory| {
            assert!((13..=14).contains(&memory.containers.len()), "{}", memory.containers.len());
            assert!(memory.events.bytes() <= 512 << 10);
            memory.containers.iter().map(|one| one.log.bytes()).max()
        });
        assert!(sizes <= Some(2 << 20));
        assert!(shop.planned() < 400, "{} acts are planned", shop.planned());
    }
    let newest = lines(&shop, |_, line| line.at).into_iter().max().expect("a line");
    assert!(NOON.plus(minutes(24 * 60)).since(newest) < Duration::from_secs(10));
}

#[test]
fn nothing_is_released_before_the_opening() {
    let opening = NOON.plus(minutes(60));
    let mut shop = Simulation::new(
        Engine::new(NOON),
        Doors::default(),
        (Outbox::new().0, Visits::new().0),
        3,
        NOON,
        opening,
    );
    let releases = |shop: &Simulation| {
        shop.engine()
            .read(|memory| memory.events.from(0).filter(|(_, event)| event.action == "rename").count())
    };
    shop.advance(opening);
    assert_eq!(releases(&shop), 0);
    assert!(shop.incidents.past.len() > 5);
    shop.advance(opening.plus(minutes(8)));
    assert!(releases(&shop) > 0);
}

#[test]
fn a_request_can_be_followed_by_its_id() {
    let mut shop = Simulation::new(
        Engine::new(NOON),
        Doors::default(),
        (Outbox::new().0, Visits::new().0),
        5,
        NOON,
        NOON.plus(minutes(60)),
    );
    shop.advance(NOON.plus(minutes(10)));
    let placed = lines(&shop, |_, line| line.text.contains("order placed").then(|| line.text.to_string()));
    let order: serde_json::Value =
        serde_json::from_str(&placed.into_iter().flatten().next().expect("an order")).expect("JSON");
    let id = order["request_id"].as_str().expect("an id");
    let seen: BTreeSet<String> = lines(&shop, |name, line| line.text.contains(id).then(|| name.to_owned()))
        .into_iter()
        .flatten()
        .collect();
    let services: BTreeSet<&str> =
        seen.iter().map(|name| name.split('-').nth(1).expect("a service")).collect();
    assert_eq!(services, BTreeSet::from(["edge", "web", "billing", "worker", "mailer"]));
}

#[test]
fn there_is_something_to_mask_and_something_to_join() {
    let mut shop = story(5);
    let mut missing = vec![
        "password=",
        "postgres://billing:",
        "Authorization: Bearer eyJ",
        "AKIAIOSFODNN7EXAMPLE",
        "charging card",
        "goroutine ",
        "Traceback (most recent call last):",
    ];
    // Releases take the logs of their containers with them.
    for minute in 1..=40 {
        shop.advance(NOON.plus(minutes(minute)));
        missing.retain(|words| !lines(&shop, |_, line| line.text.contains(words)).contains(&true));
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_incident_begins_is_felt_and_ends() {
    let mut shop = story(11);
    let mut felt = HashSet::new();
    let mut incidents = HashMap::new();
    for minute in 1..=75 {
        let before = shop.now();
        shop.advance(NOON.plus(minutes(minute)));
        let past = &shop.incidents.past;
        assert!(past.iter().rev().skip(1).all(|incident| incident.ended.is_some()), "two at once");
        incidents.extend(past.iter().map(|incident| (incident.begun, *incident)));
        // Releases take the logs of their containers with them, so look while it is on.
        let Some(incident) = past.back() else { continue };
        let during =
            |at| incident.begun <= at && before <= at && incident.ended.is_none_or(|ended| at <= ended);
        for mark in marks(incident.kind) {
            let (service, needle) = mark;
            let is_mark = |name: &str, line: &Line| {
                during(line.at) && name.contains(service) && line.text.contains(needle)
            };
            if lines(&shop, is_mark).contains(&true) {
                felt.insert((incident.kind, mark));
            }
        }
    }
    assert!((10..=25).contains(&incidents.len()), "{} in 75 minutes", incidents.len());
    for Incident { kind, begun, ended } in incidents.values() {
        let lasted = ended.unwrap_or(shop.now()).since(*begun);
        assert!(lasted < minutes(6), "{kind:?} lasted {lasted:?}");
    }
    for kind in Kind::ALL {
        assert!(
            incidents.values().any(|incident| incident.kind == kind && incident.ended.is_some()),
            "{kind:?}"
        );
        for mark in marks(kind) {
            assert!(felt.contains(&(kind, mark)), "{kind:?}: no {mark:?}");
        }
    }
}

/// Where an incident shows.
fn marks(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Payments => &[
            ("edge", "POST /checkout/ HTTP/2.0\" 503"),
            ("billing", "level=ERROR msg=\"charge failed\""),
            ("web", "payment provider timed out"),
            ("worker", "retry: Retry in 20s: ReadTimeout"),
            ("worker", "    billing.capture(order)"),
            ("beat", "jobs wait, the oldest for"),
        ],
        Kind::Release => {
            &[("web", "KeyError: 'discount'"), ("edge", "\" 500 "), ("web", "Starting gunicorn")]
        }
        Kind::Database => {
            &[("db", "sorry, too many clients already"), ("web", "OperationalError"), ("edge", "\" 500 ")]
        }
        Kind::Memory => &[("worker", "resident memory is 468 MiB")],
        Kind::Search => {
            &[("search", "OutOfMemoryError: Java heap space"), ("web", "search is not available")]
        }
        Kind::Mailer => &[("mailer", "ECONNREFUSED"), ("mailer", "Server listening")],
    }
}

#[test]
fn processes_end_and_are_started_again() {
    let mut shop = story(11);
    let mut told: Vec<(String, String, String)> = Vec::new();
    let mut read = 0;
    for minute in 1..=75 {
        shop.advance(NOON.plus(minutes(minute)));
        shop.engine().read(|memory| {
            for (number, event) in memory.events.from(read) {
                let attribute = |name: &str| event.attributes.get(name).cloned().unwrap_or_default();
                told.push((attribute("name"), event.action.clone(), attribute("exitCode")));
                read = number + 1;
            }
        });
    }
    let happened = |name: &str, action: &str, code: &str| {
        let wanted = (name.to_owned(), action.to_owned(), code.to_owned());
        assert!(told.contains(&wanted), "{wanted:?}");
    };
    happened("shop-worker-1", "oom", "");
    happened("shop-worker-1", "die", "137");
    happened("shop-mailer-1", "die", "1");
    happened("shop-search-1", "die", "3");
    happened("shop-search-1", "health_status: unhealthy", "");
    happened("shop-search-1", "health_status: healthy", "");
    happened("shop-web-1", "health_status: healthy", "");
    happened("shop-web-2", "destroy", "");
    let restarts = shop.engine().read(|memory| {
        memory
            .containers
            .iter()
            .find(|one| one.name == Member::Search.container_name())
            .map(|one| one.restarts)
    });
    assert!(restarts >= Some(1));
}
