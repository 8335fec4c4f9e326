//! A day of samples: counters with random steps, histograms, noisy gauges, of twenty jobs, every 15 seconds of yesterday.
//!
//! Samples are some seconds off the quarter minutes that questions are about: at the very edge of a window the versions of
//! Prometheus disagree.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use model::Timestamp;

use crate::load::wire::{bytes_field, fixed_field, number_field};

const JOBS: u64 = 20;
const STEP_MS: i64 = 15_000;
const STEPS: i64 = 86_400_000 / STEP_MS;
const OFF_MS: i64 = 4_000;

const COUNTERS: u64 = 1_000;
const HISTOGRAMS: u64 = 80;
const GAUGES: u64 = 200;
const BOUNDS: [&str; 10] = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "+Inf"];

/// So many instants go into one request.
const STEPS_PER_WRITE: usize = 20;

/// The samples of a day.
pub(super) struct Day {
    /// Its first instant.
    pub(super) start: Timestamp,
    series: Vec<Series>,
}

struct Series {
    name: &'static str,
    labels: Vec<(&'static str, String)>,
    values: Vec<f64>,
}

impl Day {
    /// Makes them.
    pub(super) fn yesterday(seed: u64) -> Result<Self> {
        let today = Timestamp::from(SystemTime::now()).day().start();
        let mut random = Random::new(seed);
        let mut series: Vec<Series> = (0..COUNTERS).map(|i| counter(i, &mut random)).collect();
        (0..HISTOGRAMS).for_each(|i| series.extend(histogram(i, &mut random)));
        series.extend((0..GAUGES).map(|i| gauge(i, &mut random)));
        Ok(Self { start: today.minus(Duration::from_secs(86_400)), series })
    }

    /// How many there are.
    pub(super) fn samples(&self) -> u64 {
        self.series.len() as u64 * STEPS as u64
    }

    fn at_ms(&self, step: usize) -> i64 {
        self.start.millis() + OFF_MS + step as i64 * STEP_MS
    }

    /// Gives the bodies of remote_write's requests, one after the other.
    pub(super) fn each_write(&self, mut send: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        for first in (0..STEPS as usize).step_by(STEPS_PER_WRITE) {
            let mut request = Vec::new();
            for series in &self.series {
                let mut body = Vec::new();
                let names = [("__name__", series.name)].into_iter();
                let labels = names.chain(series.labels.iter().map(|(name, value)| (*name, value.as_str())));
                for (name, value) in labels {
                    let mut label = Vec::new();
                    bytes_field(&mut label, 1, name.as_bytes());
                    bytes_field(&mut label, 2, value.as_bytes());
                    bytes_field(&mut body, 1, &label);
                }
                for step in first..(first + STEPS_PER_WRITE).min(STEPS as usize) {
                    let mut sample = Vec::new();
                    fixed_field(&mut sample, 1, series.values[step].to_bits());
                    number_field(&mut sample, 2, self.at_ms(step) as u64);
                    bytes_field(&mut body, 2, &sample);
                }
                bytes_field(&mut request, 1, &body);
            }
            send(&snap::raw::Encoder::new().compress_vec(&request)?)?;
        }
        Ok(())
    }

    /// Writes them as `promtool tsdb create-blocks-from openmetrics` reads them: family by family, in the order of time.
    pub(super) fn write_openmetrics(&self, path: &Path) -> Result<()> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        for (family, kind) in
            [("http_requests", "counter"), ("latency_seconds", "histogram"), ("mem_bytes", "gauge")]
        {
            writeln!(out, "# TYPE {family} {kind}")?;
            let members: Vec<&Series> =
                self.series.iter().filter(|series| series.name.starts_with(family)).collect();
            let heads: Vec<String> = members.iter().map(|series| series.head()).collect();
            for step in 0..STEPS as usize {
                let seconds = self.at_ms(step) / 1000;
                for (series, head) in members.iter().zip(&heads) {
                    writeln!(out, "{head} {} {seconds}", series.values[step])?;
                }
            }
        }
        writeln!(out, "# EOF")?;
        Ok(out.flush()?)
    }
}

impl Series {
    fn head(&self) -> String {
        let mut text = format!("{}{{", self.name);
        for (index, (name, value)) in self.labels.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, "{comma}{name}=\"{value}\"");
        }
        text + "}"
    }
}

fn counter(i: u64, random: &mut Random) -> Series {
    let labels = vec![
        ("instance", format!("i{}", i / JOBS % 5)),
        ("job", format!("j{}", i % JOBS)),
        ("route", format!("/r{}/", i / 100)),
        ("status", ["200", "404", "500"][(i % 3) as usize].to_owned()),
    ];
    let mut total = 0;
    let values = (0..STEPS).map(|_| {
        total += random.below(20 + i % 200);
        total as f64
    });
    Series { name: "http_requests_total", labels, values: values.collect() }
}

fn histogram(i: u64, random: &mut Random) -> Vec<Series> {
    let mut counts = [0_u64; 10];
    let mut values: [Vec<f64>; 10] = Default::default();
    for _ in 0..STEPS {
        for _ in 0..12 {
            let bucket = (random.unit() * random.unit() * 10.0) as usize;
            counts[bucket..].iter_mut().for_each(|count| *count += 1);
        }
        values.iter_mut().zip(counts).for_each(|(values, count)| values.push(count as f64));
    }
    let labels = |le: &str| {
        vec![("job", format!("j{}", i % JOBS)), ("le", le.to_owned()), ("route", format!("/r{i}/"))]
    };
    let buckets = BOUNDS.iter().zip(values);
    buckets
        .map(|(le, values)| Series { name: "latency_seconds_bucket", labels: labels(le), values })
        .collect()
}

fn gauge(i: u64, random: &mut Random) -> Series {
    let labels = vec![("container", format!("c{i}")), ("job", format!("j{}", i % JOBS))];
    let values = (0..STEPS).map(|_| (50_000_000 + i * 4096 + random.below(2_000_000)) as f64);
    Series { name: "mem_bytes", labels, values: values.collect() }
}

/// Numbers that are the same in every run of the same seed.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
