//! Asks a target over HTTP.

use std::io::Read as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use flate2::read::MultiGzDecoder;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use outbound::{Answer, Client, Names, Options, Request, RequestError};

use super::job::{Authorization, Job};
use crate::exposition::Format;

/// What we read, the better first.
const FORMATS: &str = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
    application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
    text/plain;version=0.0.4;q=0.3,*/*;q=0.1";

/// A target that leads on more often leads nowhere.
const REDIRECTS_MAX: usize = 10;

/// Asks the targets of one job.
pub(super) struct Asker {
    client: Result<Client, String>,
    job: Arc<Job>,
}

/// What a target answered.
pub(super) struct Body {
    pub(super) text: Vec<u8>,
    pub(super) format: Format,
}

impl Asker {
    pub(super) fn new(job: Arc<Job>, names: Names) -> Self {
        let options = Options { tls: job.tls.clone(), names, ..Options::default() };
        let client = Client::new(&options).map_err(|error| error.to_string());
        Self { client, job }
    }

    /// What the target answers, or why it does not, in words.
    pub(super) async fn ask(&self, url: &Uri, timeout: Duration) -> Result<Body, String> {
        let answer = self.answer(url, timeout).await?;
        let format = format(&answer)?;
        let text = self.unpacked(answer)?;
        Ok(Body { text, format })
    }

    async fn answer(&self, url: &Uri, timeout: Duration) -> Result<Answer, String> {
        let client = self.client.as_ref().map_err(Clone::clone)?;
        let deadline = Instant::now() + timeout;
        let mut asked = url.clone();
        for _ in 0..=REDIRECTS_MAX {
            // Where somebody else is asked, nothing is told that is meant for the target.
            let headers = self.headers(timeout, outbound::same_origin(url, &asked));
            let answer =
                self.send(client, &asked, headers, deadline).await.map_err(|error| words(error, timeout))?;
            if answer.status.is_success() {
                return Ok(answer);
            }
            if !answer.status.is_redirection() {
                return Err(refused(&answer));
            }
            asked = self.next(&asked, &answer)?;
        }
        Err(format!("it leads on more than {REDIRECTS_MAX} times"))
    }

    /// Sends a request, once more where the connection broke: a program may close one that it kept open at the moment
    /// at which it is used again.
    async fn send(
        &self,
        client: &Client,
        url: &Uri,
        headers: HeaderMap,
        deadline: Instant,
    ) -> Result<Answer, RequestError> {
        let request = || {
            let left = deadline.saturating_duration_since(Instant::now());
            Request { headers: headers.clone(), ..Request::get(url.clone(), left, self.body_max()) }
        };
        match client.send(request()).await {
            Err(broken @ RequestError::Broken(_)) => client.send(request()).await.map_err(|_| broken),
            other => other,
        }
    }

    /// Where a redirect leads.
    fn next(&self, asked: &Uri, answer: &Answer) -> Result<Uri, String> {
        let location = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !self.job.follow_redirects {
            return Err(format!("it leads to `{location}`, and follow_redirects is false"));
        }
        outbound::redirect(asked, location).ok_or_else(|| {
            format!("it answered {} and leads to `{location}`, which is no address", answer.status)
        })
    }

    fn body_max(&self) -> usize {
        usize::try_from(self.job.limits.body.0).unwrap_or(usize::MAX)
    }

    fn headers(&self, timeout: Duration, with_secrets: bool) -> HeaderMap {
        let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(FORMATS))]);
        if let Ok(seconds) = HeaderValue::from_str(&timeout.as_secs_f64().to_string()) {
            headers.insert(HeaderName::from_static("x-prometheus-scrape-timeout-seconds"), seconds);
        }
        if self.job.gzip {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if with_secrets {
            headers.extend(self.job.headers.clone());
            let authorization = self.job.authorization.as_ref().and_then(authorization);
            headers.extend(authorization.map(|value| (AUTHORIZATION, value)));
        }
        headers
    }

    fn unpacked(&self, answer: Answer) -> Result<Vec<u8>, String> {
        let encoding = answer.headers.get(CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?"));
        match encoding.map(str::trim) {
            None | Some("" | "identity") => Ok(answer.body.into()),
            Some("gzip" | "x-gzip") => {
                let limit = self.body_max();
                let mut text = Vec::with_capacity(answer.body.len().saturating_mul(8).min(limit));
                let unpacking = MultiGzDecoder::new(answer.body.as_ref()).take(limit as u64 + 1);
                let mut unpacking = unpacking;
                unpacking.read_to_end(&mut text).map_err(|error| format!("its gzip is broken: {error}"))?;
                match text.len() > limit {
                    true => Err(format!(
                        "the answer unpacks to more than body_size_limit = {}",
                        self.job.limits.body
                    )),
                    false => Ok(text),
                }
            }
            Some(other) => Err(format!("it answered in the encoding {other}, which nobody asked for")),
        }
    }
}

/// The form of an answer, or why it is none that we read.
fn format(answer: &Answer) -> Result<Format, String> {
    let content_type =
        answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "text/html" | "application/xhtml+xml" => {
            Err(format!("it answered a web page ({essence}) and no metrics; is the path right?"))
        }
        "application/json" | "application/vnd.google.protobuf" => {
            Err(format!("it answered {essence}, and only Prometheus' text and OpenMetrics are read"))
        }
        _ => Ok(Format::from_content_type(content_type)),
    }
}

fn words(error: RequestError, timeout: Duration) -> String {
    match error {
        RequestError::TimedOut(_) => {
            format!("no answer within the timeout of {}", model::format_duration(timeout))
        }
        RequestError::TooLarge(_) => format!("{error}: body_size_limit"),
        other => other.to_string(),
    }
}

fn refused(answer: &Answer) -> String {
    let hint = match answer.status.as_u16() {
        401 => "; write username and password, or a token",
        403 => "; whoever asks may not",
        404 => "; is the path right?",
        _ => "",
    };
    format!("it answered {}{hint}", answer.status)
}

fn authorization(authorization: &Authorization) -> Option<HeaderValue> {
    let text = match authorization {
        Authorization::Bearer(token) => format!("Bearer {}", token.expose()),
        Authorization::Basic { name, password } => {
            let pair = format!("{name}:{}", password.expose());
            format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
        }
    };
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
