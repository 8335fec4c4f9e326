//! Memory.

use super::files::number;
use super::{Host, Take, Unreadable};

/// Every line of `meminfo`: `node_memory_MemAvailable_bytes`.
pub(super) fn information(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for line in host.read("meminfo")?.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let mut words = value.split_ascii_whitespace();
        let (value, unit) = (number(words.next()), words.next());
        // `Active(anon)` is written `Active_anon`.
        let name = name.trim_end_matches(')').replace(['(', ')'], "_");
        match (value, unit) {
            (Some(value), Some("kB")) => take(&format!("node_memory_{name}_bytes"), &[], value * 1024.0),
            (Some(value), None) => take(&format!("node_memory_{name}"), &[], value),
            _ => {}
        }
    }
    Ok(())
}

/// The counts of `vmstat` that node_exporter takes: paging, swapping, out-of-memory kills.
pub(super) fn vmstat(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let is_wanted = |name: &str| {
        name == "oom_kill"
            || ["pgpg", "pswp"].iter().any(|start| name.starts_with(start))
            || name.contains("fault") && name.starts_with("pg")
    };
    for line in host.read("vmstat")?.lines() {
        if let Some((name, value)) = line.split_once(' ').filter(|(name, _)| is_wanted(name))
            && let Some(value) = number(Some(value))
        {
            take(&format!("node_vmstat_{name}"), &[], value);
        }
    }
    Ok(())
}
