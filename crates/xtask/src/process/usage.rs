//! What a process costs, read from /proc.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// `utime` and `stime` are counted in hundredths of a second on every Linux that Rust runs on (`USER_HZ`).
const TICKS_PER_SECOND: u64 = 100;

/// How much memory a process holds, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    /// All resident pages.
    pub(crate) rss: u64,
    /// Resident pages, those shared with others counted in part.
    pub(crate) pss: u64,
}

/// CPU time that the process spent since its start, its ended threads included.
pub(crate) fn cpu_time(pid: u32) -> Result<Duration> {
    let path = format!("/proc/{pid}/stat");
    let text = fs::read_to_string(&path).with_context(|| path.clone())?;
    parse_stat(&text).with_context(|| format!("{path} has no times"))
}

/// What the process holds now.
pub(crate) fn memory(pid: u32) -> Result<Memory> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&path).with_context(|| path.clone())?;
    parse_smaps_rollup(&text).with_context(|| format!("{path} has no Rss and Pss"))
}

/// The most memory that the process ever held, in bytes, since its start or [`forget_peak`].
pub(crate) fn peak_rss(pid: u32) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(&path).with_context(|| path.clone())?;
    kilobytes(&text, "VmHWM").with_context(|| format!("{path} has no VmHWM"))
}

/// Begins anew with the highest memory.
pub(crate) fn forget_peak(pid: u32) -> Result<()> {
    let path = format!("/proc/{pid}/clear_refs");
    fs::write(&path, "5").with_context(|| path.clone())
}

/// The name, second in the line, may hold spaces and brackets: fields are counted from the last bracket.
fn parse_stat(text: &str) -> Option<Duration> {
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis((user + system) * (1000 / TICKS_PER_SECOND)))
}

fn parse_smaps_rollup(text: &str) -> Option<Memory> {
    Some(Memory { rss: kilobytes(text, "Rss")?, pss: kilobytes(text, "Pss")? })
}

/// The field of that very name, in bytes.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        let check = |name: &str| {
            let line = format!(
                "4711 ({name}) S 1 4711 4711 0 -1 4194560 900 0 3 0 123 77 9 9 20 0 5 0 100 1000 200 1"
            );
            assert_eq!(parse_stat(&line), Some(Duration::from_millis(2000)), "{name}");
        };
        check("porthole");
        check("a b) S 1 2 3 (c");
        assert_eq!(parse_stat("4711 (porthole) S 1"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn memory_is_read_by_its_whole_name() {
        let text = "55d0-7ffd ---p 00000000 00:00 0    [rollup]\nRss:            2048 kB\nPss_Anon:       7 kB\n\
                    Pss:             1024 kB\nPss_Dirty:      3 kB\n";
        assert_eq!(parse_smaps_rollup(text), Some(Memory { rss: 2_097_152, pss: 1_048_576 }));
        assert_eq!(parse_smaps_rollup("Rss: 1 kB\n"), None);
    }

    #[test]
    fn this_process_can_be_read() {
        let own = std::process::id();
        assert!(cpu_time(own).is_ok());
        assert!(memory(own).unwrap().rss > 100_000);
    }
}
