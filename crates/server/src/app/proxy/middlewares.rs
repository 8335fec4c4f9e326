//! What a middleware does, in a line. Passwords and secrets stand in their options: they are told of, never shown.

use ::route::declared::{Middleware, RateLimit};

/// Its kind, as labels write it, and what it does.
pub(super) fn describe(middleware: &Middleware) -> (&str, String) {
    match middleware {
        Middleware::AddPrefix(one) => ("addPrefix", format!("puts {} before the path", one.prefix)),
        Middleware::BasicAuth(one) => {
            ("basicAuth", format!("asks for a password ({} users)", one.users.len()))
        }
        Middleware::Buffering(one) => ("buffering", bytes_max("bodies of at most", one.request_bytes_max)),
        Middleware::Chain(names) => ("chain", names.join(", ")),
        Middleware::CircuitBreaker(one) => ("circuitBreaker", format!("opens at {}", one.expression)),
        Middleware::Compress(_) => ("compress", "compresses answers".to_owned()),
        Middleware::ContentType => ("contentType", "does nothing: types are never guessed".to_owned()),
        Middleware::EncodedCharacters(_) => {
            ("encodedCharacters", "refuses escaped characters in paths".to_owned())
        }
        Middleware::Errors(one) => ("errors", format!("pages of {} in place of errors", one.service)),
        Middleware::ForwardAuth(one) => ("forwardAuth", format!("asks {} first", one.address)),
        Middleware::Headers(one) => {
            let names: Vec<&str> =
                one.request.keys().chain(one.response.keys()).map(String::as_str).collect();
            let what = match names.is_empty() {
                true => "security headers of answers".to_owned(),
                false => format!("sets {}", names.join(", ")),
            };
            ("headers", what)
        }
        Middleware::IpAllowList(one) => {
            ("ipAllowList", allowed(one.source_range.iter().map(ToString::to_string)))
        }
        Middleware::InFlight(one) => {
            ("inFlightReq", format!("{} requests at a time from one source", one.amount))
        }
        Middleware::RateLimit(one) => ("rateLimit", rate(one)),
        Middleware::RedirectRegex(one) => {
            ("redirectRegex", format!("redirects {} to {}", one.pattern.text(), one.replacement))
        }
        Middleware::RedirectScheme(one) => ("redirectScheme", format!("redirects to {}", one.scheme)),
        Middleware::ReplacePath(one) => ("replacePath", format!("replaces the path by {}", one.path)),
        Middleware::ReplacePathRegex(one) => {
            ("replacePathRegex", format!("replaces {} by {}", one.pattern.text(), one.replacement))
        }
        Middleware::Retry(one) => ("retry", format!("tries up to {} times", one.attempts)),
        Middleware::StripPrefix(one) => {
            ("stripPrefix", format!("takes {} off the path", one.prefixes.join(", ")))
        }
        Middleware::StripPrefixRegex(one) => {
            let patterns: Vec<&str> = one.patterns.iter().map(|pattern| pattern.text()).collect();
            ("stripPrefixRegex", format!("takes {} off the path", patterns.join(", ")))
        }
        Middleware::Broken { kind, why } => (kind, why.clone()),
    }
}

fn bytes_max(what: &str, bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "bodies of any size".to_owned(), |bytes| format!("{what} {bytes} bytes"))
}

fn allowed(ranges: impl Iterator<Item = String>) -> String {
    format!("lets in {}", ranges.collect::<Vec<_>>().join(", "))
}

fn rate(limit: &RateLimit) -> String {
    match limit.average {
        0 => "limits nothing".to_owned(),
        average => format!("{average} requests in {:?}, {} at once", limit.period, limit.burst),
    }
}
