//! One middleware at work.

use http::{Request, Response};
use route::declared;

use super::answer::{Answered, text};
use super::basic_auth::BasicAuth;
use super::breaker::Breaker;
use super::compress::Compress;
use super::forward_auth::{ForwardAuth, From};
use super::headers::{Headers, Seen};
use super::limits::{self, InFlight, RateLimit};
use super::pages::{self, Pages};
use super::{buffering, encoded, paths, redirect, retry};
use crate::body::Body;
use crate::encoding::Coding;
use crate::exchange::Exchange;
use crate::tools::Tools;

/// A middleware with its options and its state.
pub(super) enum Step {
    AddPrefix(declared::AddPrefix),
    BasicAuth(Box<BasicAuth>),
    Breaker(Box<Breaker>),
    Buffering(declared::Buffering),
    Compress(Box<Compress>),
    Encoded(declared::EncodedCharacters),
    ForwardAuth(Box<ForwardAuth>),
    Headers(Box<Headers>),
    InFlight(Box<InFlight>),
    /// There is nothing to do.
    Nothing,
    IpAllowList(declared::IpAllowList),
    Pages(Box<Pages>),
    RateLimit(Box<RateLimit>),
    RedirectRegex(declared::RedirectRegex),
    RedirectScheme(declared::RedirectScheme),
    ReplacePath(declared::ReplacePath),
    ReplacePathRegex(declared::ReplacePathRegex),
    Retry(declared::Retry),
    StripPrefix(declared::StripPrefix),
    StripPrefixRegex(declared::StripPrefixRegex),
    /// It cannot be built, for this reason.
    Closed(String),
}

/// What a step leaves on the way in for the way back.
#[derive(Debug)]
pub(super) enum Left {
    Nothing,
    Coding(Option<Coding>),
    Cookies(Vec<http::HeaderValue>),
    Seen(Seen),
    Asked(Box<pages::Asked>),
    Begun(tokio::time::Instant),
}

impl Step {
    pub(super) async fn before(
        &self,
        request: &mut Request<Body>,
        exchange: &mut Exchange,
        tools: &Tools<'_>,
    ) -> Result<Left, Box<Answered>> {
        let peer = exchange.connection.peer.ip();
        let tls = exchange.connection.session.is_some();
        match self {
            Self::AddPrefix(options) => paths::add_prefix(options, request)?,
            Self::BasicAuth(auth) => {
                auth.before(request.headers_mut()).await?;
                exchange.guarded = true;
            }
            Self::Breaker(breaker) => return breaker.before().map(Left::Begun),
            Self::Buffering(options) => {
                Box::pin(buffering::before(options, request, exchange, tools)).await?;
            }
            Self::Compress(compress) => return Ok(Left::Coding(compress.before(request))),
            Self::Encoded(options) => encoded::check(options, request)?,
            Self::ForwardAuth(auth) => {
                let cookies =
                    Box::pin(auth.before(request, From { peer, tls }, tools, &mut exchange.guards)).await?;
                exchange.guarded = true;
                return Ok(Left::Cookies(cookies));
            }
            Self::Headers(headers) => {
                exchange.hide_client |= headers.hides_client();
                return headers.before(request, tls).map(Left::Seen);
            }
            Self::InFlight(limit) => exchange.guards.push(Box::new(limit.before(request, peer)?)),
            Self::Nothing => {}
            Self::IpAllowList(options) => limits::allowed(options, request, peer)?,
            Self::Pages(pages) => return Ok(Left::Asked(pages.before(request, tls))),
            Self::RateLimit(limit) => {
                let wait = limit.before(request, peer)?;
                if !wait.is_zero() {
                    tokio::time::sleep(wait).await;
                }
            }
            Self::RedirectRegex(options) => redirect::by_regex(options, request, tls)?,
            Self::RedirectScheme(options) => redirect::to_scheme(options, request, tls)?,
            Self::ReplacePath(options) => paths::replace_path(options, request)?,
            Self::ReplacePathRegex(options) => paths::replace_path_regex(options, request)?,
            Self::Retry(options) => exchange.retry = retry::wish(options),
            Self::StripPrefix(options) => paths::strip_prefix(options, request)?,
            Self::StripPrefixRegex(options) => paths::strip_prefix_regex(options, request)?,
            Self::Closed(why) => return Err(text(http::StatusCode::SERVICE_UNAVAILABLE, why.clone())),
        }
        Ok(Left::Nothing)
    }

    pub(super) async fn after(
        &self,
        mut answer: Response<Body>,
        left: Left,
        exchange: &mut Exchange,
        tools: &Tools<'_>,
    ) -> Response<Body> {
        match (self, left) {
            (Self::Breaker(breaker), Left::Begun(at)) => breaker.after(answer.status(), at),
            (Self::Buffering(options), _) => {
                return Box::pin(buffering::after(options, answer, exchange, tools)).await;
            }
            (Self::Compress(compress), Left::Coding(coding)) => {
                return Box::pin(compress.after(answer, coding)).await;
            }
            (Self::ForwardAuth(auth), Left::Cookies(cookies)) => auth.after(answer.headers_mut(), cookies),
            (Self::Headers(headers), Left::Seen(seen)) => headers.after(answer.headers_mut(), &seen),
            (Self::Pages(pages), Left::Asked(asked)) => {
                return Box::pin(pages.after(answer, *asked, exchange, tools)).await;
            }
            _ => {}
        }
        answer
    }
}
