//! The names of things in Sentry's protocol: ids in hexadecimal, keys, numbers of projects.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Why a text is no id of its kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}: write {form}")]
pub struct ParseIdError {
    text: String,
    what: &'static str,
    form: &'static str,
}

impl ParseIdError {
    fn new(text: &str, what: &'static str, form: &'static str) -> Self {
        let text = text.chars().take(64).collect();
        Self { text, what, form }
    }
}

/// The bytes that `2 * N` hexadecimal digits stand for; dashes are skipped, as UUIDs have them.
fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let mut digits = 0;
    for digit in text.bytes().filter(|byte| *byte != b'-') {
        let value = (digit as char).to_digit(16)? as u8;
        *bytes.get_mut(digits / 2)? |= value << (4 * (1 - digits % 2));
        digits += 1;
    }
    (digits == 2 * N).then_some(bytes)
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal, $what:literal, $form:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// Whether all bytes are zero: what SDKs send where they have none.
            pub fn is_nil(self) -> bool {
                self.0 == [0; $bytes]
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                from_hex(text.trim()).map(Self).ok_or_else(|| ParseIdError::new(text, $what, $form))
            }
        }

        /// In lower-case hexadecimal digits without dashes.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

hex_id!(
    /// The id of one event, a UUID. Unique within its project.
    EventId, 16, "event id", "32 hexadecimal digits"
);
hex_id!(
    /// The id of a trace: one request through everything.
    TraceId, 16, "trace id", "32 hexadecimal digits"
);
hex_id!(
    /// The id of a span within its trace.
    SpanId, 8, "span id", "16 hexadecimal digits"
);

/// A project's public key: the name in its DSN. Exactly 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// A key of these bytes, which should come from a source of randomness.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes that the digits stand for.
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl FromStr for Key {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let fits = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let bytes = if fits { from_hex(text) } else { None };
        bytes
            .map(Self)
            .ok_or_else(|| ParseIdError::new(text, "key", "the 32 lower-case hexadecimal digits of the DSN"))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// A project's number, the last part of its DSN. The SDKs take nothing but an integer there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProjectId(pub u64);

impl FromStr for ProjectId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits { text.parse().ok() } else { None };
        // SQLite's integers are signed.
        let number = number.filter(|number| *number <= i64::MAX as u64);
        number.map(Self).ok_or_else(|| ParseIdError::new(text, "project", "its number, as in the DSN"))
    }
}

impl fmt::Display for ProjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
