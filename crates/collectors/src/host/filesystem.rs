//! How full file systems are.

use std::collections::HashSet;

use super::{Host, Take, Unreadable};

/// They hold nothing of anybody's; or they are another machine's, and would hold everything up where that is gone.
const PASSED_OVER: &[&str] = &[
    "autofs",
    "binfmt_misc",
    "bpf",
    "ceph",
    "cgroup",
    "cgroup2",
    "cifs",
    "configfs",
    "debugfs",
    "devpts",
    "devtmpfs",
    "efivarfs",
    "fusectl",
    "hugetlbfs",
    "iso9660",
    "mqueue",
    "nfs",
    "nfs4",
    "nsfs",
    "overlay",
    "proc",
    "procfs",
    "pstore",
    "rpc_pipefs",
    "securityfs",
    "selinuxfs",
    "smb3",
    "squashfs",
    "sysfs",
    "tracefs",
];

/// Size, free and available bytes and files of every mount point.
pub(super) fn sizes(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let mut seen = HashSet::new();
    for line in host.read_of_first("mounts")?.lines() {
        let mut words = line.split(' ');
        let (Some(device), Some(mount), Some(kind), Some(options)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        let mount = unescaped(mount);
        if PASSED_OVER.contains(&kind)
            || is_of_containers(&mount)
            || !seen.insert((device.to_owned(), mount.clone()))
        {
            continue;
        }
        let labels = [("device", device), ("fstype", kind), ("mountpoint", mount.as_str())];
        let found = rustix::fs::statvfs(host.root.join(mount.trim_start_matches('/')));
        take("node_filesystem_device_error", &labels, f64::from(u8::from(found.is_err())));
        let Ok(found) = found else { continue };
        let unit = found.f_frsize as f64;
        let is_read_only = options.split(',').any(|option| option == "ro");
        take("node_filesystem_size_bytes", &labels, found.f_blocks as f64 * unit);
        take("node_filesystem_free_bytes", &labels, found.f_bfree as f64 * unit);
        take("node_filesystem_avail_bytes", &labels, found.f_bavail as f64 * unit);
        take("node_filesystem_files", &labels, found.f_files as f64);
        take("node_filesystem_files_free", &labels, found.f_ffree as f64);
        take("node_filesystem_readonly", &labels, f64::from(u8::from(is_read_only)));
    }
    Ok(())
}

/// Mounts below these come and go with containers, or belong to the kernel.
fn is_of_containers(mount: &str) -> bool {
    let below = |folder: &str| {
        mount == folder || mount.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    ["/dev", "/proc", "/sys", "/run/credentials"].iter().any(|folder| below(folder))
        || mount.starts_with("/var/lib/docker/")
        || mount.starts_with("/var/lib/containers/storage/")
        || mount.starts_with("/run/docker/")
}

/// Blanks in mount points are written as octal escapes.
fn unescaped(mount: &str) -> String {
    mount.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
}
