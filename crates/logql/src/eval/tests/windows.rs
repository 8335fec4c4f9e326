//! Windows over random lines, compared with a model that looks at every line for every window.

use std::collections::BTreeMap;
use std::time::Duration;

use ::model::{Labels, Level, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::memory::{Line, Memory};
use crate::{Budget, Expr, InstantValue, MetricQuery, parse};

/// Times lie on multiples of this, or a nanosecond beside them: counts know of minutes.
const UNIT: i64 = 15_000_000_000;

/// A line: its time and number.
type Sample = (i64, i64);

/// Chunks with the number of their stream; lines in no order.
fn chunks() -> impl Strategy<Value = Vec<(usize, Vec<Sample>)>> {
    let time = (-4_i64..30, -1_i64..=1).prop_map(|(units, beside)| units * UNIT + beside);
    vec((0_usize..3, vec((time, -3_i64..12), 1..9)), 0..7)
}

fn memory(chunks: &[(usize, Vec<Sample>)], with_counts: bool) -> Memory {
    let mut memory = Memory { with_counts, ..Memory::default() };
    for (stream, samples) in chunks {
        let line = |(time, value): &Sample| Line {
            timestamp: Timestamp::from_nanos(*time),
            level: if *value < 0 { Level::Error } else { Level::Info },
            text: format!("v={value}"),
            metadata: Vec::new(),
        };
        let labels = Labels::from_pairs([("a", "b"), ("s", ["x", "y", "z"][*stream])]);
        memory.add(&labels, &samples.iter().map(line).collect::<Vec<_>>(), false);
    }
    memory
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Function {
    Count,
    Bytes,
    Rate,
    Sum,
    Avg,
    Min,
    Max,
    Stdvar,
    First,
    Last,
    Quantile,
    Counter,
}

use Function::{Avg, Bytes, Count, Counter, First, Last, Max, Min, Quantile, Rate, Stdvar, Sum};

const FUNCTIONS: &[(Function, &str, &str)] = &[
    (Count, "sum by (s) (count_over_time({a=\"b\"}", "))"),
    (Bytes, "sum by (s) (bytes_over_time({a=\"b\"}", "))"),
    (Rate, "sum by (s) (rate({a=\"b\"} | detected_level=~\"info|error\"", "))"),
    (Sum, "sum by (s) (sum_over_time({a=\"b\"} | logfmt | unwrap v", "))"),
    (Avg, "avg_over_time({a=\"b\"} | logfmt | unwrap v", ") by (s)"),
    (Min, "min_over_time({a=\"b\"} | logfmt | unwrap v", ") by (s)"),
    (Max, "max_over_time({a=\"b\"} | logfmt | unwrap v", ") by (s)"),
    (Stdvar, "stdvar_over_time({a=\"b\"} | logfmt | unwrap v", ") by (s)"),
    (First, "first_over_time({a=\"b\"} | logfmt | unwrap v", ") by (s)"),
    (Last, "last_over_time({a=\"b\"} | logfmt | unwrap v", ") by (s)"),
    (Quantile, "quantile_over_time(0.3, {a=\"b\"} | logfmt | unwrap v", ") by (s)"),
    (Counter, "sum by (s) (rate_counter({a=\"b\"} | logfmt | drop detected_level | unwrap v", "))"),
];

/// What a window holds becomes, by definition; `samples` in the order of time and arrival.
fn by_definition(function: Function, samples: &[Sample], end: i64, length: i64) -> f64 {
    let seconds = length as f64 / 1e9;
    let values: Vec<f64> = samples.iter().map(|(_, value)| *value as f64).collect();
    let count = values.len() as f64;
    let sum: f64 = values.iter().sum();
    match function {
        Count => count,
        Bytes => samples.iter().map(|(_, value)| format!("v={value}").len() as f64).sum(),
        Rate => count / seconds,
        Sum => sum,
        Avg => sum / count,
        Min => values.iter().copied().fold(f64::INFINITY, f64::min),
        Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Stdvar => values.iter().map(|value| (value - sum / count).powi(2)).sum::<f64>() / count,
        First => values[0],
        Last => values[values.len() - 1],
        Quantile => {
            let mut sorted = values;
            sorted.sort_by(f64::total_cmp);
            let rank = 0.3 * (count - 1.0);
            let upper = sorted[(rank.floor() as usize + 1).min(sorted.len() - 1)];
            let lower = sorted[rank.floor() as usize];
            lower + (upper - lower) * rank.fract()
        }
        Counter => counter(samples, end, length),
    }
}

fn counter(samples: &[Sample], end: i64, length: i64) -> f64 {
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else { return 0.0 };
    if samples.len() < 2 {
        return 0.0;
    }
    let resets = samples.windows(2).filter(|pair| pair[1].1 < pair[0].1);
    let increase = (last.1 - first.1 + resets.map(|pair| pair[0].1).sum::<i64>()) as f64;
    // In seconds, as it is computed elsewhere: a gap may be just as long as the longest that counts.
    let seconds = |from: i64, to: i64| (to - from) as f64 / 1e9;
    let length = length as f64 / 1e9;
    let sampled = seconds(first.0, last.0);
    let distance = sampled / (samples.len() - 1) as f64;
    let reach = |gap: f64| if gap >= distance * 1.1 { distance / 2.0 } else { gap };
    let mut before = reach(length - seconds(first.0, end));
    if increase > 0.0 && first.1 >= 0 {
        before = before.min(sampled * (first.1 as f64 / increase));
    }
    increase * ((sampled + before + reach(seconds(last.0, end))) / sampled) / length
}

/// The lines of each stream, in the order of time and arrival.
fn streams(chunks: &[(usize, Vec<Sample>)]) -> BTreeMap<usize, Vec<Sample>> {
    let mut streams: BTreeMap<usize, Vec<Sample>> = BTreeMap::new();
    for (stream, samples) in chunks {
        streams.entry(*stream).or_default().extend(samples);
    }
    streams.values_mut().for_each(|samples| samples.sort_by_key(|(time, _)| *time));
    streams
}

fn close(a: f64, b: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn windows_hold_what_they_hold(
        chunks in chunks(), function in select(FUNCTIONS), start in -2_i64..20, length in 0_i64..16, step in 1_i64..7,
        window in 1_i64..20, offset in -4_i64..4, with_counts in any::<bool>(), threads in 1_usize..4,
    ) {
        let (function, before, after) = function;
        let query = format!("{before} [{}s] offset {}s{after}", window * 15, offset * 15);
        let Ok(Expr::Metric(metric)) = parse(&query) else { panic!("{query}") };
        let (step, start, length) = (step * UNIT, start * UNIT, length * UNIT);
        let budget = Budget { threads, ..Budget::generous() };
        let (from, to) = (Timestamp::from_nanos(start), Timestamp::from_nanos(start + length));
        let found = MetricQuery::new(&metric).expect("evaluated")
            .range(&memory(&chunks, with_counts), from, to, Duration::from_nanos(step as u64), &budget)
            .expect("an answer");
        let mut expected: Vec<(&str, Vec<(i64, f64)>)> = Vec::new();
        for (stream, samples) in streams(&chunks) {
            let instants = start.div_euclid(step)..=-(-(start + length)).div_euclid(step);
            let points = instants.filter_map(|instant| {
                let end = instant * step - offset * UNIT;
                let inside = |(time, _): &&Sample| end - window * UNIT < *time && *time <= end;
                let samples: Vec<Sample> = samples.iter().filter(inside).copied().collect();
                let number = || by_definition(function, &samples, end, window * UNIT);
                (!samples.is_empty()).then(|| (instant * step, number()))
            });
            let points: Vec<_> = points.collect();
            if !points.is_empty() {
                expected.push((["x", "y", "z"][stream], points));
            }
        }
        prop_assert_eq!(found.series.len(), expected.len());
        for (series, (stream, points)) in found.series.iter().zip(&expected) {
            prop_assert_eq!(series.labels.get("s"), Some(*stream));
            let same = series.points.len() == points.len()
                && series.points.iter().zip(points).all(|(a, b)| a.0.nanos() == b.0 && close(a.1, b.1));
            prop_assert!(same, "{} {:?} is not {:?}", query, series.points, points);
        }
    }
}

/// How many chunks an answer at one instant decoded, and the sum of its numbers.
fn decoded(memory: &Memory, query: &str, at: i64) -> (u64, f64) {
    let Ok(Expr::Metric(metric)) = parse(query) else { panic!("{query}") };
    let answer = MetricQuery::new(&metric)
        .and_then(|query| query.instant(memory, Timestamp::from_seconds(at), &Budget::generous()))
        .expect("an answer");
    let InstantValue::Vector(samples) = answer.value else { panic!("{query}") };
    (answer.stats.chunks, samples.iter().map(|sample| sample.value).sum())
}

#[test]
fn counts_beside_chunks_spare_decoding() {
    let mut memory = Memory { with_counts: true, ..Memory::default() };
    let stream = Labels::from_pairs([("a", "b")]);
    let line = |seconds: i64, trace: &str| Line {
        timestamp: Timestamp::from_seconds(seconds),
        level: Level::Info,
        text: "text".to_owned(),
        metadata: vec![("trace".into(), trace.into())],
    };
    memory.add(&stream, &[line(60, "1"), line(75, "1"), line(119, "1")], false);
    memory.add(&stream, &[line(130, "1"), line(150, "2"), line(180, "2")], false);
    let check = |query: &str, at: i64, expected: (u64, f64)| {
        assert_eq!(decoded(&memory, query, at), expected, "{query} at {at}");
    };
    check("sum(count_over_time({a=\"b\"}[3m]))", 180, (0, 6.0));
    check("sum by (level, detected_level) (count_over_time({a=\"b\"} | drop __error__ [1m]))", 120, (0, 2.0));
    check("sum by (detected_level) (rate({a=\"b\"} | detected_level=\"info\" [1m]))", 180, (0, 3.0 / 60.0));
    check("sum(bytes_over_time({a=\"b\"}[1m]))", 60, (0, 4.0));
    check("sum by (a) (bytes_rate({a=\"b\"}[2m]))", 120, (0, 12.0 / 120.0));
    check("absent_over_time({a=\"b\"}[1m])", 120, (0, 0.0));
    // Every line of the first chunk has the same metadata, those of the second have not.
    check("count_over_time({a=\"b\"}[1m])", 120, (0, 2.0));
    check("count_over_time({a=\"b\"}[1m])", 180, (1, 3.0));
    check("sum by (trace) (count_over_time({a=\"b\"}[3m]))", 180, (1, 6.0));
    check("sum(count_over_time({a=\"b\"} | trace=\"2\" [3m]))", 180, (1, 2.0));
    // A bound inside a minute, and one beside the chunk's lines.
    check("sum(count_over_time({a=\"b\"}[3m]))", 170, (1, 5.0));
    check("sum(count_over_time({a=\"b\"}[3m]))", 125, (0, 3.0));
    // Lines must be looked at.
    check("sum(count_over_time({a=\"b\"} |= \"text\" [3m]))", 180, (2, 6.0));
    check("sum by (x) (count_over_time({a=\"b\"} | logfmt [3m]))", 180, (2, 6.0));
}

const NAMES: &[&str] = &["a", "a_extracted", "m", "detected_level", "detected_level_extracted", "s"];

/// A stage that looks at labels alone, of up to two names.
fn stage() -> impl Strategy<Value = String> {
    let name = || select(NAMES);
    prop_oneof![
        Just(String::new()),
        (name(), select(vec!["=", "!=", "=~", "!~"]), select(vec!["x", "y", "info", ""]))
            .prop_map(|(name, op, value)| format!("| {name}{op}\"{value}\"")),
        (name(), name()).prop_map(|(a, b)| format!("| drop {a}, {b}=\"x\"")),
        (name(), name()).prop_map(|(a, b)| format!("| keep {a}, {b}, s")),
        (name(), name()).prop_map(|(a, b)| format!("| label_format {a}={b}")),
    ]
}

/// A grouping by up to two names, or none.
fn grouping() -> impl Strategy<Value = String> {
    let kind = select(vec!["sum by", "sum without", "max by"]);
    (kind, select(NAMES), select(NAMES)).prop_map(|(kind, a, b)| format!("{kind} ({a}, {b})"))
}

/// A line: its time, and a name and a value of metadata.
type Described = (i64, Option<(&'static str, &'static str)>);

/// The number of a stream and lines of it.
fn chunk_with_metadata() -> impl Strategy<Value = (usize, Vec<Described>)> {
    let pair = (select(&NAMES[..5]), select(vec!["x", "y"]));
    (0_usize..3, vec((0_i64..20, proptest::option::of(pair)), 1..4))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Whatever the labels are called, counts say what the lines say.
    #[test]
    fn counts_beside_chunks_change_no_answer(
        chunks in vec(chunk_with_metadata(), 1..5), stages in vec(stage(), 0..3), grouping in grouping(), window in 1_i64..9,
    ) {
        let streams = [
            Labels::from_pairs([("s", "1"), ("a", "x")]),
            Labels::from_pairs([("s", "2"), ("detected_level", "x")]),
            Labels::from_pairs([("s", "3"), ("a", "x"), ("a_extracted", "y")]),
        ];
        let mut memory = Memory::default();
        for (stream, lines) in &chunks {
            let line = |(time, pair): &Described| Line {
                timestamp: Timestamp::from_nanos(time * UNIT),
                level: if time % 2 == 0 { Level::Info } else { Level::Error },
                text: "text".to_owned(),
                metadata: pair.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            };
            memory.add(&streams[*stream], &lines.iter().map(line).collect::<Vec<_>>(), false);
        }
        let query = format!("{grouping} (count_over_time({{s=~\".+\"}} {} [{}s]))", stages.join(" "), window * 30);
        let Ok(Expr::Metric(metric)) = parse(&query) else { panic!("{query}") };
        let query = MetricQuery::new(&metric).expect("evaluated");
        let answer = |memory: &Memory| {
            let end = Timestamp::from_seconds(300);
            query.range(memory, Timestamp::from_seconds(0), end, Duration::from_secs(60), &Budget::generous())
        };
        let without = answer(&memory).map(|answer| answer.series);
        memory.with_counts = true;
        prop_assert_eq!(answer(&memory).map(|answer| answer.series), without);
    }
}
