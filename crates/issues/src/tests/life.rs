//! Issues are resolved, archived, given to people, and come again.

use super::ground::{DAY, Ground, HOUR, MINUTE, Sent};
use crate::activity::What;
use crate::change::Change;
use crate::life::{Resolution, Status, Substatus, Within};
use crate::news::Turn;

fn of(release: &'static str) -> Sent {
    Sent { release: Some(release), ..Sent::default() }
}

impl Ground {
    fn change(&mut self, change: Change) {
        let id = self.only().id;
        let changed = self.storage.change(&[id, 9999], &change, Some("ann")).unwrap();
        assert_eq!(changed, 1);
    }

    fn status(&self) -> Status {
        self.only().status
    }

    fn is_regressed(&self) -> bool {
        self.status() == Status::Unresolved(Substatus::Regressed)
    }
}

#[test]
fn resolved_at_once_any_event_regresses() {
    let mut ground = Ground::new();
    ground.send(&Sent::default());
    assert_eq!(ground.status(), Status::Unresolved(Substatus::New));
    ground.change(Change::Resolve);
    assert_eq!(ground.status(), Status::Resolved(Resolution::Now));
    let mut news = ground.issues.news();
    ground.send(&Sent::default());
    assert!(ground.is_regressed());
    assert_eq!(news.try_recv().unwrap().turn, Turn::Regressed);
    let activity = ground.issues.activity(ground.only().id, 10).unwrap();
    let kinds: Vec<_> = activity.iter().map(|one| (one.by.as_deref(), &one.what)).collect();
    let expected = [
        (None, &What::Regressed { release: None }),
        (Some("ann"), &What::Resolved { how: Resolution::Now }),
        (None, &What::First),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn resolved_in_a_release_only_it_and_later_ones_regress() {
    for (fixed, seen, regresses) in [
        (Some("shop@1.10.0"), Some("shop@1.9.0"), false),
        (Some("shop@1.10.0"), Some("shop@1.10.0"), true),
        (Some("shop@1.10.0"), Some("shop@1.11.0"), true),
        (Some("shop@1.10.0"), None, false),
        // The latest known.
        (None, Some("shop@1.9.0"), false),
        (None, Some("shop@1.10.0"), true),
    ] {
        let mut ground = Ground::new();
        for release in ["shop@1.9.0", "shop@1.10.0"] {
            ground.send(&of(release));
            ground.pass(MINUTE);
        }
        ground.change(Change::ResolveInRelease(fixed.map(str::to_owned)));
        ground.send(&Sent { release: seen, ..Sent::default() });
        assert_eq!(ground.is_regressed(), regresses, "fixed in {fixed:?}, seen in {seen:?}");
    }
}

#[test]
fn resolved_in_the_next_release_only_newer_ones_regress() {
    let mut ground = Ground::new();
    ground.send(&of("a1"));
    ground.pass(MINUTE);
    ground.change(Change::ResolveInNext);
    ground.send(&of("a1"));
    ground.send(&Sent::default());
    assert_eq!(ground.status(), Status::Resolved(Resolution::InNext { after: Some("a1".into()) }));
    ground.pass(MINUTE);
    ground.send(&of("b7"));
    assert!(ground.is_regressed());
}

#[test]
fn where_no_release_is_known_any_event_regresses() {
    for change in [Change::ResolveInNext, Change::ResolveInRelease(Some("7".into()))] {
        let mut ground = Ground::new();
        ground.send(&Sent::default());
        ground.change(change.clone());
        ground.send(&Sent::default());
        assert!(ground.is_regressed(), "{change:?}");
    }
}

#[test]
fn archived_until_a_condition() {
    let archive = |at_ms, more_events, more_users| Change::Archive {
        at_ms,
        more_events,
        more_users,
        within: None,
        escalating: false,
    };
    let rests = |ground: &Ground| matches!(ground.status(), Status::Archived(_));
    let mut ground = Ground::new();
    let user = |id: u32| Sent { user: Some(id.to_string()), ..Sent::default() };
    ground.send(&user(1));
    ground.change(archive(None, Some(2), None));
    ground.send(&user(1));
    assert!(rests(&ground));
    ground.send(&user(1));
    assert_eq!(ground.status(), Status::Unresolved(Substatus::New));

    ground.change(archive(None, None, Some(2)));
    ground.send(&user(1));
    ground.send(&user(2));
    assert!(rests(&ground));
    ground.send(&user(3));
    assert!(!rests(&ground));

    ground.change(Change::Archive {
        at_ms: None,
        more_events: None,
        more_users: None,
        within: Some(Within { count: 4, hours: 2 }),
        escalating: false,
    });
    // Those before count too, once they are of the last two hours.
    ground.pass(3 * HOUR);
    (0..3).for_each(|_| _ = ground.send(&user(3)));
    ground.pass(2 * HOUR);
    (0..3).for_each(|_| _ = ground.send(&user(3)));
    assert!(rests(&ground));
    (0..2).for_each(|_| _ = ground.spool(&user(3)));
    ground.try_work().unwrap();
    assert!(!rests(&ground), "within one batch");

    ground.change(archive(Some(ground.now() + HOUR), None, None));
    ground.upkeep();
    assert!(rests(&ground));
    ground.pass(HOUR);
    ground.upkeep();
    assert!(!rests(&ground), "time alone wakes it");

    ground.change(archive(None, None, None));
    ground.pass(100 * DAY);
    ground.send(&user(9));
    assert!(rests(&ground), "for ever");
    ground.change(Change::Unresolve);
    assert_eq!(ground.status(), Status::Unresolved(Substatus::Ongoing));
}

#[test]
fn much_more_than_usual_escalates() {
    let mut ground = Ground::new();
    for _ in 0..10 {
        for _ in 0..4 {
            ground.spool(&Sent::default());
        }
        ground.try_work().unwrap();
        ground.pass(6 * HOUR);
    }
    let mut news = ground.issues.news();
    for _ in 0..24 {
        ground.spool(&Sent::default());
    }
    ground.try_work().unwrap();
    assert_eq!(ground.status(), Status::Unresolved(Substatus::New));
    ground.send(&Sent::default());
    assert_eq!(ground.status(), Status::Unresolved(Substatus::Escalating));
    assert_eq!(news.try_recv().unwrap().turn, Turn::Escalating);
    assert!(news.try_recv().is_err(), "once");
    ground.pass(25 * HOUR);
    ground.upkeep();
    assert_eq!(ground.status(), Status::Unresolved(Substatus::Ongoing));
    ground.change(Change::Archive {
        at_ms: None,
        more_events: None,
        more_users: None,
        within: None,
        escalating: true,
    });
    ground.send(&Sent::default());
    assert!(matches!(ground.status(), Status::Archived(_)));
    for _ in 0..40 {
        ground.spool(&Sent::default());
    }
    ground.try_work().unwrap();
    assert_eq!(ground.status(), Status::Unresolved(Substatus::Escalating));
}

#[test]
fn issues_grow_old() {
    let mut ground = Ground::new();
    ground.send(&Sent::default());
    ground.pass(8 * DAY);
    ground.upkeep();
    assert_eq!(ground.status(), Status::Unresolved(Substatus::Ongoing));
    ground.change(Change::Assign(Some("bob".into())));
    assert_eq!(ground.only().assignee.as_deref(), Some("bob"));
    ground.change(Change::Assign(None));
    assert_eq!(ground.only().assignee, None);
}
