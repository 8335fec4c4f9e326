//! Targets to be scraped: what they say advances with every scrape.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::Result;

const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
const BOUNDS: [&str; 10] = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"];

/// Answers `/t0`, `/t1`, … until the process ends.
pub(super) struct Served {
    /// Where.
    pub(super) address: SocketAddr,
    count: Arc<AtomicU64>,
}

impl Served {
    /// Begins to answer with so many series.
    pub(super) fn start(series: usize) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, count) = (listener.local_addr()?, Arc::new(AtomicU64::new(0)));
        let (counted, begun) = (count.clone(), Instant::now());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counted = counted.clone();
                // A scraper that goes away is none of our business.
                thread::spawn(move || answer(&stream, series, begun, &counted));
            }
        });
        Ok(Self { address, count })
    }

    /// How often it was asked.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

fn answer(stream: &TcpStream, series: usize, begun: Instant, count: &AtomicU64) -> Result<()> {
    let mut target = 0;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        if let Some(rest) = line.strip_prefix("GET /t") {
            target = rest.split(' ').next().unwrap_or_default().parse()?;
        }
        if line.is_empty() {
            let number = count.fetch_add(1, Ordering::Relaxed);
            let text = exposition(series, target, begun.elapsed().as_secs(), number);
            let kind = "text/plain; version=0.0.4; charset=utf-8";
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n", text.len());
            let mut stream = stream;
            stream.write_all(head.as_bytes())?;
            stream.write_all(text.as_bytes())?;
        }
    }
    Ok(())
}

/// Six tenths counters, three tenths buckets, a tenth gauges.
fn exposition(series: usize, target: u64, seconds: u64, number: u64) -> String {
    let mut text = String::with_capacity(series * 110);
    text.push_str("# TYPE http_requests_total counter\n");
    for i in 0..series * 6 / 10 {
        let (method, route, status) = (METHODS[i % 4], i / 20, [200, 201, 404, 500, 503][i / 4 % 5]);
        let rate = 1 + (i as u64 * 7 + target) % 50;
        let value = i as u64 * 13 + seconds * rate + number % (1 + i as u64 % 3);
        let _ = writeln!(
            text,
            "http_requests_total{{method=\"{method}\",route=\"/api/r{route}/\",status=\"{status}\"}} {value}"
        );
    }
    text.push_str("# TYPE http_request_duration_seconds histogram\n");
    for i in 0..series * 3 / 10 {
        let (route, le) = (i / 10, BOUNDS[i % 10]);
        let value = (seconds + 1) * (i as u64 % 10 + 1) * (1 + route as u64 % 9);
        let _ = writeln!(
            text,
            "http_request_duration_seconds_bucket{{route=\"/api/r{route}/\",le=\"{le}\"}} {value}"
        );
    }
    text.push_str("# TYPE container_memory_working_set_bytes gauge\n");
    let mut random = super::day::Random::new(target * 1000 + number);
    for i in 0..series / 10 {
        let value = 50_000_000 + i as u64 * 4096 + random.below(2_000_000);
        let _ = writeln!(text, "container_memory_working_set_bytes{{container=\"shop-{i}\"}} {value}");
    }
    text
}
