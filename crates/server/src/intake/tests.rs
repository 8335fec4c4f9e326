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
        let decoded = intake.decode(arrived, |bytes| Ok(bytes.len())).await.expect("a turn");
        assert_eq!(decoded, 3);
    }
    assert_eq!(intake.bodies.available_permits(), BODIES_KIB_MAX as usize);
}
