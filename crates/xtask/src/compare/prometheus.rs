//! `cargo xtask compare-prometheus`: the same samples and the same questions to Porthole and to a Prometheus, and where
//! their answers differ.
//!
//! Both are first given the same history by remote_write, then both scrape the same program for a while. Its samples
//! carry timestamps of their own, so that both have the very same ones. Questions are in `testdata/compare/promql.txt`.

mod questions;
mod samples;
mod served;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

use super::answer::Said;
use crate::arguments::Arguments;
use crate::binary::{self, Form};
use crate::load::appliance::{Appliance, Site};
use crate::load::http::{Client, encode};
use crate::project;
use crate::prometheus::Prometheus;
use questions::{Questions, is_known};
use served::Served;

/// Labels that Porthole gives to what it scrapes.
const OURS: [&str; 2] = ["environment", "host"];
/// How long both scrape.
const SCRAPED: Duration = Duration::from_secs(75);
/// What was served in the first and in the last moments may have reached only one of them; and windows reach back.
const FIRST_MS: i64 = 40_000;
const LAST_MS: i64 = 10_000;

/// `cargo xtask compare-prometheus [--prometheus FILE] [--binary FILE]`
pub(crate) fn command(mut arguments: Arguments) -> Result<()> {
    let prometheus: Option<PathBuf> = arguments.value("--prometheus")?;
    let binary: Option<PathBuf> = arguments.value("--binary")?;
    arguments.finish_alone()?;
    let binary = match binary {
        Some(binary) => binary.canonicalize().with_context(|| binary.display().to_string())?,
        None => binary::build(Form::Dev)?,
    };
    let site = Site::fresh(&binary, &project::scratch().join("compare-prometheus"))?;
    let served = Served::start()?;
    fs::write(site.folder.join("porthole.toml"), settings(served.address))?;
    let appliance = Appliance::start(&site)?;
    let program = prometheus.unwrap_or_else(|| PathBuf::from("prometheus"));
    let running = Prometheus::start(
        &program,
        &site.folder.join("prometheus"),
        &configuration(served.address),
        "--web.enable-remote-write-receiver",
    )?;
    let pair = Pair { prometheus: running.address, porthole: appliance.address() };
    let told = pair.compare()?;
    appliance.stop()?;
    report(&told)
}

fn report(told: &Told) -> Result<()> {
    let (known, new): (Vec<_>, Vec<_>) = told.differences.iter().partition(|difference| is_known(difference));
    for difference in &new {
        println!("{difference}\n");
    }
    println!(
        "{} answers are the same, {} differ as is known, {} otherwise",
        told.same,
        known.len(),
        new.len()
    );
    if !new.is_empty() {
        bail!(
            "not all answers are those of Prometheus; what is meant to differ stands in testdata/compare/promql-known.txt"
        );
    }
    Ok(())
}

/// What Porthole scrapes.
fn settings(target: SocketAddr) -> String {
    format!(
        "[metrics.host]\nenabled = false\n[[metrics.scrape]]\njob = \"scraped\"\ntargets = [\"{target}\"]\n\
         interval = \"1s\"\n"
    )
}

/// How many answers are the same, and how the others differ.
#[derive(Default)]
struct Told {
    same: usize,
    differences: Vec<String>,
}

impl Told {
    fn note(&mut self, difference: Option<String>) {
        match difference {
            None => self.same += 1,
            Some(difference) => self.differences.push(difference),
        }
    }
}

/// Over which time questions are asked.
#[derive(Clone, Copy)]
struct Time {
    first_ms: i64,
    last_ms: i64,
    step_s: i64,
}

struct Pair {
    prometheus: SocketAddr,
    porthole: SocketAddr,
}

impl Pair {
    fn compare(&self) -> Result<Told> {
        let (questions, mut told) = (Questions::read(), Told::default());
        let began_ms = now_ms()?;
        let history = samples::history(began_ms);
        for request in &history.requests {
            for address in [self.prometheus, self.porthole] {
                send(address, request)?;
            }
        }
        let time = Time { first_ms: history.first_ms, last_ms: history.last_ms, step_s: 60 };
        self.ask(&questions.of_history, time, &mut told)?;
        let spent = Duration::from_millis((now_ms()? - began_ms).unsigned_abs());
        thread::sleep(SCRAPED.saturating_sub(spent));
        let time = Time { first_ms: began_ms + FIRST_MS, last_ms: now_ms()? - LAST_MS, step_s: 5 };
        self.ask(&questions.of_scraped, time, &mut told)?;
        Ok(told)
    }

    fn ask(&self, questions: &[String], time: Time, told: &mut Told) -> Result<()> {
        let seconds = |ms: i64| format!("{}.{:03}", ms / 1000, ms % 1000);
        let (first, last) = (seconds(time.first_ms), seconds(time.last_ms));
        for question in questions {
            if question.starts_with('/') {
                let joined = if question.contains('?') { '&' } else { '?' };
                told.note(self.one(question, &format!("{question}{joined}start={first}&end={last}"))?);
                continue;
            }
            let query = encode(question);
            let instant = format!("/api/v1/query?query={query}&time={last}");
            told.note(self.one(&format!("{question}  (instant)"), &instant)?);
            let step = time.step_s;
            let range = format!("/api/v1/query_range?query={query}&start={first}&end={last}&step={step}");
            told.note(self.one(&format!("{question}  (range)"), &range)?);
        }
        Ok(())
    }

    fn one(&self, what: &str, path: &str) -> Result<Option<String>> {
        let ask = |address| Ok::<_, anyhow::Error>(Said::read(&Client::connect(address)?.get(path)?, &OURS));
        let (theirs, ours) = (ask(self.prometheus)?, ask(self.porthole)?);
        let Some(difference) = theirs.difference(&ours) else { return Ok(None) };
        let (theirs, ours) = difference.split_once('\n').unwrap_or((&difference, ""));
        Ok(Some(format!(
            "{what}\n  Prometheus: {theirs}\n  Porthole:   {}",
            ours.replace('\n', "\n              ")
        )))
    }
}

fn send(address: SocketAddr, request: &[u8]) -> Result<()> {
    let answer = Client::connect(address)?.post("/api/v1/write", "application/x-protobuf", request)?;
    if answer.status / 100 != 2 {
        bail!("samples sent to {address} were answered {}: {}", answer.status, answer.text());
    }
    Ok(())
}

fn now_ms() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}

fn configuration(target: SocketAddr) -> String {
    format!(
        "scrape_configs:\n  - job_name: scraped\n    scrape_interval: 1s\n    scrape_timeout: 1s\n    \
         static_configs: [{{targets: ['{target}']}}]\n"
    )
}
