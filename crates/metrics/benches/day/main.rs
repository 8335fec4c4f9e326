//! What do a day of samples cost to keep, how much room do they take, and how fast are they found?
//!
//! ```text
//! cargo bench -p metrics --bench day [-- SERIES [DIRECTORY]]      2,000 series by default
//! ```
//!
//! The series are half counters, four tenths buckets of histograms and a tenth gauges, of twenty jobs, every 15 seconds of
//! yesterday. A directory is filled once and used again by the next run.

#![allow(clippy::print_stdout, missing_docs)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use metrics::{Config, Metrics, Scrape, Series};
use model::{Labels, Timestamp};
use promql::{Budget, Query};
use rustix::time::{ClockId, clock_gettime};
use tokio_util::sync::CancellationToken;

const STEP_MS: i64 = 15_000;
const JOBS: usize = 20;
const BOUNDS: [&str; 10] = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "+Inf"];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let series = arguments.first().and_then(|word| word.parse().ok()).unwrap_or(2_000);
    let temporary = tempfile::tempdir().expect("a directory");
    let directory = arguments.get(1).map_or_else(|| temporary.path().to_path_buf(), PathBuf::from);
    let today = Timestamp::from(SystemTime::now()).day().start();
    let day = (today.minus(Duration::from_secs(86_400)), today.minus(Duration::from_millis(STEP_MS as u64)));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let is_new = !directory.join("tail.db").exists();
    let (metrics, writer) = metrics::open(Config::default(), &directory).expect("a store");
    let shutdown = CancellationToken::new();
    let writing = runtime.spawn(writer.run(shutdown.clone()));
    if is_new {
        runtime.block_on(fill(&metrics, &directory, series, day.0.millis()));
    }
    for (what, text, step) in [
        ("rate by job", "sum by(job)(rate(http_requests_total[5m]))", 60),
        ("quantile", "histogram_quantile(0.99, sum by(le)(rate(latency_seconds_bucket[5m])))", 60),
        ("topk", "topk(10, rate(http_requests_total[5m]))", 300),
        ("max_over_time", "max by(job)(max_over_time(mem_bytes[5m]))", 300),
        ("everything, rate by job", "sum by(job)(rate({job=~\".+\"}[5m]))", 60),
        ("all series, read only", "count({job=~\".+\"})", 86_000),
    ] {
        report(&metrics, what, text, day, Duration::from_secs(step));
    }
    shutdown.cancel();
    runtime.block_on(writing).expect("the writer");
}

async fn fill(metrics: &Metrics, directory: &Path, wanted: usize, start_ms: i64) {
    let mut targets: Vec<Target> = (0..JOBS).map(|job| Target::new(metrics, job, wanted / JOBS)).collect();
    let mut random = Random(42);
    let samples = targets.iter().map(|target| target.series.len()).sum::<usize>() * 5760;
    let (mut made, begun) = (Duration::ZERO, cpu());
    for step in 0..86_400_000 / STEP_MS {
        for target in &mut targets {
            let before = own_cpu();
            let scrape = target.scrape(start_ms + step * STEP_MS, &mut random);
            made += own_cpu() - before;
            metrics.append(scrape).await.expect("a writer");
        }
    }
    while metrics.status().samples < samples as u64 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tell("appended", begun + made, samples, directory);
    while !names(directory).iter().any(|name| name.ends_with(".rollup.db")) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    tell("and sealed, merged, rolled up", begun + made, samples, directory);
    names(directory).iter().for_each(|name| {
        println!("    {name}: {:.2} B a sample", size(directory, name) as f64 / samples as f64);
    });
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("a directory");
    entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
}

fn size(directory: &Path, name: &str) -> u64 {
    std::fs::metadata(directory.join(name)).map_or(0, |about| about.len())
}

fn tell(what: &str, begun: Duration, samples: usize, directory: &Path) {
    let seconds = (cpu() - begun).as_secs_f64();
    let bytes: u64 = names(directory).iter().map(|name| size(directory, name)).sum();
    println!(
        "{what}: {samples} samples, {:.3} s of CPU per million, {:.2} B each",
        seconds / samples as f64 * 1e6,
        bytes as f64 / samples as f64
    );
}

fn report(metrics: &Metrics, what: &str, text: &str, day: (Timestamp, Timestamp), step: Duration) {
    let query = Query::parse(text).expect("a query");
    let ask = || query.range(metrics, day.0, day.1, step, &Budget::generous()).expect("an answer");
    let answer = ask();
    let mut times = Vec::new();
    for _ in 0..7 {
        let (begun, before) = (Instant::now(), cpu());
        ask();
        times.push((begun.elapsed(), cpu() - before));
    }
    times.sort();
    let (wall, cpu) = times[times.len() / 2];
    println!("{what}: {wall:.1?}, {cpu:.1?} of CPU, {} samples", answer.samples);
}

/// One job's series, and what they stand at.
struct Target {
    name: Arc<str>,
    series: Vec<Arc<Series>>,
    counters: Vec<u64>,
    histograms: Vec<[u64; 10]>,
    gauges: usize,
}

impl Target {
    fn new(metrics: &Metrics, job: usize, wanted: usize) -> Self {
        let (counters, histograms, gauges) = (wanted / 2, wanted * 4 / 100, wanted / 10);
        let job = format!("j{job}");
        let labels = |pairs: &[(&str, String)]| {
            let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str()));
            metrics.series(&Labels::from_pairs(pairs.chain([("job", job.as_str())])))
        };
        let name = |name: &str| ("__name__", name.to_owned());
        let mut series = Vec::new();
        for i in 0..counters {
            let status = ["200", "404", "500"][i % 3].to_owned();
            let (instance, route) = (format!("i{}", i % 5), format!("/r{}/", i / 10));
            let pairs =
                [name("http_requests_total"), ("instance", instance), ("route", route), ("status", status)];
            series.push(labels(&pairs));
        }
        for i in 0..histograms {
            for le in BOUNDS {
                let pairs =
                    [name("latency_seconds_bucket"), ("route", format!("/r{i}/")), ("le", le.to_owned())];
                series.push(labels(&pairs));
            }
        }
        (0..gauges).for_each(|i| series.push(labels(&[name("mem_bytes"), ("container", format!("c{i}"))])));
        Self {
            name: job.as_str().into(),
            series,
            counters: vec![0; counters],
            histograms: vec![[0; 10]; histograms],
            gauges,
        }
    }

    fn scrape(&mut self, at_ms: i64, random: &mut Random) -> Scrape {
        let mut values = Vec::with_capacity(self.series.len());
        for (i, counter) in self.counters.iter_mut().enumerate() {
            *counter += random.below(20 + i as u64 % 200);
            values.push(*counter as f64);
        }
        for histogram in &mut self.histograms {
            for _ in 0..12 {
                let bucket = (random.unit() * random.unit() * 10.0) as usize;
                histogram[bucket..].iter_mut().for_each(|count| *count += 1);
            }
            values.extend(histogram.map(|count| count as f64));
        }
        values.extend(
            (0..self.gauges).map(|i| (50_000_000 + i as u64 * 4096 + random.below(2_000_000)) as f64),
        );
        Scrape {
            target: self.name.clone(),
            at_ms,
            samples: self.series.iter().cloned().zip(values).collect(),
        }
    }
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^ (mixed >> 33)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn cpu() -> Duration {
    time(ClockId::ProcessCPUTime)
}

fn own_cpu() -> Duration {
    time(ClockId::ThreadCPUTime)
}

fn time(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
