//! Time of processors, and how many wait for it.

use super::files::number;
use super::{Host, Take, Unreadable};

/// Ticks per second in which the kernel counts for users.
const TICKS: f64 = 100.0;

const MODES: [&str; 8] = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];

/// `node_cpu_seconds_total`, and the time that guests had.
pub(super) fn seconds(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for line in host.read("stat")?.lines() {
        let mut words = line.split_ascii_whitespace();
        // `cpu` alone is the sum of all.
        let Some(cpu) = words.next().and_then(|word| word.strip_prefix("cpu")).filter(|cpu| !cpu.is_empty())
        else {
            continue;
        };
        for mode in MODES {
            if let Some(ticks) = number(words.next()) {
                take("node_cpu_seconds_total", &[("cpu", cpu), ("mode", mode)], ticks / TICKS);
            }
        }
        for mode in ["user", "nice"] {
            if let Some(ticks) = number(words.next()) {
                take("node_cpu_guest_seconds_total", &[("cpu", cpu), ("mode", mode)], ticks / TICKS);
            }
        }
    }
    Ok(())
}

/// What else `stat` counts.
pub(super) fn stat(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for line in host.read("stat")?.lines() {
        let mut words = line.split_ascii_whitespace();
        let name = match words.next() {
            Some("intr") => "node_intr_total",
            Some("ctxt") => "node_context_switches_total",
            Some("btime") => "node_boot_time_seconds",
            Some("processes") => "node_forks_total",
            Some("procs_running") => "node_procs_running",
            Some("procs_blocked") => "node_procs_blocked",
            _ => continue,
        };
        if let Some(count) = number(words.next()) {
            take(name, &[], count);
        }
    }
    Ok(())
}

/// `node_load1` and its kin.
pub(super) fn load(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let text = host.read("loadavg")?;
    for (name, load) in ["node_load1", "node_load5", "node_load15"].iter().zip(text.split_ascii_whitespace())
    {
        if let Some(load) = number(Some(load)) {
            take(name, &[], load);
        }
    }
    Ok(())
}

/// Seconds in which some or all processes waited.
pub(super) fn pressure(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for resource in ["cpu", "io", "memory"] {
        for line in host.read(&format!("pressure/{resource}"))?.lines() {
            let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
            let name = match (resource, kind) {
                ("cpu", "some") => "node_pressure_cpu_waiting_seconds_total",
                ("io", "some") => "node_pressure_io_waiting_seconds_total",
                ("io", "full") => "node_pressure_io_stalled_seconds_total",
                ("memory", "some") => "node_pressure_memory_waiting_seconds_total",
                ("memory", "full") => "node_pressure_memory_stalled_seconds_total",
                _ => continue,
            };
            if let Some(micros) = number(rest.split_once("total=").map(|(_, total)| total)) {
                take(name, &[], micros / 1e6);
            }
        }
    }
    Ok(())
}
