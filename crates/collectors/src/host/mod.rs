//! The machine: what node_exporter tells of it, by the same names, read from `/proc` and `/sys`.
//!
//! [`Host::collect`] reads a few files and hands on their numbers. A file that is not there (an older kernel, a
//! container that does not see it) costs its own numbers only; [`Host::collect`] says which they were.

mod cpu;
mod devices;
mod disk;
mod files;
mod filesystem;
mod kernel;
mod memory;
mod network;
mod raid;
#[cfg(test)]
mod tests;
mod text;

use std::path::PathBuf;

/// Where the machine's files are: those of the host, also from inside a container that mounts them elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// `/proc`
    pub proc: PathBuf,
    /// `/sys`
    pub sys: PathBuf,
    /// `/`: what mount points are below.
    pub root: PathBuf,
}

impl Default for Host {
    fn default() -> Self {
        Self { proc: "/proc".into(), sys: "/sys".into(), root: "/".into() }
    }
}

/// A number that was read: the metric's name, labels, value.
pub type Take<'a> = dyn FnMut(&str, &[(&str, &str)], f64) + 'a;

/// One group of numbers and what reads it.
type Collector = (&'static str, fn(&Host, &mut Take<'_>) -> Result<(), Unreadable>);

/// Each named as node_exporter names its collector.
const COLLECTORS: [Collector; 21] = [
    ("cpu", cpu::seconds),
    ("stat", cpu::stat),
    ("loadavg", cpu::load),
    ("pressure", cpu::pressure),
    ("meminfo", memory::information),
    ("vmstat", memory::vmstat),
    ("diskstats", disk::statistics),
    ("filesystem", filesystem::sizes),
    ("netdev", network::devices),
    ("netstat", network::protocols),
    ("sockstat", network::sockets),
    ("filefd", kernel::open_files),
    ("uname", kernel::names),
    ("time", kernel::time),
    ("entropy", kernel::entropy),
    ("conntrack", kernel::connections),
    ("os", kernel::distribution),
    ("netclass", devices::network),
    ("hwmon", devices::temperatures),
    ("mdadm", raid::devices),
    ("softnet", network::backlog),
];

impl Host {
    /// Hands on every number that can be read, and says for each group whether it could:
    /// `node_scrape_collector_success`.
    pub fn collect(&self, take: &mut Take<'_>) -> Vec<(&'static str, Unreadable)> {
        let mut unreadable = Vec::new();
        for (name, collect) in COLLECTORS {
            let done = collect(self, take);
            take("node_scrape_collector_success", &[("collector", name)], f64::from(u8::from(done.is_ok())));
            unreadable.extend(done.err().map(|error| (name, error)));
        }
        unreadable
    }
}

/// Why a group of numbers is missing.
#[derive(Debug, thiserror::Error)]
#[error("{path} {why}", path = path.display())]
pub struct Unreadable {
    path: PathBuf,
    why: String,
}
