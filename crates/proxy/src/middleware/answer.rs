//! Answers that a middleware gives itself.

use std::borrow::Cow;

use http::header::{CONTENT_TYPE, HeaderValue, LOCATION, X_CONTENT_TYPE_OPTIONS};
use http::{Response, StatusCode};

use crate::body::Body;

/// The request goes no further: a middleware has answered it.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) answer: Response<Body>,
    /// Why, for the access entry. `None`: the answer is of somebody else, who has said so already.
    pub(super) what: Option<Cow<'static, str>>,
}

/// Any answer, and why.
pub(super) fn with(answer: Response<Body>, what: impl Into<Cow<'static, str>>) -> Box<Answered> {
    Box::new(Answered { answer, what: Some(what.into()) })
}

/// The status and its words, which is all that a client need know.
pub(super) fn text(status: StatusCode, what: impl Into<Cow<'static, str>>) -> Box<Answered> {
    with(short(status), what)
}

/// The status' words.
pub(super) fn short(status: StatusCode) -> Response<Body> {
    worded(status, status.canonical_reason().unwrap_or_default())
}

/// A status and a short text.
pub(super) fn worded(status: StatusCode, words: &'static str) -> Response<Body> {
    let mut answer = Response::new(Body::full(words));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// A redirect.
pub(super) fn redirect(status: StatusCode, location: HeaderValue, what: &'static str) -> Box<Answered> {
    let mut answer = short(status);
    answer.headers_mut().insert(LOCATION, location);
    with(answer, what)
}
