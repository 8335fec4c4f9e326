//! Asking other services over HTTP, and judging their answers: which failures are worth another try, and when.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use outbound::{Answer, Client, Request, RequestError};
use serde_json::Value;
use settings::{Secret, Section};

use super::attempt::Failure;
use super::text::one_line;

/// Of the whole attempt's ten seconds, what one request may take.
pub(crate) const TIME_MAX: Duration = Duration::from_secs(9);
/// Answers are short; lists of calls are the longest.
const ANSWER_MAX: usize = 1 << 20;
/// Nobody means us to wait longer.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);

/// An address that may hold a secret in its path or query: `Debug` shows its host alone.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(Uri);

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({}/…)", self.0.host().unwrap_or_default())
    }
}

impl Endpoint {
    /// Reads an address; the fault does not repeat it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let uri: Uri = text.trim().parse().map_err(|_| "is no address")?;
        match uri.scheme_str() {
            Some("http" | "https") if uri.host().is_some_and(|host| !host.is_empty()) => Ok(Self(uri)),
            _ => Err("is no address of http or https"),
        }
    }

    /// The secret address `key`, or `key_file`.
    pub(crate) fn secret(section: &Section<'_>, key: &str) -> Option<(Self, Secret)> {
        let secret = section.secret(key)?;
        Some((Self::told(section, key, secret.expose())?, secret))
    }

    /// The address `key`, or `usual` where it is not written.
    pub(crate) fn open(section: &Section<'_>, key: &str, usual: &str) -> Option<Self> {
        let written = section.string(key);
        Self::told(section, key, written.as_deref().unwrap_or(usual))
    }

    fn told(section: &Section<'_>, key: &str, text: &str) -> Option<Self> {
        let found = Self::parse(text);
        found
            .map_err(|problem| section.fault(key, problem, "write one such as \"https://example.com/hook\""))
            .ok()
    }

    /// The address itself.
    pub(crate) fn uri(&self) -> Uri {
        self.0.clone()
    }

    /// The address with more of a path, before its query if it has one.
    pub(crate) fn below(&self, path: &str) -> Result<Uri, Failure> {
        let text = self.0.to_string();
        let (base, query) = match text.split_once('?') {
            Some((base, query)) => (base, format!("?{query}")),
            None => (text.as_str(), String::new()),
        };
        let whole = format!("{}/{path}{query}", base.trim_end_matches('/'));
        whole.parse().map_err(|_| Failure::refused("the address made of the settings is none"))
    }

    /// The address with one more parameter.
    pub(crate) fn with(&self, pair: &str) -> Result<Uri, Failure> {
        let sign = if self.0.query().is_some() { '&' } else { '?' };
        let whole = format!("{}{sign}{pair}", self.0);
        whole.parse().map_err(|_| Failure::refused("the address made of the settings is none"))
    }
}

/// A request to a service.
pub(crate) struct Ask {
    method: Method,
    url: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Ask {
    /// Asks without saying anything.
    pub(crate) fn get(url: Uri) -> Self {
        Self { method: Method::GET, url, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// Says JSON.
    pub(crate) fn json(method: Method, url: Uri, body: &Value) -> Self {
        Self::body(method, url, "application/json; charset=utf-8", body.to_string().into())
    }

    /// Says `body`.
    pub(crate) fn body(method: Method, url: Uri, kind: &'static str, body: Bytes) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        Self { method, url, headers, body }
    }

    /// Says who we are.
    pub(crate) fn authorized(self, scheme: &str, secret: &str) -> Self {
        self.header(AUTHORIZATION, &format!("{scheme} {secret}"))
    }

    /// Adds a header; a value that no header can have is left out.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            self.headers.insert(name, value);
        }
        self
    }

    /// Asks, and gives the answer if it is a good one.
    pub(crate) async fn send(self, client: &Client) -> Result<Answer, Failure> {
        judge(self.answer(client, TIME_MAX).await?)
    }

    /// Asks, and gives the answer whatever it is.
    pub(crate) async fn answer(mut self, client: &Client, time_max: Duration) -> Result<Answer, Failure> {
        self.headers.insert(USER_AGENT, HeaderValue::from_static("porthole"));
        let Self { method, url, headers, body } = self;
        let request = Request { method, url, headers, body, time_max, body_max: ANSWER_MAX };
        client.send(request).await.map_err(unanswered)
    }
}

/// What no answer means.
fn unanswered(error: RequestError) -> Failure {
    match error {
        // It holds the address.
        RequestError::Senseless(_) => Failure::refused("the address of the settings makes no sense"),
        RequestError::Connect(_) => Failure::later(error.to_string()),
        RequestError::TimedOut(_) | RequestError::TooLarge(_) | RequestError::Broken(_) => {
            Failure::Later { why: error.to_string(), after: None, in_doubt: true }
        }
    }
}

/// The answer, if it is a good one.
pub(crate) fn judge(answer: Answer) -> Result<Answer, Failure> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    let why = why(&answer);
    let is_worth_a_try = matches!(answer.status.as_u16(), 408 | 425 | 429 | 500..=599);
    if !is_worth_a_try {
        return Err(Failure::Refused { why });
    }
    let was_refused_at_once =
        matches!(answer.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let after = retry_after(&answer.headers, SystemTime::now());
    Err(Failure::Later { why, after, in_doubt: !was_refused_at_once })
}

/// `400 Bad Request: invalid_payload`
fn why(answer: &Answer) -> String {
    let said = one_line(&String::from_utf8_lossy(&answer.body[..answer.body.len().min(2000)]), 200);
    let status = answer.status;
    match (status.is_redirection(), said.is_empty()) {
        (true, _) => format!("{status}: it sends us to another address; write that one into the settings"),
        (_, true) => status.to_string(),
        _ => format!("{status}: {said}"),
    }
}

/// What `Retry-After` asks for, in seconds or as a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    seconds(text).or_else(|| {
        let at = httpdate::parse_http_date(text).ok()?;
        Some(at.duration_since(now).unwrap_or_default().min(RETRY_AFTER_MAX))
    })
}

/// So many seconds, whole or not, as a time to wait.
pub(crate) fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    (seconds >= 0.0)
        .then(|| Duration::try_from_secs_f64(seconds).unwrap_or(RETRY_AFTER_MAX).min(RETRY_AFTER_MAX))
}

/// The answer as JSON; `null` if it is none.
pub(crate) fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or(Value::Null)
}

/// Pairs as a form writes them.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| format!("{}={}", percent(name), percent(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
