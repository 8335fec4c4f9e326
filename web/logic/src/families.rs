//! The metrics that a service gives by itself: which belong together, and the query that shows one in a chart.

use api::{JobMetrics, MetricName, Millis};

use crate::time::{HOUR, MINUTE};

/// Metrics whose names begin alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they begin with: `django`.
    pub title: String,
    /// They, by name.
    pub metrics: Vec<Family>,
}

/// A metric as one thing, of however many series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Its name; of a histogram without `_bucket`.
    pub name: String,
    /// How it is shown.
    pub shape: Shape,
    /// What is measured, in words; may be empty.
    pub help: String,
    /// The unit of what the chart shows.
    pub unit: &'static str,
}

/// How a metric is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// How fast it grows.
    Rate,
    /// What 95 of 100 stay below, from the buckets of a histogram.
    Percentile,
    /// As it is.
    Value,
    /// An instant, as how long ago it was.
    Age,
    /// Not at all: it is always 1, and its labels are what it tells.
    Labels,
}

impl Shape {
    /// What the chart shows, in a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Percentile => "95 of 100 at most",
            Self::Value => "",
            Self::Age => "how long ago",
            Self::Labels => "labels",
        }
    }
}

/// The metrics of a job in groups, by name.
pub fn groups(job: &JobMetrics) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for family in job.names.iter().filter_map(|metric| family(metric, &job.names)) {
        let title =
            family.name.split(['_', ':']).find(|part| !part.is_empty()).unwrap_or(&family.name).to_owned();
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.metrics.push(family),
            None => groups.push(Group { title, metrics: vec![family] }),
        }
    }
    groups
}

/// What a name stands for; `None`: it belongs to the histogram or summary of another name, or says when a counter
/// began.
fn family(metric: &MetricName, all: &[MetricName]) -> Option<Family> {
    let name = metric.name.as_str();
    let is_there = |name: &str| all.iter().any(|other| other.name == name);
    if let Some(base) =
        name.strip_suffix("_bucket").filter(|_| matches!(metric.kind.as_str(), "histogram" | ""))
    {
        return Some(made(base, Shape::Percentile, metric));
    }
    let base = ["_sum", "_count", "_created"].into_iter().find_map(|ending| name.strip_suffix(ending));
    if let Some(base) = base {
        let of_another =
            is_there(&format!("{base}_bucket")) || is_there(base) || is_there(&format!("{base}_total"));
        if of_another || name.ends_with("_created") && metric.kind != "gauge" {
            return None;
        }
    }
    // The evaluation wants to know the kind; what no target told is told by the name.
    let grows = match metric.kind.as_str() {
        "counter" => true,
        "" | "unknown" | "untyped" | "summary" | "histogram" => {
            name.ends_with("_total") || name.ends_with("_count") || name.ends_with("_sum")
        }
        _ => false,
    };
    let shape = match metric.kind.as_str() {
        "info" => Shape::Labels,
        _ if name.ends_with("_info") => Shape::Labels,
        _ if grows => Shape::Rate,
        _ if name.ends_with("_timestamp_seconds") || name.ends_with("_start_time_seconds") => Shape::Age,
        _ => Shape::Value,
    };
    Some(made(name, shape, metric))
}

fn made(name: &str, shape: Shape, metric: &MetricName) -> Family {
    Family { name: name.to_owned(), shape, help: metric.help.clone(), unit: unit(name, shape, &metric.unit) }
}

fn unit(name: &str, shape: Shape, told: &str) -> &'static str {
    let measured =
        |unit: &str| told == unit || name.trim_end_matches("_total").ends_with(&format!("_{unit}"));
    match shape {
        Shape::Rate if measured("bytes") => "bytes per second",
        Shape::Rate if measured("seconds") => "",
        Shape::Rate => "per second",
        Shape::Labels => "",
        Shape::Percentile | Shape::Value | Shape::Age => {
            ["bytes", "seconds", "ratio"].into_iter().find(|unit| measured(unit)).unwrap_or_default()
        }
    }
}

/// The query of a metric's chart: `matchers` as in [`JobMetrics::matchers`], over a range of so many milliseconds
/// with about so many points.
pub fn query(family: &Family, matchers: &str, range: Millis, points: u32) -> String {
    let (name, window) = (&family.name, window(range, points));
    match family.shape {
        Shape::Rate => format!("sum(rate({name}{{{matchers}}}[{window}]))"),
        Shape::Percentile => {
            format!("histogram_quantile(0.95, sum by (le) (rate({name}_bucket{{{matchers}}}[{window}])))")
        }
        Shape::Age => format!("time() - {name}{{{matchers}}}"),
        Shape::Value | Shape::Labels => format!("{name}{{{matchers}}}"),
    }
}

/// The window of a rate: wide enough for four scrapes of a minute, and never narrower than two points are apart,
/// so that nothing falls between them.
fn window(range: Millis, points: u32) -> String {
    let apart = 2 * range / i64::from(points.max(1));
    match apart.max(5 * MINUTE) {
        wide if wide >= 2 * HOUR => format!("{}h", wide / HOUR + i64::from(wide % HOUR > 0)),
        wide => format!("{}m", wide / MINUTE + i64::from(wide % MINUTE > 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;

    fn job(names: &[(&str, &str)]) -> JobMetrics {
        let name = |(name, kind): &(&str, &str)| MetricName {
            name: (*name).to_owned(),
            kind: (*kind).to_owned(),
            ..MetricName::default()
        };
        JobMetrics {
            job: "web".to_owned(),
            matchers: "job=\"web\"".to_owned(),
            names: names.iter().map(name).collect(),
        }
    }

    #[test]
    fn what_belongs_together_is_one() {
        let check = |names: &[(&str, &str)], expected: &[(&str, Shape, &str)]| {
            let groups = groups(&job(names));
            let found: Vec<(&str, Shape, &str)> = groups
                .iter()
                .flat_map(|group| &group.metrics)
                .map(|family| (family.name.as_str(), family.shape, family.unit))
                .collect();
            assert_eq!(found, expected, "{names:?}");
        };
        let histogram = "histogram";
        check(
            &[("a_seconds_bucket", histogram), ("a_seconds_count", histogram), ("a_seconds_sum", histogram)],
            &[("a_seconds", Shape::Percentile, "seconds")],
        );
        check(
            &[("b_seconds", "summary"), ("b_seconds_count", "summary"), ("b_seconds_sum", "summary")],
            &[("b_seconds", Shape::Value, "seconds")],
        );
        check(&[("c_created", "unknown"), ("c_total", "counter")], &[("c_total", Shape::Rate, "per second")]);
        check(&[("d_bytes_total", "")], &[("d_bytes_total", Shape::Rate, "bytes per second")]);
        check(&[("cpu_seconds_total", "counter")], &[("cpu_seconds_total", Shape::Rate, "")]);
        check(&[("e_count", "gauge")], &[("e_count", Shape::Value, "")]);
        check(&[("e_count", "")], &[("e_count", Shape::Rate, "per second")]);
        check(&[("f_bytes", "gauge")], &[("f_bytes", Shape::Value, "bytes")]);
        check(
            &[("python_info", "gauge"), ("g", "info")],
            &[("python_info", Shape::Labels, ""), ("g", Shape::Labels, "")],
        );
    }

    #[test]
    fn names_that_begin_alike_are_a_group() {
        let groups =
            groups(&job(&[("django_a", "gauge"), ("process_b", "gauge"), ("django_c", "gauge"), ("up", "")]));
        let told: Vec<(&str, usize)> =
            groups.iter().map(|group| (group.title.as_str(), group.metrics.len())).collect();
        assert_eq!(told, [("django", 2), ("process", 1), ("up", 1)]);
    }

    #[test]
    fn queries_suit_the_kind_and_the_range() {
        let check = |shape: Shape, range: Millis, expected: &str| {
            let family = Family { name: "m".to_owned(), shape, help: String::new(), unit: "" };
            assert_eq!(query(&family, "a=\"b\"", range, 120), expected);
        };
        check(Shape::Rate, HOUR, "sum(rate(m{a=\"b\"}[5m]))");
        check(Shape::Rate, DAY, "sum(rate(m{a=\"b\"}[24m]))");
        check(Shape::Rate, 30 * DAY, "sum(rate(m{a=\"b\"}[12h]))");
        check(Shape::Percentile, HOUR, "histogram_quantile(0.95, sum by (le) (rate(m_bucket{a=\"b\"}[5m])))");
        check(Shape::Value, HOUR, "m{a=\"b\"}");
        check(Shape::Age, HOUR, "time() - m{a=\"b\"}");
    }
}
