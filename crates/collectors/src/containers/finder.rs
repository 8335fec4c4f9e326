//! Where each container's files are: its control group, and a process in its network.
//!
//! Both are found by looking through the processes once: `/proc/<pid>/cgroup` names the group, and the group's name has the
//! container's id. What was found holds until the container starts anew, so that a pass costs a few files for each.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use model::Timestamp;
use model::usage::Usage;

use super::cgroup::Tree;
use super::network;
use crate::host::Host;

/// A container that was not found is looked for again after so many passes: finding costs a look at every process.
const PASSES_BETWEEN_SEARCHES: u64 = 20;

const ID_DIGITS: usize = 64;

/// A running container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) id: String,
    pub(super) started_at: Option<Timestamp>,
    /// It has network interfaces of its own; others use those of the machine or of another container.
    pub(super) has_network: bool,
}

/// Finds and reads the files of containers.
pub(super) struct Finder {
    host: Host,
    known: HashMap<String, Known>,
    pass: u64,
}

struct Known {
    started_at: Option<Timestamp>,
    /// The pass in which it was looked for.
    searched: u64,
    place: Option<Place>,
}

/// Where a container's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// Its control group, relative to the root of the tree.
    group: PathBuf,
    process: u32,
}

impl Finder {
    pub(super) fn new(host: Host) -> Self {
        Self { host, known: HashMap::new(), pass: 0 }
    }

    /// What the containers use, in their order; `None` where it cannot be read.
    pub(super) fn usages(&mut self, wanted: &[Wanted]) -> Vec<Option<Usage>> {
        self.pass += 1;
        // It is looked for each time: the machine's files may be mounted late.
        let Some(tree) = Tree::find(&self.host.sys) else { return vec![None; wanted.len()] };
        self.find(wanted, &tree);
        wanted.iter().map(|container| self.usage(container, &tree)).collect()
    }

    fn usage(&mut self, container: &Wanted, tree: &Tree) -> Option<Usage> {
        let place = self.known.get(&container.id)?.place.as_ref()?;
        let usage = read(place, container, tree, &self.host.proc);
        if usage.is_none() {
            // It ended, or its first process did.
            self.known.remove(&container.id);
        }
        usage
    }

    /// Looks for those that are new, or have started anew, and forgets those that are gone.
    fn find(&mut self, wanted: &[Wanted], tree: &Tree) {
        let ids: HashSet<&str> = wanted.iter().map(|container| container.id.as_str()).collect();
        self.known.retain(|id, _| ids.contains(id.as_str()));
        let missing: Vec<&Wanted> = wanted.iter().filter(|container| !self.knows(container)).collect();
        if missing.is_empty() {
            return;
        }
        let mut found = places(&self.host.proc, tree);
        for container in missing {
            let place = found.remove(&container.id);
            let known = Known { started_at: container.started_at, searched: self.pass, place };
            self.known.insert(container.id.clone(), known);
        }
    }

    fn knows(&self, container: &Wanted) -> bool {
        self.known.get(&container.id).is_some_and(|known| {
            let is_fresh = known.place.is_some() || self.pass - known.searched < PASSES_BETWEEN_SEARCHES;
            is_fresh && known.started_at == container.started_at
        })
    }
}

fn read(place: &Place, container: &Wanted, tree: &Tree, proc: &Path) -> Option<Usage> {
    let mut usage = tree.usage(&place.group)?;
    if container.has_network {
        usage.interfaces = network::interfaces(proc, place.process)?;
    }
    Some(usage)
}

/// The places of all containers that have a process, by their ids.
fn places(proc: &Path, tree: &Tree) -> HashMap<String, Place> {
    let mut places: HashMap<String, Place> = HashMap::new();
    for process in processes(proc) {
        let text = fs::read_to_string(proc.join(process.to_string()).join("cgroup")).unwrap_or_default();
        let Some((id, path)) = text.lines().find_map(group) else { continue };
        match places.get_mut(id) {
            // The oldest of a container's processes lives longest, as a rule.
            Some(place) => place.process = place.process.min(process),
            None => {
                let Some(group) = group_path(id, path, tree) else { continue };
                places.insert(id.to_owned(), Place { group, process });
            }
        }
    }
    places
}

fn processes(proc: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir(proc) else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// The container's id in a line such as `4:memory:/docker/<id>` or `0::/system.slice/docker-<id>.scope/below`, and the
/// path up to it. Where containers run inside a container, the last id is the one.
fn group(line: &str) -> Option<(&str, &str)> {
    let path = line.splitn(3, ':').nth(2)?;
    let mut end = path.len();
    loop {
        let begin = path[..end].rfind('/')?;
        if let Some(id) = id(&path[begin + 1..end]) {
            return Some((id, &path[..end]));
        }
        end = begin;
    }
}

fn id(segment: &str) -> Option<&str> {
    let name = segment.strip_suffix(".scope").unwrap_or(segment);
    let id = name.rsplit('-').next().unwrap_or(name);
    (id.len() == ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
}

/// Where the group is. A process in a namespace of its own sees paths that begin at its own group (`/../<id>`); then
/// it is looked for where engines put it.
fn group_path(id: &str, path: &str, tree: &Tree) -> Option<PathBuf> {
    let told = PathBuf::from(path.trim_start_matches('/'));
    let is_whole = !path.split('/').any(|segment| segment == "..");
    let usual =
        [PathBuf::from(format!("docker/{id}")), PathBuf::from(format!("system.slice/docker-{id}.scope"))];
    is_whole.then_some(told).into_iter().chain(usual).find(|path| tree.has(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_of_a_container_is_told_from_others() {
        let one = "a".repeat(ID_DIGITS);
        let two = "b".repeat(ID_DIGITS);
        let check = |line: &str, expected: Option<(&str, &str)>| {
            let fill = |text: &str| text.replace("ONE", &one).replace("TWO", &two);
            let expected = expected.map(|(id, path)| (fill(id), fill(path)));
            let line = fill(line);
            let found = group(&line).map(|(id, path)| (id.to_owned(), path.to_owned()));
            assert_eq!(found, expected, "{line}");
        };
        check("4:memory:/docker/ONE", Some(("ONE", "/docker/ONE")));
        check("0::/system.slice/docker-ONE.scope", Some(("ONE", "/system.slice/docker-ONE.scope")));
        check(
            "0::/system.slice/docker-ONE.scope/init.scope",
            Some(("ONE", "/system.slice/docker-ONE.scope")),
        );
        check("0::/docker/ONE/docker/TWO", Some(("TWO", "/docker/ONE/docker/TWO")));
        check("0::/../ONE", Some(("ONE", "/../ONE")));
        check("1:name=systemd:/docker/ONE", Some(("ONE", "/docker/ONE")));
        for line in ["", "0::/", "0::/init.scope", "0::/user.slice/user-1000.slice", "4:memory:/docker/short"]
        {
            check(line, None);
        }
    }
}
