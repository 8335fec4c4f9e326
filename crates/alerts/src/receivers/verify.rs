//! Whether a call that claims to come from a service does.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Ordered as _;

use super::{Kind, Receivers};

/// Slack's calls are good for so long.
const SLACK_AGE_MAX_S: i64 = 300;

impl Receivers {
    /// Whether Slack signed a call: `X-Slack-Signature` over `X-Slack-Request-Timestamp` and the body, with the signing secret
    /// of one of the receivers.
    pub fn signed_by_slack(&self, timestamp: &str, body: &[u8], signature: &str, now_s: i64) -> bool {
        let Ok(sent_s) = timestamp.parse::<i64>() else { return false };
        if now_s.abs_diff(sent_s) > SLACK_AGE_MAX_S.unsigned_abs() {
            return false;
        }
        let Some(tag) = signature.strip_prefix("v0=").and_then(unhex) else { return false };
        let signed = [b"v0:", timestamp.as_bytes(), b":", body].concat();
        let secrets = self.0.iter().filter_map(|receiver| match &receiver.kind {
            Kind::Slack(slack) => slack.signing_secret.as_ref(),
            _ => None,
        });
        secrets.into_iter().any(|secret| is_tag(hmac::HMAC_SHA256, secret.expose(), &signed, &tag))
    }

    /// Whether Twilio signed a call: `X-Twilio-Signature` over the address that it called, as it knows it, and the form's
    /// pairs in the order of their names.
    pub fn signed_by_twilio(&self, url: &str, pairs: &[(String, String)], signature: &str) -> bool {
        let Ok(tag) = STANDARD.decode(signature) else { return false };
        let mut pairs: Vec<&(String, String)> = pairs.iter().collect();
        pairs.order();
        let mut signed = url.to_owned();
        for (name, value) in pairs {
            signed.push_str(name);
            signed.push_str(value);
        }
        let tokens = self.0.iter().filter_map(|receiver| match &receiver.kind {
            Kind::Twilio(twilio) => Some(&twilio.token),
            _ => None,
        });
        tokens
            .into_iter()
            .any(|token| is_tag(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.expose(), signed.as_bytes(), &tag))
    }
}

/// Compares in a time that says nothing about where they differ.
fn is_tag(algorithm: hmac::Algorithm, key: &str, signed: &[u8], tag: &[u8]) -> bool {
    hmac::verify(&hmac::Key::new(algorithm, key.as_bytes()), signed, tag).is_ok()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}
