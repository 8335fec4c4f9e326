//! How a CA is spoken to: `outbound` carries what `instant-acme` says.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use instant_acme::{BodyWrapper, BytesResponse, HttpClient};
use model::Timestamp;

/// For one question to the CA.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// Chains are a few kilobytes.
const BODY_MAX: usize = 1 << 20;

/// CAs demand that clients say who they are.
const WE: HeaderValue = HeaderValue::from_static(concat!("porthole/", env!("CARGO_PKG_VERSION")));

/// Speaks to one CA. Clones share connections, and what the CA said about when to come back.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: outbound::Client,
    retry_after: Arc<Mutex<Option<Timestamp>>>,
}

/// An answer that is no ACME: of something in front of the CA, most likely.
#[derive(Debug, thiserror::Error)]
#[error("it answers {0}, and not in the words of ACME")]
struct Foreign(StatusCode);

impl Client {
    pub(super) fn new(http: outbound::Client) -> Self {
        Self { http, retry_after: Arc::default() }
    }

    /// When the CA said, in its last refusal, that it may be asked again.
    pub(super) fn retry_after(&self) -> Option<Timestamp> {
        *self.retry_after.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fetches what needs no account.
    pub(super) async fn get(&self, url: Uri) -> Result<outbound::Answer, outbound::RequestError> {
        let mut request = outbound::Request::get(url, ANSWER_MAX, BODY_MAX);
        request.headers.insert(USER_AGENT, WE);
        self.http.send(request).await
    }

    async fn send(
        self,
        request: http::Request<BodyWrapper<Bytes>>,
    ) -> Result<BytesResponse, instant_acme::Error> {
        let (parts, body) = request.into_parts();
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(never) => match never {},
        };
        let request = outbound::Request {
            method: parts.method,
            url: parts.uri,
            headers: with_name(parts.headers),
            body,
            time_max: ANSWER_MAX,
            body_max: BODY_MAX,
        };
        let head = request.method == Method::HEAD;
        let answer = self.http.send(request).await.map_err(other)?;
        if !answer.status.is_success() {
            let after = retry_after(&answer.headers, Timestamp::from(SystemTime::now()));
            *self.retry_after.lock().unwrap_or_else(PoisonError::into_inner) = after;
            if !head && serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).is_err() {
                return Err(other(Foreign(answer.status)));
            }
        }
        let mut response = http::Response::new(Full::new(answer.body));
        (*response.status_mut(), *response.headers_mut()) = (answer.status, answer.headers);
        Ok(BytesResponse::from(response))
    }
}

impl HttpClient for Client {
    fn request(
        &self,
        request: http::Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, instant_acme::Error>> + Send>> {
        Box::pin(self.clone().send(request))
    }
}

fn other(error: impl StdError + Send + Sync + 'static) -> instant_acme::Error {
    instant_acme::Error::Other(Box::new(error))
}

fn with_name(mut headers: HeaderMap) -> HeaderMap {
    headers.insert(USER_AGENT, WE);
    headers
}

/// When `Retry-After` says to come back: seconds, or a date.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(now.plus(Duration::from_secs(seconds))),
        Err(_) => httpdate::parse_http_date(text).ok().map(Timestamp::from),
    }
}
