//! What is known of a request when it is over.

use std::net::IpAddr;
use std::time::Duration;

use http::{Method, Version};

use super::{Ids, Protocol, Server, Ticket, Why};

/// A request that is over. Everything is borrowed from the exchange: reporting it copies each byte once.
#[derive(Debug)]
pub struct Finished<'r> {
    /// Where it went, and when it began.
    pub ticket: &'r Ticket,
    /// Its ids.
    pub ids: &'r Ids,
    /// The server that answered, or was the last to be tried.
    pub server: Option<&'r Server>,
    /// The method as it came.
    pub method: &'r Method,
    /// Its version as it came.
    pub version: Version,
    /// What was spoken over it.
    pub protocol: Protocol,
    /// The version of TLS, as `1.3`; none for plain text.
    pub tls: Option<&'static str>,
    /// The host that was asked for, without port.
    pub host: &'r str,
    /// The path as it was routed.
    pub path: &'r str,
    /// The query without its question mark.
    pub query: &'r str,
    /// `User-Agent`.
    pub user_agent: &'r str,
    /// `Referer`.
    pub referer: &'r str,
    /// Whom the request is from, after the trusted proxies before us.
    pub client: IpAddr,
    /// The status that was sent; 499 if the client went away before.
    pub status: u16,
    /// From the head of the request to the end of the answer.
    pub duration: Duration,
    /// From handing it to the server to the head of its answer; none if no server answered.
    pub upstream: Option<Duration>,
    /// Bytes of the request's body.
    pub bytes_in: u64,
    /// Bytes of the answer's body.
    pub bytes_out: u64,
    /// How often it was sent again.
    pub retries: u32,
    /// Why it is not simply the application's answer.
    pub why: Option<Why>,
    /// Particulars of that: the middleware's name, the error's text.
    pub detail: &'r str,
}
