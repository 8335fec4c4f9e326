//! What is read, made, chosen and agreed on.

mod chosen;
mod handshakes;
mod read;
mod settings;

use std::path::PathBuf;

use super::{Pair, Pem};

/// A file of `testdata/tls`.
fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/tls").join(name)
}

fn pair(certificate: &str, key: &str) -> Pair {
    Pair {
        certificate: Pem::File(file(certificate)),
        key: Pem::File(file(key)),
        default: false,
        place: "test".to_owned(),
    }
}
