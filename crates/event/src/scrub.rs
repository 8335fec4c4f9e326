//! Masks secrets and personal data in what is to be stored.
//!
//! Keys decide first: what stands under `password`, `auth_token` or `otp` is masked whatever it is, with all that
//! is below it. Every other text is searched for what looks like a secret. A key that is known to be harmless can
//! be named in [`ScrubConfig::safe_keys`].

mod ssn;

use mask::{Masker, Rule, Scope};

/// What is masked.
#[derive(Clone, Debug, PartialEq)]
pub struct ScrubConfig {
    /// The rules for texts and keys.
    pub rules: mask::Config,
    /// Keys whose values stay, in any case: `token_count`, `password_changed_at`.
    pub safe_keys: Vec<String>,
    /// Whether IP addresses are masked too. Users who have nothing else are no longer told apart then.
    pub addresses: bool,
}

impl Default for ScrubConfig {
    fn default() -> Self {
        let mut rules = mask::Config::default();
        rules.rules.insert(Rule::Iban);
        Self { rules, safe_keys: Vec::new(), addresses: false }
    }
}

/// Masks by its settings.
#[derive(Debug)]
pub struct Scrubber {
    masker: Masker,
    safe_keys: Vec<String>,
    addresses: bool,
    is_idle: bool,
    /// Shorter texts hold no secret.
    text_bytes_min: usize,
}

/// `pwd=1`: the built-in rules find nothing in less.
const TEXT_BYTES_MIN: usize = 5;

/// The service whose exceptions from the rules hold: events know no service.
const NO_SERVICE: &str = "";

/// What stands in the place of a value whose key says that it is a secret, where the rules know no better.
const MARKER: &str = "[masked:secret]";

/// What stands in the place of an address.
const ADDRESS_MARKER: &str = "[masked:ip]";

impl Scrubber {
    /// A scrubber by these settings.
    pub fn new(config: ScrubConfig) -> Self {
        let ScrubConfig { mut rules, safe_keys, addresses } = config;
        let is_idle = rules.rules.is_empty() && rules.patterns.is_empty() && !addresses;
        if addresses {
            rules.rules.insert(Rule::Ip);
        }
        let text_bytes_min = if rules.patterns.is_empty() { TEXT_BYTES_MIN } else { 0 };
        let safe_keys = safe_keys.iter().map(|key| key.to_lowercase()).collect();
        Self { masker: Masker::new(rules), safe_keys, addresses, is_idle, text_bytes_min }
    }

    /// Masks nothing.
    pub fn off() -> Self {
        Self::new(ScrubConfig { rules: mask::Config::off(), safe_keys: Vec::new(), addresses: false })
    }

    /// Whether IP addresses are masked.
    pub fn masks_addresses(&self) -> bool {
        self.addresses
    }

    /// The text with markers, if there is anything to mask in it.
    pub fn text(&self, text: &str) -> Option<String> {
        if text.len() < self.text_bytes_min {
            return None;
        }
        changed(text, self.scope()?.mask(text))
    }

    /// Likewise for the value of a key.
    pub fn value(&self, key: &str, text: &str) -> Option<String> {
        let scope = self.scope()?;
        if self.is_safe(key) {
            return None;
        }
        if text.is_empty() || text == "[Filtered]" {
            return None;
        }
        if has_secret_word(key) {
            let masked = scope.mask_value("secret", text).text.into_owned();
            return (masked != text).then_some(masked);
        }
        if self.addresses && is_address_key(key) {
            return Some(ADDRESS_MARKER.to_owned());
        }
        changed(text, scope.mask_value(key, text))
    }

    /// Whether the key says that everything below it is a secret.
    pub fn is_secret(&self, key: &str) -> bool {
        const ANY: &str = "any value";
        self.scope().is_some_and(|scope| {
            !self.is_safe(key) && (has_secret_word(key) || scope.mask_value(key, ANY).text != ANY)
        })
    }

    /// What to write in the place of a secret that is no text.
    pub(crate) fn marker(&self, key: &str) -> String {
        self.value(key, "any value").unwrap_or_else(|| MARKER.to_owned())
    }

    fn scope(&self) -> Option<Scope<'_>> {
        (!self.is_idle).then(|| self.masker.of(NO_SERVICE))
    }

    fn is_safe(&self, key: &str) -> bool {
        self.safe_keys.iter().any(|safe| safe.eq_ignore_ascii_case(key))
    }
}

fn changed(text: &str, masked: mask::Masked<'_>) -> Option<String> {
    let number = ssn::masked(&masked.text);
    let differs = number.is_some() || !masked.hits.is_empty() && masked.text != text;
    differs.then(|| number.unwrap_or_else(|| masked.text.into_owned()))
}

/// Words that say that the value is a secret wherever they stand in a key: `auth_user_pin`, `old-password-hash`.
/// The rules know the keys that end in such a word; these are what people name things in programs.
const WORDS: [&str; 12] = [
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "secret",
    "secrets",
    "credential",
    "credentials",
    "auth",
    "otp",
    "totp",
    "ssn",
];

/// Whether one of the key's words is among [`WORDS`]. Words end at signs and where lower case turns to upper case.
fn has_secret_word(key: &str) -> bool {
    let bytes = key.as_bytes();
    let mut start = 0;
    for at in 0..=bytes.len() {
        let ends = at == bytes.len() || !bytes[at].is_ascii_alphabetic();
        let turns =
            !ends && at > start && bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase();
        if !ends && !turns {
            continue;
        }
        if (3..=11).contains(&(at - start)) && is_secret_word(&bytes[start..at]) {
            return true;
        }
        start = if ends { at + 1 } else { at };
    }
    false
}

fn is_secret_word(word: &[u8]) -> bool {
    matches!(word[0] | 0x20, b'p' | b's' | b'c' | b'a' | b'o' | b't')
        && WORDS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
}

fn is_address_key(key: &str) -> bool {
    const KEYS: [&str; 10] = [
        "remote_addr",
        "x-forwarded-for",
        "http_x_forwarded_for",
        "x_forwarded_for",
        "x-real-ip",
        "http_x_real_ip",
        "forwarded",
        "cf-connecting-ip",
        "true-client-ip",
        "ip_address",
    ];
    KEYS.iter().any(|known| known.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_decide_first() {
        let scrubber =
            Scrubber::new(ScrubConfig { safe_keys: vec!["Secret_Santa".into()], ..ScrubConfig::default() });
        let check = |key: &str, value: &str, expected: Option<&str>| {
            assert_eq!(scrubber.value(key, value).as_deref(), expected, "{key}={value}");
            if expected.is_some_and(|expected| expected.starts_with('[')) {
                assert!(scrubber.is_secret(key), "{key}");
            }
        };
        check("password", "hunter2", Some("[masked:secret]"));
        check("api_key", "abc", Some("[masked:api_key]"));
        check("auth", "abc", Some("[masked:secret]"));
        check("authUser", "abc", Some("[masked:secret]"));
        check("old-password-hash", "abc", Some("[masked:secret]"));
        check("HTTP_AUTHORIZATION", "Basic abc", Some("[masked:authorization]"));
        check("otp", "123456", Some("[masked:secret]"));
        check("secret_santa", "Alice", None);
        check("author", "Alice", None);
        check("secretary", "Bob", None);
        check("password", "", None);
        check("password", "None", None);
        check("password", "[Filtered]", None);
        check("x-forwarded-for", "10.1.2.3", None);
        check("note", "my number is 123-45-6789", Some("my number is [masked:ssn]"));
        check("url", "https://u:p4ss@host/", Some("https://u:[masked:url]@host/"));
    }

    #[test]
    fn addresses_are_a_switch_and_everything_can_be_off() {
        let addresses = Scrubber::new(ScrubConfig { addresses: true, ..ScrubConfig::default() });
        assert_eq!(addresses.value("X-Forwarded-For", "10.1.2.3, 10.1.2.4").as_deref(), Some("[masked:ip]"));
        assert_eq!(addresses.text("from 10.1.2.3:80").as_deref(), Some("from [masked:ip]:80"));
        let off = Scrubber::off();
        assert_eq!(off.value("password", "hunter2"), None);
        assert_eq!(off.text("password=hunter2"), None);
        assert!(!off.is_secret("password"));
    }
}
