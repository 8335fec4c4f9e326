//! What a container uses, as the engine tells it: for where the kernel's own files cannot be read.
//!
//! The engine answers in the shapes of both versions of control groups; here both become a [`Usage`].

use std::collections::BTreeMap;

use model::usage::{Cpu, Disk, Interface, Memory, Throttling, Traffic, Usage};
use serde::Deserialize;

use crate::Docker;

const NANOS: f64 = 1e9;

/// What the engine says of the time at which nothing was measured.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// Why it is not known what a container uses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatsError {
    /// The engine does not say.
    #[error("{0}")]
    Unanswered(String),
    /// It does not run, and uses nothing.
    #[error("the container does not run")]
    Ended,
}

impl Docker {
    /// What the container of this id uses now. The engine measures once, and answers at once from API 1.41 on; older ones
    /// take two seconds.
    pub async fn stats(&self, id: &str) -> Result<Usage, StatsError> {
        let path = format!("/containers/{id}/stats?stream=false&one-shot=true");
        let answer: ContainerStats =
            self.client().json(&path).await.map_err(|error| StatsError::Unanswered(error.to_string()))?;
        answer.usage().ok_or(StatsError::Ended)
    }
}

/// `GET /containers/<id>/stats`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ContainerStats {
    read: String,
    cpu_stats: CpuStats,
    memory_stats: MemoryStats,
    pids_stats: PidsStats,
    blkio_stats: BlockStats,
    networks: Option<BTreeMap<String, NetworkStats>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CpuStats {
    cpu_usage: CpuUsage,
    throttling_data: ThrottlingData,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CpuUsage {
    total_usage: u64,
    usage_in_kernelmode: u64,
    usage_in_usermode: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ThrottlingData {
    periods: u64,
    throttled_periods: u64,
    throttled_time: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MemoryStats {
    usage: Option<u64>,
    max_usage: Option<u64>,
    failcnt: Option<u64>,
    limit: Option<u64>,
    /// `memory.stat`, whose names differ between the versions of control groups.
    stats: Option<BTreeMap<String, u64>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PidsStats {
    /// Threads, not processes.
    current: Option<u64>,
    limit: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BlockStats {
    io_service_bytes_recursive: Option<Vec<BlockCount>>,
    io_serviced_recursive: Option<Vec<BlockCount>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BlockCount {
    major: u64,
    minor: u64,
    op: String,
    value: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NetworkStats {
    rx_bytes: u64,
    rx_packets: u64,
    rx_errors: u64,
    rx_dropped: u64,
    tx_bytes: u64,
    tx_packets: u64,
    tx_errors: u64,
    tx_dropped: u64,
}

impl ContainerStats {
    /// `None`: the container does not run.
    fn usage(self) -> Option<Usage> {
        if self.read.is_empty() || self.read == NEVER {
            return None;
        }
        let threads_max = self.pids_stats.limit.map(|limit| if limit == u64::MAX { 0 } else { limit });
        Some(Usage {
            cpu: Some(self.cpu_stats.cpu_usage.seconds()),
            throttling: Some(self.cpu_stats.throttling_data.throttling()),
            memory_limit_bytes: self.memory_stats.limit,
            memory: self.memory_stats.memory(),
            threads: self.pids_stats.current,
            // Where there is no limit, older engines say nothing.
            threads_max: threads_max.or(self.pids_stats.current.map(|_| 0)),
            disks: self.blkio_stats.disks(),
            interfaces: self.networks.unwrap_or_default().into_iter().map(interface).collect(),
            ..Usage::default()
        })
    }
}

impl CpuUsage {
    fn seconds(&self) -> Cpu {
        Cpu {
            total_seconds: self.total_usage as f64 / NANOS,
            user_seconds: self.usage_in_usermode as f64 / NANOS,
            system_seconds: self.usage_in_kernelmode as f64 / NANOS,
        }
    }
}

impl ThrottlingData {
    fn throttling(&self) -> Throttling {
        Throttling {
            periods: self.periods,
            throttled_periods: self.throttled_periods,
            throttled_seconds: self.throttled_time as f64 / NANOS,
        }
    }
}

impl MemoryStats {
    fn memory(&self) -> Option<Memory> {
        let usage = self.usage?;
        let none = BTreeMap::new();
        let stats = self.stats.as_ref().unwrap_or(&none);
        // Version 1 has `total_rss`, with all groups below; version 2 has `anon`.
        let get =
            |one: &str, two: &str| stats.get(one).or_else(|| stats.get(two)).copied().unwrap_or_default();
        Some(Memory {
            usage,
            working_set: usage.saturating_sub(get("total_inactive_file", "inactive_file")),
            rss: get("total_rss", "anon"),
            cache: get("total_cache", "file"),
            mapped_file: get("total_mapped_file", "file_mapped"),
            swap: stats.get("total_swap").copied(),
            usage_max: self.max_usage,
            limit_hits: self.failcnt,
        })
    }
}

impl BlockStats {
    fn disks(&self) -> Vec<Disk> {
        let mut disks: BTreeMap<(u64, u64), Disk> = BTreeMap::new();
        // Version 1 writes `Read`, version 2 `read`.
        for count in self.io_service_bytes_recursive.iter().flatten() {
            let disk = disks.entry((count.major, count.minor)).or_default();
            match count.op.to_ascii_lowercase().as_str() {
                "read" => disk.read_bytes += count.value,
                "write" => disk.written_bytes += count.value,
                _ => {}
            }
        }
        for count in self.io_serviced_recursive.iter().flatten() {
            let disk = disks.entry((count.major, count.minor)).or_default();
            match count.op.to_ascii_lowercase().as_str() {
                "read" => disk.reads += count.value,
                "write" => disk.writes += count.value,
                _ => {}
            }
        }
        let named = disks
            .into_iter()
            .map(|((major, minor), disk)| Disk { device: format!("{major}:{minor}"), ..disk });
        named.collect()
    }
}

fn interface((name, stats): (String, NetworkStats)) -> Interface {
    let received = Traffic {
        bytes: stats.rx_bytes,
        packets: stats.rx_packets,
        errors: stats.rx_errors,
        dropped: stats.rx_dropped,
    };
    let sent = Traffic {
        bytes: stats.tx_bytes,
        packets: stats.tx_packets,
        errors: stats.tx_errors,
        dropped: stats.tx_dropped,
    };
    Interface { name, received, sent }
}

#[cfg(test)]
mod tests;
