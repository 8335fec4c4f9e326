//! Where Porthole itself runs: on the machine, or in one of its containers.

use std::fs;

use model::Workload;

/// The files that an engine mounts into every container.
const ENGINE_MOUNTS: [&str; 3] = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"];

/// The id of the container that this process runs in, as far as it shows. It counts only where the engine knows it.
pub(crate) fn container_id() -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    id_in_mounts(&mounts).map(str::to_owned)
}

/// The container with this id.
pub(crate) fn own<'w>(id: Option<&str>, workloads: &'w [Workload]) -> Option<&'w Workload> {
    workloads.iter().find(|workload| Some(workload.id.as_str()) == id)
}

/// `…/containers/<id>/hostname` is mounted at `/etc/hostname`.
fn id_in_mounts(mountinfo: &str) -> Option<&str> {
    mountinfo.lines().find_map(|line| {
        let mut fields = line.split(' ').skip(3);
        let (root, target) = (fields.next()?, fields.next()?);
        let (_, rest) = root.split_once("/containers/").filter(|_| ENGINE_MOUNTS.contains(&target))?;
        let id = rest.split('/').next()?;
        (id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_stands_in_the_mounts_of_the_engines_files() {
        let id = "b06ccf94bac720f3946dd7b5a653848c2e70c0a6324e9704e988f1b359067a6b";
        let check = |root: &str, target: &str, found: Option<&str>| {
            let line = format!("1 2 3:4 {root} {target} rw - ext4 /dev/vda rw\n");
            assert_eq!(id_in_mounts(&line), found, "{line}");
        };
        check(&format!("/var/lib/docker/containers/{id}/hostname"), "/etc/hostname", Some(id));
        check(&format!("/var/lib/docker/containers/{id}/mounts/shm"), "/dev/shm", None);
        check("/var/lib/docker/containers/short/hostname", "/etc/hostname", None);
        check("/", "/etc/hostname", None);
    }
}
