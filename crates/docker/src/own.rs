//! Which container Porthole itself runs in, so that it does not collect its own log.
//!
//! The engine mounts three files of its own into every container, and their paths on the machine carry the
//! container's id: `…/containers/<id>/hostname` at `/etc/hostname`. Older machines show the id in the
//! cgroup's path too. An id found here counts only if the engine asked knows it.

use std::fs;
use std::path::Path;

const ID_DIGITS: usize = 64;
const ENGINE_MOUNTS: [&str; 3] = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"];

/// The full id of the container that this process runs in.
pub fn container_id() -> Option<String> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (mounts, cgroup) = (read("/proc/self/mountinfo"), read("/proc/self/cgroup"));
    id_in_mounts(&mounts).or_else(|| id_in_cgroup(&cgroup)).map(str::to_owned)
}

/// The machine's name, as the kernel has it.
pub(crate) fn hostname() -> String {
    let name = fs::read_to_string(Path::new("/proc/sys/kernel/hostname")).unwrap_or_default();
    match name.trim() {
        "" => "localhost".to_owned(),
        name => name.to_owned(),
    }
}

/// Looks at mounts over the engine's three files only: on the machine itself the mounts of *other* containers
/// are listed as well.
fn id_in_mounts(mountinfo: &str) -> Option<&str> {
    mountinfo.lines().find_map(|line| {
        let mut fields = line.split(' ').skip(3);
        let (root, target) = (fields.next()?, fields.next()?);
        let (_, rest) = root.split_once("/containers/").filter(|_| ENGINE_MOUNTS.contains(&target))?;
        id(rest.split('/').next()?)
    })
}

/// `12:cpu:/docker/<id>`, `0::/system.slice/docker-<id>.scope`.
fn id_in_cgroup(cgroup: &str) -> Option<&str> {
    cgroup.lines().find_map(|line| {
        let last = line.rsplit('/').next()?;
        id(last.strip_suffix(".scope").and_then(|unit| unit.rsplit('-').next()).unwrap_or(last))
    })
}

fn id(text: &str) -> Option<&str> {
    (text.len() == ID_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "b06ccf94bac720f3946dd7b5a653848c2e70c0a6324e9704e988f1b359067a6b";

    #[test]
    fn the_id_is_found_in_mounts_over_the_engines_files_only() {
        let check = |mountinfo: &str, found: bool| {
            let mountinfo = mountinfo.replace("<id>", ID);
            assert_eq!(id_in_mounts(&mountinfo), found.then_some(ID), "{mountinfo}");
        };
        check("", false);
        check(
            "812 799 254:1 /var/lib/docker/containers/<id>/hostname /etc/hostname rw - ext4 /dev/vda1 rw",
            true,
        );
        check(
            "1 2 0:3 / / rw - overlay x\n4 5 0:6 /var/lib/docker/containers/<id>/hosts /etc/hosts rw - ext4",
            true,
        );
        check(
            "36 28 0:31 /var/lib/docker/containers/<id>/mounts/shm /var/lib/docker/x rw - tmpfs shm rw",
            false,
        );
        check(
            "36 28 0:31 /var/lib/docker/containers/short/hostname /etc/hostname rw - ext4 /dev/vda1",
            false,
        );
    }

    #[test]
    fn the_id_is_found_in_cgroup_paths() {
        let check = |cgroup: &str, found: bool| {
            let cgroup = cgroup.replace("<id>", ID);
            assert_eq!(id_in_cgroup(&cgroup), found.then_some(ID), "{cgroup}");
        };
        check("12:cpu:/docker/<id>\n", true);
        check("0::/system.slice/docker-<id>.scope\n", true);
        check("0::/\n", false);
        check("0::/user.slice/user-1000.slice/session-2.scope\n", false);
    }
}
