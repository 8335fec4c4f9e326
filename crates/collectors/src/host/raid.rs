//! Software RAID.

use super::files::number;
use super::{Host, Take, Unreadable};

const STATES: [&str; 5] = ["active", "inactive", "recovering", "resync", "check"];

/// Every device of `mdstat`: `node_md_state`, `node_md_disks`, `node_md_blocks`.
pub(super) fn devices(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    // Without RAID there is no such file.
    let Ok(text) = host.read("mdstat") else { return Ok(()) };
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((device, about)) = line.split_once(" : ").filter(|(device, _)| device.starts_with("md"))
        else {
            continue;
        };
        let mut detail = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with(' ')) {
            detail.push(line);
        }
        tell(device.trim(), about, &detail.join("\n"), take);
    }
    Ok(())
}

fn tell(device: &str, about: &str, detail: &str, take: &mut Take<'_>) {
    let words = || about.split_ascii_whitespace();
    let state = match detail {
        _ if words().next() != Some("active") => "inactive",
        detail if detail.contains("recovery =") => "recovering",
        detail if detail.contains("resync") => "resync",
        detail if detail.contains("check =") => "check",
        _ => "active",
    };
    for known in STATES {
        take("node_md_state", &[("device", device), ("state", known)], f64::from(u8::from(known == state)));
    }
    // `sda1[0]`, with (F) behind it where it has failed and (S) where it is a spare.
    let disks = |mark: &str| words().filter(|word| word.contains('[') && word.ends_with(mark)).count() as f64;
    let (failed, spare) = (disks("(F)"), disks("(S)"));
    // `[2/1] [U_]`: how many there should be, and are.
    let counts = detail.split(['[', ']']).find_map(|part| part.split_once('/'));
    let required = counts.and_then(|(required, _)| number(Some(required)));
    let active = counts.and_then(|(_, active)| number(Some(active)));
    let active = active.unwrap_or_else(|| disks("") - failed - spare);
    for (state, count) in [("active", active), ("failed", failed), ("spare", spare)] {
        take("node_md_disks", &[("device", device), ("state", state)], count);
    }
    let labels = [("device", device)];
    take("node_md_disks_required", &labels, required.unwrap_or(active));
    let mut before = detail.split_ascii_whitespace().zip(detail.split_ascii_whitespace().skip(1));
    let blocks = before.find(|(_, word)| *word == "blocks").and_then(|(count, _)| number(Some(count)));
    if let Some(blocks) = blocks {
        take("node_md_blocks", &labels, blocks);
        // `(37043392/292945152)` while it is being built.
        let done = detail.split(['(', ')']).find_map(|part| part.split_once('/')?.0.parse().ok());
        take("node_md_blocks_synced", &labels, done.unwrap_or(blocks));
    }
}
