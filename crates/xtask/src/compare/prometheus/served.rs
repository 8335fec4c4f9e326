//! A program that both scrape. Its samples say of when they are: every five seconds there are new ones, so that both
//! have the same ones however their scrapes fall.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use anyhow::Result;

use super::now_ms;

/// Between two samples.
const STEP_MS: i64 = 5_000;

/// Answers until the process ends.
pub(super) struct Served {
    /// Where.
    pub(super) address: SocketAddr,
}

impl Served {
    /// Begins to answer.
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A scraper that goes away is none of our business.
                thread::spawn(move || answer(&stream));
            }
        });
        Ok(Self { address })
    }
}

fn answer(stream: &TcpStream) -> Result<()> {
    for line in BufReader::new(stream).lines() {
        if line?.is_empty() {
            let text = exposition(now_ms()? / STEP_MS * STEP_MS);
            let kind = "text/plain; version=0.0.4; charset=utf-8";
            let length = text.len();
            write!(
                &*stream,
                "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{text}"
            )?;
        }
    }
    Ok(())
}

/// What is served at an instant.
fn exposition(at_ms: i64) -> String {
    let step = at_ms / STEP_MS % 10_000;
    let mut text = String::from(
        "# HELP scraped_hits_total Hits, \\\\ and \\n of them.\n# TYPE scraped_hits_total counter\n",
    );
    let mut line = |series: &str, value: &str| {
        let _ = writeln!(text, "{series} {value} {at_ms}");
    };
    for (index, method) in ["get", "post", "put"].iter().enumerate() {
        let value = (step % 40) * (index as i64 + 2);
        line(&format!("scraped_hits_total{{method=\"{method}\",}}"), &value.to_string());
    }
    line("scraped_load", &format!("{:e}", (step % 17) as f64 / 7.0 - 1.0));
    line(
        "scraped_odd{text=\"a\\\"b\\\\c\\nd\", empty=\"\"}",
        ["+Inf", "-Inf", "NaN", "0x1p-2", "1E3"][(step % 3) as usize],
    );
    for (place, le) in ["0.1", "1", "10", "+Inf"].iter().enumerate() {
        line(&format!("scraped_seconds_bucket{{le=\"{le}\"}}"), &(step * (place as i64 + 1)).to_string());
    }
    line("scraped_seconds_sum", &format!("{:.3}", step as f64 * 2.5));
    line("scraped_seconds_count", &(step * 4).to_string());
    for quantile in ["0.5", "0.99"] {
        line(&format!("scraped_rpc{{quantile=\"{quantile}\"}}"), &format!("{}", step % 13));
    }
    text
}
