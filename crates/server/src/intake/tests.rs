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
    let large = || Body::from(vec![b'x'; BODY_BYTES_MAX]);
    let mut arrived = Vec::new();
    for _ in 0..4 {
        arrived.push(intake.read(&length(BODY_BYTES_MAX), large()).await.expect("room for four"));
    }
    assert_eq!(intake.bodies.available_permits(), 0);
    let fault = intake.read(&length(1), Body::from("x")).await.err().expect("no room");
    assert_eq!((fault.status.as_u16(), fault.retry_after_s), (429, Some(2)));
    arrived.pop();
    let small = intake.read(&length(1), Body::from("x")).await.expect("room");
    assert_eq!(&small.bytes[..], b"x");
    // A large one finds no room for its rest, and gives back what it had.
    let fault = intake.read(&HeaderMap::new(), large()).await.err().expect("no room");
    assert_eq!(fault.status.as_u16(), 429);
    assert_eq!(intake.bodies.available_permits(), BODY_KIB_MAX - 1);
}

#[tokio::test]
async fn a_body_takes_as_much_as_is_here_of_it() {
    let intake = Intake::default();
    for (headers, bytes, expected) in [
        (HeaderMap::new(), 1, FIRST_BYTES >> 10),
        (length(1), 1, 1),
        (length(100 << 10), 100 << 10, 100),
        (length(1 << 20), 1 << 20, 1 << 10),
        (HeaderMap::new(), (1 << 20) + 1, (1 << 10) + 1),
        (HeaderMap::new(), 300 << 10, 512),
    ] {
        let arrived = intake.read(&headers, Body::from(vec![b'x'; bytes])).await.expect("room");
        assert_eq!(intake.bodies.available_permits(), BODIES_KIB_MAX as usize - expected, "{bytes}");
        drop(arrived);
    }
    // Many who announce much and send nothing keep nobody out.
    let stalled: Vec<_> = (0..200)
        .map(|_| {
            let intake = intake.clone();
            let pending = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
            tokio::spawn(async move { intake.read(&length(BODY_BYTES_MAX), pending).await.is_ok() })
        })
        .collect();
    tokio::task::yield_now().await;
    intake.read(&length(10), Body::from("x")).await.expect("room beside them");
    stalled.iter().for_each(tokio::task::JoinHandle::abort);
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
