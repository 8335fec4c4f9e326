//! Version 2: all files of a group are in one folder.

use std::path::Path;

use model::usage::{Cpu, CpuQuota, Disk, Memory, Throttling, Usage};

use super::files::Folder;

const MICROS: f64 = 1e6;

/// What the group in this folder uses.
pub(super) fn usage(folder: &Path) -> Usage {
    let folder = Folder::from(folder);
    let (cpu, throttling) = cpu(&folder).unzip();
    Usage {
        cpu,
        throttling: throttling.flatten(),
        cpu_quota: quota(&folder),
        memory: memory(&folder),
        memory_limit_bytes: folder.limit("memory.max"),
        oom_kills: folder.table("memory.events").and_then(|events| events.get("oom_kill")),
        processes: folder.processes(),
        threads: folder.number("pids.current"),
        threads_max: folder.limit("pids.max"),
        disks: disks(&folder.text("io.stat").unwrap_or_default()),
        interfaces: Vec::new(),
    }
}

fn cpu(folder: &Folder) -> Option<(Cpu, Option<Throttling>)> {
    let stat = folder.table("cpu.stat")?;
    let seconds = |name: &str| stat.get(name).map(|micros| micros as f64 / MICROS);
    let cpu = Cpu {
        total_seconds: seconds("usage_usec")?,
        user_seconds: seconds("user_usec")?,
        system_seconds: seconds("system_usec")?,
    };
    let throttling = stat.get("nr_periods").map(|periods| Throttling {
        periods,
        throttled_periods: stat.get("nr_throttled").unwrap_or_default(),
        throttled_seconds: seconds("throttled_usec").unwrap_or_default(),
    });
    Some((cpu, throttling))
}

/// `150000 100000`, or `max 100000`.
fn quota(folder: &Folder) -> Option<CpuQuota> {
    let text = folder.text("cpu.max")?;
    let (quota, period) = text.trim().split_once(' ')?;
    Some(CpuQuota { quota_micros: quota.parse().ok()?, period_micros: period.parse().ok()? })
}

fn memory(folder: &Folder) -> Option<Memory> {
    let usage: u64 = folder.number("memory.current")?;
    let stat = folder.table("memory.stat")?;
    let get = |name: &str| stat.get(name).unwrap_or_default();
    Some(Memory {
        usage,
        working_set: usage.saturating_sub(get("inactive_file")),
        rss: get("anon"),
        cache: get("file"),
        mapped_file: get("file_mapped"),
        swap: folder.number("memory.swap.current"),
        usage_max: folder.number("memory.peak"),
        limit_hits: folder.table("memory.events").and_then(|events| events.get("max")),
    })
}

/// `254:0 rbytes=1048576 wbytes=0 rios=16 wios=0 dbytes=0 dios=0`
fn disks(text: &str) -> Vec<Disk> {
    let disks = text.lines().filter_map(|line| {
        let (device, counts) = line.split_once(' ')?;
        let mut disk = Disk { device: device.to_owned(), ..Disk::default() };
        for (name, count) in counts.split_ascii_whitespace().filter_map(|word| word.split_once('=')) {
            let Ok(count) = count.parse() else { continue };
            match name {
                "rbytes" => disk.read_bytes = count,
                "wbytes" => disk.written_bytes = count,
                "rios" => disk.reads = count,
                "wios" => disk.writes = count,
                _ => {}
            }
        }
        Some(disk)
    });
    disks.collect()
}
