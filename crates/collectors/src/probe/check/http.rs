//! A check of HTTP: a request, the redirects after it, and whether the last answer is as it should be.

use std::borrow::Cow;

use http::header::{ACCEPT, CONTENT_LENGTH, HOST, HeaderMap, HeaderValue, LOCATION, USER_AGENT};
use http::uri::Scheme;
use http::{Method, StatusCode, Uri, Version};
use tokio::time::Instant;

use super::super::spec::{HttpSpec, Place};
use super::connection::{self, Destination};
use super::exchange::{self, Response};
use super::redirect::{self, is_same_origin};
use super::{Answer, Outcome, Step};

const REDIRECTS_MAX: usize = 10;

/// Asks, follows, judges.
pub(super) async fn check(
    spec: &HttpSpec,
    place: &Place,
    deadline: Instant,
    outcome: &mut Outcome,
) -> Result<(), String> {
    let mut asked = Asked { method: spec.method.clone(), url: spec.url.clone(), has_body: true };
    loop {
        let response = ask(spec, &asked, place, deadline, outcome).await?;
        match next(spec, &asked, &response, outcome)? {
            Some(next) => asked = next,
            None => return judge(spec, &response, outcome),
        }
    }
}

/// What is asked next.
struct Asked {
    method: Method,
    url: Uri,
    has_body: bool,
}

async fn ask(
    spec: &HttpSpec,
    asked: &Asked,
    place: &Place,
    deadline: Instant,
    outcome: &mut Outcome,
) -> Result<Response, String> {
    let is_secure = asked.url.scheme() == Some(&Scheme::HTTPS);
    let tls = is_secure.then_some(&spec.tls);
    let is_own = is_same_origin(&spec.url, &asked.url);
    // Another host is where its name says.
    let elsewhere = Place::Named(Vec::new());
    let place = if is_own { place } else { &elsewhere };
    let host = asked.url.host().unwrap_or_default();
    let destination = Destination { host, port: redirect::port(&asked.url), place, deadline };
    outcome.tls = None;
    let (stream, protocol) = connection::open(&destination, tls, &[b"h2", b"http/1.1"], outcome).await?;
    let request = http::Request::builder().method(asked.method.clone()).uri(asked.url.clone());
    let mut request = request
        .body(if asked.has_body { spec.body.clone() } else { bytes::Bytes::new() })
        .map_err(|error| error.to_string())?;
    *request.headers_mut() = headers(spec, &asked.url, is_own);
    outcome.step = Step::Answer;
    let response = exchange::exchange(stream, protocol, request, outcome).await?;
    outcome.answer = Some(answer(&response, is_secure));
    Ok(response)
}

/// Where a redirect leads, if the answer is one that shall be followed.
fn next(
    spec: &HttpSpec,
    asked: &Asked,
    response: &Response,
    outcome: &mut Outcome,
) -> Result<Option<Asked>, String> {
    let keeps_method = match response.status {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
        _ => return Ok(None),
    };
    let Some(location) = response.headers.get(LOCATION).filter(|_| spec.follow_redirects) else {
        return Ok(None);
    };
    let location = String::from_utf8_lossy(location.as_bytes());
    let url = redirect::target(&asked.url, &location)?;
    if outcome.redirects == REDIRECTS_MAX {
        return Err(format!("it redirects more than {REDIRECTS_MAX} times, at last to {url}"));
    }
    outcome.redirects += 1;
    let method = match &asked.method {
        method if keeps_method || *method == Method::HEAD => method.clone(),
        _ => Method::GET,
    };
    Ok(Some(Asked { method, url, has_body: keeps_method && asked.has_body }))
}

fn judge(spec: &HttpSpec, response: &Response, outcome: &mut Outcome) -> Result<(), String> {
    let status = response.status;
    if !spec.expect_status.iter().any(|expected| expected.has(status)) {
        let expected: Vec<String> = spec.expect_status.iter().map(ToString::to_string).collect();
        let to = response.headers.get(LOCATION).filter(|_| status.is_redirection());
        let to = to.map_or(String::new(), |to| format!(" (to {})", String::from_utf8_lossy(to.as_bytes())));
        return Err(format!("it answered {status}{to} instead of {}", expected.join(" or ")));
    }
    let found = body(spec, &response.body);
    outcome.failed_due_to_regex = found.is_err();
    found
}

fn body(spec: &HttpSpec, body: &[u8]) -> Result<(), String> {
    let text: Cow<'_, str> = String::from_utf8_lossy(body);
    if let Some(reject) = &spec.reject_body
        && let Some(found) = reject.find(&text)
    {
        return Err(format!("the answer holds {:?}, which reject_body forbids", shortened(found.as_str())));
    }
    match &spec.expect_body {
        Some(expect) if !expect.is_match(&text) => Err(format!(
            "the answer holds nothing that fits expect_body = '{expect}'; it begins {:?}",
            shortened(&text)
        )),
        _ => Ok(()),
    }
}

fn shortened(text: &str) -> String {
    const LENGTH_MAX: usize = 80;
    let text = text.trim();
    match text.char_indices().nth(LENGTH_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What people wrote wins over what we say of ourselves, and is told to nobody else.
fn headers(spec: &HttpSpec, url: &Uri, is_own: bool) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([
        (USER_AGENT, HeaderValue::from_static("Porthole")),
        (ACCEPT, HeaderValue::from_static("*/*")),
    ]);
    let authority = url.authority().map(|authority| authority.as_str()).unwrap_or_default();
    headers.extend(HeaderValue::from_str(authority).ok().map(|host| (HOST, host)));
    if is_own {
        for (name, value) in &spec.headers {
            headers.insert(name.clone(), value.clone());
        }
    }
    headers
}

fn answer(response: &Response, is_secure: bool) -> Answer {
    let length = response.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    Answer {
        status: response.status.as_u16(),
        content_length: length,
        body_length: response.body.len(),
        version: match response.version {
            Version::HTTP_2 => 2.0,
            Version::HTTP_10 => 1.0,
            _ => 1.1,
        },
        is_secure,
    }
}
