//! The words of LogQL, each with what it does in a few words.

/// Signs of line filters.
pub(super) const LINE_FILTERS: [&str; 6] = ["|=", "!=", "|~", "!~", "|>", "!>"];

/// Stages behind `|`.
pub(super) const STAGES: [(&str, &str); 13] = [
    ("json", "fields of JSON lines"),
    ("logfmt", "fields of key=value lines"),
    ("pattern", "fields by a pattern: \"<ip> - <_>\""),
    ("regexp", "fields by a regular expression"),
    ("unpack", "fields of packed lines"),
    ("line_format", "write the line anew"),
    ("label_format", "rename and make fields"),
    ("decolorize", "take colours off"),
    ("drop", "leave fields out"),
    ("keep", "keep only these fields"),
    ("unwrap", "the number to reckon with"),
    ("distinct", "one line for each value"),
    ("context", "lines around those found"),
];

/// Functions over a range: `rate({…}[5m])`.
pub(super) const RANGE_FUNCTIONS: [(&str, &str); 16] = [
    ("rate", "lines a second"),
    ("count_over_time", "lines"),
    ("bytes_rate", "bytes a second"),
    ("bytes_over_time", "bytes"),
    ("sum_over_time", "sum of unwrapped numbers"),
    ("avg_over_time", "mean of unwrapped numbers"),
    ("max_over_time", "greatest unwrapped number"),
    ("min_over_time", "least unwrapped number"),
    ("quantile_over_time", "quantile of unwrapped numbers"),
    ("first_over_time", "first unwrapped number"),
    ("last_over_time", "last unwrapped number"),
    ("stddev_over_time", "standard deviation"),
    ("stdvar_over_time", "variance"),
    ("rate_counter", "a second, of a counter"),
    ("absent_over_time", "1 where no line is"),
    ("label_replace", "a label made of another"),
];

/// Functions over series: `sum by (service) (…)`.
pub(super) const AGGREGATIONS: [(&str, &str); 13] = [
    ("sum", "sum of series"),
    ("avg", "mean of series"),
    ("max", "greatest of series"),
    ("min", "least of series"),
    ("count", "number of series"),
    ("topk", "greatest series"),
    ("bottomk", "least series"),
    ("stddev", "standard deviation"),
    ("stdvar", "variance"),
    ("sort", "least first"),
    ("sort_desc", "greatest first"),
    ("approx_topk", "greatest series, about"),
    ("vector", "a constant"),
];

/// Whether a word is a function.
pub(super) fn is_function(word: &str) -> bool {
    RANGE_FUNCTIONS.iter().chain(&AGGREGATIONS).any(|(name, _)| *name == word)
}

/// Whether a function begins so.
pub(super) fn begins_function(start: &str) -> bool {
    RANGE_FUNCTIONS.iter().chain(&AGGREGATIONS).any(|(name, _)| name.starts_with(start))
}
