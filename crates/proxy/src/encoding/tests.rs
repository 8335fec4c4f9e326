use std::io::Read;

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::Coding::{Brotli, Gzip, Zstd};
use super::{Coding, Encoder, accepted, choose};

fn headers(lines: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append("accept-encoding", HeaderValue::from_str(line).expect("a header's value"));
    }
    headers
}

/// Lines of the header, what is offered, the default, and what is chosen.
type Case<'t> = (&'t [&'t str], &'t [Coding], Option<Coding>, Option<Coding>);

#[test]
fn the_client_weighs_and_we_order() {
    let all = &[Gzip, Brotli, Zstd][..];
    let table: &[Case] = &[
        (&[], all, None, None),
        (&[], all, Some(Zstd), Some(Zstd)),
        (&[""], all, None, None),
        (&[""], all, Some(Zstd), None),
        (&["gzip, br"], all, None, Some(Gzip)),
        (&["br, gzip"], all, None, Some(Gzip)),
        (&["gzip, br, zstd"], &[Zstd, Brotli, Gzip], None, Some(Zstd)),
        (&["known, gzip"], all, None, Some(Gzip)),
        (&["known"], all, None, None),
        (&["*"], all, None, Some(Gzip)),
        (&["*"], all, Some(Brotli), Some(Brotli)),
        (&["gzip, *"], all, Some(Zstd), Some(Zstd)),
        (&["br;q=0.8, gzip;q=0.6"], all, None, Some(Brotli)),
        (&["br;q=0.8, gzip;q=1.0, zstd;q=0.7"], all, None, Some(Gzip)),
        (&["br;q=0.8, identity;q=0.9"], all, None, None),
        (&["br;q=0.8, identity;q=0.8"], all, None, Some(Brotli)),
        (&["compress, gzip;q=0.1"], all, None, Some(Gzip)),
        (&["compress;q=1.0, gzip;q=0.5"], all, None, Some(Gzip)),
        (&["identity;q=0"], all, None, None),
        (&["*;q=0"], all, None, None),
        (&["gzip;q=0, br;q=0, zstd;q=0"], all, Some(Gzip), None),
        (&["gzip;q=0, br"], all, None, Some(Brotli)),
        (&["zstd;q=0, br, gzip"], &[Brotli, Gzip], None, Some(Brotli)),
        (&["br;q=1.0, gzip;q=0.5, *;q=0.1"], &[Gzip], None, Some(Gzip)),
        (&["br;q=0.5, zstd, gzip;q=0.8"], all, None, Some(Zstd)),
        (&["gzip;q=0.8", "br"], all, None, Some(Brotli)),
        (&["GZIP"], all, None, Some(Gzip)),
        (&["gzip ; q=1.0 , br ; q=0.5"], all, None, Some(Gzip)),
        (&["gzip;q=none"], all, None, None),
        (&["gzip;level=3;q=0.2, br;q=0.1"], all, None, Some(Gzip)),
        (&["br"], &[Gzip, Zstd], None, None),
        (&["br;q=1.0, gzip;q=0.8"], &[Gzip, Zstd], None, Some(Gzip)),
        (&["gzip;q=7"], all, None, Some(Gzip)),
    ];
    for (lines, offered, default, expected) in table {
        assert_eq!(choose(&headers(lines), offered, *default), *expected, "{lines:?} of {offered:?}");
    }
}

#[test]
fn a_coding_is_accepted_by_name_or_by_the_star() {
    for (line, expected) in
        [("br", true), ("*", true), ("*, br;q=0", false), ("br;q=0, *", false), ("gzip", false), ("", false)]
    {
        assert_eq!(accepted(&headers(&[line]), Brotli), expected, "{line}");
    }
    assert!(!accepted(&HeaderMap::new(), Brotli));
}

pub(crate) fn decoded(coding: Option<Coding>, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match coding {
        None => out.extend_from_slice(bytes),
        Some(Gzip) => drop(flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).expect("gzip")),
        Some(Zstd) => out = zstd::stream::decode_all(bytes).expect("zstd"),
        Some(Brotli) => unreachable!("nothing here is encoded with Brotli"),
    }
    out
}

#[test]
fn what_was_flushed_can_be_read_before_the_end() {
    for coding in [Gzip, Zstd] {
        let mut encoder = Encoder::quick(coding).expect("an encoder");
        encoder.write(b"data: one\n\n").expect("write");
        encoder.flush().expect("flush");
        let piece = encoder.take();
        let mut read = [0; 11];
        match coding {
            Gzip => flate2::read::GzDecoder::new(&piece[..]).read_exact(&mut read).expect("readable"),
            _ => {
                zstd::stream::Decoder::new(&piece[..])
                    .expect("zstd")
                    .read_exact(&mut read)
                    .expect("readable");
            }
        }
        assert_eq!(&read, b"data: one\n\n");
    }
    assert!(Encoder::quick(Brotli).is_err());
}

proptest! {
    #[test]
    fn what_goes_in_comes_out(
        pieces in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..3000), any::<bool>()), 0..12),
    ) {
        for coding in [Gzip, Zstd] {
            let (mut plain, mut coded) = (Vec::new(), Vec::new());
            let mut encoder = Encoder::quick(coding).expect("an encoder");
            for (piece, flush) in &pieces {
                plain.extend_from_slice(piece);
                encoder.write(piece).expect("write");
                if *flush {
                    encoder.flush().expect("flush");
                }
                coded.extend_from_slice(&encoder.take());
            }
            coded.extend_from_slice(&encoder.finish().expect("finish"));
            prop_assert_eq!(decoded(Some(coding), &coded), plain);
        }
    }
}
