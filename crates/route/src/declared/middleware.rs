//! Middlewares of HTTP: what is done to requests on their way to a service, and to answers on their way back. One
//! struct of typed options per kind, with the defaults filled in.

mod auth;
mod headers;
mod limits;
mod paths;
mod rest;

pub use auth::{BasicAuth, ClientTls, ForwardAuth};
pub use headers::Headers;
pub use limits::{Buffering, InFlight, IpAllowList, IpStrategy, RateLimit, SourceCriterion};
pub use paths::{
    AddPrefix, RedirectRegex, RedirectScheme, ReplacePath, ReplacePathRegex, StripPrefix, StripPrefixRegex,
};
pub use rest::{CircuitBreaker, Compress, EncodedCharacters, Encoding, ErrorPages, Retry};

use super::fields::Fields;

/// One middleware.
#[derive(Clone, Debug, PartialEq)]
pub enum Middleware {
    /// Puts a prefix before the path.
    AddPrefix(AddPrefix),
    /// Asks for a name and a password.
    BasicAuth(BasicAuth),
    /// Bounds bodies.
    Buffering(Buffering),
    /// Other middlewares, by reference, in order.
    Chain(Vec<String>),
    /// Stops asking a service that fails.
    CircuitBreaker(CircuitBreaker),
    /// Compresses answers.
    Compress(Compress),
    /// Whether a missing content type is guessed; Porthole never guesses.
    ContentType,
    /// Refuses paths in which certain characters are escaped.
    EncodedCharacters(EncodedCharacters),
    /// Replaces answers by their status.
    Errors(ErrorPages),
    /// Asks another service whether a request may pass.
    ForwardAuth(Box<ForwardAuth>),
    /// Sets, deletes and checks headers.
    Headers(Box<Headers>),
    /// Lets only clients with certain addresses pass.
    IpAllowList(IpAllowList),
    /// Bounds how many requests are under way at once.
    InFlight(InFlight),
    /// Bounds how many requests pass in a time.
    RateLimit(RateLimit),
    /// Redirects by an expression over the whole address.
    RedirectRegex(RedirectRegex),
    /// Redirects to another scheme.
    RedirectScheme(RedirectScheme),
    /// Replaces the path.
    ReplacePath(ReplacePath),
    /// Replaces the path by an expression.
    ReplacePathRegex(ReplacePathRegex),
    /// Sends a request again where that is safe.
    Retry(Retry),
    /// Takes a prefix off the path.
    StripPrefix(StripPrefix),
    /// Takes a prefix off the path by an expression.
    StripPrefixRegex(StripPrefixRegex),
    /// It cannot be used, and no router with it may answer; why, in a sentence.
    Broken {
        /// As it is written: `digestAuth`.
        kind: String,
        /// A sentence.
        why: String,
    },
}

/// What a middleware's options are read by, and as which kind they are shown.
type Reader = fn(&mut Fields<'_, '_>) -> Option<Middleware>;

/// A kind that its name alone switches on is read by `switch`, the others need options.
const KINDS: [(&str, Reader); 25] = [
    ("addPrefix", |f| f.object("addPrefix", AddPrefix::read)?),
    ("basicAuth", |f| f.object("basicAuth", BasicAuth::read)?),
    ("buffering", |f| f.object("buffering", Buffering::read).map(Middleware::Buffering)),
    ("chain", |f| f.object("chain", chain)),
    ("circuitBreaker", |f| f.object("circuitBreaker", CircuitBreaker::read)?),
    ("compress", |f| f.switch("compress", Compress::read).map(Middleware::Compress)),
    ("contentType", |f| f.switch("contentType", rest::content_type)),
    ("digestAuth", |f| refused(f, "digestAuth", "digest authentication is not supported; use basicAuth")),
    ("encodedCharacters", |f| {
        f.object("encodedCharacters", EncodedCharacters::read).map(Middleware::EncodedCharacters)
    }),
    ("errors", |f| f.object("errors", ErrorPages::read)?),
    ("forwardAuth", |f| f.object("forwardAuth", ForwardAuth::read)?),
    ("grpcWeb", |f| refused(f, "grpcWeb", "gRPC-Web is not translated; let the service speak it itself")),
    ("headers", |f| f.object("headers", Headers::read).map(|read| Middleware::Headers(Box::new(read)))),
    ("inFlightReq", |f| f.object("inFlightReq", InFlight::read).map(Middleware::InFlight)),
    ("ipAllowList", |f| f.object("ipAllowList", IpAllowList::read)?),
    ("ipWhiteList", |f| f.object("ipWhiteList", IpAllowList::read)?),
    ("passTLSClientCert", |f| {
        refused(f, "passTLSClientCert", "client certificates are not passed on in headers")
    }),
    ("rateLimit", |f| f.object("rateLimit", RateLimit::read).map(Middleware::RateLimit)),
    ("redirectRegex", |f| f.object("redirectRegex", RedirectRegex::read)?),
    ("redirectScheme", |f| f.object("redirectScheme", RedirectScheme::read)?),
    ("replacePath", |f| f.object("replacePath", ReplacePath::read).map(Middleware::ReplacePath)),
    ("replacePathRegex", |f| f.object("replacePathRegex", ReplacePathRegex::read)?),
    ("retry", |f| f.object("retry", Retry::read).map(Middleware::Retry)),
    ("stripPrefix", |f| f.object("stripPrefix", StripPrefix::read)?),
    ("stripPrefixRegex", |f| f.object("stripPrefixRegex", StripPrefixRegex::read)?),
];

impl Middleware {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let mut read = Vec::new();
        for (kind, reader) in KINDS {
            let errors = fields.notes.errors();
            let middleware = reader(fields);
            let faulty = fields.notes.errors() > errors;
            read.extend(middleware.map(|middleware| middleware.unless_half_a_guard(kind, faulty)));
        }
        if let Some(plugins) = fields.child("plugin") {
            read.push(plugin(plugins));
        }
        match (read.pop(), read.is_empty()) {
            (Some(middleware), true) => middleware,
            (Some(_), false) => {
                Self::broken("several", "it is of several kinds; write one middleware for each")
            }
            (None, _) => Self::broken("unknown", "it says nothing that Porthole knows"),
        }
    }

    pub(super) fn broken(kind: &str, why: impl Into<String>) -> Self {
        Self::Broken { kind: kind.to_owned(), why: why.into() }
    }

    /// A guard of which a part was not understood might let pass what its author wanted kept out.
    fn unless_half_a_guard(self, kind: &str, faulty: bool) -> Self {
        match self {
            Self::BasicAuth(_) | Self::Chain(_) | Self::ForwardAuth(_) | Self::IpAllowList(_) if faulty => {
                Self::broken(kind, "a part of it is not understood, and half a guard is none")
            }
            whole => whole,
        }
    }

    /// The kind, as it is written.
    pub fn kind(&self) -> &str {
        match self {
            Self::AddPrefix(_) => "addPrefix",
            Self::BasicAuth(_) => "basicAuth",
            Self::Buffering(_) => "buffering",
            Self::Chain(_) => "chain",
            Self::CircuitBreaker(_) => "circuitBreaker",
            Self::Compress(_) => "compress",
            Self::ContentType => "contentType",
            Self::EncodedCharacters(_) => "encodedCharacters",
            Self::Errors(_) => "errors",
            Self::ForwardAuth(_) => "forwardAuth",
            Self::Headers(_) => "headers",
            Self::IpAllowList(_) => "ipAllowList",
            Self::InFlight(_) => "inFlightReq",
            Self::RateLimit(_) => "rateLimit",
            Self::RedirectRegex(_) => "redirectRegex",
            Self::RedirectScheme(_) => "redirectScheme",
            Self::ReplacePath(_) => "replacePath",
            Self::ReplacePathRegex(_) => "replacePathRegex",
            Self::Retry(_) => "retry",
            Self::StripPrefix(_) => "stripPrefix",
            Self::StripPrefixRegex(_) => "stripPrefixRegex",
            Self::Broken { kind, .. } => kind,
        }
    }
}

fn chain(fields: &mut Fields<'_, '_>) -> Middleware {
    let middlewares = fields.list("middlewares");
    if middlewares.is_empty() {
        return Middleware::broken("chain", "it stands for no middlewares; write middlewares=one,two");
    }
    Middleware::Chain(middlewares)
}

/// A kind that there is elsewhere, but not here: its options are not looked at.
fn refused(fields: &mut Fields<'_, '_>, kind: &'static str, why: &str) -> Option<Middleware> {
    fields.child(kind)?;
    Some(Middleware::broken(kind, why))
}

fn plugin(plugins: &crate::node::Node) -> Middleware {
    let names: Vec<&str> = plugins.children.iter().map(|(name, _)| name.as_str()).collect();
    Middleware::broken("plugin", format!("plugins are not supported ({})", names.join(", ")))
}
