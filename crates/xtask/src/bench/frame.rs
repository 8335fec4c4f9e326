//! The figures of the frame: size, memory, start, and what a line costs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use model::Timestamp;

use super::measure::{machine, middle_start, while_watching};
use super::table::{Table, megabytes, micros_each, millis};
use crate::load::appliance::{Appliance, Site};
use crate::load::engine::{Engine, Feed};
use crate::load::lines::WRITERS;
use crate::load::push::Load;
use crate::process;
use crate::web::{self, Profile};
use crate::{image, project};

/// How much work is measured.
pub(super) struct Sizes {
    /// Lines pushed.
    pub(super) pushed: u64,
    /// Lines collected from containers.
    pub(super) collected: u64,
}

/// The hours of a day that pushed lines are spread over.
const SPAN: Duration = Duration::from_secs(22 * 3600);

/// Measures everything and prints the table; of a binary that is given, only what it does.
pub(super) fn measure(binary: Option<PathBuf>, sizes: &Sizes) -> Result<()> {
    let mut table = Table::new(&["what", "figure", "budget"]);
    let binary = match binary {
        Some(binary) => binary.canonicalize().with_context(|| binary.display().to_string())?,
        None => built(&mut table)?,
    };
    let folder = project::scratch().join("bench");
    pushed(&binary, &folder, sizes.pushed, &mut table)?;
    collected(&binary, &folder, sizes.collected, &mut table)?;
    fs::remove_dir_all(&folder)?;

    println!("\n{table}");
    println!(
        "`cargo xtask bench --lines {} --docker-lines {}`, {}",
        sizes.pushed,
        sizes.collected,
        machine()
    );
    Ok(())
}

/// Builds what is shipped, and measures how large it is.
fn built(table: &mut Table) -> Result<PathBuf> {
    let first_load = web::build(Profile::Release)?;
    let binary = image::build_binary()?;
    table.row("static binary", megabytes(fs::metadata(&binary)?.len()), "30 MB");
    if let Some(bytes) = image::build_image(&binary)? {
        table.row("image", megabytes(bytes), "30 MB");
    }
    table.row("page, first load (brotli)", format!("{:.0} KB", first_load as f64 / 1e3), "300 KB");
    Ok(binary)
}

/// An appliance that is idle, then gets lines pushed, then starts again with them.
fn pushed(binary: &Path, folder: &Path, lines: u64, table: &mut Table) -> Result<()> {
    eprintln!("making {lines} lines");
    let load = Load::make(42, lines, SPAN)?;
    let site = Site::fresh(binary, folder)?;
    // Containers that say nothing: an engine is what an idle appliance watches.
    Engine::start(&site.docker, Feed { begin: now(), step: Duration::from_secs(1), lines: 0 })?;
    table.row("start until ready, empty", millis(middle_start(&site)?), "100 ms");

    let appliance = Appliance::start(&site)?;
    appliance.wait_until_idle()?;
    let idle = process::memory(appliance.pid())?;
    let label = format!("idle, {} containers watched: PSS / RSS", WRITERS.len());
    table.row(label, format!("{} / {}", megabytes(idle.pss), megabytes(idle.rss)), "40 MB");

    eprintln!("pushing them");
    let before = process::cpu_time(appliance.pid())?;
    let most = while_watching(appliance.pid(), || load.push(appliance.address(), 4))?;
    appliance.wait_until_idle()?;
    let spent = process::cpu_time(appliance.pid())? - before;
    let average = load.bytes / load.lines.max(1);
    table.row(format!("CPU per line pushed ({average} B, durable)"), micros_each(spent, load.lines), "4 µs");
    table.row("most RSS while pushed", megabytes(most.rss), "150 MB");
    let per_line = site.disk_bytes()? as f64 / load.lines.max(1) as f64;
    table.row("disk per line", format!("{per_line:.1} B"), "58 B");
    appliance.stop()?;

    let millions = lines as f64 / 1e6;
    table.row(
        format!("start until ready, {millions} M lines stored"),
        millis(middle_start(&site)?),
        "500 ms",
    );
    Ok(())
}

/// An appliance that finds containers with long logs.
fn collected(binary: &Path, folder: &Path, lines: u64, table: &mut Table) -> Result<()> {
    eprintln!("making the logs of {} containers", WRITERS.len());
    let site = Site::fresh(binary, folder)?;
    let each = lines.div_ceil(WRITERS.len() as u64);
    let span = Duration::from_secs(3600);
    let step = span / u32::try_from(each.max(1)).context("no more than 4 billion lines")?;
    let feed = Feed { begin: now().minus(span + Duration::from_secs(60)), step, lines: each };
    let lines = each * WRITERS.len() as u64;
    Engine::start(&site.docker, feed)?;

    eprintln!("collecting {lines} lines");
    let appliance = Appliance::start(&site)?;
    let most = while_watching(appliance.pid(), || appliance.wait_for_lines(lines))?;
    appliance.wait_until_idle()?;
    // The start is in this figure: it is next to nothing beside the lines.
    let spent = process::cpu_time(appliance.pid())?;
    table.row("CPU per line from Docker to stored", micros_each(spent, lines), "8 µs");
    table.row("most RSS while collected", megabytes(most.rss), "150 MB");
    appliance.stop()
}

fn now() -> Timestamp {
    Timestamp::from(SystemTime::now())
}
