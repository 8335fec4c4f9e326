//! `forwardAuth`: asks another service whether a request may pass.
//!
//! It is asked with the request's head, and says yes with a status of success; whatever else it answers, the client gets
//! as the answer. If it cannot be asked, nobody passes.

pub(super) mod ask;
pub(super) mod tell;

use std::net::IpAddr;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use http_body_util::Limited;
use route::declared;

use super::answer::{Answered, redirect, short, text, with};
use super::spool::{Limits, SpoolError, spool};
use crate::body::Body;
use crate::exchange::Guards;
use crate::tools::Tools;

/// For its whole answer, with its body.
const PATIENCE: Duration = Duration::from_secs(30);
/// Of a body that is sent on, where the options set no limit.
const BODY_BYTES_MAX: u64 = 16 << 20;
/// Of an answer that says yes so much is read, so that its connection can be used again.
const YES_BYTES_MAX: usize = 64 << 10;

/// The middleware.
#[derive(Debug)]
pub(super) struct ForwardAuth {
    options: declared::ForwardAuth,
    address: Uri,
    /// Of the request, that it is asked with; empty: all.
    asks_with: Vec<HeaderName>,
    /// Of its answer, that the service gets.
    tells: Vec<HeaderName>,
    sign_in: Option<HeaderValue>,
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct From {
    pub(super) peer: IpAddr,
    pub(super) tls: bool,
}

impl ForwardAuth {
    /// # Errors
    /// If it cannot be asked as the options want it: then nobody may pass.
    pub(super) fn new(options: &declared::ForwardAuth) -> Result<Self, String> {
        let address = absolute(&options.address)?;
        if options.tls.ca.is_some() || options.tls.certificate.is_some() || options.tls.key.is_some() {
            return Err(
                "an authority or a certificate of its own for the connection to the service that is asked \
                        is not supported; leave tls.ca, tls.cert and tls.key out"
                    .to_owned(),
            );
        }
        let sign_in = options.sign_in_url.as_deref().map(HeaderValue::from_str).transpose();
        Ok(Self {
            address,
            asks_with: ask::names(options)?,
            tells: options.response_headers.iter().map(|name| ask::name(name)).collect::<Result<_, _>>()?,
            sign_in: sign_in.map_err(|_| "authSigninURL is no address")?,
            options: options.clone(),
        })
    }

    /// Asks; answers with the cookies that the client is to get with its answer.
    pub(super) async fn before(
        &self,
        request: &mut Request<Body>,
        from: From,
        tools: &Tools<'_>,
        guards: &mut Guards,
    ) -> Result<Vec<HeaderValue>, Box<Answered>> {
        let question = self.question(request, from, tools, guards).await?;
        let asking = async {
            let answer = tools.fetch(question, self.options.tls.insecure_skip_verify).await;
            let answer = answer.map_err(|error| self.failed(&error.to_string()))?;
            self.limited(answer).await
        };
        let answer = tokio::time::timeout(PATIENCE, asking).await;
        let answer = answer.map_err(|_| self.failed("it takes too long"))??;
        if !answer.status().is_success() {
            return Err(self.relayed(answer));
        }
        let (head, body) = answer.into_parts();
        tell::service(
            request.headers_mut(),
            &head.headers,
            &self.tells,
            self.options.response_headers_pattern.as_ref(),
        );
        let _ = tokio::time::timeout(PATIENCE, Limited::new(body, YES_BYTES_MAX).collect()).await;
        Ok(head.headers.get_all(SET_COOKIE).iter().cloned().collect())
    }

    /// Puts the cookies that it set into the client's answer.
    pub(super) fn after(&self, headers: &mut HeaderMap, cookies: Vec<HeaderValue>) {
        tell::client(headers, cookies, &self.options.cookies_to_response);
    }

    async fn question(
        &self,
        request: &mut Request<Body>,
        from: From,
        tools: &Tools<'_>,
        guards: &mut Guards,
    ) -> Result<Request<Body>, Box<Answered>> {
        let mut question = Request::new(Body::empty());
        *question.uri_mut() = self.address.clone();
        *question.method_mut() =
            if self.options.preserve_method { request.method().clone() } else { Method::GET };
        *question.headers_mut() =
            ask::headers(request, self.options.trust_forward_header, &self.asks_with, from);
        if self.options.forward_body && !request.body().is_empty() {
            let body = self.whole_body(request, tools, guards).await?;
            question.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
            *question.body_mut() = Body::full(body.clone());
            *request.body_mut() = Body::full(body);
        }
        Ok(question)
    }

    /// The request's body, which two get.
    async fn whole_body(
        &self,
        request: &mut Request<Body>,
        tools: &Tools<'_>,
        guards: &mut Guards,
    ) -> Result<bytes::Bytes, Box<Answered>> {
        let max = self.options.body_bytes_max.unwrap_or(BODY_BYTES_MAX);
        let length = request.body().size_hint().upper().unwrap_or(max);
        let Some(share) = tools.room().share(length.min(max)) else {
            let what = "there is no room left for bodies that are to be sent to whom is asked";
            return Err(with(short(StatusCode::SERVICE_UNAVAILABLE), what));
        };
        guards.push(Box::new(share));
        let limits = Limits { bytes_max: Some(max), memory_bytes: max };
        let body = spool(std::mem::take(request.body_mut()), limits, tools.temporary()).await;
        let body = match body {
            Ok(spooled) => spooled.into_body().collect().await.map(http_body_util::Collected::to_bytes),
            Err(SpoolError::TooLong(max)) => {
                let what =
                    format!("the body is longer than the {max} bytes that may be sent to whom is asked");
                return Err(text(StatusCode::UNAUTHORIZED, what));
            }
            Err(error) => Err(error.into()),
        };
        body.map_err(|error| text(StatusCode::BAD_REQUEST, format!("the request's body: {error}")))
    }

    /// The answer, if it is as short as the options want it.
    async fn limited(&self, answer: Response<Body>) -> Result<Response<Body>, Box<Answered>> {
        let Some(max) = self.options.response_body_bytes_max else { return Ok(answer) };
        let (head, body) = answer.into_parts();
        match Limited::new(body, usize::try_from(max).unwrap_or(usize::MAX)).collect().await {
            Ok(body) => Ok(Response::from_parts(head, Body::full(body.to_bytes()))),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                Err(text(StatusCode::UNAUTHORIZED, format!("{} answers more than {max} bytes", self.address)))
            }
            Err(error) => Err(self.failed(&error.to_string())),
        }
    }

    /// The answer of whom was asked is the client's.
    fn relayed(&self, answer: Response<Body>) -> Box<Answered> {
        let status = answer.status();
        if let (StatusCode::UNAUTHORIZED, Some(sign_in)) = (status, &self.sign_in) {
            return redirect(StatusCode::FOUND, sign_in.clone(), "sent to sign in");
        }
        let (mut head, body) = answer.into_parts();
        ask::remove_hops(&mut head.headers);
        if !self.options.preserve_location
            && let Some(location) = head.headers.get(LOCATION)
        {
            match tell::resolved(&self.address, location) {
                Some(location) => drop(head.headers.insert(LOCATION, location)),
                None => {
                    return text(
                        StatusCode::INTERNAL_SERVER_ERROR,
                        format!("{} redirects to what is no address", self.address),
                    );
                }
            }
        }
        let what = format!("{} answered {}", self.address, status.as_u16());
        with(Response::from_parts(head, body), what)
    }

    fn failed(&self, error: &str) -> Box<Answered> {
        with(short(StatusCode::INTERNAL_SERVER_ERROR), format!("{} cannot be asked: {error}", self.address))
    }
}

fn absolute(address: &str) -> Result<Uri, String> {
    let uri: Uri = address.parse().map_err(|_| format!("`{address}` is no address"))?;
    match (uri.scheme_str(), uri.authority()) {
        (Some("http" | "https"), Some(_)) => Ok(uri),
        _ => Err(format!("`{address}` is no address of http:// or https://")),
    }
}
