//! Answers of our own where there is none of an application: a status, one plain sentence, and the request's id by which
//! its reason is found on the page. What is wrong inside is never told to strangers.

use std::fmt::Write as _;

use http::{HeaderValue, Response, StatusCode, header};

use crate::body::Body;
use crate::exchange::Asked;
use crate::measure::{Ids, Why};

/// The answer; a page for browsers, a line of text for programs.
pub(crate) fn answer(status: StatusCode, why: Why, asked: &Asked, ids: &Ids) -> Response<Body> {
    let sentence = sentence(status, why);
    let (text, kind) = match asked.wants_html {
        true => (page(status, sentence, ids), "text/html; charset=utf-8"),
        false => (format!("{} {sentence}\n", status.as_u16()), "text/plain; charset=utf-8"),
    };
    let mut response = Response::new(Body::full(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    if asked.wants_html {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
        );
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// What the client is told.
fn sentence(status: StatusCode, why: Why) -> &'static str {
    match why {
        Why::NoRouter => "page not found",
        Why::BrokenRouter => "this address is not set up completely",
        Why::NoServer => "no available server",
        Why::ConnectRefused | Why::ConnectFailed | Why::UpstreamTls => "the application cannot be reached",
        Why::ConnectTimeout | Why::UpstreamTimeout => "the application did not answer in time",
        Why::UpstreamClosed | Why::UpstreamMalformed | Why::UpstreamCut => "the application gave no answer",
        Why::ClientGone | Why::ClientTimeout => "the request did not come in time",
        Why::Malformed => "the request is not well formed",
        Why::AddressTooLong => "the address is too long",
        Why::HeadTooLarge => "the request's headers are too large",
        Why::BodyTooLarge => "the request is too large",
        Why::Misdirected => "this host is not served over this connection",
        Why::Stopping => "the server is being stopped",
        Why::Overload => "too many requests at a time",
        _ => status.canonical_reason().unwrap_or("no answer"),
    }
}

/// A page that needs nothing from anywhere.
fn page(status: StatusCode, sentence: &str, ids: &Ids) -> String {
    let mut text = String::with_capacity(1024);
    let title = status.canonical_reason().unwrap_or("No answer");
    let advice = match status.as_u16() {
        502..=504 => "It may be starting or being updated. Try again in a moment.",
        404 => "There is nothing at this address.",
        _ => "",
    };
    let _ = writeln!(
        text,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{code} {title}</title>\
         <style>body{{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:20vh auto 0;padding:0 1em;color:#222;\
         background:#fff}}h1{{font-size:1.3em}}code{{color:#666;font-size:.85em}}\
         @media(prefers-color-scheme:dark){{body{{color:#ddd;background:#181818}}code{{color:#999}}}}</style>\
         <h1>{code} {title}</h1><p>{sentence}. {advice}</p><p><code>{id}</code></p></html>",
        code = status.as_u16(),
        sentence = capitalised(sentence),
        id = ids.request(),
    );
    text
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
