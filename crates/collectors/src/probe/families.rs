//! The names under which checks are stored: those of blackbox_exporter.

use std::sync::Arc;

use model::Timestamp;
use model::metric::{About, Kind as MetricKind};

use super::check::{Answer, Outcome, TlsShown};
use super::spec::Kind;
use crate::appender::Appender;
use crate::book::Book;

/// Every family and what it is; all are gauges.
const FAMILIES: [(&str, &str); 16] = [
    ("probe_success", "1 if the check passed."),
    ("probe_duration_seconds", "How long the check took."),
    ("probe_dns_lookup_time_seconds", "How long it took to find the address."),
    ("probe_ip_protocol", "4 or 6: over which version of IP it went."),
    ("probe_failed_due_to_regex", "1 if the check failed because of what the answer holds."),
    ("probe_http_duration_seconds", "How long the parts of the check took, over all redirects."),
    ("probe_http_status_code", "The status of the answer; 0: there was none."),
    ("probe_http_content_length", "How long the answer says that it is; -1: it does not say."),
    ("probe_http_uncompressed_body_length", "How long the answer was."),
    ("probe_http_redirects", "How often it was redirected."),
    ("probe_http_ssl", "1 if the last answer came over TLS."),
    ("probe_http_version", "The version of HTTP of the last answer."),
    ("probe_ssl_earliest_cert_expiry", "The first end of all certificates that were shown."),
    (
        "probe_ssl_last_chain_expiry_timestamp_seconds",
        "The first end of the certificates by which it is trusted.",
    ),
    ("probe_tls_version_info", "The version of TLS."),
    ("probe_tls_cipher_info", "The cipher of TLS."),
];

/// Says what each family is.
pub(super) fn describe(appender: &impl Appender, target: &Arc<str>) {
    for (name, help) in FAMILIES {
        let unit = if name.ends_with("_seconds") { "seconds" } else { "" };
        let about = About { kind: MetricKind::Gauge, help: help.to_owned(), unit: unit.to_owned() };
        appender.describe(target, name, &about);
    }
}

/// What came of a check.
pub(super) fn put<A: Appender>(book: &mut Book<A>, kind: &Kind, outcome: &Outcome) {
    book.put("probe_success", &[], flag(outcome.failure.is_none()));
    book.put("probe_duration_seconds", &[], outcome.took.as_secs_f64());
    book.put("probe_dns_lookup_time_seconds", &[], outcome.phases.resolve.as_secs_f64());
    let protocol = outcome.address.map_or(0.0, |address| if address.is_ipv6() { 6.0 } else { 4.0 });
    book.put("probe_ip_protocol", &[], protocol);
    book.put("probe_failed_due_to_regex", &[], flag(outcome.failed_due_to_regex));
    if let Kind::Http(_) = kind {
        put_http(book, outcome);
    }
    if let Some(tls) = &outcome.tls {
        put_tls(book, tls);
    }
}

/// All of them are there even if there was no answer, so that a chart shows when that was.
fn put_http<A: Appender>(book: &mut Book<A>, outcome: &Outcome) {
    let phases = outcome.phases;
    let phases = [
        ("resolve", phases.resolve),
        ("connect", phases.connect),
        ("tls", phases.tls),
        ("processing", phases.processing),
        ("transfer", phases.transfer),
    ];
    for (phase, took) in phases {
        book.put("probe_http_duration_seconds", &[("phase", phase)], took.as_secs_f64());
    }
    book.put("probe_http_redirects", &[], outcome.redirects as f64);
    let answer = outcome.answer.as_ref();
    let of = |value: fn(&Answer) -> f64| answer.map_or(0.0, value);
    let length = |answer: &Answer| answer.content_length.map_or(-1.0, |length| length as f64);
    book.put("probe_http_status_code", &[], of(|answer| f64::from(answer.status)));
    book.put("probe_http_content_length", &[], of(length));
    book.put("probe_http_uncompressed_body_length", &[], of(|answer| answer.body_length as f64));
    book.put("probe_http_ssl", &[], of(|answer| flag(answer.is_secure)));
    book.put("probe_http_version", &[], of(|answer| answer.version));
}

fn put_tls<A: Appender>(book: &mut Book<A>, tls: &TlsShown) {
    let seconds = |at: Timestamp| at.seconds() as f64;
    if let Some(at) = tls.earliest_expiry {
        book.put("probe_ssl_earliest_cert_expiry", &[], seconds(at));
    }
    if let Some(at) = tls.chain_expiry {
        book.put("probe_ssl_last_chain_expiry_timestamp_seconds", &[], seconds(at));
    }
    if !tls.version.is_empty() {
        book.put("probe_tls_version_info", &[("version", &tls.version)], 1.0);
        book.put("probe_tls_cipher_info", &[("cipher", &tls.cipher)], 1.0);
    }
}

fn flag(is: bool) -> f64 {
    f64::from(u8::from(is))
}
