//! Traefik's `acme.json`: its certificates and keys are taken over, so that nothing needs to be asked for on the day of
//! the change. Its accounts are not: their keys are of another kind.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::stored;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfResolver {
    certificates: Option<Vec<Certificate>>,
}

#[derive(Deserialize)]
struct Certificate {
    certificate: String,
    key: String,
}

/// A chain and a key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Imported {
    pub(super) chain: String,
    pub(super) key: String,
}

/// The certificates that `resolver` has in the file; those of all resolvers where it has no such one. What is damaged is
/// left out.
pub(super) fn read(path: &Path, resolver: &str) -> io::Result<Vec<Imported>> {
    let file: Option<BTreeMap<String, OfResolver>> = stored::read(path)?;
    let mut file = file.ok_or(io::ErrorKind::NotFound)?;
    let chosen: Vec<OfResolver> = match file.remove(resolver) {
        Some(own) => vec![own],
        None => file.into_values().collect(),
    };
    let certificates = chosen.into_iter().filter_map(|of| of.certificates).flatten();
    Ok(certificates
        .filter_map(|of| Some(Imported { chain: text(&of.certificate)?, key: text(&of.key)? }))
        .collect())
}

fn text(base64: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(base64).ok()?).ok()
}
