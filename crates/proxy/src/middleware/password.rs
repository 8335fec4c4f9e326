//! Passwords as `htpasswd` writes them: bcrypt, apr1 and its elder brother md5-crypt, `{SHA}`.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest as _, Md5};
use subtle::ConstantTimeEq as _;

/// The hash of a password.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Hash {
    /// `$2a$`, `$2b$`, `$2y$`
    Bcrypt(String),
    /// `$apr1$`, `$1$`
    Md5 { magic: &'static str, salt: String, hash: String },
    /// `{SHA}`
    Sha1(Vec<u8>),
}

/// Why a hash cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum HashError {
    #[error("the hash is not complete")]
    Incomplete,
    #[error("the hash is of a kind that is not supported; make one of bcrypt's: htpasswd -nB NAME")]
    Unsupported,
}

impl Hash {
    /// # Errors
    /// If the hash is of another kind, or not complete. A password in clear text is neither.
    pub(super) fn parse(text: &str) -> Result<Self, HashError> {
        if let Some(hash) = text.strip_prefix("{SHA}") {
            let hash = BASE64_STANDARD.decode(hash).ok().filter(|hash| hash.len() == 20);
            return hash.map(Self::Sha1).ok_or(HashError::Incomplete);
        }
        if ["$2a$", "$2b$", "$2y$"].iter().any(|kind| text.starts_with(kind)) {
            let whole = text.parse::<bcrypt::HashParts>().is_ok();
            return if whole { Ok(Self::Bcrypt(text.to_owned())) } else { Err(HashError::Incomplete) };
        }
        for magic in ["$apr1$", "$1$"] {
            let Some(rest) = text.strip_prefix(magic) else { continue };
            let (salt, hash) = rest.split_once('$').ok_or(HashError::Incomplete)?;
            let whole = hash.len() == 22 && salt.len() <= 8;
            return if whole {
                Ok(Self::Md5 { magic, salt: salt.to_owned(), hash: hash.to_owned() })
            } else {
                Err(HashError::Incomplete)
            };
        }
        Err(HashError::Unsupported)
    }

    /// Whether it is the hash of this password. Takes tens of milliseconds for bcrypt, one for MD5's thousand rounds;
    /// how long does not depend on how much of it is right.
    pub(super) fn is_of(&self, password: &[u8]) -> bool {
        match self {
            Self::Bcrypt(hash) => bcrypt::verify(password, hash).unwrap_or(false),
            Self::Md5 { magic, salt, hash } => {
                md5_crypt(magic, salt.as_bytes(), password).as_bytes().ct_eq(hash.as_bytes()).into()
            }
            Self::Sha1(hash) => digest(&SHA1_FOR_LEGACY_USE_ONLY, password).as_ref().ct_eq(hash).into(),
        }
    }
}

/// Poul-Henning Kamp's hash, in which `magic` alone tells Apache's from FreeBSD's.
fn md5_crypt(magic: &str, salt: &[u8], password: &[u8]) -> String {
    let mut inner = Md5::new();
    for part in [password, salt, password] {
        inner.update(part);
    }
    let inner = inner.finalize();

    let mut first = Md5::new();
    for part in [password, magic.as_bytes(), salt] {
        first.update(part);
    }
    for at in 0..password.len() {
        first.update([inner[at % inner.len()]]);
    }
    let mut bits = password.len();
    while bits > 0 {
        let byte = if bits & 1 == 1 { 0 } else { password[0] };
        first.update([byte]);
        bits >>= 1;
    }

    let mut hash = first.finalize();
    for round in 0..1000 {
        hash = stretched(round, &hash, salt, password);
    }
    letters(hash.as_slice())
}

fn stretched(round: u32, hash: &[u8], salt: &[u8], password: &[u8]) -> md5::digest::Output<Md5> {
    let odd = round % 2 == 1;
    let mut next = Md5::new();
    next.update(if odd { password } else { hash });
    if !round.is_multiple_of(3) {
        next.update(salt);
    }
    if !round.is_multiple_of(7) {
        next.update(password);
    }
    next.update(if odd { hash } else { password });
    next.finalize()
}

/// The sixteen bytes in the order and the alphabet of `crypt`.
fn letters(hash: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = String::with_capacity(22);
    let mut push = |mut bits: u32, count: usize| {
        for _ in 0..count {
            text.push(char::from(LETTERS[(bits & 63) as usize]));
            bits >>= 6;
        }
    };
    for [high, middle, low] in [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] {
        push(u32::from(hash[high]) << 16 | u32::from(hash[middle]) << 8 | u32::from(hash[low]), 4);
    }
    push(u32::from(hash[11]), 2);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes as `htpasswd`, `openssl passwd` and Python's bcrypt write them.
    const HASHES: &[(&str, &str)] = &[
        ("test", "$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/"),
        ("test2", "$apr1$d9hr9HBB$4HxwgUir3HP4EsggP/QNo0"),
        ("a longer password of more than sixteen bytes", "$1$abcdefgh$qBGDq8j2sJbykz5uvoJJ/1"),
        ("", "$apr1$ab$S8K6Sgp3W8c9Jb6LxgywZ."),
        ("test", "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M="),
        ("", "{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
    ];

    #[test]
    fn a_hash_is_of_its_password_alone() {
        for (password, hash) in HASHES {
            let hash = Hash::parse(hash).expect("a hash");
            assert!(hash.is_of(password.as_bytes()), "{password}");
            assert!(!hash.is_of(format!("{password}!").as_bytes()));
        }
    }

    #[test]
    fn bcrypt_of_every_letter_is_known() {
        let made = bcrypt::hash_with_result("secret", 4).expect("a hash");
        for version in [bcrypt::Version::TwoA, bcrypt::Version::TwoB, bcrypt::Version::TwoY] {
            let hash = Hash::parse(&made.format_for_version(version)).expect("a hash");
            assert!(hash.is_of(b"secret") && !hash.is_of(b"Secret") && !hash.is_of(b""));
        }
    }

    #[test]
    fn what_is_no_hash_lets_nobody_in() {
        for (text, expected) in [
            ("secret", HashError::Unsupported),
            ("", HashError::Unsupported),
            ("$6$salt$hash", HashError::Unsupported),
            ("{SSHA}abc", HashError::Unsupported),
            ("{SHA}", HashError::Incomplete),
            ("{SHA}abc=", HashError::Incomplete),
            ("$apr1$salt", HashError::Incomplete),
            ("$apr1$salt$short", HashError::Incomplete),
            ("$apr1$muchtoolong$IgXLP6ewTrSuBkTrqE8wj/", HashError::Incomplete),
            ("$2y$05$short", HashError::Incomplete),
            ("$2y$", HashError::Incomplete),
        ] {
            assert_eq!(Hash::parse(text).err(), Some(expected), "{text}");
        }
    }
}
