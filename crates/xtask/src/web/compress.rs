//! The compressed sibling of a file: `app.css.br`; of a page under work `app.css.gz`, which is made in no time.

use std::io::Write as _;

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Profile;
use super::page::Asset;

/// What compressing again makes no smaller.
const COMPRESSED_ALREADY: [&str; 2] = [".png", ".ico"];

/// The sibling that the server sends instead of the file, or makes other forms from.
pub(super) fn sibling(asset: &Asset, profile: Profile) -> Result<Option<Asset>> {
    if COMPRESSED_ALREADY.iter().any(|ending| asset.name.ends_with(ending)) {
        return Ok(None);
    }
    let (ending, bytes) = match profile {
        Profile::Dev => ("gz", gzip(&asset.bytes)?),
        Profile::Release => ("br", brotli(&asset.bytes)?),
    };
    Ok(Some(Asset { name: format!("{}.{ending}", asset.name), bytes }))
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
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
        let of = |profile| sibling(&asset, profile).unwrap().unwrap();
        let (shipped, quick) = (of(Profile::Release), of(Profile::Dev));
        assert_eq!((&*shipped.name, &*quick.name), ("app.css.br", "app.css.gz"));
        let mut from_brotli = Vec::new();
        brotli::BrotliDecompress(&mut shipped.bytes.as_slice(), &mut from_brotli).unwrap();
        let mut from_gzip = Vec::new();
        flate2::read::GzDecoder::new(quick.bytes.as_slice()).read_to_end(&mut from_gzip).unwrap();
        assert_eq!((&from_brotli, &from_gzip), (&bytes, &bytes));
        assert!([shipped, quick].iter().all(|sibling| sibling.bytes.len() < bytes.len() / 10));
    }

    #[test]
    fn pictures_are_left_as_they_are() {
        let asset = Asset { name: "icon.png".to_owned(), bytes: vec![1; 1000] };
        assert!(sibling(&asset, Profile::Release).unwrap().is_none());
    }
}
