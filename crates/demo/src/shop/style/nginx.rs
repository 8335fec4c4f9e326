//! nginx: an access log with the request's id on stdout, errors on stderr.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::{Script, Stamp};
use crate::engine::Stream::Stderr;
use crate::shop::requests::Request;

pub(crate) const BOOT: Script = &[
    (20, Stderr, |at| format!("{} [notice] 1#1: using the \"epoll\" event method", at.slashed())),
    (21, Stderr, |at| format!("{} [notice] 1#1: nginx/1.27.2", at.slashed())),
    (24, Stderr, |at| format!("{} [notice] 1#1: start worker processes", at.slashed())),
];

/// The line of a request that was answered.
pub(crate) fn access(
    at: &Stamp,
    request: &Request,
    status: u16,
    bytes: u32,
    took: Duration,
    upstream: Option<Duration>,
) -> String {
    let Request { client, agent, method, path, id, .. } = request;
    let upstream = upstream.map_or("-".to_owned(), |took| format!("{:.3}", took.as_secs_f64()));
    format!(
        "{client} - - [{}] \"{method} {path} HTTP/2.0\" {status} {bytes} \"-\" \"{agent}\" \
         rt={:.3} urt={upstream} request_id={id}",
        at.common_log(),
        took.as_secs_f64(),
    )
}

/// What went wrong between nginx and the one it asked.
pub(crate) fn error(at: &Stamp, request: &Request, upstream: Ipv4Addr, what: &str) -> String {
    let Request { client, method, path, connection, .. } = request;
    format!(
        "{} [error] 29#29: *{connection} {what}, client: {client}, server: shop.example, \
         request: \"{method} {path} HTTP/2.0\", upstream: \"http://{upstream}:8000{path}\", host: \"shop.example\"",
        at.slashed(),
    )
}
