use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::oneshot;

use super::*;

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.expect("in memory").to_bytes();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn the_same_question_is_answered_once_while_it_is_under_way() {
    let (under_way, computed) = (UnderWay::default(), Arc::new(AtomicUsize::new(0)));
    let answer = |wait: oneshot::Receiver<()>| {
        let computed = computed.clone();
        async move {
            let nth = computed.fetch_add(1, Ordering::Relaxed);
            let _ = wait.await;
            format!("answer {nth}").into_response()
        }
    };
    let (go, wait) = oneshot::channel();
    let first = under_way.share("a".into(), answer(wait));
    let second = under_way.share("a".into(), answer(oneshot::channel().1));
    let third = under_way.share("b".into(), answer(oneshot::channel().1));
    let release = async { go.send(()).expect("it waits") };
    let (first, second, third, ()) = tokio::join!(first, second, third, release);
    assert_eq!(
        (text(first).await, text(second).await, text(third).await),
        ("answer 0".into(), "answer 0".into(), "answer 1".into())
    );
    // An answer is not kept.
    let later = under_way.share("a".into(), async { "answer 2".into_response() }).await;
    assert_eq!(text(later).await, "answer 2");
    assert!(under_way.0.lock().expect("no panic").is_empty());
}

#[tokio::test]
async fn the_work_ends_when_the_last_one_leaves() {
    let under_way = UnderWay::default();
    let (still_there, work) = oneshot::channel::<()>();
    let answer = async move {
        let _still_there = still_there;
        std::future::pending::<Response>().await
    };
    let mut first = Box::pin(under_way.share("a".into(), answer));
    assert!(first.as_mut().now_or_never().is_none());
    let mut second = Box::pin(under_way.share("a".into(), std::future::pending()));
    assert!(second.as_mut().now_or_never().is_none());
    drop(first);
    assert!(second.as_mut().now_or_never().is_none());
    drop(second);
    work.await.expect_err("the work was dropped");
    let again = under_way.share("a".into(), async { "new".into_response() }).await;
    assert_eq!(text(again).await, "new");
}
