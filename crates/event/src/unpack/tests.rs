use std::io::Write;

use flate2::Compression;
use proptest::prelude::*;

use super::*;

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text).expect("memory takes it");
    packed.finish().expect("memory takes it")
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text).expect("memory takes it");
    packed.finish().expect("memory takes it")
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text).expect("memory takes it");
    packed.finish().expect("memory takes it")
}

fn brotli(text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    brotli::CompressorWriter::new(&mut packed, 4096, 4, 22).write_all(text).expect("memory takes it");
    packed
}

fn zstd_of(text: &[u8]) -> Vec<u8> {
    zstd::encode_all(text, 3).expect("memory takes it")
}

type Pack = fn(&[u8]) -> Vec<u8>;

const PACKINGS: [(&str, Pack); 8] = [
    ("gzip", gzip),
    ("X-GZip", gzip),
    ("deflate", zlib),
    ("deflate", deflate),
    ("br", brotli),
    (" ZSTD ", zstd_of),
    ("identity", <[u8]>::to_vec),
    ("unheard-of", <[u8]>::to_vec),
];

#[test]
fn a_bomb_costs_no_more_than_the_limit() {
    let zeros = vec![0; 64 << 20];
    for (name, pack) in PACKINGS {
        let packed = Bytes::from(pack(&zeros));
        let limit = 1 << 20;
        let error = unpack(packed, Some(name), limit).expect_err("too large");
        assert!(
            matches!(error, UnpackError::TooLarge { bytes_max } if bytes_max == limit),
            "{name}: {error}"
        );
    }
}

#[test]
fn a_window_beyond_the_limit_is_refused() {
    let mut packed = zstd::Encoder::new(Vec::new(), 3).expect("a level");
    packed.window_log(27).expect("a window");
    packed.long_distance_matching(true).expect("an option");
    packed.write_all(&vec![7; 1 << 20]).expect("memory takes it");
    let packed = Bytes::from(packed.finish().expect("memory takes it"));
    assert!(matches!(unpack(packed, Some("zstd"), 1 << 30), Err(UnpackError::Damaged(_))));
}

#[test]
fn what_is_something_else_is_told() {
    for name in ["gzip", "deflate", "br", "zstd"] {
        let body = Bytes::from_static(b"{\"event_id\":\"\"}\n");
        assert!(matches!(unpack(body, Some(name), 1 << 20), Err(UnpackError::Damaged(_))), "{name}");
    }
    for (name, pack) in PACKINGS.into_iter().take(6) {
        let mut packed = pack(&b"some text that is long enough to be cut ".repeat(100));
        packed.truncate(packed.len() / 2);
        assert!(unpack(packed.into(), Some(name), 1 << 20).is_err(), "{name} cut in half");
    }
}

proptest! {
    #[test]
    fn every_form_comes_out_as_it_was(text in proptest::collection::vec(any::<u8>(), 0..2000)) {
        for (name, pack) in PACKINGS {
            let unpacked = unpack(pack(&text).into(), Some(name), text.len());
            prop_assert_eq!(unpacked.ok(), Some(Bytes::from(text.clone())), "{}", name);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for (name, _) in PACKINGS {
            let _ = unpack(bytes.clone().into(), Some(name), 1 << 16);
        }
    }
}
