//! Control groups: the files in which the kernel tells what a container uses.
//!
//! Version 2 has one tree; version 1 has one for each controller, with the same paths below each. Every file is optional:
//! kernels and engines leave some out, and what is missing costs its own number only.

mod block;
mod files;
mod v1;
mod v2;

use std::path::{Path, PathBuf};

use model::usage::Usage;

pub(super) use block::name_disks;

/// The controllers of version 1 of which one must be there: machines may lack any other.
const CONTROLLERS: [&str; 3] = ["memory", "cpuacct", "pids"];

/// The trees of control groups of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tree {
    version: Version,
    /// `/sys/fs/cgroup`.
    root: PathBuf,
    /// `/sys`, where the names of disks are.
    sys: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    /// With the controller by which a group is looked for.
    One(&'static str),
    Two,
}

impl Tree {
    /// The trees below `/sys`; `None` where there are none.
    pub(super) fn find(sys: &Path) -> Option<Self> {
        let root = sys.join("fs/cgroup");
        let version = if root.join("cgroup.controllers").exists() {
            Version::Two
        } else {
            Version::One(CONTROLLERS.into_iter().find(|controller| root.join(controller).is_dir())?)
        };
        Some(Self { version, root, sys: sys.to_owned() })
    }

    /// Whether there is a group at `path`, which is relative to the root of each tree.
    pub(super) fn has(&self, path: &Path) -> bool {
        let group = match self.version {
            Version::One(controller) => self.root.join(controller).join(path),
            Version::Two => self.root.join(path),
        };
        group.join("cgroup.procs").exists()
    }

    /// What the group at `path` uses; `None` if it is gone.
    pub(super) fn usage(&self, path: &Path) -> Option<Usage> {
        if !self.has(path) {
            return None;
        }
        let mut usage = match self.version {
            Version::One(_) => v1::usage(&self.root, path),
            Version::Two => v2::usage(&self.root.join(path)),
        };
        name_disks(&mut usage.disks, &self.sys);
        Some(usage)
    }
}
