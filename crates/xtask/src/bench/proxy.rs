//! `cargo xtask bench proxy`: what a request costs on its way through, beside nginx, HAProxy and Caddy in the same run.
//!
//! The proxy under test has one core to itself; the load and the server behind it share the other. What counts is CPU time
//! of the proxy's processes for each request: how many fit into a second is limited by the other core as well.

mod load;
mod peers;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use self::load::{Load, Spent};
use self::peers::{Peer, Server};
use super::measure::machine;
use super::table::{Table, micros_each};
use crate::{image, process, project};

/// What is measured.
pub(super) struct Wish {
    /// How long each figure is measured for.
    pub(super) seconds: u64,
    /// Instead of what is built from this checkout.
    pub(super) binary: Option<PathBuf>,
}

/// What the machine has to have.
const PROGRAMS: [&str; 7] = ["nginx", "haproxy", "caddy", "wrk", "h2load", "openssl", "taskset"];
/// How often each figure is taken; the middle one counts.
const PASSES: usize = 3;

/// What is asked for, and how.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    path: &'static str,
    tls: bool,
    http2: bool,
    /// Each request over a connection of its own.
    closes: bool,
}

const CASES: [Case; 5] = [
    Case { name: "1 KB", path: "/small", tls: false, http2: false, closes: false },
    Case { name: "100 KB", path: "/large", tls: false, http2: false, closes: false },
    Case { name: "1 KB, TLS", path: "/small", tls: true, http2: false, closes: false },
    Case { name: "1 KB, HTTP/2 over TLS", path: "/small", tls: true, http2: true, closes: false },
    Case { name: "1 KB with a TLS handshake", path: "/small", tls: true, http2: false, closes: true },
];

/// Measures everything and prints the tables.
pub(super) fn measure(wish: &Wish) -> Result<()> {
    if let Some(program) = PROGRAMS.into_iter().find(|program| process::which(program).is_none()) {
        bail!(
            "there is no `{program}` here: apt-get install --no-install-recommends nginx haproxy caddy wrk \
             nghttp2-client openssl"
        );
    }
    let binary = match &wish.binary {
        Some(binary) => binary.canonicalize().with_context(|| binary.display().to_string())?,
        None => image::build_binary()?,
    };
    let folder = project::scratch().join("bench-proxy");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    peers::make_certificate(&folder)?;
    let server = Server::start(&folder)?;
    let time = Duration::from_secs(wish.seconds);
    let mut table = Table::new(&[
        "CPU per request",
        "nginx",
        "nginx, log",
        "HAProxy",
        "Caddy",
        "Porthole, no log",
        "Porthole",
    ]);
    let mut rates = Table::new(&[
        "requests per second",
        "nginx",
        "nginx, log",
        "HAProxy",
        "Caddy",
        "Porthole, no log",
        "Porthole",
    ]);
    let mut half = 0.0;
    let mut latencies = vec!["1 KB at half of nginx's rate".to_owned()];
    let mut rows: Vec<[Vec<String>; 2]> =
        CASES.map(|case| [vec![case.name.to_owned()], vec![case.name.to_owned()]]).into();
    for peer in Peer::ALL {
        eprintln!("{}", peer.name());
        let running = peer.start(&binary, &folder, &server)?;
        for (case, [costs, fits]) in CASES.iter().zip(&mut rows) {
            let spent = middle(&running, case, time)?;
            if peer == Peer::Nginx && case.name == CASES[0].name {
                half = spent.per_second() / 2.0;
            }
            costs.push(micros_each(spent.cpu, spent.requests));
            fits.push(format!("{:.0}", spent.per_second()));
        }
        let p99 = load::p99_at(&running.plain, half, time, &folder)?;
        latencies.push(format!("{:.2} ms", p99.as_secs_f64() * 1e3));
    }
    for [costs, fits] in rows {
        table.cells(costs);
        rates.cells(fits);
    }
    let mut p99 =
        Table::new(&["p99", "nginx", "nginx, log", "HAProxy", "Caddy", "Porthole, no log", "Porthole"]);
    p99.cells(latencies);
    fs::remove_dir_all(&folder)?;
    println!("\n{table}\n{rates}\n{p99}");
    println!("`cargo xtask bench proxy --seconds {}`, {}", wish.seconds, machine());
    Ok(())
}

/// The middle one of several measurements, after a short one that warms up.
fn middle(running: &peers::Running, case: &Case, time: Duration) -> Result<Spent> {
    let base = if case.tls { &running.tls } else { &running.plain };
    let load = Load { url: format!("{base}{}", case.path), http2: case.http2, closes: case.closes };
    load.run(running.pid(), Duration::from_secs(1))?;
    let mut all = (0..PASSES).map(|_| load.run(running.pid(), time)).collect::<Result<Vec<Spent>>>()?;
    all.sort_by(|a, b| a.each().total_cmp(&b.each()));
    Ok(all.swap_remove(PASSES / 2))
}
