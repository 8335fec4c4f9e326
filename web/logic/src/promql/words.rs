//! The words of PromQL, each with what it does in a few words.

/// Functions: `rate(x[5m])`.
pub(super) const FUNCTIONS: [(&str, &str); 70] = [
    ("rate", "increase a second, of a counter"),
    ("irate", "the same over the last two samples"),
    ("increase", "increase over the range, of a counter"),
    ("histogram_quantile", "quantile of a histogram’s buckets"),
    ("avg_over_time", "mean over the range"),
    ("min_over_time", "least over the range"),
    ("max_over_time", "greatest over the range"),
    ("sum_over_time", "sum over the range"),
    ("count_over_time", "samples in the range"),
    ("quantile_over_time", "quantile over the range"),
    ("stddev_over_time", "standard deviation over the range"),
    ("stdvar_over_time", "variance over the range"),
    ("last_over_time", "newest sample of the range"),
    ("present_over_time", "1 where there is any sample"),
    ("absent_over_time", "1 where there is no sample"),
    ("absent", "1 where there is no series"),
    ("delta", "difference over the range, of a gauge"),
    ("idelta", "difference of the last two samples"),
    ("deriv", "slope, of a gauge"),
    ("predict_linear", "where a gauge will be"),
    ("changes", "how often it changed"),
    ("resets", "how often a counter began anew"),
    ("abs", "without its sign"),
    ("ceil", "rounded up"),
    ("floor", "rounded down"),
    ("round", "rounded"),
    ("clamp", "kept between two bounds"),
    ("clamp_min", "kept above a bound"),
    ("clamp_max", "kept below a bound"),
    ("exp", "e to that power"),
    ("ln", "natural logarithm"),
    ("log2", "logarithm to base 2"),
    ("log10", "logarithm to base 10"),
    ("sqrt", "square root"),
    ("sgn", "its sign"),
    ("sort", "least first"),
    ("sort_desc", "greatest first"),
    ("label_replace", "a label made of another"),
    ("label_join", "a label made of several"),
    ("scalar", "a series as a number"),
    ("vector", "a number as a series"),
    ("time", "now, in seconds"),
    ("timestamp", "when the sample was taken"),
    ("minute", "minute of the hour"),
    ("hour", "hour of the day, UTC"),
    ("day_of_week", "0: Sunday"),
    ("day_of_month", "day of the month"),
    ("day_of_year", "day of the year"),
    ("days_in_month", "days of that month"),
    ("month", "month of the year"),
    ("year", "year"),
    ("histogram_avg", "mean of a native histogram"),
    ("histogram_count", "count of a native histogram"),
    ("histogram_sum", "sum of a native histogram"),
    ("histogram_fraction", "share between two bounds"),
    ("sin", "sine"),
    ("cos", "cosine"),
    ("tan", "tangent"),
    ("asin", "arc sine"),
    ("acos", "arc cosine"),
    ("atan", "arc tangent"),
    ("sinh", "hyperbolic sine"),
    ("cosh", "hyperbolic cosine"),
    ("tanh", "hyperbolic tangent"),
    ("asinh", "inverse hyperbolic sine"),
    ("acosh", "inverse hyperbolic cosine"),
    ("atanh", "inverse hyperbolic tangent"),
    ("deg", "in degrees"),
    ("rad", "in radians"),
    ("pi", "π"),
];

/// Aggregations: `sum by (job) (…)`.
pub(super) const AGGREGATIONS: [(&str, &str); 12] = [
    ("sum", "sum of series"),
    ("avg", "mean of series"),
    ("max", "greatest of series"),
    ("min", "least of series"),
    ("count", "number of series"),
    ("topk", "greatest series"),
    ("bottomk", "least series"),
    ("quantile", "quantile of series"),
    ("count_values", "how many series have each value"),
    ("stddev", "standard deviation of series"),
    ("stdvar", "variance of series"),
    ("group", "1 for each group"),
];

/// Behind an operand.
pub(super) const OPERATORS: [(&str, &str); 10] = [
    ("by", "grouped by labels"),
    ("without", "grouped by all labels but these"),
    ("offset", "as it was earlier"),
    ("and", "where the other has the series too"),
    ("or", "and what only the other has"),
    ("unless", "where the other does not have the series"),
    ("on", "matched by labels"),
    ("ignoring", "matched by all labels but these"),
    ("group_left", "many match one"),
    ("group_right", "one matches many"),
];

/// What a range is.
pub(super) const RANGES: [&str; 6] = ["1m", "5m", "15m", "1h", "6h", "1d"];

/// Whether a word stands for itself and is no metric.
pub(super) fn is_known(word: &str) -> bool {
    let listed = FUNCTIONS.iter().chain(&AGGREGATIONS).chain(&OPERATORS);
    listed
        .map(|(name, _)| *name)
        .chain(["bool", "start", "end", "inf", "nan", "atan2"])
        .any(|name| name == word)
}
