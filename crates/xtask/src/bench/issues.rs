//! `cargo xtask bench issues`: what error events cost, from the door to where they are read.
//!
//! Events are as large as those of a Django view, and gzipped as Python's SDK does it. Every event is kept: sampling would
//! make them cheaper than they are.

mod events;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use self::events::Events;
use super::measure::{machine, middle_start, while_watching};
use super::table::{Table, megabytes, millis};
use crate::load::appliance::{Appliance, Site};
use crate::load::http::Client;
use crate::{image, process, project};

/// Connections that send at the same time.
const CONNECTIONS: u64 = 8;

/// Events that warm up: what is seen for the first time costs more.
const WARM_UP: u64 = 400;

/// How often it is asked how soon an event is readable.
const READS: u64 = 21;

const PATIENCE: Duration = Duration::from_secs(60);

const KEY: &str = "0123456789abcdef0123456789abcdef";

/// What is measured.
pub(super) struct Wish {
    /// How many events.
    pub(super) events: u64,
    /// The seed of what is in them.
    pub(super) seed: u64,
    /// Instead of what is built from this checkout.
    pub(super) binary: Option<PathBuf>,
}

/// Measures everything and prints the table.
pub(super) fn measure(wish: &Wish) -> Result<()> {
    let binary = match &wish.binary {
        Some(binary) => binary.canonicalize().with_context(|| binary.display().to_string())?,
        None => image::build_binary()?,
    };
    let folder = project::scratch().join("bench-issues");
    let site = Site::fresh(&binary, &folder)?;
    fs::write(folder.join("porthole.toml"), settings())?;
    let mut table = Table::new(&["what", "figure", "budget", "later"]);
    run(&site, wish, &mut table)?;
    fs::remove_dir_all(&folder)?;
    println!("\n{table}");
    println!("`cargo xtask bench issues --events {} --seed {}`, {}", wish.events, wish.seed, machine());
    Ok(())
}

fn run(site: &Site, wish: &Wish, table: &mut Table) -> Result<()> {
    let appliance = Appliance::start(site)?;
    let events = Events::new(wish.seed);
    let size = events.sample_bytes();
    eprintln!("sending {} events of {size} bytes", wish.events);
    send(appliance.address(), &events, 0..WARM_UP, None)?;
    appliance.wait_until_idle()?;
    let (bytes, cpu) = (site.disk_bytes()?, process::cpu_time(appliance.pid())?);
    let mut took = Duration::ZERO;
    let most = while_watching(appliance.pid(), || {
        let started = Instant::now();
        send(appliance.address(), &events, WARM_UP..WARM_UP + wish.events, None)?;
        took = started.elapsed();
        appliance.wait_until_idle()
    })?;
    let spent = process::cpu_time(appliance.pid())? - cpu;
    let stored = site.disk_bytes()?.saturating_sub(bytes);
    let rate = wish.events as f64 / took.as_secs_f64();
    table.row(
        format!("error events of {:.0} KB per second, {CONNECTIONS} connections", size as f64 / 1e3),
        format!("{rate:.0}"),
        "",
    );
    let each = spent.as_secs_f64() * 1e3 / wish.events as f64;
    row(
        table,
        "CPU per event, from the door to readable and found",
        format!("{each:.2} ms"),
        "1 ms",
        "0.3 ms",
    );
    let per = stored as f64 / wish.events as f64 / 1e3;
    row(table, "disk per event, index of words included", format!("{per:.2} KB"), "6 KB", "2 KB");
    row(table, "most RSS", megabytes(most.rss), "150 MB", "");

    let next = WARM_UP + wish.events;
    let count = (rate * 5.0) as u64;
    eprintln!("sending {count} events at half that rate");
    let mut waits = send(appliance.address(), &events, next..next + count, Some(rate / 2.0))?;
    waits.sort();
    let p99 = waits[waits.len() * 99 / 100];
    row(table, "answer at half that rate: median", millis(waits[waits.len() / 2]), "", "");
    row(table, "answer at half that rate: p99", millis(p99), "20 ms", "");

    appliance.wait_until_idle()?;
    let readable = until_readable(appliance.address(), &events, next + count)?;
    row(table, "from the answer until it is read back, median", millis(readable), "", "");
    appliance.stop()?;
    let all = next + count + READS;
    row(table, &format!("start until ready, {all} events stored"), millis(middle_start(site)?), "500 ms", "");
    Ok(())
}

fn row(table: &mut Table, what: &str, figure: String, budget: &str, later: &str) {
    table.cells([what.to_owned(), figure, budget.to_owned(), later.to_owned()]);
}

fn settings() -> String {
    format!(
        "[issues]\nsample_after = 1000000000\nerrors_per_minute = 1000000000\nspike_factor = 0\n\
         [[issues.project]]\nname = \"bench\"\nid = 1\nkey = \"{KEY}\"\n\
         [metrics]\ncontainers = false\nqueues = false\n[metrics.host]\nenabled = false\n"
    )
}

/// Sends events, as fast as they are answered or so many in a second. Gives how long each answer took; of those at a rate,
/// from when it should have been sent.
fn send(
    to: SocketAddr,
    events: &Events,
    numbers: std::ops::Range<u64>,
    per_second: Option<f64>,
) -> Result<Vec<Duration>> {
    let next = AtomicU64::new(numbers.start);
    let started = Instant::now();
    thread::scope(|scope| {
        let senders: Vec<_> = (0..CONNECTIONS)
            .map(|_| scope.spawn(|| send_some(to, events, &next, &numbers, started, per_second)))
            .collect();
        let mut waits = Vec::new();
        for sender in senders {
            waits.extend(sender.join().expect("a sender does not panic")?);
        }
        Ok(waits)
    })
}

fn send_some(
    to: SocketAddr,
    events: &Events,
    next: &AtomicU64,
    numbers: &std::ops::Range<u64>,
    started: Instant,
    per_second: Option<f64>,
) -> Result<Vec<Duration>> {
    let mut client = Client::connect(to)?;
    let mut waits = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= numbers.end {
            return Ok(waits);
        }
        let body = events.envelope(number)?;
        let due = match per_second {
            Some(rate) => started + Duration::from_secs_f64((number - numbers.start) as f64 / rate),
            None => Instant::now(),
        };
        thread::sleep(due.saturating_duration_since(Instant::now()));
        post(&mut client, &body)?;
        waits.push(due.elapsed());
    }
}

fn post(client: &mut Client, body: &[u8]) -> Result<()> {
    let path =
        format!("/api/1/envelope/?sentry_key={KEY}&sentry_version=7&sentry_client=sentry.python%2F2.75.0");
    let answer = client.post_with(&path, "Content-Encoding: gzip\r\n", body)?;
    if answer.status != 200 {
        bail!("an event was answered {}: {}", answer.status, answer.text());
    }
    Ok(())
}

/// How long after its answer an event is read back.
fn until_readable(to: SocketAddr, events: &Events, first: u64) -> Result<Duration> {
    let mut client = Client::connect(to)?;
    let mut times = Vec::new();
    for number in first..first + READS {
        post(&mut client, &events.envelope(number)?)?;
        let answered = Instant::now();
        let path = format!("/app/v1/events/{}", events::id(number));
        while client.get(&path)?.status != 200 {
            if answered.elapsed() > PATIENCE {
                bail!("event {number} could not be read within {PATIENCE:?}");
            }
            thread::sleep(Duration::from_millis(1));
        }
        times.push(answered.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}
