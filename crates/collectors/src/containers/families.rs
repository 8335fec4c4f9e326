//! The names under which what is known of containers is stored: cAdvisor's, and where it has none, ours.

use std::sync::Arc;

use model::metric::{About, Kind};
use model::usage::{Cpu, CpuQuota, Disk, Interface, Memory, Throttling, Traffic, Usage};
use model::{Health, State, Timestamp, Workload};

use crate::appender::Appender;
use crate::book::Book;

/// Every family: its name, its kind, what it is.
const FAMILIES: [(&str, Kind, &str); 39] = [
    ("container_cpu_usage_seconds_total", Kind::Counter, "Time on processors."),
    ("container_cpu_user_seconds_total", Kind::Counter, "Time on processors in programs."),
    ("container_cpu_system_seconds_total", Kind::Counter, "Time on processors in the kernel."),
    (
        "container_cpu_cfs_periods_total",
        Kind::Counter,
        "Periods of its limit of processor time in which it ran.",
    ),
    ("container_cpu_cfs_throttled_periods_total", Kind::Counter, "Periods in which it had to wait."),
    ("container_cpu_cfs_throttled_seconds_total", Kind::Counter, "How long it had to wait."),
    ("container_spec_cpu_quota", Kind::Gauge, "Microseconds on processors that it may have in each period."),
    ("container_spec_cpu_period", Kind::Gauge, "Microseconds of a period."),
    ("container_spec_memory_limit_bytes", Kind::Gauge, "Memory that it may have; 0: no limit."),
    ("container_memory_usage_bytes", Kind::Gauge, "Memory that it has, files in memory too."),
    ("container_memory_working_set_bytes", Kind::Gauge, "Memory without files that were not touched lately."),
    ("container_memory_rss", Kind::Gauge, "Memory of its programs."),
    ("container_memory_cache", Kind::Gauge, "Files in memory."),
    ("container_memory_mapped_file", Kind::Gauge, "Files that are mapped into programs."),
    ("container_memory_swap", Kind::Gauge, "Memory that was moved to disk."),
    ("container_memory_max_usage_bytes", Kind::Gauge, "The most memory that it had."),
    ("container_memory_failcnt", Kind::Counter, "How often it ran against its limit of memory."),
    ("container_oom_events_total", Kind::Counter, "Processes that the kernel ended for want of memory."),
    ("container_processes", Kind::Gauge, "Processes."),
    ("container_threads", Kind::Gauge, "Threads of all processes."),
    ("container_threads_max", Kind::Gauge, "Threads that it may have; 0: no limit."),
    ("container_fs_reads_bytes_total", Kind::Counter, "Bytes read from disks."),
    ("container_fs_writes_bytes_total", Kind::Counter, "Bytes written to disks."),
    ("container_fs_reads_total", Kind::Counter, "Reads from disks."),
    ("container_fs_writes_total", Kind::Counter, "Writes to disks."),
    ("container_network_receive_bytes_total", Kind::Counter, "Bytes received."),
    ("container_network_receive_packets_total", Kind::Counter, "Packets received."),
    ("container_network_receive_errors_total", Kind::Counter, "Broken packets received."),
    ("container_network_receive_packets_dropped_total", Kind::Counter, "Packets thrown away on arrival."),
    ("container_network_transmit_bytes_total", Kind::Counter, "Bytes sent."),
    ("container_network_transmit_packets_total", Kind::Counter, "Packets sent."),
    ("container_network_transmit_errors_total", Kind::Counter, "Packets that could not be sent."),
    (
        "container_network_transmit_packets_dropped_total",
        Kind::Counter,
        "Packets thrown away instead of sent.",
    ),
    ("container_start_time_seconds", Kind::Gauge, "When it last started."),
    ("container_last_seen", Kind::Gauge, "When it was last seen running."),
    ("container_health_state", Kind::Gauge, "Its health check: 1 healthy, 0 not or not yet, -1 it has none."),
    ("porthole_container_state", Kind::Gauge, "1 for the state that it is in."),
    ("porthole_container_restarts_total", Kind::Counter, "How often its restart policy started it again."),
    ("porthole_container_exit_code", Kind::Gauge, "How it ended; only of one that does not run."),
];

const STATES: [(State, &str); 7] = [
    (State::Created, "created"),
    (State::Running, "running"),
    (State::Paused, "paused"),
    (State::Restarting, "restarting"),
    (State::Removing, "removing"),
    (State::Exited, "exited"),
    (State::Dead, "dead"),
];

/// Says what each family is.
pub(super) fn describe(appender: &impl Appender, target: &Arc<str>) {
    for (name, kind, help) in FAMILIES {
        let unit =
            ["seconds", "bytes"].into_iter().find(|unit| name.trim_end_matches("_total").ends_with(unit));
        let about = About { kind, help: help.to_owned(), unit: unit.unwrap_or_default().to_owned() };
        appender.describe(target, name, &about);
    }
}

/// How a container is, whether it runs or not.
pub(super) fn put_state<A: Appender>(book: &mut Book<A>, workload: &Workload, oom_events: u64) {
    for (state, word) in STATES {
        book.put(
            "porthole_container_state",
            &[("state", word)],
            f64::from(u8::from(workload.state == state)),
        );
    }
    book.put("porthole_container_restarts_total", &[], workload.restarts as f64);
    book.put("container_oom_events_total", &[], oom_events as f64);
    if let Some(code) = workload.exit_code {
        book.put("porthole_container_exit_code", &[], code as f64);
    }
}

/// What a running container uses, as far as it is known.
pub(super) fn put_running<A: Appender>(book: &mut Book<A>, workload: &Workload, at: Timestamp) {
    let health = match workload.health {
        Health::None => -1.0,
        Health::Healthy => 1.0,
        Health::Starting | Health::Unhealthy => 0.0,
    };
    book.put("container_health_state", &[], health);
    book.put("container_last_seen", &[], at.seconds() as f64);
    if let Some(started_at) = workload.started_at {
        book.put("container_start_time_seconds", &[], started_at.millis() as f64 / 1e3);
    }
}

/// What a container uses, as far as it is known.
pub(super) fn put_usage<A: Appender>(book: &mut Book<A>, usage: &Usage) {
    if let Some(cpu) = &usage.cpu {
        put_cpu(book, cpu);
    }
    put_limit(book, usage.throttling.as_ref(), usage.cpu_quota.as_ref());
    if let Some(memory) = &usage.memory {
        put_memory(book, memory);
    }
    let counts = [
        ("container_spec_memory_limit_bytes", usage.memory_limit_bytes),
        ("container_processes", usage.processes),
        ("container_threads", usage.threads),
        ("container_threads_max", usage.threads_max),
    ];
    put_known(book, &counts);
    for disk in &usage.disks {
        put_disk(book, disk);
    }
    for interface in &usage.interfaces {
        put_interface(book, interface);
    }
}

fn put_cpu<A: Appender>(book: &mut Book<A>, cpu: &Cpu) {
    book.put("container_cpu_usage_seconds_total", &[("cpu", "total")], cpu.total_seconds);
    book.put("container_cpu_user_seconds_total", &[], cpu.user_seconds);
    book.put("container_cpu_system_seconds_total", &[], cpu.system_seconds);
}

/// Without a limit nothing is ever held back, and nothing is told of it.
fn put_limit<A: Appender>(book: &mut Book<A>, throttling: Option<&Throttling>, quota: Option<&CpuQuota>) {
    if let Some(quota) = quota {
        book.put("container_spec_cpu_quota", &[], quota.quota_micros as f64);
        book.put("container_spec_cpu_period", &[], quota.period_micros as f64);
    }
    if let Some(throttling) = throttling.filter(|throttling| quota.is_some() || throttling.periods > 0) {
        book.put("container_cpu_cfs_periods_total", &[], throttling.periods as f64);
        let periods = throttling.throttled_periods as f64;
        book.put("container_cpu_cfs_throttled_periods_total", &[], periods);
        book.put("container_cpu_cfs_throttled_seconds_total", &[], throttling.throttled_seconds);
    }
}

fn put_memory<A: Appender>(book: &mut Book<A>, memory: &Memory) {
    let counts = [
        ("container_memory_usage_bytes", Some(memory.usage)),
        ("container_memory_working_set_bytes", Some(memory.working_set)),
        ("container_memory_rss", Some(memory.rss)),
        ("container_memory_cache", Some(memory.cache)),
        ("container_memory_mapped_file", Some(memory.mapped_file)),
        ("container_memory_swap", memory.swap),
        ("container_memory_max_usage_bytes", memory.usage_max),
        ("container_memory_failcnt", memory.limit_hits),
    ];
    put_known(book, &counts);
}

fn put_known<A: Appender>(book: &mut Book<A>, counts: &[(&str, Option<u64>)]) {
    for (name, count) in counts {
        if let Some(count) = count {
            book.put(name, &[], *count as f64);
        }
    }
}

fn put_disk<A: Appender>(book: &mut Book<A>, disk: &Disk) {
    let device = [("device", disk.device.as_str())];
    book.put("container_fs_reads_bytes_total", &device, disk.read_bytes as f64);
    book.put("container_fs_writes_bytes_total", &device, disk.written_bytes as f64);
    book.put("container_fs_reads_total", &device, disk.reads as f64);
    book.put("container_fs_writes_total", &device, disk.writes as f64);
}

fn put_interface<A: Appender>(book: &mut Book<A>, interface: &Interface) {
    let own = [("interface", interface.name.as_str())];
    let Traffic { bytes, packets, errors, dropped } = interface.received;
    book.put("container_network_receive_bytes_total", &own, bytes as f64);
    book.put("container_network_receive_packets_total", &own, packets as f64);
    book.put("container_network_receive_errors_total", &own, errors as f64);
    book.put("container_network_receive_packets_dropped_total", &own, dropped as f64);
    let Traffic { bytes, packets, errors, dropped } = interface.sent;
    book.put("container_network_transmit_bytes_total", &own, bytes as f64);
    book.put("container_network_transmit_packets_total", &own, packets as f64);
    book.put("container_network_transmit_errors_total", &own, errors as f64);
    book.put("container_network_transmit_packets_dropped_total", &own, dropped as f64);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dashboards made for cAdvisor find what they ask for: its names, of its kinds, and none that only look like its own.
    #[test]
    fn the_names_are_those_of_cadvisor() {
        let list = include_str!("../../testdata/containers/cadvisor.txt");
        let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (mut told, mut left_out) = (Vec::new(), 0);
        for line in lines {
            let (name, kind) = line.split_once(' ').unwrap();
            match kind.strip_prefix("- ") {
                Some(why) => {
                    assert!(!why.is_empty() && FAMILIES.iter().all(|(ours, ..)| *ours != name), "{line}");
                    left_out += 1;
                }
                None => told.push((name, kind)),
            }
        }
        let ours = FAMILIES.iter().filter(|(name, ..)| name.starts_with("container_"));
        let mut ours: Vec<(&str, &str)> = ours.map(|(name, kind, _)| (*name, kind.text())).collect();
        ours.sort_unstable();
        assert_eq!(ours, told);
        assert_eq!((told.len(), left_out), (36, 47));
    }
}
