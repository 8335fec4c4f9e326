//! Issues become one and several again; no count changes by it.

use super::ground::{Ground, HOUR, START_MS, Sent};
use crate::change::ChangeError;
use crate::read::Of;

fn of(function: &str, user: &str) -> Sent {
    Sent { function: function.into(), user: Some(user.into()), ..Sent::default() }
}

#[test]
fn merged_and_unmerged_everything_is_as_it_was() {
    let mut ground = Ground::new();
    for (function, user) in [("a", "1"), ("a", "2"), ("b", "2"), ("b", "3"), ("b", "3"), ("c", "4")] {
        ground.send(&of(function, user));
        ground.pass(HOUR / 2);
    }
    let before = ground.all();
    let ids: Vec<i64> = before.iter().map(|issue| issue.id).collect();
    assert_eq!(ground.storage.merge(ids[0], &ids[1..], Some("ann")).unwrap(), 2);
    let merged = ground.only();
    assert_eq!((merged.id, merged.count, merged.users), (ids[0], 6, 4));
    assert_eq!((merged.first_ms, merged.last_ms), (START_MS, START_MS + 5 * HOUR / 2));
    assert_eq!(ground.issues.events(merged.id, None, None, 99).unwrap().len(), 6);
    let series = ground.issues.series(Of::Issue(merged.id), START_MS, START_MS + 3 * HOUR, 3).unwrap();
    assert_eq!((series.events, series.users), (vec![2, 2, 2], vec![2, 2, 2]));
    assert_eq!(ground.issues.tag(merged.id, "level", 9).unwrap().count, 6);
    // Events of what was merged go on belonging to it.
    ground.send(&of("b", "5"));
    assert_eq!((ground.only().count, ground.only().users), (7, 5));

    let fingerprints = ground.issues.fingerprints(merged.id).unwrap();
    assert_eq!(fingerprints.iter().map(|one| one.count).collect::<Vec<_>>(), [2, 4, 1]);
    let made = ground.storage.unmerge(merged.id, &fingerprints[1].hashes, None).unwrap();
    assert_eq!(made.len(), 1);
    let all = ground.all();
    assert_eq!(all.iter().map(|one| (one.count, one.users)).collect::<Vec<_>>(), [(3, 3), (4, 3)]);
    assert_eq!(all[1].title, "ValueError");
    ground.send(&of("b", "6"));
    assert_eq!(ground.all()[1].count, 5);
    let nothing_left = ground.storage.unmerge(made[0], &fingerprints[1].hashes, None).unwrap_err();
    assert!(matches!(nothing_left, ChangeError::NothingLeft));
    let unknown = ground.storage.merge(made[0], &[4711], None).unwrap_err();
    assert!(matches!(unknown, ChangeError::Unknown));
}

#[test]
fn what_collects_too_many_is_not_renamed() {
    let quotas = crate::Quotas { new_issues_per_minute: 2, ..crate::Quotas::default() };
    let filled = || {
        let config = crate::Config { quotas, ..crate::Config::default() };
        let mut ground = Ground::with(config, crate::limits::Limits::default());
        ["a", "b", "c", "d"].into_iter().for_each(|function| _ = ground.send(&of(function, "1")));
        let all = ground.all();
        assert_eq!(all[2].title, "Too many new issues");
        (ground, all[0].id, all[2].id)
    };
    let check = |ground: &mut Ground, into: i64, expected: &str| {
        for function in ["a", "e", "b"] {
            ground.pass(1);
            ground.send(&of(function, "2"));
            let title = ground.issues.issue(into).unwrap().unwrap().title;
            assert_eq!(title, expected, "after one of {function}");
        }
    };
    let (mut ground, named, overflow) = filled();
    ground.pass(1);
    ground.send(&of("a", "2"));
    ground.storage.merge(overflow, &[named], None).unwrap();
    check(&mut ground, overflow, "Too many new issues");
    let (mut ground, named, overflow) = filled();
    ground.storage.merge(named, &[overflow], None).unwrap();
    check(&mut ground, named, "ValueError");
}
