use std::sync::mpsc;

use super::*;

#[tokio::test]
async fn a_query_whose_client_left_ends() {
    let queries = Queries::with_places(1, 1, Clock::system());
    let (began, has_begun) = tokio::sync::oneshot::channel();
    let (ended, has_ended) = tokio::sync::oneshot::channel();
    let running = queries.run(move |allowance| {
        let _ = began.send(());
        while allowance.lasts() {
            std::thread::yield_now();
        }
        let _ = ended.send(());
    });
    tokio::select! {
        _ = running => panic!("it waits for its client to leave"),
        begun = has_begun => begun.expect("a query"),
    }
    has_ended.await.expect("it has ended");
    assert_eq!(queries.run(|_| 7).await.expect("a turn"), 7);
}

#[tokio::test]
async fn only_so_many_queries_wait() {
    let queries = Queries::with_places(1, 1, Clock::system());
    let (let_go, held) = mpsc::channel::<()>();
    let first = tokio::spawn({
        let queries = queries.clone();
        async move { queries.run(move |_| held.recv()).await.map(|_| ()) }
    });
    let second = tokio::spawn({
        let queries = queries.clone();
        async move { queries.run(|_| ()).await }
    });
    while queries.room.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    let fault = queries.run(|_| ()).await.expect_err("no room");
    assert_eq!((fault.status.as_u16(), fault.retry_after_s), (429, Some(3)));
    drop(let_go);
    first.await.expect("no panic").expect("an answer");
    second.await.expect("no panic").expect("an answer");
}

#[tokio::test]
async fn evaluators_are_told_when_to_stop() {
    let allowance =
        Allowance { deadline: Instant::now(), left: CancellationToken::new(), now: Timestamp::from_nanos(0) };
    assert!(!allowance.lasts());
    assert!(allowance.spend(|budget| (budget.stop)()));
    let allowance = Allowance {
        deadline: Instant::now() + TIME_MAX,
        left: CancellationToken::new(),
        now: Timestamp::from_nanos(0),
    };
    assert!(!allowance.spend(|budget| (budget.stop)()));
    allowance.left.cancel();
    assert!(allowance.spend(|budget| (budget.stop)()));
}
