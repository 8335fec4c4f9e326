//! Signed links: whoever holds one may say that they have an incident, until it expires, and nothing else. They are made
//! for one incident and one receiver.
//!
//! ```ignore
//! let token = links.make(&Link { incident, receiver, expires_ms });
//! let link = links.verify(&token, now_ms)?;
//! ```
//!
//! A token is `<payload>.<signature>`, both base64url: the payload is `incident\nreceiver\nexpires`, the signature its
//! HMAC-SHA256 with a key that never leaves `alerts.db`.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A link is good for so long.
pub const LINK_MS: i64 = 48 * 3_600_000;
/// Longer ones are not looked at.
const TOKEN_MAX: usize = 512;

/// Makes and verifies links.
pub struct Links(hmac::Key);

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The incident.
    pub incident: String,
    /// Whom it was sent to.
    pub receiver: String,
    /// Until when it is good, milliseconds since 1970.
    pub expires_ms: i64,
}

/// Why a link is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Nobody here signed it.
    #[error("this link is not one of ours; open the newest message and use its link")]
    Forged,
    /// Its time is over.
    #[error("this link has expired; open the newest message, or the page Alerts")]
    Expired,
    /// There is no such incident any more.
    #[error("the incident of this link is over and forgotten")]
    Gone,
}

impl Links {
    /// With the key of `alerts.db`.
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The token of a link.
    pub fn make(&self, link: &Link) -> String {
        let payload = format!("{}\n{}\n{}", link.incident, link.receiver, link.expires_ms);
        let signature = hmac::sign(&self.0, payload.as_bytes());
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&payload), URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// What a token is for.
    pub fn verify(&self, token: &str, now_ms: i64) -> Result<Link, LinkError> {
        let link = self.read(token).ok_or(LinkError::Forged)?;
        if now_ms >= link.expires_ms {
            return Err(LinkError::Expired);
        }
        Ok(link)
    }

    fn read(&self, token: &str) -> Option<Link> {
        if token.len() > TOKEN_MAX {
            return None;
        }
        let (payload, signature) = token.split_once('.')?;
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        hmac::verify(&self.0, &payload, &signature).ok()?;
        let text = String::from_utf8(payload).ok()?;
        let mut parts = text.split('\n');
        let (incident, receiver) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        let expires_ms = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some(Link { incident, receiver, expires_ms })
    }
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Links(…)")
    }
}

/// Why nobody can be said to have an incident.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcknowledgeError {
    /// There is none.
    #[error("there is no incident or alert {0}")]
    NotFound(String),
    /// It is over.
    #[error("incident {0} is already over")]
    Over(String),
    /// Nobody was named.
    #[error("say who acknowledges it")]
    Nobody,
    /// The end is not after now.
    #[error("an acknowledgement must end in the future")]
    Past,
}

#[cfg(test)]
mod tests;
