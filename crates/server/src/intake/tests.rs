use futures_util::FutureExt;
use http::HeaderValue;
use http::header::CONTENT_LENGTH;

use super::*;

fn length(bytes: usize) -> HeaderMap {
    HeaderMap::from_iter([(CONTENT_LENGTH, HeaderValue::from(bytes))])
}

#[tokio::test(start_paused = true)]
async fn bodies_share_an_allowance_and_who_finds_none_is_sent_away() {
    let intake = Intake::default();
    let mut arrived = Vec::new();
    for _ in 0..4 {
        arrived.push(
            intake.read(&HeaderMap::new(), Body::from("x")).await.expect("of unknown length: the most"),
        );
    }
    let fault = intake.read(&length(1), Body::from("x")).await.err().expect("no room");
    assert_eq!((fault.status.as_u16(), fault.retry_after_s), (429, Some(2)));
    arrived.pop();
    let small = intake.read(&length(1), Body::from("x")).await.expect("room");
    assert_eq!(&small.bytes[..], b"x");
}

#[tokio::test]
async fn the_share_is_given_back_when_the_body_is_decoded() {
    let intake = Intake::default();
    for _ in 0..100 {
        let arrived = intake.read(&HeaderMap::new(), Body::from("abc")).await.expect("room");
        let decoded = intake.decode(arrived, 3, |bytes| Ok(bytes.len())).await.expect("a turn");
        assert_eq!(decoded, 3);
    }
    assert_eq!(intake.bodies.available_permits(), BODIES_KIB_MAX as usize);
    assert_eq!(intake.unpacking.available_permits(), UNPACKED_KIB_MAX as usize);
}

#[tokio::test]
async fn bodies_that_may_become_large_are_unpacked_one_after_the_other() {
    let intake = Intake::default();
    let arrived = async || intake.read(&length(1), Body::from("x")).await.expect("room");
    let (first, second, small) = (arrived().await, arrived().await, arrived().await);
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = move |_| held.recv().map_err(|_| Fault::bad_request("nobody released it"));
    let large = tokio::spawn({
        let intake = intake.clone();
        async move { intake.decode(first, usize::MAX, held).await }
    });
    while intake.unpacking.available_permits() == UNPACKED_KIB_MAX as usize {
        tokio::task::yield_now().await;
    }
    intake.decode(small, 1 << 20, |_| Ok(())).await.expect("room beside it");
    let waiting = intake.decode(second, usize::MAX, |_| Ok(())).now_or_never();
    assert!(waiting.is_none(), "there is no room");
    release.send(()).expect("it waits");
    large.await.expect("no panic").expect("released");
}
