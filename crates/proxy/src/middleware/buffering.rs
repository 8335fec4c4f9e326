//! `buffering`: requests are sent on, and answers back, when they have come whole, and are refused when they are too
//! long.

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body::Body as _;
use route::declared::Buffering;

use super::answer::{Answered, short, text};
use super::spool::{Limits, SpoolError, spool};
use crate::body::Body;
use crate::exchange::Exchange;
use crate::measure::Why;
use crate::tools::Tools;

pub(super) async fn before(
    options: &Buffering,
    request: &mut Request<Body>,
    exchange: &mut Exchange,
    tools: &Tools<'_>,
) -> Result<(), Box<Answered>> {
    if request.body().is_empty() {
        return Ok(());
    }
    let memory_bytes = in_memory(options.request_memory_bytes, request.body(), exchange, tools);
    let limits = Limits { bytes_max: options.request_bytes_max, memory_bytes };
    let body = std::mem::take(request.body_mut());
    match spool(body, limits, tools.temporary()).await {
        Ok(spooled) => {
            state_length(request.headers_mut(), spooled.length);
            *request.body_mut() = spooled.into_body();
            Ok(())
        }
        Err(error) => Err(text(refusal(&error), format!("the request's body: {error}"))),
    }
}

fn refusal(error: &SpoolError) -> StatusCode {
    match error {
        SpoolError::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
        SpoolError::Body(_) => StatusCode::BAD_REQUEST,
        SpoolError::File(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

pub(super) async fn after(
    options: &Buffering,
    answer: Response<Body>,
    exchange: &mut Exchange,
    tools: &Tools<'_>,
) -> Response<Body> {
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS || answer.body().is_empty() {
        return answer;
    }
    let memory_bytes = in_memory(options.response_memory_bytes, answer.body(), exchange, tools);
    let limits = Limits { bytes_max: options.response_bytes_max, memory_bytes };
    let (mut head, body) = answer.into_parts();
    match spool(body, limits, tools.temporary()).await {
        Ok(spooled) => {
            state_length(&mut head.headers, spooled.length);
            Response::from_parts(head, spooled.into_body())
        }
        Err(error) => {
            let (status, why) = match error {
                SpoolError::Body(_) => (StatusCode::BAD_GATEWAY, Why::UpstreamCut),
                _ => (StatusCode::INTERNAL_SERVER_ERROR, Why::Middleware),
            };
            exchange.note(why, format!("the answer's body: {error}"));
            short(status)
        }
    }
}

/// How much of a body may be in memory: where there is no room for it all of it goes to a file.
fn in_memory(wanted: u64, body: &Body, exchange: &mut Exchange, tools: &Tools<'_>) -> u64 {
    let bytes = body.size_hint().upper().map_or(wanted, |length| length.min(wanted));
    match tools.room().share(bytes) {
        Some(share) => {
            exchange.guards.push(Box::new(share));
            wanted
        }
        None => 0,
    }
}

/// It is known now.
fn state_length(headers: &mut HeaderMap, length: u64) {
    headers.remove(TRANSFER_ENCODING);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
}
