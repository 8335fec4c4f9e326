//! Copies of a running store.

use tokio_util::sync::CancellationToken;

use super::ground::{DAY, Ground, HOUR, START_MS, check, fill, labels, quick};
use crate::backup::{self, BackupError};
use crate::{Config, Scrape};
use model::Timestamp;

#[test]
fn files_stand_still_while_they_are_copied() {
    let mut ground = Ground::with(Config::default(), quick());
    let expected = fill(&mut ground, START_MS, 26);
    ground.upkeep_at(START_MS + 5 * HOUR);
    let lease = ground.storage.lease().unwrap();
    ground.scrape("t", START_MS + 27 * HOUR, &[("else", 1.0)]);
    ground.upkeep_at(START_MS + 3 * DAY);
    assert_eq!(ground.files(), ["2026-01-01.db", "tail.db"], "nothing is sealed meanwhile");
    let to = std::sync::Arc::new(tempfile::tempdir().unwrap());
    backup::copy(&ground.metrics.shared, lease, to.path()).unwrap();
    ground.upkeep_at(START_MS + 3 * DAY);
    assert!(ground.files().len() > 2);
    let copy = Ground::at(to, ground.now_ms.clone(), Config::default(), quick());
    check(&copy, &expected, "in the copy");
}

#[tokio::test]
async fn a_copy_is_made_while_samples_come_in_and_replaces_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (metrics, writer) = crate::open(Config::default(), &directory.path().join("metrics")).unwrap();
    let shutdown = CancellationToken::new();
    let writing = tokio::spawn(writer.run(shutdown.clone()));
    let series = metrics.series(&labels("up"));
    let at_ms = Timestamp::from(std::time::SystemTime::now()).millis();
    let scrape = |number: i64| Scrape {
        target: "t".into(),
        at_ms: at_ms + number,
        samples: vec![(series.clone(), number as f64)],
    };
    metrics.write(vec![scrape(1)]).await.unwrap();
    let to = directory.path().join("copy/metrics");
    let (copied, written) = tokio::join!(metrics.backup(&to), metrics.write(vec![scrape(2)]));
    copied.unwrap();
    assert_eq!(written.unwrap().stored, 1);
    let error = metrics.backup(&to).await.unwrap_err();
    assert!(matches!(error, BackupError::Copy(store::BackupError::Exists(_))), "{error}");
    shutdown.cancel();
    writing.await.unwrap();
    assert!(matches!(metrics.backup(&to).await, Err(BackupError::Closed)));
    let (copy, _writer) = crate::open(Config::default(), &to).unwrap();
    let names = copy.label_values("__name__", &[], at_ms, at_ms + 10, 10).unwrap();
    assert_eq!(names, ["up"]);
}
