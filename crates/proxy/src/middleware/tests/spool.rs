use bytes::Bytes;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use proptest::prelude::*;

use crate::body::Body;
use crate::middleware::spool::{Limits, SpoolError, spool};

fn body(pieces: &[usize]) -> Body {
    let frames: Vec<_> = pieces
        .iter()
        .map(|length| Ok::<_, std::io::Error>(Frame::data(Bytes::from(vec![b'x'; *length]))))
        .collect();
    Body::boxed(StreamBody::new(tokio_stream::iter(frames)))
}

#[tokio::test]
async fn a_body_is_held_whole_or_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    // A folder that is not there yet is made.
    let folder = directory.path().join("spool");
    for (pieces, bytes_max, memory_bytes, expected) in [
        (&[][..], None, 10, Ok(0)),
        (&[5, 5], None, 10, Ok(10)),
        (&[5, 6], None, 10, Ok(11)),
        (&[300_000, 300_000, 7], None, 10, Ok(600_007)),
        (&[300_000, 300_000, 7], None, 1 << 20, Ok(600_007)),
        (&[5, 5], Some(10), 100, Ok(10)),
        (&[5, 6], Some(10), 100, Err("it is longer than 10 bytes")),
        (&[500_000, 500_001], Some(1_000_000), 1000, Err("it is longer than 1000000 bytes")),
    ] {
        let spooled = spool(body(pieces), Limits { bytes_max, memory_bytes }, &folder).await;
        let found = match spooled {
            Ok(spooled) => {
                let length = spooled.length;
                let bytes = spooled.into_body().collect().await.expect("a body").to_bytes();
                assert_eq!(bytes.len() as u64, length);
                Ok(bytes.len())
            }
            Err(error) => Err(error.to_string()),
        };
        assert_eq!(found, expected.map_err(str::to_owned), "{pieces:?}");
        let left = std::fs::read_dir(&folder).map_or(0, |entries| entries.count());
        assert_eq!(left, 0, "files have no name, and go with their readers");
    }
}

#[tokio::test]
async fn a_body_that_says_that_it_is_too_long_is_not_read() {
    let directory = tempfile::tempdir().expect("a directory");
    let limits = Limits { bytes_max: Some(10), memory_bytes: 100 };
    let (body, flow) = Body::full(vec![0; 11]).counted();
    assert!(matches!(spool(body, limits, directory.path()).await, Err(SpoolError::TooLong(10))));
    assert!(!flow.has_begun());
}

#[tokio::test]
async fn what_breaks_off_is_not_whole() {
    let directory = tempfile::tempdir().expect("a directory");
    let frames = [Ok(Frame::data(Bytes::from_static(b"half"))), Err(std::io::Error::other("gone"))];
    let body = Body::boxed(StreamBody::new(tokio_stream::iter(frames)));
    let limits = Limits { bytes_max: None, memory_bytes: 100 };
    assert!(matches!(spool(body, limits, directory.path()).await, Err(SpoolError::Body(_))));
}

#[tokio::test]
async fn trailers_are_kept() {
    let directory = tempfile::tempdir().expect("a directory");
    let frames = [
        Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(b"all"))),
        Ok(Frame::trailers(super::headers(&[("x-sum", "3")]))),
    ];
    let body = Body::boxed(StreamBody::new(tokio_stream::iter(frames)));
    let limits = Limits { bytes_max: None, memory_bytes: 1 };
    let spooled = spool(body, limits, directory.path()).await.expect("a body");
    let collected = spooled.into_body().collect().await.expect("a body");
    assert_eq!(super::line(collected.trailers().expect("trailers"), "x-sum").as_deref(), Some("3"));
    assert_eq!(collected.to_bytes(), "all");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn whatever_its_pieces_it_comes_out_as_it_went_in(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2000), 0..10), memory_bytes in 1..4000u64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let whole = pieces.concat();
        let found = runtime.block_on(async {
            let directory = tempfile::tempdir().expect("a directory");
            let frames: Vec<_> =
                pieces.into_iter().map(|piece| Ok::<_, std::io::Error>(Frame::data(Bytes::from(piece)))).collect();
            let body = Body::boxed(StreamBody::new(tokio_stream::iter(frames)));
            let spooled = spool(body, Limits { bytes_max: None, memory_bytes }, directory.path()).await.expect("a body");
            spooled.into_body().collect().await.expect("a body").to_bytes()
        });
        prop_assert_eq!(found, whole);
    }
}
