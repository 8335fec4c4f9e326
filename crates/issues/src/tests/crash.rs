//! The process ends after each step of the protocol in turn; every event is there once all the same.

use super::ground::{DAY, Ground, Sent};
use crate::limits::Limits;
use crate::work::{Step, WorkError};

fn filled() -> Ground {
    let mut ground = Ground::with(crate::Config::default(), Limits { batch_rows: 4, ..Limits::default() });
    for number in 0..30 {
        let user = Some(format!("{}", number % 7));
        ground.spool(&Sent { function: format!("f{}", "x".repeat(number % 3)), user, ..Sent::default() });
    }
    ground
}

fn check(ground: &Ground, when: &str) {
    let all = ground.all();
    assert_eq!(all.len(), 3, "{when}");
    for issue in all {
        assert_eq!((issue.count, issue.users), (10, 7), "{when}");
        assert_eq!(ground.issues.events_kept(issue.id).unwrap(), 10, "{when}");
        for event in ground.issues.events(issue.id, None, None, 100).unwrap() {
            assert!(event.stored.is_some(), "{when}");
        }
        assert_eq!(ground.issues.tag(issue.id, "level", 5).unwrap().count, 10, "{when}");
    }
    assert_eq!(ground.faults(), Vec::<String>::new(), "{when}");
}

#[test]
fn an_end_after_any_step_loses_and_doubles_nothing() {
    let mut ground = filled();
    ground.try_work().unwrap();
    let steps = std::mem::take(&mut ground.storage.steps.taken);
    assert!(steps.contains(&Step::Worked) && steps.contains(&Step::Committed), "{steps:?}");
    check(&ground, "without a crash");
    for crash in 0..steps.len() {
        let mut ground = filled();
        ground.storage.steps.until_crash = Some(crash);
        let error = ground.try_work().unwrap_err();
        assert!(matches!(error, WorkError::Crashed), "{error}");
        let when = format!("after {crash} steps, the last {:?}", ground.storage.steps.taken.last());
        let mut ground = ground.restarted();
        ground.try_work().unwrap();
        check(&ground, &when);
        let worked = ground.storage.worked().unwrap();
        ground.spool.forget(worked).unwrap();
        assert_eq!(ground.spool.extent(0).unwrap().1, 0, "{when}");
    }
}

#[test]
fn what_was_spooled_is_worked_in_after_a_restart() {
    let ground = filled();
    let mut ground = ground.restarted();
    assert!(ground.issues.status().backlog_bytes > 1000);
    ground.try_work().unwrap();
    check(&ground, "after a restart");
    assert_eq!(ground.issues.status().backlog_bytes, 0);
}

/// Files of attachments are written before their rows and removed after them.
#[test]
fn files_that_nothing_names_go() {
    let mut ground = Ground::new();
    let id = ground.send(&Sent::default());
    let about = event::items::Attachment {
        filename: "log.txt".into(),
        content_type: "text/plain".into(),
        ty: "event.attachment".into(),
    };
    let attachment =
        |event| crate::Prepared::Attachment { event, about: about.clone(), payload: "hello".into() };
    ground.spool_items(vec![attachment(id)]);
    let artifacts = ground.directory.path().join("artifacts");
    let files = || std::fs::read_dir(&artifacts).unwrap().count();
    std::fs::write(artifacts.join("orphan"), "x").unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    for entry in std::fs::read_dir(&artifacts).unwrap() {
        std::fs::File::open(entry.unwrap().path()).unwrap().set_modified(old).unwrap();
    }
    let mut ground = ground.restarted();
    assert_eq!(files(), 1, "the spool names one");
    ground.try_work().unwrap();
    let whole = ground.issues.event(event::ProjectId(1), id).unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(&whole.attachments[0].path).unwrap(), "hello");
    let mut ground = ground.restarted();
    assert_eq!(files(), 1);
    ground.pass(91 * DAY);
    // Half a day at a time, so that the clock never leaps.
    ground.storage.steps.until_crash = Some(0);
    let mut at = std::time::Instant::now();
    let crashed = (0..200).any(|_| {
        at += std::time::Duration::from_secs(7 * 3600);
        ground.storage.upkeep(at).is_err()
    });
    assert!(crashed);
    assert_eq!(files(), 1, "its row went first");
    let ground = ground.restarted();
    assert_eq!((files(), ground.number("SELECT count(*) FROM attachment")), (0, 0));
}

#[test]
fn an_item_that_nobody_can_work_in_is_put_aside() {
    let mut ground = filled();
    ground.storage.steps.stumbles_at = Some(9);
    ground.try_work().unwrap();
    let counts: Vec<u64> = ground.all().iter().map(|issue| issue.count).collect();
    assert_eq!(counts.iter().sum::<u64>(), 29, "{counts:?}");
    assert_eq!(ground.issues.status().damaged, 1);
    assert!(ground.faults()[0].contains("item 9 of project 1"), "{:?}", ground.faults());
    assert_eq!(
        ground.number("SELECT count(*) FROM aside WHERE id = 9 AND reason LIKE '%the test stumbles%'"),
        1
    );
    // It is not met again.
    let mut ground = ground.restarted();
    ground.storage.steps.stumbles_at = Some(9);
    ground.try_work().unwrap();
    assert_eq!((ground.faults(), ground.issues.status().backlog_bytes), (Vec::new(), 0));
}
