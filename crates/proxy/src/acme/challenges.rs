//! What is answered to CAs that look whether a name is ours.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The pages that CAs fetch. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Challenges(Arc<RwLock<HashMap<String, String>>>);

/// Pages of HTTP-01 are below this path.
const PATH: &str = "/.well-known/acme-challenge/";

impl Challenges {
    /// The page at `path`, as plain text, while a CA is expected to fetch it.
    pub fn page(&self, path: &str) -> Option<String> {
        self.answer(path.strip_prefix(PATH)?)
    }

    /// The answer to the challenge `token`.
    pub fn answer(&self, token: &str) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    /// Answers `token` until what is given back is dropped.
    pub(super) fn offer(&self, token: &str, answer: String) -> Offer {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(token.to_owned(), answer);
        Offer { challenges: self.clone(), token: token.to_owned() }
    }
}

/// A page that is there as long as this.
pub(super) struct Offer {
    challenges: Challenges,
    token: String,
}

impl Drop for Offer {
    fn drop(&mut self) {
        self.challenges.0.write().unwrap_or_else(PoisonError::into_inner).remove(&self.token);
    }
}
