//! Disks.

use super::files::number;
use super::{Host, Take, Unreadable};

/// The kernel counts sectors of this size, whatever the disk's are.
const SECTOR: f64 = 512.0;

/// The columns of `diskstats` after the name: what each is and in which unit of ours one of it is.
const COLUMNS: [(&str, f64); 17] = [
    ("node_disk_reads_completed_total", 1.0),
    ("node_disk_reads_merged_total", 1.0),
    ("node_disk_read_bytes_total", SECTOR),
    ("node_disk_read_time_seconds_total", 1e-3),
    ("node_disk_writes_completed_total", 1.0),
    ("node_disk_writes_merged_total", 1.0),
    ("node_disk_written_bytes_total", SECTOR),
    ("node_disk_write_time_seconds_total", 1e-3),
    ("node_disk_io_now", 1.0),
    ("node_disk_io_time_seconds_total", 1e-3),
    ("node_disk_io_time_weighted_seconds_total", 1e-3),
    ("node_disk_discards_completed_total", 1.0),
    ("node_disk_discards_merged_total", 1.0),
    ("node_disk_discarded_sectors_total", 1.0),
    ("node_disk_discard_time_seconds_total", 1e-3),
    ("node_disk_flush_requests_total", 1.0),
    ("node_disk_flush_requests_time_seconds_total", 1e-3),
];

/// What each disk has done.
pub(super) fn statistics(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for line in host.read("diskstats")?.lines() {
        let mut words = line.split_ascii_whitespace().skip(2);
        let Some(device) = words.next().filter(|device| !is_passed_over(device)) else { continue };
        for (name, unit) in COLUMNS {
            if let Some(value) = number(words.next()) {
                let scaled = if unit < 1.0 { value / unit.recip() } else { value * unit };
                take(name, &[("device", device)], scaled);
            }
        }
    }
    Ok(())
}

/// RAM disks, loop devices, floppies, and partitions, whose disk is there already.
fn is_passed_over(device: &str) -> bool {
    let digits_after = |start: &str| {
        device
            .strip_prefix(start)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let ends_in_digit = device.ends_with(|last: char| last.is_ascii_digit());
    let lettered = ["sd", "hd", "vd", "xvd"].iter().any(|start| device.starts_with(start));
    let is_nvme_part = device.starts_with("nvme")
        && device.rsplit_once('p').is_some_and(|(_, part)| number(Some(part)).is_some());
    ["ram", "loop", "fd"].iter().any(|start| digits_after(start))
        || (lettered && ends_in_digit)
        || is_nvme_part
}
