//! `compress`: answers in gzip or zstd, for clients that take it.
//!
//! What is in a coding already, has a type that does not shrink, is short, or says `no-transform` is left alone. An
//! answer whose length nobody knows is held back until it is long enough, ends, or pauses. Events for browsers
//! (`text/event-stream`) go out one by one; other answers are flushed when their server pauses.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, ETAG, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body::{Body as _, Frame, SizeHint};
use route::declared::{self, Encoding};
use tokio::time::Sleep;

use super::peeked::Peeked;
use crate::body::{Body, BodyError};
use crate::encoding::{Coding, Encoder, choose};

/// For how long what an encoder holds back may wait for more.
const PAUSE: Duration = Duration::from_millis(100);
/// Compressed between two looks at other requests.
const SLICE_BYTES: usize = 32 << 10;

/// The middleware.
#[derive(Debug)]
pub(super) struct Compress {
    codings: Vec<Coding>,
    default: Option<Coding>,
    bytes_min: u64,
    included: Vec<String>,
    excluded: Vec<String>,
}

impl Compress {
    /// # Errors
    /// If there is no encoder for any of the codings, or a type is none.
    pub(super) fn new(options: &declared::Compress) -> Result<Self, String> {
        let codings: Vec<Coding> = options.encodings.iter().copied().filter_map(coding).collect();
        if codings.is_empty() {
            return Err("answers can be compressed with gzip and zstd; write encodings=gzip,zstd".to_owned());
        }
        Ok(Self {
            codings,
            default: options.default_encoding.and_then(coding),
            bytes_min: options.body_bytes_min,
            included: media_types(&options.included_types)?,
            excluded: media_types(&options.excluded_types)?,
        })
    }

    /// The coding for the answer, as far as the request decides it.
    pub(super) fn before<B>(&self, request: &Request<B>) -> Option<Coding> {
        let kind = media_type(request.headers());
        if *request.method() == Method::HEAD || kind.is_some_and(|kind| self.is_excluded(&kind)) {
            return None;
        }
        choose(request.headers(), &self.codings, self.default)
    }

    pub(super) async fn after(&self, mut answer: Response<Body>, coding: Option<Coding>) -> Response<Body> {
        if !self.is_worth_it(&answer) {
            return answer;
        }
        add_vary(answer.headers_mut());
        let Some(coding) = coding else { return answer };
        let events = media_type(answer.headers()).is_some_and(|kind| kind == "text/event-stream");
        let Ok(encoder) = Encoder::quick(coding) else { return answer };
        let (mut head, mut body) = answer.into_parts();
        if !events && body.size_hint().exact().is_none() {
            let peeked = Peeked::at(body, self.bytes_min, PAUSE).await;
            let is_enough = peeked.is_enough;
            body = peeked.whole();
            if !is_enough {
                return Response::from_parts(head, body);
            }
        }
        describe(&mut head.headers, coding);
        let pause = if events { Duration::ZERO } else { PAUSE };
        Response::from_parts(head, Body::boxed(Squeezed::new(body, encoder, pause)))
    }

    fn is_worth_it(&self, answer: &Response<Body>) -> bool {
        let headers = answer.headers();
        let status = answer.status();
        let has_body = !status.is_informational()
            && !matches!(
                status,
                StatusCode::NO_CONTENT | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED
            );
        let is_coded = headers.get(CONTENT_ENCODING).is_some_and(|coding| coding != "identity");
        let may_be_long =
            answer.body().size_hint().upper().is_none_or(|bytes| bytes >= self.bytes_min.max(1));
        has_body
            && !is_coded
            && may_be_long
            && !headers.contains_key(CONTENT_RANGE)
            && !may_not_be_transformed(headers)
            && self.takes(headers)
    }

    /// Whether answers of this type are compressed. One without a type is; one whose type cannot be read is not.
    fn takes(&self, headers: &HeaderMap) -> bool {
        if !headers.contains_key(CONTENT_TYPE) {
            return true;
        }
        let Some(kind) = media_type(headers) else { return false };
        if !self.included.is_empty() {
            return self.included.contains(&kind) && !is_grpc(&kind);
        }
        !self.is_excluded(&kind) && !does_not_shrink(&kind)
    }

    fn is_excluded(&self, kind: &str) -> bool {
        is_grpc(kind) || self.excluded.iter().any(|excluded| excluded == kind)
    }
}

fn coding(encoding: Encoding) -> Option<Coding> {
    match encoding {
        Encoding::Gzip => Some(Coding::Gzip),
        Encoding::Zstd => Some(Coding::Zstd),
        Encoding::Brotli => None,
    }
}

fn media_types(types: &[String]) -> Result<Vec<String>, String> {
    types.iter().map(|kind| essence(kind).ok_or_else(|| format!("`{kind}` is no content type"))).collect()
}

/// The answer's or request's content type, without its parameters, in lower case.
fn media_type(headers: &HeaderMap) -> Option<String> {
    essence(headers.get(CONTENT_TYPE)?.to_str().ok()?)
}

fn essence(kind: &str) -> Option<String> {
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let is_token =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/');
    let (major, minor) = kind.split_once('/')?;
    (is_token(major) && is_token(minor)).then(|| kind.to_ascii_lowercase())
}

fn is_grpc(kind: &str) -> bool {
    kind.starts_with("application/grpc")
}

/// What is compressed by its nature.
fn does_not_shrink(kind: &str) -> bool {
    const WHOLE: [&str; 8] = [
        "application/zip",
        "application/gzip",
        "application/x-gzip",
        "application/zstd",
        "application/x-7z-compressed",
        "application/vnd.rar",
        "font/woff",
        "font/woff2",
    ];
    const SHRINKING_IMAGES: [&str; 4] =
        ["image/svg+xml", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon"];
    let is_image = kind.starts_with("image/") && !SHRINKING_IMAGES.contains(&kind);
    is_image || kind.starts_with("video/") || kind.starts_with("audio/") || WHOLE.contains(&kind)
}

fn may_not_be_transformed(headers: &HeaderMap) -> bool {
    has_word(headers, &CACHE_CONTROL, "no-transform")
}

/// Whether a list of words has this one.
fn has_word(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|found| found.trim().eq_ignore_ascii_case(word))
}

fn add_vary(headers: &mut HeaderMap) {
    if !has_word(headers, &VARY, ACCEPT_ENCODING.as_str()) && !has_word(headers, &VARY, "*") {
        headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
}

/// The bytes are others than the service's: their length and parts are not known, and their tag is weak.
fn describe(headers: &mut HeaderMap, coding: Coding) {
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.token()));
    headers.remove(CONTENT_LENGTH);
    headers.remove(ACCEPT_RANGES);
    headers.remove("content-md5");
    let Some(tag) = headers.get(ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/")) else { return };
    let weak = HeaderValue::from_bytes(&[b"W/", tag.as_bytes()].concat());
    if let Ok(weak) = weak {
        headers.insert(ETAG, weak);
    }
}

/// A body on its way through an encoder.
struct Squeezed {
    body: Body,
    /// What came and was not compressed yet.
    slice: Bytes,
    /// `None` once the body has ended.
    encoder: Option<Encoder>,
    /// What comes behind the last byte.
    trailers: Option<Frame<Bytes>>,
    pause: Duration,
    /// Runs while the encoder holds something back and the server pauses.
    timer: Option<Pin<Box<Sleep>>>,
    holds_back: bool,
}

impl Squeezed {
    fn new(body: Body, encoder: Encoder, pause: Duration) -> Self {
        Self {
            body,
            slice: Bytes::new(),
            encoder: Some(encoder),
            trailers: None,
            pause,
            timer: None,
            holds_back: false,
        }
    }

    /// Compresses a slice of what has come; `None` if the encoder keeps it.
    fn squeeze(&mut self) -> Option<Result<Bytes, BodyError>> {
        let encoder = self.encoder.as_mut()?;
        let slice = self.slice.split_to(self.slice.len().min(SLICE_BYTES));
        self.holds_back = true;
        if let Err(error) = encoder.write(&slice) {
            return Some(Err(error.into()));
        }
        Some(encoder.take()).filter(|out| !out.is_empty()).map(Ok)
    }

    /// What the encoder holds back, once the server has paused for long enough.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes, BodyError>> {
        let Some(encoder) = self.encoder.as_mut().filter(|_| self.holds_back) else { return Poll::Pending };
        if !self.pause.is_zero() {
            let pause = self.pause;
            let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
            std::task::ready!(timer.as_mut().poll(cx));
        }
        self.timer = None;
        self.holds_back = false;
        Poll::Ready(encoder.flush().map(|()| encoder.take()).map_err(Into::into))
    }

    fn finish(&mut self) -> Option<Result<Bytes, BodyError>> {
        Some(self.encoder.take()?.finish().map_err(Into::into))
    }
}

impl http_body::Body for Squeezed {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        let out = loop {
            if !this.slice.is_empty() {
                match this.squeeze() {
                    Some(out) => break Some(out),
                    None => continue,
                }
            }
            if this.encoder.is_none() {
                return Poll::Ready(this.trailers.take().map(Ok));
            }
            match Pin::new(&mut this.body).poll_frame(cx) {
                Poll::Pending => break Some(std::task::ready!(this.poll_pause(cx))),
                Poll::Ready(Some(Ok(frame))) => {
                    this.timer = None;
                    match frame.into_data() {
                        Ok(data) => this.slice = data,
                        Err(trailers) => {
                            this.trailers = Some(trailers);
                            break this.finish();
                        }
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    this.encoder = None;
                    return Poll::Ready(Some(Err(error)));
                }
                Poll::Ready(None) => break this.finish(),
            }
        };
        Poll::Ready(out.map(|out| out.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.encoder.is_none() && self.slice.is_empty() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
