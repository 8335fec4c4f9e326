//! Copies of a running store.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::ground::{Ground, START_MS, Sent, clock, event, prepared};
use crate::config::Config;
use crate::issues::open_with;
use crate::limits::Limits;
use crate::prepared::{Delivery, Prepared};

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_made_while_events_come_in() {
    let directory = tempfile::tempdir().unwrap();
    let limits = Limits { gather: Duration::from_millis(1), ..Limits::default() };
    let now_ms = Arc::new(AtomicI64::new(START_MS));
    let (issues, writer) =
        open_with(Config::default(), &directory.path().join("issues"), limits, clock(&now_ms)).unwrap();
    let shutdown = CancellationToken::new();
    let task = tokio::spawn(writer.run(shutdown.clone()));
    let send = |items: Vec<Prepared>| {
        let project = issues.projects().remove(0);
        issues.accept(Delivery { project, client: String::new(), items })
    };
    let one = |number| prepared(event(&Sent::default(), number, START_MS));
    let sent = one(1);
    let Prepared::Event(first, _) = &sent else { unreachable!() };
    let about = event::items::Attachment {
        filename: "a".into(),
        content_type: "text/plain".into(),
        ty: "event.attachment".into(),
    };
    let file = Prepared::Attachment { event: first.id, about, payload: "hello".into() };
    send(vec![sent, file]).await.unwrap();
    for number in 2..50 {
        send(vec![one(number)]).await.unwrap();
    }
    let to = directory.path().join("copy");
    let sending = async {
        for number in 100..160 {
            send(vec![one(number)]).await.unwrap();
        }
    };
    let (copied, ()) = tokio::join!(issues.backup(&to), sending);
    copied.unwrap();
    assert!(issues.backup(&to).await.is_err(), "nothing is replaced");
    shutdown.cancel();
    task.await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    let copied = Arc::new(copy);
    std::fs::remove_dir(copied.path()).unwrap();
    std::fs::rename(&to, copied.path()).unwrap();
    let mut ground = Ground::at(copied, now_ms, Config::default(), limits);
    ground.try_work().unwrap();
    let issue = ground.only();
    assert!((49..=109).contains(&issue.count), "{}", issue.count);
    let whole = ground.issues.oldest_event(issue.id).unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(&whole.attachments[0].path).unwrap(), "hello");
    // The copy goes on: what comes is worked in, whatever numbers its spool had.
    ground.sent = 1000;
    ground.send(&Sent::default());
    assert_eq!(ground.only().count, issue.count + 1);
}

/// The spool was copied, or lost, before what it held was worked in.
#[test]
fn a_spool_that_is_older_goes_on_after_what_is_worked_in() {
    let mut ground = Ground::new();
    for _ in 0..10 {
        ground.send(&Sent::default());
    }
    let directory = ground.directory.clone();
    let Ground { now_ms, config, limits, .. } = ground;
    store::remove(&directory.path().join("spool.db")).unwrap();
    let mut ground = Ground::at(directory, now_ms, config, limits);
    ground.sent = 500;
    ground.send(&Sent::default());
    assert_eq!(ground.only().count, 11);
}
