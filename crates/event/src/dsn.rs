//! DSNs: the address that a program is given so that it sends its errors to us.

use std::fmt;
use std::str::FromStr;

use crate::id::{Key, ParseIdError, ProjectId};

/// `https://<key>@<host>/<project>`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dsn {
    /// The project's public key.
    pub key: Key,
    /// Host and port, and the path before the project's number if there is one: `ops.example.com:4100`.
    pub host: String,
    /// The project.
    pub project: ProjectId,
    /// Whether it says `https`.
    pub is_secure: bool,
}

/// Why a text is no DSN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseDsnError {
    /// A part is missing.
    #[error("write https://<key>@<host>/<project>: {0} is missing")]
    Missing(&'static str),
    /// The key or the project is none.
    #[error(transparent)]
    Part(#[from] ParseIdError),
}

impl FromStr for Dsn {
    type Err = ParseDsnError;

    fn from_str(text: &str) -> Result<Self, ParseDsnError> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(ParseDsnError::Missing("https://"))?;
        let (user, rest) = rest.split_once('@').ok_or(ParseDsnError::Missing("the key"))?;
        let rest = rest.split(['?', '#']).next().unwrap_or(rest).trim_end_matches('/');
        let (host, project) = rest.rsplit_once('/').ok_or(ParseDsnError::Missing("the project"))?;
        if host.is_empty() {
            return Err(ParseDsnError::Missing("the host"));
        }
        // Old DSNs have a secret behind the key.
        let key = user.split(':').next().unwrap_or(user).parse()?;
        let is_secure = scheme.eq_ignore_ascii_case("https");
        Ok(Self { key, host: host.to_ascii_lowercase(), project: project.parse()?, is_secure })
    }
}

impl fmt::Display for Dsn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, host, project, is_secure } = self;
        write!(f, "http{}://{key}@{host}/{project}", if *is_secure { "s" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dsns_are_read_and_written() {
        let key = "0123456789abcdef0123456789abcdef";
        let check = |text: String, host: &str, written: String| {
            let dsn: Dsn = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((dsn.host.as_str(), dsn.project), (host, ProjectId(12)), "{text}");
            assert_eq!(dsn.to_string(), written);
        };
        let plain = format!("https://{key}@ops.example.com/12");
        check(plain.clone(), "ops.example.com", plain.clone());
        check(format!("https://{key}:secret@Ops.example.com/12/"), "ops.example.com", plain);
        let port = format!("http://{key}@127.0.0.1:4100/12");
        check(port.clone(), "127.0.0.1:4100", port);
        let path = format!("http://{key}@host/sub/path/12");
        check(path.clone(), "host/sub/path", path);
    }

    #[test]
    fn others_say_what_is_missing() {
        let check = |text: &str, expected: &str| {
            let error = text.parse::<Dsn>().expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        };
        check("", "https:// is missing");
        check("https://host/1", "the key is missing");
        check("https://0123456789abcdef0123456789abcdef@host", "the project is missing");
        check("https://0123456789abcdef0123456789abcdef@/1", "the host is missing");
        check("https://abc@host/1", "`abc` is no key");
        check("https://0123456789abcdef0123456789abcdef@host/shop", "`shop` is no project");
        check("https://0123456789abcdef0123456789abcdef@host/99999999999999999999", "is no project");
    }
}
