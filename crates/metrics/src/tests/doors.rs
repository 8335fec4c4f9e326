//! The handle and the writer together.

use tokio_util::sync::CancellationToken;

use super::ground::labels;
use crate::{Config, Refused, Scrape, WriteError, Written};
use model::Timestamp;

fn now() -> i64 {
    Timestamp::from(std::time::SystemTime::now()).millis()
}

#[tokio::test]
async fn what_was_accepted_is_there_after_a_shutdown() {
    let directory = tempfile::tempdir().unwrap();
    let (metrics, writer) = crate::open(Config::default(), directory.path()).unwrap();
    let shutdown = CancellationToken::new();
    let writing = tokio::spawn(writer.run(shutdown.clone()));
    let (series, at_ms) = (metrics.series(&labels("up")), now());
    let scrape = |at_ms, value| Scrape { target: "t".into(), at_ms, samples: vec![(series.clone(), value)] };
    let written = metrics.write(vec![scrape(at_ms - 10, 1.0), scrape(at_ms, 2.0)]).await;
    assert_eq!(written, Ok(Written { stored: 2, refused: vec![] }));
    let written = metrics.write(vec![scrape(at_ms, 3.0), scrape(at_ms + 1, 4.0)]).await;
    assert_eq!(written, Ok(Written { stored: 1, refused: vec![(Refused::Duplicate, 1)] }));
    for number in 2..300 {
        metrics.append(scrape(at_ms + number, 5.0)).await.unwrap();
    }
    shutdown.cancel();
    writing.await.unwrap();
    assert_eq!(metrics.append(scrape(at_ms + 1000, 5.0)).await, Err(WriteError::Closing));
    assert_eq!(metrics.status().samples, 301);
    drop(metrics);

    let (metrics, _writer) = crate::open(Config::default(), directory.path()).unwrap();
    let found = promql::Source::select(
        &metrics,
        &promql::Selection {
            matchers: vec![],
            first_ms: at_ms - 10,
            last_ms: at_ms + 2000,
            samples_max: 1000,
        },
    );
    assert_eq!(found.unwrap()[0].values.len(), 301);
}

#[tokio::test]
async fn a_disk_that_takes_nothing_is_told_and_scrapes_wait_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let limits = crate::limits::Limits {
        retry: std::time::Duration::from_millis(20),
        gather: std::time::Duration::from_millis(1),
        ..Default::default()
    };
    let clock = store::Clock::system();
    let (metrics, writer) =
        crate::metrics::open_with(Config::default(), directory.path(), limits, clock).unwrap();
    let other = rusqlite::Connection::open(directory.path().join("tail.db")).unwrap();
    // As if the disk were full.
    other
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON scrape BEGIN SELECT RAISE(ABORT, 'disk full'); END",
        )
        .unwrap();
    let shutdown = CancellationToken::new();
    let writing = tokio::spawn(writer.run(shutdown.clone()));
    let (series, at_ms) = (metrics.series(&labels("up")), now());
    let scrape = Scrape { target: "t".into(), at_ms, samples: vec![(series.clone(), 1.0)] };
    metrics.append(scrape.clone()).await.unwrap();
    let late = Scrape { at_ms: at_ms + 1, ..scrape };
    let failed = metrics.write(vec![late]).await;
    // It may have waited behind the scrape that is stuck, until that is written.
    let freed = other.execute_batch("DROP TRIGGER full");
    assert!(freed.is_ok() && failed.is_err(), "{failed:?}");
    shutdown.cancel();
    writing.await.unwrap();
    assert_eq!(metrics.status().samples, 1);
    assert_eq!(metrics.status().faults, []);
}
