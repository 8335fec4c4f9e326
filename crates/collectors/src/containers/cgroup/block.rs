//! Names of disks.

use std::fs;
use std::path::Path;

use model::usage::Disk;

/// Calls disks by their names, `/dev/vda`, where `sys` tells them; what it does not know stays a number, `254:0`.
pub(in crate::containers) fn name_disks(disks: &mut [Disk], sys: &Path) {
    for disk in disks {
        let Ok(text) = fs::read_to_string(sys.join("dev/block").join(&disk.device).join("uevent")) else {
            continue;
        };
        if let Some(name) = text.lines().find_map(|line| line.strip_prefix("DEVNAME=")) {
            disk.device = format!("/dev/{name}");
        }
    }
}
