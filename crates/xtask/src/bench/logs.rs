//! `cargo xtask bench logs`: the store of logs on the lines that other products were measured with.
//!
//! A day of lines is pushed, then asked about, warm and cold; the same lines are spread over a month and asked about
//! again. Every answer is compared with what is true of the lines; the run fails if one is wrong, never because
//! something took long.

mod answers;
mod ask;
mod dataset;
mod queries;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use self::ask::Taken;
use self::dataset::Dataset;
use self::queries::Query;
use super::measure::{machine, middle_start, while_watching};
use super::table::{Table, megabytes, micros_each, millis};
use crate::load::appliance::{Appliance, Site};
use crate::load::push::Load;
use crate::{image, process, project};

/// How often a question is asked cold.
const COLD_RUNS: usize = 3;

/// How many times as long as a day the month of lines is.
const MONTH: u64 = 30;

/// What is measured.
pub(super) struct Wish {
    /// Lines pushed.
    pub(super) lines: u64,
    /// The seed of the generator.
    pub(super) seed: u64,
    /// Where the generator's source lies.
    pub(super) generator: Option<PathBuf>,
    /// Instead of what is built from this checkout.
    pub(super) binary: Option<PathBuf>,
}

/// Measures everything and prints the tables.
pub(super) fn measure(wish: &Wish) -> Result<()> {
    let binary = match &wish.binary {
        Some(binary) => binary.canonicalize().with_context(|| binary.display().to_string())?,
        None => image::build_binary()?,
    };
    let beside = project::root().join("../shared/bench/loadgen");
    let data = dataset::prepare(wish.generator.as_deref().unwrap_or(&beside), wish.seed, wish.lines)?;
    let folder = project::scratch().join("bench-logs");
    let mut costs = Table::new(&["what", "figure", "budget", "later", "Loki", "VictoriaLogs"]);
    let mut times = Table::new(&[
        "query",
        "warm [least, most]",
        "CPU",
        "cold",
        "budget",
        "later",
        "Loki, warm / cold",
        "VictoriaLogs",
    ]);
    let mut wrong = Vec::new();

    a_day(&binary, &folder, &data, &mut costs, &mut times, &mut wrong)?;
    a_month(&binary, &folder, &data, &mut times, &mut wrong)?;
    std::fs::remove_dir_all(&folder)?;

    println!("\n{costs}\n{times}");
    println!("`cargo xtask bench logs --lines {} --seed {}`, {}", wish.lines, wish.seed, machine());
    if !wrong.is_empty() {
        bail!("wrong answers:\n{}", wrong.join("\n"));
    }
    Ok(())
}

fn a_day(
    binary: &Path,
    folder: &Path,
    data: &Dataset,
    costs: &mut Table,
    times: &mut Table,
    wrong: &mut Vec<String>,
) -> Result<()> {
    let site = Site::fresh(binary, folder)?;
    let appliance = push(&site, &data.load, costs)?;
    let queries = queries::of_a_day(&data.answers);
    let warm = ask_warm(&appliance, &queries)?;
    dashboards(&appliance, data, costs, wrong)?;
    appliance.stop()?;
    let millions = data.load.lines as f64 / 1e6;
    let start = millis(middle_start(&site)?);
    costs.cells(
        [
            &format!("start until ready, {millions} M lines stored"),
            &start,
            "500 ms",
            "100 ms",
            "15.5 s",
            "0.2 s",
        ]
        .map(str::to_owned),
    );
    ask_cold(&site, &queries, warm, times, wrong)
}

fn a_month(
    binary: &Path,
    folder: &Path,
    data: &Dataset,
    times: &mut Table,
    wrong: &mut Vec<String>,
) -> Result<()> {
    let answers = &data.answers;
    let load = dataset::stretched(&data.load, answers.last, MONTH)?;
    let site = Site::fresh(binary, folder)?;
    let appliance = Appliance::start(&site)?;
    eprintln!("pushing them again, spread over a month");
    load.push(appliance.address(), 4)?;
    appliance.wait_until_idle()?;
    let first = answers.last - (answers.last - answers.first) * MONTH;
    let queries = queries::of_a_month(answers, first);
    let warm = ask_warm(&appliance, &queries)?;
    appliance.stop()?;
    ask_cold(&site, &queries, warm, times, wrong)
}

/// Pushes everything, and measures what that costs.
fn push(site: &Site, load: &Load, costs: &mut Table) -> Result<Appliance> {
    let appliance = Appliance::start(site)?;
    appliance.wait_until_idle()?;
    eprintln!("pushing {} lines", load.lines);
    let before = process::cpu_time(appliance.pid())?;
    let most = while_watching(appliance.pid(), || load.push(appliance.address(), 4))?;
    appliance.wait_until_idle()?;
    let spent = process::cpu_time(appliance.pid())? - before;
    let average = load.bytes as f64 / load.lines.max(1) as f64;
    let per_line = site.disk_bytes()? as f64 / load.lines.max(1) as f64;
    let rows = [
        [
            &format!("CPU per line pushed ({average:.0} B, durable)"),
            &micros_each(spent, load.lines),
            "4 µs",
            "1.5 µs",
            "7.7 µs",
            "7.9 µs",
        ],
        ["most RSS while pushed", &megabytes(most.rss), "150 MB", "80 MB", "1.8 GB", "395 MB"],
        ["disk per line", &format!("{per_line:.1} B"), "58 B", "30 B", "64.9 B", "54.6 B"],
    ];
    for row in rows {
        costs.cells(row.map(str::to_owned));
    }
    Ok(appliance)
}

fn ask_warm(appliance: &Appliance, queries: &[Query]) -> Result<Vec<Taken>> {
    let ask = |query: &Query| {
        let taken = ask::warm(appliance, query).with_context(|| query.what)?;
        eprintln!("{}: {}", query.what, millis(taken.median));
        Ok(taken)
    };
    queries.iter().map(ask).collect()
}

/// Asks each again, cold, and adds its row.
fn ask_cold(
    site: &Site,
    queries: &[Query],
    warm: Vec<Taken>,
    times: &mut Table,
    wrong: &mut Vec<String>,
) -> Result<()> {
    for (query, taken) in queries.iter().zip(warm) {
        let cold: Vec<Duration> =
            (0..COLD_RUNS).map(|_| ask::cold(site, query)).collect::<Result<_>>().context(query.what)?;
        let cold = cold.into_iter().min().unwrap_or_default();
        let verdict = if taken.wrong.is_some() { " **wrong**" } else { "" };
        let warm = format!("{} [{}, {}]", millis(taken.median), millis(taken.least), millis(taken.most));
        let [budget, later] = query.budgets;
        let [loki, victoria] = query.peers;
        let name = format!("{}{verdict}", query.what);
        times.cells(
            [&name, &warm, &millis(taken.cpu), &millis(cold), budget, later, loki, victoria]
                .map(str::to_owned),
        );
        wrong.extend(taken.wrong.map(|fault| format!("{}: {fault}", query.what)));
    }
    Ok(())
}

fn dashboards(
    appliance: &Appliance,
    data: &Dataset,
    costs: &mut Table,
    wrong: &mut Vec<String>,
) -> Result<()> {
    let paths = queries::of_two_dashboards(&data.answers);
    let crowd = ask::at_once(appliance, &paths).context("20 queries at once")?;
    let figure = format!(
        "{}; {} until all were answered, {} of CPU",
        megabytes(crowd.peak_rss),
        millis(crowd.wall),
        millis(crowd.cpu)
    );
    costs.cells(
        ["most RSS under 20 dashboard queries at once", &figure, "400 MB", "", "677 MB", "125 MB"]
            .map(str::to_owned),
    );
    wrong.extend(crowd.refused.into_iter().map(|fault| format!("20 queries at once: {fault}")));
    Ok(())
}
