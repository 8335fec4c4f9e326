//! Why a request was not answered by its application: the word in the access entry, which the page explains.

/// What went wrong, or who answered in the application's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// No router matches: 404.
    NoRouter,
    /// The router that matches is broken (its service or a middleware is missing): 404 or 503.
    BrokenRouter,
    /// The service has no server that takes requests: 503.
    NoServer,
    /// The server's port is closed: 502.
    ConnectRefused,
    /// The server's address cannot be reached, mostly for being in another network: 502.
    ConnectFailed,
    /// The connection was not made in time: 504.
    ConnectTimeout,
    /// The server's TLS is not to be trusted or broken: 502.
    UpstreamTls,
    /// The server closed the connection before it answered: 502.
    UpstreamClosed,
    /// The server did not begin its answer in time: 504.
    UpstreamTimeout,
    /// What the server answered is no HTTP: 502.
    UpstreamMalformed,
    /// The server's answer broke off in its middle; the status was already sent.
    UpstreamCut,
    /// The client went away before the answer ended: 499.
    ClientGone,
    /// The client stopped sending: 408.
    ClientTimeout,
    /// The request is not well formed: 400.
    Malformed,
    /// The request's address is too long: 414.
    AddressTooLong,
    /// The request's head is too large: 431.
    HeadTooLarge,
    /// The request's body is larger than the route allows: 413.
    BodyTooLarge,
    /// The request came over a connection that was made for another host: 421.
    Misdirected,
    /// No handshake of TLS: no request, and no answer.
    Handshake,
    /// The method is not served: 501 for CONNECT, 405 for files.
    Method,
    /// A middleware answered; the entry names it.
    Middleware,
    /// The proxy answered by itself: a redirect of the entrypoint, a challenge of ACME.
    Proxy,
    /// Porthole is shutting down: 503.
    Stopping,
    /// The proxy's own limit of requests at a time: 503.
    Overload,
}

impl Why {
    /// The word in the entry.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoRouter => "no_router",
            Self::BrokenRouter => "broken_router",
            Self::NoServer => "no_server",
            Self::ConnectRefused => "connect_refused",
            Self::ConnectFailed => "connect_failed",
            Self::ConnectTimeout => "connect_timeout",
            Self::UpstreamTls => "upstream_tls",
            Self::UpstreamClosed => "upstream_closed",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::UpstreamMalformed => "upstream_malformed",
            Self::UpstreamCut => "upstream_cut",
            Self::ClientGone => "client_gone",
            Self::ClientTimeout => "client_timeout",
            Self::Malformed => "malformed",
            Self::AddressTooLong => "address_too_long",
            Self::HeadTooLarge => "head_too_large",
            Self::BodyTooLarge => "body_too_large",
            Self::Misdirected => "misdirected",
            Self::Handshake => "handshake",
            Self::Method => "method",
            Self::Middleware => "middleware",
            Self::Proxy => "proxy",
            Self::Stopping => "stopping",
            Self::Overload => "overload",
        }
    }
}
