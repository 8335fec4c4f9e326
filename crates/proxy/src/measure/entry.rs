//! The access entry of a request: one line of JSON. What stands in the stream's labels (service, host, container, …)
//! stands nowhere in the line under the same name, so that `| json` hides none of them.

use std::net::IpAddr;
use std::time::Duration;

use http::Version;
use mask::Scope;
use model::Level;

use super::{Finished, Ids};

/// A path, host, agent or detail of more bytes is cut: one request must not fill the ring.
const TEXT_MAX: usize = 2_048;

/// How severe the request's end is.
pub(super) fn level(status: u16) -> Level {
    match status {
        500.. => Level::Error,
        400..=499 => Level::Warn,
        _ => Level::Info,
    }
}

/// The line of a request.
pub(super) fn line(finished: &Finished<'_>, mask: Scope<'_>) -> String {
    let size =
        448 + finished.path.len() + finished.query.len() + finished.user_agent.len() + finished.referer.len();
    let mut line = Line(String::with_capacity(size.min(8 * TEXT_MAX)));
    line.0.push_str("{\"level\":\"");
    line.0.push_str(level(finished.status).name());
    line.0.push('"');
    line.number("status", u64::from(finished.status));
    line.text("method", finished.method.as_str());
    line.text("domain", finished.host);
    line.text("path", finished.path);
    if !finished.query.is_empty() {
        line.text("query", &masked_query(finished.query, mask));
    }
    line.millis("duration_ms", finished.duration);
    if let Some(upstream) = finished.upstream {
        line.millis("upstream_ms", upstream);
    }
    line.number("bytes_in", finished.bytes_in);
    line.number("bytes_out", finished.bytes_out);
    line.client(finished.client);
    line.ids(finished.ids);
    line.way(finished);
    line.spoken(finished);
    line.some("user_agent", finished.user_agent);
    if !finished.referer.is_empty() {
        line.text("referer", &masked_address(finished.referer, mask));
    }
    line.0.push('}');
    line.0
}

struct Line(String);

impl Line {
    fn ids(&mut self, ids: &Ids) {
        self.text("request_id", ids.request());
        self.text("trace_id", ids.trace());
    }

    /// Where it went, and why not further.
    fn way(&mut self, finished: &Finished<'_>) {
        self.text("entrypoint", finished.ticket.entrypoint().name());
        if let Some(route) = finished.ticket.route() {
            self.text("router", route.name());
        }
        if let Some(target) = finished.ticket.target() {
            self.text("target", target.name());
        }
        if let Some(server) = finished.server {
            self.text("server", &server.address);
        }
        if finished.retries > 0 {
            self.number("retries", u64::from(finished.retries));
        }
        if let Some(why) = finished.why {
            self.text("why", why.word());
            self.some("detail", finished.detail);
        }
    }

    fn spoken(&mut self, finished: &Finished<'_>) {
        self.text("protocol", version(finished.version));
        if finished.protocol != super::Protocol::Http {
            self.text("spoken", finished.protocol.word());
        }
        self.some("tls", finished.tls.unwrap_or_default());
    }

    fn client(&mut self, client: IpAddr) {
        self.name("client");
        self.0.push('"');
        // An address needs no quoting.
        use std::fmt::Write as _;
        let _infallible = write!(self.0, "{client}");
        self.0.push('"');
    }

    fn name(&mut self, name: &str) {
        self.0.push_str(",\"");
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    fn some(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.text(name, text);
        }
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.0.push('"');
        escape(&mut self.0, cut(text));
        self.0.push('"');
    }

    fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        digits(&mut self.0, number);
    }

    /// Milliseconds with three places.
    fn millis(&mut self, name: &str, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.number(name, micros / 1_000);
        let rest = micros % 1_000;
        if rest > 0 {
            self.0.push('.');
            for place in [100, 10, 1] {
                self.0.push(char::from(b'0' + (rest / place % 10) as u8));
            }
        }
    }
}

const fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2",
        Version::HTTP_3 => "HTTP/3",
        _ => "HTTP/1.1",
    }
}

/// Each parameter by itself: its name may say that it is a secret, however it is encoded.
fn masked_query(query: &str, mask: Scope<'_>) -> String {
    let mut masked = String::with_capacity(query.len());
    for (at, parameter) in cut(query).split('&').enumerate() {
        if at > 0 {
            masked.push('&');
        }
        match parameter.split_once('=') {
            Some((name, value)) => {
                masked.push_str(name);
                masked.push('=');
                masked.push_str(&mask.mask_value(name, value).text);
            }
            None => masked.push_str(&mask.mask(parameter).text),
        }
    }
    masked
}

/// An address with its query masked.
fn masked_address(address: &str, mask: Scope<'_>) -> String {
    match cut(address).split_once('?') {
        Some((path, query)) => format!("{}?{}", mask.mask(path).text, masked_query(query, mask)),
        None => mask.mask(cut(address)).text.into_owned(),
    }
}

fn cut(text: &str) -> &str {
    match text.len() {
        ..=TEXT_MAX => text,
        _ => &text[..text.floor_char_boundary(TEXT_MAX)],
    }
}

fn digits(into: &mut String, mut number: u64) {
    let mut text = [0; 20];
    let mut at = text.len();
    loop {
        at -= 1;
        text[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    into.push_str(std::str::from_utf8(&text[at..]).unwrap_or_default());
}

fn escape(into: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        into.push_str(&text[from..at]);
        match byte {
            b'"' => into.push_str("\\\""),
            b'\\' => into.push_str("\\\\"),
            b'\n' => into.push_str("\\n"),
            b'\r' => into.push_str("\\r"),
            b'\t' => into.push_str("\\t"),
            _ => {
                use std::fmt::Write as _;
                let _infallible = write!(into, "\\u{byte:04x}");
            }
        }
        from = at + 1;
    }
    into.push_str(&text[from..]);
}
