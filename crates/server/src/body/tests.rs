use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use http::HeaderValue;

use super::*;

static ZEROS: [u8; 1 << 20] = [0; 1 << 20];

fn gzip_of_zeros(mebibytes: usize) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..mebibytes {
        encoder.write_all(&ZEROS).expect("memory");
    }
    encoder.finish().expect("memory").into()
}

#[test]
fn packings_are_named_by_their_header() {
    let check = |value: Option<&'static str>, expected: Result<Packing, u16>| {
        let headers = value.map(|value| (header::CONTENT_ENCODING, HeaderValue::from_static(value)));
        let told = Packing::of(&headers.into_iter().collect()).map_err(|fault| fault.status.as_u16());
        assert_eq!(told, expected, "{value:?}");
    };
    check(None, Ok(Packing::Plain));
    check(Some("identity"), Ok(Packing::Plain));
    check(Some("GZip"), Ok(Packing::Gzip));
    check(Some("deflate"), Ok(Packing::Deflate));
    check(Some("snappy"), Ok(Packing::Plain));
    check(Some("br"), Err(415));
    check(Some("gzip, gzip"), Err(415));
}

#[test]
fn a_bomb_ends_at_the_bound() {
    let bomb = gzip_of_zeros(64);
    assert!(bomb.len() < 1 << 20);
    let fault = Packing::Gzip.unpack(bomb, 8 << 20).expect_err("too large");
    assert_eq!(fault.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(fault.message, "the body is larger than 8 MiB unpacked; send it in smaller parts");
    // The same where the file lies about its length: the last part alone is short.
    let lying = [gzip_of_zeros(64), gzip_of_zeros(1)].concat().into();
    let fault = Packing::Gzip.unpack(lying, 8 << 20).expect_err("too large");
    assert_eq!(fault.status, StatusCode::PAYLOAD_TOO_LARGE);
    let parts = [gzip_of_zeros(2), gzip_of_zeros(1)].concat().into();
    assert_eq!(Packing::Gzip.unpack(parts, 8 << 20).expect("two parts").len(), 3 << 20);
    assert_eq!(Packing::Gzip.unpack(gzip_of_zeros(8), 8 << 20).expect("just fits").len(), 8 << 20);
}

#[test]
fn what_is_cut_off_or_no_gzip_is_said_so() {
    let whole = gzip_of_zeros(1);
    let cut = whole.slice(..whole.len() / 2);
    let message = |packing: Packing, bytes| packing.unpack(bytes, 1 << 20).expect_err("a fault").message;
    assert!(message(Packing::Gzip, cut).starts_with("the body is no valid gzip: "));
    assert!(message(Packing::Gzip, Bytes::from_static(b"{}")).starts_with("the body is no valid gzip: "));
    assert!(message(Packing::Deflate, Bytes::from_static(b"{}")).starts_with("the body is no valid deflate"));
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(b"text").expect("memory");
    let packed = encoder.finish().expect("memory").into();
    assert_eq!(Packing::Deflate.unpack(packed, 10).expect("text"), Bytes::from_static(b"text"));
}

#[tokio::test]
async fn bodies_are_read_up_to_the_bound_in_however_many_pieces() {
    let check = async |pieces: &[&'static str],
                       announced: Option<&'static str>,
                       expected: Result<&str, u16>| {
        let frames: Vec<Result<&str, std::io::Error>> = pieces.iter().map(|piece| Ok(*piece)).collect();
        let body = Body::from_stream(futures_util::stream::iter(frames));
        let length = announced.map(|length| (header::CONTENT_LENGTH, HeaderValue::from_static(length)));
        let told = read(&length.into_iter().collect(), body, 10).await.map_err(|fault| fault.status.as_u16());
        assert_eq!(told.as_deref(), expected.map(str::as_bytes).as_deref(), "{pieces:?}");
    };
    check(&[], None, Ok("")).await;
    check(&["12345"], None, Ok("12345")).await;
    check(&["1234", "567", "890"], None, Ok("1234567890")).await;
    check(&["1234567890", "1"], None, Err(413)).await;
    check(&["12345678901"], None, Err(413)).await;
    check(&["1"], Some("2000000000"), Err(413)).await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_comes_is_given_up() {
    let body = Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>());
    let fault = read(&HeaderMap::new(), body, 10).await.expect_err("too slow");
    assert_eq!(fault.status, StatusCode::REQUEST_TIMEOUT);
}
