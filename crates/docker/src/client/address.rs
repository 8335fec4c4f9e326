//! Where an engine listens.

use std::fmt;
use std::path::PathBuf;

const DEFAULT_SOCKET: &str = "/var/run/docker.sock";
const DEFAULT_PORT: u16 = 2375;

/// A Unix socket, or a TCP port (of a socket proxy, as a rule).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `unix:///var/run/docker.sock`
    Unix(PathBuf),
    /// `tcp://docker-proxy:2375`
    Tcp {
        /// A name or an address; IPv6 without brackets.
        host: String,
        /// The port.
        port: u16,
    },
}

impl Default for Address {
    fn default() -> Self {
        Self::Unix(PathBuf::from(DEFAULT_SOCKET))
    }
}

impl Address {
    /// Reads `unix://PATH` or `tcp://HOST:PORT` (port 2375 if it is left out).
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| {
            format!("`{text}` {what}; write \"unix:///var/run/docker.sock\" or \"tcp://docker-proxy:2375\"")
        };
        if let Some(path) = text.strip_prefix("unix://") {
            let absolute = path.starts_with('/');
            return absolute.then(|| Self::Unix(path.into())).ok_or_else(|| wrong("has no absolute path"));
        }
        let Some(rest) = text.strip_prefix("tcp://") else {
            return Err(wrong("is no address of a Docker engine"));
        };
        let rest = rest.trim_end_matches('/');
        let (host, port) = split_port(rest).ok_or_else(|| wrong("has no valid port"))?;
        if host.is_empty() || host.contains(['/', '@', ' ']) {
            return Err(wrong("has no valid host"));
        }
        Ok(Self::Tcp { host: host.to_owned(), port })
    }
}

/// `host:port`, `host`, `[::1]:port` or `[::1]`.
fn split_port(text: &str) -> Option<(&str, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(bracketed) => {
            let (host, rest) = bracketed.split_once(']')?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map_or(Some(DEFAULT_PORT), |port| port.parse().ok().filter(|port| *port != 0))?;
    Some((host, port))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_are_read_and_written() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                Address::parse(text).ok().map(|address| address.to_string()).as_deref(),
                expected,
                "{text}"
            );
        };
        check("unix:///run/docker.sock", Some("unix:///run/docker.sock"));
        check("tcp://proxy:2376", Some("tcp://proxy:2376"));
        check("tcp://proxy", Some("tcp://proxy:2375"));
        check("tcp://[::1]:99/", Some("tcp://[::1]:99"));
        for bad in [
            "",
            "docker.sock",
            "/run/docker.sock",
            "unix://run",
            "http://x:1",
            "tcp://",
            "tcp://:1",
            "tcp://x:0",
        ] {
            check(bad, None);
        }
        assert_eq!(Address::default().to_string(), "unix:///var/run/docker.sock");
        let complaint = Address::parse("npipe:////./pipe/docker").unwrap_err();
        assert!(complaint.contains("write \"unix:///var/run/docker.sock\""), "{complaint}");
    }
}
