//! Middlewares in Traefik's words. Users' passwords and the keys of TLS are left out.

use std::ops::RangeInclusive;

use route::declared::Middleware;
use route::name::Name;
use serde_json::{Value, json};

use super::objects::provider;

/// A middleware with its options.
pub(super) fn object(name: &Name, middleware: &Middleware, used_by: Vec<String>) -> Value {
    let (kind, options) = options(middleware);
    let mut object = json!({
        "name": name.to_string(),
        "provider": provider(name),
        "type": kind.to_lowercase(),
        "status": "enabled",
        "usedBy": used_by,
    });
    object[kind] = options;
    if let Middleware::Broken { why, .. } = middleware {
        object["status"] = json!("disabled");
        object["error"] = json!([why]);
    }
    object
}

fn options(middleware: &Middleware) -> (&str, Value) {
    match middleware {
        Middleware::AddPrefix(one) => ("addPrefix", json!({ "prefix": one.prefix })),
        Middleware::BasicAuth(one) => {
            let names: Vec<&str> =
                one.users.iter().map(|user| user.split(':').next().unwrap_or_default()).collect();
            ("basicAuth", json!({ "users": names, "realm": one.realm, "removeHeader": one.remove_header }))
        }
        Middleware::Buffering(one) => (
            "buffering",
            json!({ "maxRequestBodyBytes": one.request_bytes_max, "maxResponseBodyBytes": one.response_bytes_max }),
        ),
        Middleware::Chain(names) => ("chain", json!({ "middlewares": names })),
        Middleware::CircuitBreaker(one) => ("circuitBreaker", json!({ "expression": one.expression })),
        Middleware::Compress(one) => ("compress", json!({ "minResponseBodyBytes": one.body_bytes_min })),
        Middleware::ContentType => ("contentType", json!({})),
        Middleware::EncodedCharacters(_) => ("encodedCharacters", json!({})),
        Middleware::Errors(one) => {
            ("errors", json!({ "status": ranges(&one.statuses), "service": one.service, "query": one.query }))
        }
        Middleware::ForwardAuth(one) => (
            "forwardAuth",
            json!({
                "address": one.address, "authResponseHeaders": one.response_headers,
                "authRequestHeaders": one.request_headers, "trustForwardHeader": one.trust_forward_header,
            }),
        ),
        Middleware::Headers(one) => ("headers", headers(one)),
        Middleware::IpAllowList(one) => {
            let ranges: Vec<String> = one.source_range.iter().map(ToString::to_string).collect();
            ("ipAllowList", json!({ "sourceRange": ranges, "rejectStatusCode": one.reject_status }))
        }
        Middleware::InFlight(one) => ("inFlightReq", json!({ "amount": one.amount })),
        Middleware::RateLimit(one) => (
            "rateLimit",
            json!({ "average": one.average, "period": format!("{:?}", one.period), "burst": one.burst }),
        ),
        Middleware::RedirectRegex(one) => (
            "redirectRegex",
            json!({ "regex": one.pattern.text(), "replacement": one.replacement, "permanent": one.permanent }),
        ),
        Middleware::RedirectScheme(one) => {
            let port = one.port.map(|port| port.to_string());
            ("redirectScheme", json!({ "scheme": one.scheme, "port": port, "permanent": one.permanent }))
        }
        Middleware::ReplacePath(one) => ("replacePath", json!({ "path": one.path })),
        Middleware::ReplacePathRegex(one) => {
            ("replacePathRegex", json!({ "regex": one.pattern.text(), "replacement": one.replacement }))
        }
        Middleware::Retry(one) => ("retry", json!({ "attempts": one.attempts })),
        Middleware::StripPrefix(one) => ("stripPrefix", json!({ "prefixes": one.prefixes })),
        Middleware::StripPrefixRegex(one) => {
            let patterns: Vec<&str> = one.patterns.iter().map(|pattern| pattern.text()).collect();
            ("stripPrefixRegex", json!({ "regex": patterns }))
        }
        Middleware::Broken { kind, .. } => (kind, json!({})),
    }
}

fn headers(headers: &route::declared::Headers) -> Value {
    let mut options = json!({
        "customRequestHeaders": headers.request, "customResponseHeaders": headers.response,
        "accessControlAllowOriginList": headers.allow_origins, "accessControlAllowMethods": headers.allow_methods,
        "allowedHosts": headers.allowed_hosts, "stsSeconds": headers.sts_seconds, "frameDeny": headers.frame_deny,
        "contentTypeNosniff": headers.content_type_nosniff,
        "contentSecurityPolicy": headers.content_security_policy, "referrerPolicy": headers.referrer_policy,
    });
    // As Traefik does, what is not set is not told.
    if let Some(map) = options.as_object_mut() {
        map.retain(|_, value| {
            !matches!(value, Value::Null | Value::Bool(false)) && *value != json!([]) && *value != json!({})
        });
    }
    options
}

fn ranges(statuses: &[RangeInclusive<u16>]) -> Vec<String> {
    let range = |range: &RangeInclusive<u16>| match (range.start(), range.end()) {
        (start, end) if start == end => start.to_string(),
        (start, end) => format!("{start}-{end}"),
    };
    statuses.iter().map(range).collect()
}
