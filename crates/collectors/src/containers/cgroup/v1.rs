//! Version 1: each controller has a tree of its own.

use std::collections::BTreeMap;
use std::path::Path;

use model::usage::{Cpu, CpuQuota, Disk, Memory, Throttling, Usage};

use super::files::Folder;

const NANOS: f64 = 1e9;

/// Ticks per second in which the kernel counts for users.
const TICKS: f64 = 100.0;

/// No machine has so much memory: a larger limit is none.
const LIMIT_MAX: u64 = 1 << 62;

/// What the group at `path` below each controller uses.
pub(super) fn usage(root: &Path, path: &Path) -> Usage {
    let group = |controller: &str| Folder(root.join(controller).join(path));
    let (cpu_group, memory_group, pids) = (group("cpu"), group("memory"), group("pids"));
    let limit = memory_group.limit("memory.limit_in_bytes");
    Usage {
        cpu: cpu(&group("cpuacct")),
        throttling: throttling(&cpu_group),
        cpu_quota: quota(&cpu_group),
        memory: memory(&memory_group),
        memory_limit_bytes: limit.map(|limit| if limit > LIMIT_MAX { 0 } else { limit }),
        oom_kills: memory_group.table("memory.oom_control").and_then(|control| control.get("oom_kill")),
        processes: pids.processes().or_else(|| memory_group.processes()),
        threads: pids.number("pids.current"),
        threads_max: pids.limit("pids.max"),
        disks: disks(&group("blkio")),
        interfaces: Vec::new(),
    }
}

fn cpu(group: &Folder) -> Option<Cpu> {
    let nanos: u64 = group.number("cpuacct.usage")?;
    let stat = group.table("cpuacct.stat")?;
    let seconds = |name: &str| stat.get(name).unwrap_or_default() as f64 / TICKS;
    Some(Cpu {
        total_seconds: nanos as f64 / NANOS,
        user_seconds: seconds("user"),
        system_seconds: seconds("system"),
    })
}

fn throttling(group: &Folder) -> Option<Throttling> {
    let stat = group.table("cpu.stat")?;
    Some(Throttling {
        periods: stat.get("nr_periods")?,
        throttled_periods: stat.get("nr_throttled")?,
        throttled_seconds: stat.get("throttled_time")? as f64 / NANOS,
    })
}

/// A quota of -1 is none.
fn quota(group: &Folder) -> Option<CpuQuota> {
    let quota: i64 = group.number("cpu.cfs_quota_us")?;
    Some(CpuQuota {
        quota_micros: u64::try_from(quota).ok()?,
        period_micros: group.number("cpu.cfs_period_us")?,
    })
}

/// `total_` counts the groups below too.
fn memory(group: &Folder) -> Option<Memory> {
    let usage: u64 = group.number("memory.usage_in_bytes")?;
    let stat = group.table("memory.stat")?;
    let get = |name: &str| stat.get(name).unwrap_or_default();
    Some(Memory {
        usage,
        working_set: usage.saturating_sub(get("total_inactive_file")),
        rss: get("total_rss"),
        cache: get("total_cache"),
        mapped_file: get("total_mapped_file"),
        swap: stat.get("total_swap"),
        usage_max: group.number("memory.max_usage_in_bytes"),
        limit_hits: group.number("memory.failcnt"),
    })
}

fn disks(group: &Folder) -> Vec<Disk> {
    let text = |name: &str| {
        let recursive = group.text(&format!("blkio.throttle.{name}_recursive"));
        recursive.or_else(|| group.text(&format!("blkio.throttle.{name}"))).unwrap_or_default()
    };
    let mut disks: BTreeMap<String, Disk> = BTreeMap::new();
    each_count(&text("io_service_bytes"), |device, operation, bytes| {
        let disk = disks.entry(device.to_owned()).or_default();
        match operation {
            "Read" => disk.read_bytes = bytes,
            "Write" => disk.written_bytes = bytes,
            _ => {}
        }
    });
    each_count(&text("io_serviced"), |device, operation, count| {
        let disk = disks.entry(device.to_owned()).or_default();
        match operation {
            "Read" => disk.reads = count,
            "Write" => disk.writes = count,
            _ => {}
        }
    });
    disks.into_iter().map(|(device, disk)| Disk { device, ..disk }).collect()
}

/// `254:0 Read 20971520`; the last line is the sum of all.
fn each_count(text: &str, mut take: impl FnMut(&str, &str, u64)) {
    for line in text.lines() {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [device, operation, count] = words[..] else { continue };
        if let Ok(count) = count.parse() {
            take(device, operation, count);
        }
    }
}
