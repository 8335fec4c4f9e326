//! Random secrets, and the hashes under which they are kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// 32 random bytes as 43 letters, digits, `-` and `_`. `Debug` is left out on purpose.
pub(super) struct Secret(String);

impl Secret {
    /// A new one, with words in front by which people and scanners know what it is.
    pub(super) fn new(prefix: &str) -> Self {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the system gives random bytes");
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// What is kept of it.
    pub(super) fn hash(&self) -> [u8; 32] {
        hash(&self.0)
    }

    /// The secret itself, to be shown once.
    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// What is kept of a secret. A plain hash is enough: nobody can guess 32 random bytes. Looking the hash up in
/// an index tells nothing about the secret by its time.
pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
