//! Compression, pages for errors, sending again.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Middleware;
use crate::declared::fields::Fields;
use crate::declared::values;

/// Compresses answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compress {
    /// In the order in which they are preferred among those the client takes alike.
    pub encodings: Vec<Encoding>,
    /// The one for clients that name none.
    pub default_encoding: Option<Encoding>,
    /// Shorter answers are left alone.
    pub body_bytes_min: u64,
    /// Only these content types, if there are any.
    pub included_types: Vec<String>,
    /// All content types but these.
    pub excluded_types: Vec<String>,
}

/// A way to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `gzip`
    Gzip,
    /// `br`
    Brotli,
    /// `zstd`
    Zstd,
}

/// Replaces answers by their status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorPages {
    /// The statuses that are replaced.
    pub statuses: Vec<RangeInclusive<u16>>,
    /// Statuses that the client gets instead.
    pub rewrites: Vec<(RangeInclusive<u16>, u16)>,
    /// A reference to the service that has the pages.
    pub service: String,
    /// The path that it is asked for, with `{status}`, `{originalStatus}` and `{url}`.
    pub query: String,
    /// Headers of the request that it gets; none means all.
    pub request_headers: Vec<String>,
}

/// Sends a request again where that is safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How often it is sent at most.
    pub attempts: u32,
    /// The time before the second attempt; doubles then.
    pub initial_interval: Duration,
    /// After this time no attempt is made; none means always.
    pub timeout: Option<Duration>,
    /// Larger requests are sent once.
    pub body_bytes_max: Option<u64>,
    /// Answers that lead to another attempt.
    pub statuses: Vec<RangeInclusive<u16>>,
    /// Whether a failed connection leads to another attempt.
    pub on_network_error: bool,
    /// Whether requests are sent again that change something.
    pub non_idempotent: bool,
}

/// Stops asking a service that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitBreaker {
    /// When it fails.
    pub expression: String,
    /// How often that is looked at.
    pub check_period: Duration,
    /// For how long it is not asked.
    pub fallback_duration: Duration,
    /// In which time it gets its share back.
    pub recovery_duration: Duration,
    /// What clients get meanwhile.
    pub response_status: u16,
}

/// Refuses paths in which characters are escaped that services understand in different ways; true allows one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EncodedCharacters {
    /// `%2F`
    pub slash: bool,
    /// `%5C`
    pub backslash: bool,
    /// `%00`
    pub null: bool,
    /// `%3B`
    pub semicolon: bool,
    /// `%25`
    pub percent: bool,
    /// `%3F`
    pub question_mark: bool,
    /// `%23`
    pub hash: bool,
}

const ENCODINGS: [(&str, Encoding); 3] =
    [("gzip", Encoding::Gzip), ("br", Encoding::Brotli), ("zstd", Encoding::Zstd)];

impl Encoding {
    /// As it stands in headers.
    pub fn token(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        ENCODINGS.iter().find(|(word, _)| *word == text).map(|(_, encoding)| *encoding)
    }
}

impl Compress {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let mut compress = Self {
            encodings: fields.parsed_list("encodings", Encoding::parse, "gzip, br or zstd"),
            default_encoding: fields.choice("defaultEncoding", &ENCODINGS),
            body_bytes_min: fields.number("minResponseBodyBytes").filter(|bytes| *bytes > 0).unwrap_or(1024),
            included_types: fields.list("includedContentTypes"),
            excluded_types: fields.list("excludedContentTypes"),
        };
        if compress.encodings.is_empty() {
            compress.encodings = vec![Encoding::Gzip, Encoding::Brotli, Encoding::Zstd];
        }
        if fields.node.child("encodings").is_some() && compress.encodings.contains(&Encoding::Brotli) {
            let what = "answers are not compressed with Brotli (br); gzip and zstd are used";
            fields.warning("encodings", what, "write encodings=zstd,gzip");
        }
        if compress.encodings == [Encoding::Brotli] {
            compress.encodings = vec![Encoding::Gzip, Encoding::Zstd];
        }
        if !compress.included_types.is_empty() && !compress.excluded_types.is_empty() {
            let what = "content types are both included and excluded; the included ones count";
            fields.warning("excludedContentTypes", what, "write one of the two");
            compress.excluded_types.clear();
        }
        compress
    }
}

pub(super) fn content_type(fields: &mut Fields<'_, '_>) -> Middleware {
    if fields.flag("autoDetect") == Some(true) {
        fields.warning("autoDetect", "content types are never guessed", "let the service name them");
    }
    Middleware::ContentType
}

impl ErrorPages {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        let pages = Self {
            statuses: fields.parsed_list("status", values::statuses, "statuses, such as 404 or 500-599"),
            rewrites: rewrites(fields),
            service: fields.text("service").unwrap_or_default(),
            query: fields.text("query").unwrap_or_default(),
            request_headers: fields.list("errorRequestHeaders"),
        };
        if pages.service.is_empty() {
            return Some(Middleware::broken(
                "errors",
                "it names no service that has the pages; write service=…",
            ));
        }
        Some(Middleware::Errors(pages))
    }
}

fn rewrites(fields: &mut Fields<'_, '_>) -> Vec<(RangeInclusive<u16>, u16)> {
    let mut rewrites = Vec::new();
    for (from, to) in fields.map("statusRewrites") {
        let key = format!("statusRewrites.{from}");
        let what = format!("`{from}` to `{to}` is no rewriting of statuses");
        let instead = "write statusrewrites.500-599=503";
        match (values::statuses(&from), to.parse::<i64>(), values::statuses(&to)) {
            (Some(from), Ok(_), Some(to)) => rewrites.push((from, *to.start())),
            (_, Err(_), _) => fields.fault(&key, what, instead),
            _ => fields.error(&key, what, instead),
        }
    }
    rewrites
}

impl Retry {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        const BODY_BYTES_MAX: u64 = 2 << 20;
        let body = fields.number::<i64>("maxRequestBodyBytes");
        Self {
            attempts: fields.number("attempts").unwrap_or_default(),
            initial_interval: fields.duration("initialInterval").unwrap_or_default(),
            timeout: fields.duration("timeout").filter(|timeout| !timeout.is_zero()),
            body_bytes_max: body.map_or(Some(BODY_BYTES_MAX), |bytes| u64::try_from(bytes).ok()),
            statuses: fields.parsed_list("status", values::statuses, "statuses, such as 404 or 500-599"),
            on_network_error: !fields.flag("disableRetryOnNetworkError").unwrap_or_default(),
            non_idempotent: fields.flag("retryNonIdempotentMethod").unwrap_or_default(),
        }
    }
}

impl CircuitBreaker {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<Middleware> {
        let breaker = Self {
            expression: fields.text("expression").unwrap_or_default(),
            check_period: fields.duration("checkPeriod").unwrap_or(Duration::from_millis(100)),
            fallback_duration: fields.duration("fallbackDuration").unwrap_or(Duration::from_secs(10)),
            recovery_duration: fields.duration("recoveryDuration").unwrap_or(Duration::from_secs(10)),
            response_status: fields.number("responseCode").unwrap_or(503),
        };
        if breaker.expression.is_empty() {
            return Some(Middleware::broken("circuitBreaker", "it has no expression; write expression=…"));
        }
        Some(Middleware::CircuitBreaker(breaker))
    }
}

impl EncodedCharacters {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            slash: fields.flag("allowEncodedSlash").unwrap_or_default(),
            backslash: fields.flag("allowEncodedBackSlash").unwrap_or_default(),
            null: fields.flag("allowEncodedNullCharacter").unwrap_or_default(),
            semicolon: fields.flag("allowEncodedSemicolon").unwrap_or_default(),
            percent: fields.flag("allowEncodedPercent").unwrap_or_default(),
            question_mark: fields.flag("allowEncodedQuestionMark").unwrap_or_default(),
            hash: fields.flag("allowEncodedHash").unwrap_or_default(),
        }
    }
}
