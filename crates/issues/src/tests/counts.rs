//! What is counted, and what is read back.

use event::{EventId, ProjectId};

use super::ground::{DAY, Ground, HOUR, START_MS, Sent, event, prepared};
use crate::config::{Config, Quotas};
use crate::limits::Limits;
use crate::news::Turn;
use crate::prepared::Prepared;
use crate::read::Of;

#[test]
fn an_event_is_read_back_with_its_issue() {
    let mut ground = Ground::new();
    let sent = Sent { release: Some("shop@1.0"), user: Some("7".into()), ..Sent::default() };
    let mut news = ground.issues.news();
    let first = ground.send(&sent);
    ground.pass(HOUR);
    let second = ground.send(&Sent { user: Some("8".into()), ..sent.clone() });
    let issue = ground.only();
    assert_eq!((issue.short_id.as_str(), issue.count, issue.users), ("DEFAULT-1", 2, 2));
    assert_eq!((issue.title.as_str(), issue.message.as_str()), ("ValueError", "price is negative"));
    assert_eq!((issue.first_ms, issue.last_ms), (START_MS, START_MS + HOUR));
    assert_eq!(issue.first_release.as_deref(), Some("shop@1.0"));
    assert_eq!(ground.issues.issue_called("DEFAULT-1").unwrap(), Some(issue.clone()));
    let whole = ground.issues.event(ProjectId(1), first).unwrap().unwrap();
    assert_eq!((whole.issue, whole.previous, whole.next), (issue.id, None, Some(second)));
    assert_eq!(whole.stored.event, event(&sent, 1, START_MS));
    assert_eq!(ground.issues.latest_event(issue.id).unwrap().unwrap().stored.event.id, second);
    assert_eq!(ground.issues.oldest_event(issue.id).unwrap().unwrap().stored.event.id, first);
    assert_eq!(ground.issues.find_event(second).unwrap()[0].issue, issue.id);
    let events = ground.issues.events(issue.id, None, None, 10).unwrap();
    assert_eq!(events.iter().map(|one| one.id).collect::<Vec<_>>(), [second, first]);
    let rest = ground.issues.events(issue.id, None, Some(events[0].cursor), 10).unwrap();
    assert_eq!(rest.iter().map(|one| one.id).collect::<Vec<_>>(), [first]);
    assert_eq!(ground.issues.events(issue.id, Some("staging"), None, 10).unwrap().len(), 0);
    let series = ground.issues.series(Of::Issue(issue.id), START_MS, START_MS + 2 * HOUR, 2).unwrap();
    assert_eq!((series.events, series.users), (vec![1, 1], vec![1, 1]));
    let news = news.try_recv().unwrap();
    assert_eq!((news.turn, news.short_id.as_str()), (Turn::New, "DEFAULT-1"));
}

#[test]
fn the_same_event_counts_once_also_after_a_restart() {
    let mut ground = Ground::new();
    let sent = event(&Sent::default(), 77, START_MS);
    ground.spool_items(vec![prepared(sent.clone()), prepared(sent.clone())]);
    ground.try_work().unwrap();
    let mut ground = ground.restarted();
    ground.spool_items(vec![prepared(sent)]);
    ground.try_work().unwrap();
    assert_eq!(ground.only().count, 1);
    assert_eq!(ground.issues.status().duplicates, 1);
    let transaction = || {
        let id = EventId([9; 16]);
        Prepared::Transaction(Box::new(event::items::Transaction {
            id,
            name: "/".into(),
            ..Default::default()
        }))
    };
    ground.spool_items(vec![transaction()]);
    ground.try_work().unwrap();
    ground.spool_items(vec![transaction()]);
    ground.try_work().unwrap();
    assert_eq!(ground.issues.status().duplicates, 2);
}

#[test]
fn of_many_alike_few_are_kept_and_all_are_counted() {
    let mut ground = Ground::with(Config { sample_after: 20, ..Config::default() }, Limits::default());
    let mut last = EventId::default();
    for user in 0..1000 {
        last = ground.spool(&Sent { user: Some(user.to_string()), ..Sent::default() });
    }
    ground.try_work().unwrap();
    let issue = ground.only();
    assert_eq!(issue.count, 1000);
    assert!((900..1100).contains(&issue.users), "{}", issue.users);
    let kept = ground.issues.events_kept(issue.id).unwrap();
    assert!((25..60).contains(&kept), "{kept}");
    assert_eq!(ground.issues.latest_event(issue.id).unwrap().unwrap().stored.event.id, last);
    assert_eq!(ground.issues.status().sampled, 1000 - kept);
    // What was sampled away is known all the same.
    let repeated: Vec<_> = (1..=1000)
        .map(|number| {
            let user = Some((number - 1).to_string());
            prepared(event(&Sent { user, ..Sent::default() }, number, START_MS))
        })
        .collect();
    ground.spool_items(repeated);
    ground.try_work().unwrap();
    assert_eq!(ground.only().count, 1000);
}

#[test]
fn tags_are_counted_within_bounds() {
    let limits = Limits { values_max: 10, keys_max: 30, ..Limits::default() };
    let mut ground = Ground::with(Config::default(), limits);
    for number in 0..60 {
        let tags = vec![("order".into(), number.to_string()), ("tenant".into(), "acme".into())];
        ground.spool(&Sent { tags, ..Sent::default() });
    }
    ground.try_work().unwrap();
    let issue = ground.only().id;
    let tenant = ground.issues.tag(issue, "tenant", 5).unwrap();
    assert_eq!((tenant.count, tenant.values[0].value.as_str()), (60, "acme"));
    let order = ground.issues.tag(issue, "order", 100).unwrap();
    assert_eq!((order.count, order.values.len()), (60, 11), "{order:?}");
    assert_eq!((order.values[0].value.as_str(), order.values[0].count), ("", 50));
    for flood in 0..50 {
        let tags = (0..50).map(|number| (format!("k{flood}-{number}"), "v".into())).collect();
        ground.spool(&Sent { tags, ..Sent::default() });
    }
    ground.try_work().unwrap();
    assert_eq!(ground.number("SELECT count(DISTINCT key) FROM facet"), 30);
    assert_eq!(ground.issues.tag_values(None, "tenant", "ac", 9).unwrap()[0].count, 60);
    assert_eq!(ground.issues.tag_values(None, "tenant", "x", 9).unwrap(), []);
}

#[test]
fn a_flood_of_groups_ends_in_one_issue() {
    let quotas = Quotas { new_issues_per_minute: 5, ..Quotas::default() };
    let mut ground = Ground::with(Config { quotas, ..Config::default() }, Limits::default());
    let flood = |ground: &mut Ground, from: u64| {
        for number in from..from + 40 {
            let function = format!("made_up_{}", "x".repeat(number as usize + 1));
            ground.spool(&Sent { function, ..Sent::default() });
        }
        ground.try_work().unwrap();
    };
    flood(&mut ground, 0);
    let all = ground.all();
    assert_eq!(all.len(), 6);
    assert_eq!((all[5].title.as_str(), all[5].count), ("Too many new issues", 35));
    ground.pass(super::ground::MINUTE);
    flood(&mut ground, 20);
    assert_eq!(ground.all().len(), 11, "the next minute has room for five more");
    assert_eq!(ground.all().iter().map(|issue| issue.count).sum::<u64>(), 80);
}

#[test]
fn a_damaged_item_is_named_and_left_out() {
    let mut ground = Ground::new();
    for _ in 0..3 {
        ground.spool(&Sent::default());
    }
    let spool = rusqlite::Connection::open(ground.directory.path().join("spool.db")).unwrap();
    spool
        .execute("UPDATE item SET meta = zeroblob(40) WHERE id = (SELECT max(id) - 1 FROM item)", [])
        .unwrap();
    spool
        .execute("INSERT INTO item (project, received_ms, kind, meta, data) VALUES (1, 1, 99, x'', x'')", [])
        .unwrap();
    ground.try_work().unwrap();
    assert_eq!(ground.only().count, 2);
    assert_eq!(ground.issues.status().damaged, 2);
    assert!(ground.faults()[0].contains("was put aside (its kind is not known)"), "{:?}", ground.faults());
}

#[test]
fn a_damaged_event_is_named_and_the_others_are_read() {
    let mut ground = Ground::new();
    let ids: Vec<EventId> = (0..3).map(|_| ground.send(&Sent::default())).collect();
    let file = rusqlite::Connection::open(ground.directory.path().join("issues.db")).unwrap();
    file.execute("UPDATE event SET data = x'0011223344556677889900' WHERE row = 2", []).unwrap();
    let error = ground.issues.event(ProjectId(1), ids[1]).unwrap_err().to_string();
    assert!(error.contains(&ids[1].to_string()) && error.contains("checksum"), "{error}");
    let events = ground.issues.events(ground.only().id, None, None, 10).unwrap();
    let read: Vec<bool> = events.iter().map(|event| event.stored.is_some()).collect();
    assert_eq!(read, [true, false, true]);
    assert!(ground.faults()[0].starts_with("damaged events"));
    file.execute("DELETE FROM base", []).unwrap();
    let error = ground.issues.event(ProjectId(1), ids[2]).unwrap_err().to_string();
    assert!(error.contains("the event by which it is told is missing"), "{error}");
}

#[test]
fn an_old_event_that_comes_late_changes_only_what_it_tells() {
    let mut ground = Ground::new();
    ground.send(&Sent { message: "new".into(), release: Some("2"), ..Sent::default() });
    ground.sent += 1;
    let late = Sent { message: "old".into(), release: Some("1"), ..Sent::default() };
    ground.spool_items(vec![prepared(event(&late, 900, START_MS - DAY))]);
    ground.try_work().unwrap();
    let issue = ground.only();
    assert_eq!((issue.first_ms, issue.last_ms), (START_MS - DAY, START_MS));
    assert_eq!(issue.message, "new");
    assert_eq!((issue.first_release.as_deref(), issue.last_release.as_deref()), (Some("1"), Some("2")));
}
