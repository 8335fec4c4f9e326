//! Changing the path, and redirecting.

use super::Middleware;
use crate::declared::fields::Fields;
use crate::declared::values::Pattern;

/// Puts a prefix before the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddPrefix {
    /// Begins with `/`.
    pub prefix: String,
}

/// Takes the first of several prefixes off the path that it begins with, and says so in `X-Forwarded-Prefix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripPrefix {
    /// The prefixes.
    pub prefixes: Vec<String>,
    /// Whether what is left begins with `/` in any case.
    pub force_slash: bool,
}

/// Takes the first match off the path's beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripPrefixRegex {
    /// Matched at the beginning.
    pub patterns: Vec<Pattern>,
}

/// Replaces the path, and keeps the old one in `X-Replaced-Path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacePath {
    /// The new one.
    pub path: String,
}

/// Replaces the path where an expression matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacePathRegex {
    /// Matched against the path.
    pub pattern: Pattern,
    /// With `$1`, `${name}`.
    pub replacement: String,
}

/// Redirects where an expression matches the whole address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectRegex {
    /// Matched against `scheme://host/path?query`.
    pub pattern: Pattern,
    /// With `$1`, `${name}`.
    pub replacement: String,
    /// 301 and 308 instead of 302 and 307.
    pub permanent: bool,
}

/// Redirects to another scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectScheme {
    /// `https`
    pub scheme: String,
    /// The port; none means the scheme's own.
    pub port: Option<u16>,
    /// 301 and 308 instead of 302 and 307.
    pub permanent: bool,
}

impl AddPrefix {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        Some(match fields.text("prefix") {
            Some(prefix) if prefix.starts_with('/') => Middleware::AddPrefix(Self { prefix }),
            Some(prefix) => Middleware::AddPrefix(Self { prefix: format!("/{prefix}") }),
            None => Middleware::broken("addPrefix", "it has no prefix; write prefix=/…"),
        })
    }
}

impl StripPrefix {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        let strip = Self {
            prefixes: fields.list("prefixes"),
            force_slash: fields.flag("forceSlash").unwrap_or(true),
        };
        if strip.prefixes.is_empty() {
            return Some(Middleware::broken("stripPrefix", "it has no prefixes; write prefixes=/…"));
        }
        Some(Middleware::StripPrefix(strip))
    }
}

impl StripPrefixRegex {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        let texts = fields.list("regex");
        let patterns: Vec<_> = texts.iter().filter_map(|text| fields.compiled("regex", text)).collect();
        if patterns.is_empty() || patterns.len() < texts.len() {
            return Some(Middleware::broken("stripPrefixRegex", "it has no expression that can be read"));
        }
        Some(Middleware::StripPrefixRegex(Self { patterns }))
    }
}

impl ReplacePath {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self { path: fields.text("path").unwrap_or_default() }
    }
}

impl ReplacePathRegex {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        let (pattern, replacement) =
            (fields.pattern("regex"), fields.text("replacement").unwrap_or_default());
        Some(match pattern {
            Some(pattern) => Middleware::ReplacePathRegex(Self { pattern, replacement }),
            None => Middleware::broken("replacePathRegex", "it has no expression that can be read"),
        })
    }
}

impl RedirectRegex {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        let pattern = fields.pattern("regex");
        let replacement = fields.text("replacement").unwrap_or_default();
        let permanent = fields.flag("permanent").unwrap_or_default();
        Some(match pattern {
            Some(pattern) => Middleware::RedirectRegex(Self { pattern, replacement, permanent }),
            None => Middleware::broken("redirectRegex", "it has no expression that can be read"),
        })
    }
}

impl RedirectScheme {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        let scheme = fields.text("scheme");
        let port = fields.text("port").and_then(|text| fields_port(fields, &text));
        let permanent = fields.flag("permanent").unwrap_or_default();
        Some(match scheme {
            Some(scheme) => {
                Middleware::RedirectScheme(Self { scheme: scheme.to_lowercase(), port, permanent })
            }
            None => Middleware::broken("redirectScheme", "it has no scheme; write scheme=https"),
        })
    }
}

fn fields_port(fields: &mut Fields<'_, '_>, text: &str) -> Option<u16> {
    let port = text.parse().ok();
    if port.is_none() {
        fields.warning("port", format!("`{text}` is no port; the scheme's own is taken"), "write a number");
    }
    port
}
