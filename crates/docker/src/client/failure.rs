//! Why a request failed, in sentences for the engineer on call.

use std::io;

use http::StatusCode;

use super::Address;

/// Why a request brought no answer, or none that can be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    /// There is no connection.
    #[error("{}", unreachable(address, source))]
    Unreachable { address: Address, source: io::Error },
    /// The connection broke, or what came was no HTTP.
    #[error("the connection to the Docker engine broke: {0}")]
    Broken(hyper::Error),
    /// No answer in time.
    #[error("the Docker engine accepts connections but does not answer; is the machine overloaded?")]
    Late,
    /// A status other than 200.
    #[error("{}", refused(path, *status, message))]
    Refused { path: String, status: StatusCode, message: String },
    /// The JSON is not what it should be.
    #[error("what answers {path} is no Docker engine, or one that is not known yet: {source}")]
    Unexpected { path: String, source: serde_json::Error },
    /// The answer is longer than anything an engine says.
    #[error("the Docker engine's answer is longer than {bytes_max} bytes")]
    TooLong { bytes_max: usize },
    /// The path is none.
    #[error("`{path}` cannot be asked for: {source}")]
    Malformed { path: String, source: http::Error },
}

impl RequestError {
    /// The status of a refusal.
    pub(crate) fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether the engine knows no such container, or is just removing it.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.status(), Some(StatusCode::NOT_FOUND | StatusCode::CONFLICT))
    }
}

fn unreachable(address: &Address, source: &io::Error) -> String {
    let Address::Unix(path) = address else { return unreachable_port(address, source) };
    let path = path.display();
    match source.kind() {
        io::ErrorKind::NotFound => format!(
            "there is no Docker socket at {path}; mount it into Porthole's container \
             (volumes: [\"/var/run/docker.sock:{path}:ro\"]), or set [docker] host to a socket proxy"
        ),
        io::ErrorKind::PermissionDenied => format!(
            "the Docker socket {path} may not be opened by this user; give Porthole the group that owns it \
             (compose: group_add: [\"<gid of the socket>\"]), or set [docker] host to a socket proxy"
        ),
        io::ErrorKind::ConnectionRefused => {
            format!(
                "nothing listens at the Docker socket {path}; start the Docker engine (systemctl start docker)"
            )
        }
        _ => format!("the Docker socket {path} cannot be opened: {source}"),
    }
}

fn unreachable_port(address: &Address, source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::ConnectionRefused => {
            format!("nothing listens at {address}; start the socket proxy, or correct [docker] host")
        }
        io::ErrorKind::TimedOut => {
            format!("{address} does not answer; is it in the same network, and is [docker] host right?")
        }
        _ => format!(
            "{address} cannot be reached: {source}; correct [docker] host, or join the proxy's network"
        ),
    }
}

fn refused(path: &str, status: StatusCode, message: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    match status {
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED | StatusCode::METHOD_NOT_ALLOWED => format!(
            "GET {path} is forbidden ({status}); let the socket proxy allow GET for containers, events and \
             version (CONTAINERS=1, EVENTS=1, VERSION=1)"
        ),
        _ if message.is_empty() => format!("the Docker engine answers {status} to GET {path}"),
        _ => format!("the Docker engine answers {status} to GET {path}: {message}"),
    }
}
