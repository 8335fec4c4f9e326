//! A history of samples that has something of everything: counters that begin again, gaps, ends, histograms, summaries,
//! numbers that are none.

use crate::load::wire::{bytes_field, fixed_field, number_field};

/// Between two samples of a series.
const STEP_MS: i64 = 15_000;
const STEPS: i64 = 200;
/// No sample lies on a whole second: on the edges of windows the two products may differ.
const ODD_MS: i64 = 3_217;
/// Questions are asked at such instants, for the same reason: subqueries look at whole seconds.
const ASKED_MS: i64 = 7_500;
/// Steps of one request.
const STEPS_AT_ONCE: i64 = 20;
/// Ends a series.
const STALE: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

/// What is sent to both.
pub(super) struct History {
    /// Snappy-compressed requests of remote_write.
    pub(super) requests: Vec<Vec<u8>>,
    /// When questions begin.
    pub(super) first_ms: i64,
    /// When they end.
    pub(super) last_ms: i64,
}

type Pairs = Vec<(String, String)>;
/// The value at a step, or none.
type Value = Box<dyn Fn(i64) -> Option<f64>>;

/// The history up to about a minute before now.
pub(super) fn history(now_ms: i64) -> History {
    let last_ms = now_ms / 60_000 * 60_000 - 60_000;
    let begin_ms = last_ms - STEPS * STEP_MS;
    let all = series();
    let requests = (0..STEPS / STEPS_AT_ONCE).map(|part| {
        let steps = part * STEPS_AT_ONCE..(part + 1) * STEPS_AT_ONCE;
        let mut request = Vec::new();
        for (labels, value) in &all {
            let samples =
                steps.clone().filter_map(|step| Some((begin_ms + ODD_MS + step * STEP_MS, value(step)?)));
            bytes_field(&mut request, 1, &time_series(labels, samples));
        }
        snap::raw::Encoder::new().compress_vec(&request).unwrap_or_default()
    });
    let asked = |at_ms: i64| at_ms + ASKED_MS;
    History { requests: requests.collect(), first_ms: asked(begin_ms + 600_000), last_ms: asked(last_ms) }
}

fn time_series(labels: &Pairs, samples: impl Iterator<Item = (i64, f64)>) -> Vec<u8> {
    let mut series = Vec::new();
    for (name, value) in labels {
        let mut label = Vec::new();
        bytes_field(&mut label, 1, name.as_bytes());
        bytes_field(&mut label, 2, value.as_bytes());
        bytes_field(&mut series, 1, &label);
    }
    for (at_ms, value) in samples {
        let mut sample = Vec::new();
        fixed_field(&mut sample, 1, value.to_bits());
        number_field(&mut sample, 2, at_ms.unsigned_abs());
        bytes_field(&mut series, 2, &sample);
    }
    series
}

/// `name{…}`, sorted as senders sort.
fn labels(name: &str, pairs: &[(&str, &str)]) -> Pairs {
    let mut all: Pairs = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    all.push(("__name__".into(), name.into()));
    all.sort();
    all
}

/// Always the same, and looks like nothing: 0 to 1.
fn noise(seed: i64, step: i64) -> f64 {
    let mut bits =
        (seed as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (step as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits >> 40) as f64 / (1u64 << 24) as f64
}

/// Grows unevenly and begins again now and then.
fn counter(seed: i64) -> Value {
    Box::new(move |step| {
        let since = step % (90 + seed * 7);
        Some((0..=since).map(|i| (noise(seed, step - since + i) * 10.0).floor()).sum())
    })
}

fn series() -> Vec<(Pairs, Value)> {
    let mut all: Vec<(Pairs, Value)> = Vec::new();
    for (index, (job, instance)) in
        [("api", "a:80"), ("api", "b:80"), ("web", "a:80"), ("web", "c:80")].iter().enumerate()
    {
        let seed = index as i64 * 10;
        for (code, more) in [("200", 1), ("404", 2), ("500", 3)] {
            let of = [("job", *job), ("instance", *instance), ("code", code)];
            all.push((labels("hits_total", &of), counter(seed + more)));
        }
        let of = [("job", *job), ("instance", *instance)];
        all.push((labels("load", &of), Box::new(move |step| Some(noise(seed + 4, step) * 20.0 - 5.0))));
        all.push((
            labels("slope", &of),
            Box::new(move |step| Some(step as f64 * (index as f64 + 0.5) - 40.0)),
        ));
        all.push((
            labels("memory_bytes", &of),
            Box::new(move |step| Some(1e9 + (noise(seed + 5, step) * 1e6).floor())),
        ));
        let info = [("job", *job), ("instance", *instance), ("version", ["1.0", "1.1", "2.0", "2.0"][index])];
        all.push((labels("build_info", &info), Box::new(|_| Some(1.0))));
        all.extend(histogram(&of, seed));
    }
    all.extend(summary());
    all.extend(odd());
    all
}

fn histogram(of: &[(&str, &str)], seed: i64) -> Vec<(Pairs, Value)> {
    let bounds = ["0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"];
    let mut all: Vec<(Pairs, Value)> = Vec::new();
    for (place, le) in bounds.iter().enumerate() {
        let labels = labels("latency_seconds_bucket", &[of, &[("le", le)]].concat());
        all.push((labels, Box::new(move |step| Some((step * (seed + 3)) as f64 * (place as f64 + 1.0)))));
    }
    let last = bounds.len() as f64;
    all.push((
        labels("latency_seconds_count", of),
        Box::new(move |step| Some((step * (seed + 3)) as f64 * last)),
    ));
    all.push((
        labels("latency_seconds_sum", of),
        Box::new(move |step| Some((step * (seed + 3)) as f64 * 1.5)),
    ));
    all
}

fn summary() -> Vec<(Pairs, Value)> {
    let of = |(index, quantile): (usize, &&str)| -> (Pairs, Value) {
        let pairs = [("job", "api"), ("instance", "a:80"), ("quantile", *quantile)];
        let seed = 70 + index as i64;
        (labels("rpc_seconds", &pairs), Box::new(move |step| Some(noise(seed, step) + seed as f64)))
    };
    ["0.5", "0.9", "0.99"].iter().enumerate().map(of).collect()
}

/// What is seldom, and what most often is forgotten.
fn odd() -> Vec<(Pairs, Value)> {
    let of = |name: &str, value: Value| -> (Pairs, Value) { (labels(name, &[("job", "odd")]), value) };
    vec![
        of("gaps", Box::new(|step| (step / 25 % 2 == 0).then_some(step as f64))),
        of("ended", Box::new(|step| (step <= 100).then_some(if step == 100 { STALE } else { 7.0 }))),
        of(
            "back_again",
            Box::new(|step| {
                if step == 60 { Some(STALE) } else { (!(60..90).contains(&step)).then_some(step as f64) }
            }),
        ),
        of("late", Box::new(|step| (step > 120).then_some(1.0))),
        of("not_a_number", Box::new(|step| Some(if step % 10 == 3 { f64::NAN } else { step as f64 }))),
        of(
            "endless",
            Box::new(|step| Some([f64::INFINITY, 1.0, f64::NEG_INFINITY, 2.0][(step % 4) as usize])),
        ),
        of("tiny", Box::new(|step| Some(1e-300 * step as f64))),
        of("huge", Box::new(|step| Some(1e300 + 1e290 * step as f64))),
        of("zero", Box::new(|step| Some(if step % 2 == 0 { 0.0 } else { -0.0 }))),
        of("hour_of", Box::new(|step| Some(1_700_000_000.0 + step as f64 * 86_400.0))),
        (
            labels("labelled", &[("job", "odd"), ("text", "a\"b\\c\nd"), ("zone", "größe")]),
            Box::new(|step| Some(step as f64)),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_the_same_each_time_and_in_order() {
        let (one, other) = (history(1_700_000_000_000), history(1_700_000_000_000));
        assert_eq!((one.requests.len(), one.requests == other.requests), (10, true));
        assert!(one.first_ms < one.last_ms && one.last_ms < 1_700_000_000_000);
    }
}
