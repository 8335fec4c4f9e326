//! The compressed siblings of a file: `app.css.br`, `app.css.gz`.

use std::io::Write as _;

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Profile;
use super::page::Asset;

/// What compressing again makes no smaller.
const COMPRESSED_ALREADY: [&str; 2] = [".png", ".ico"];

/// The siblings that a server may send instead of the file. A page under work gets along with gzip.
pub(super) fn siblings(asset: &Asset, profile: Profile) -> Result<Vec<Asset>> {
    if COMPRESSED_ALREADY.iter().any(|ending| asset.name.ends_with(ending)) {
        return Ok(vec![]);
    }
    let sibling = |ending: &str, bytes| Asset { name: format!("{}.{ending}", asset.name), bytes };
    Ok(match profile {
        Profile::Dev => vec![sibling("gz", gzip(&asset.bytes, Compression::fast())?)],
        Profile::Release => {
            vec![
                sibling("br", brotli(&asset.bytes)?),
                sibling("gz", gzip(&asset.bytes, Compression::best())?),
            ]
        }
    })
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8], level: Compression) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn siblings_hold_the_same_content() {
        let bytes = "lines and lines and lines".repeat(100).into_bytes();
        let asset = Asset { name: "app.css".to_owned(), bytes: bytes.clone() };
        let siblings = siblings(&asset, Profile::Release).unwrap();
        let names: Vec<&str> = siblings.iter().map(|sibling| sibling.name.as_str()).collect();
        assert_eq!(names, ["app.css.br", "app.css.gz"]);
        let mut from_brotli = Vec::new();
        brotli::BrotliDecompress(&mut siblings[0].bytes.as_slice(), &mut from_brotli).unwrap();
        let mut from_gzip = Vec::new();
        flate2::read::GzDecoder::new(siblings[1].bytes.as_slice()).read_to_end(&mut from_gzip).unwrap();
        assert_eq!((&from_brotli, &from_gzip), (&bytes, &bytes));
        assert!(siblings.iter().all(|sibling| sibling.bytes.len() < bytes.len() / 10));
    }

    #[test]
    fn pictures_are_left_as_they_are() {
        let asset = Asset { name: "icon.png".to_owned(), bytes: vec![1; 1000] };
        assert!(siblings(&asset, Profile::Release).unwrap().is_empty());
    }
}
