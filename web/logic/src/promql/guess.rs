//! The unit of a query's numbers, by the names in it.

use super::words::is_known;
use crate::syntax::{Kind, promql_tokens};

/// As [`crate::unit::written`] takes it; `""`: it cannot be told.
pub fn unit(query: &str) -> &'static str {
    let tokens = promql_tokens(query);
    let calls = |name: &str| tokens.iter().any(|token| token.is(name));
    // What is divided or multiplied is in no unit that a name tells.
    if tokens.iter().any(|token| token.is("/") || token.is("*")) || calls("count") || calls("changes") {
        return "";
    }
    let metric = tokens.iter().enumerate().find(|(at, token)| {
        let is_label = at.checked_sub(1).is_some_and(|before| {
            ["{", ",", "by", "without"].iter().any(|sign| tokens[before].is(sign))
                || tokens[before].is("(") && before > 0 && tokens[before - 1].is("by")
        });
        token.kind == Kind::Word && !is_known(token.text) && !is_label
    });
    let Some((_, metric)) = metric else { return "" };
    let grows = ["rate", "irate"].iter().any(|name| calls(name));
    let base = ["_total", "_bucket", "_sum"]
        .iter()
        .fold(metric.text, |name, end| name.strip_suffix(end).unwrap_or(name));
    let measured = ["bytes", "seconds", "ratio"].into_iter().find(|unit| base.ends_with(unit));
    match measured {
        _ if base.ends_with("timestamp_seconds") => "",
        Some(unit) if calls("histogram_quantile") || !grows => unit,
        Some("bytes") => "bytes per second",
        // Seconds of work a second.
        Some(_) => "",
        None if grows => "per second",
        None => "",
    }
}
