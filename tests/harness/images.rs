//! Images without a registry: busybox as it is installed on this machine, and the project's own.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

use super::{Engine, checkout};

/// The image of most containers: busybox, nothing else.
pub(crate) const BUSYBOX: &str = "porthole-test/busybox:1";

/// Imports busybox as `name`. Another `version` gives another image id, as a new build of a service would.
pub(crate) fn import(engine: &Engine, name: &str, version: &str) {
    let environment = "ENV PATH=/bin";
    let label = format!("LABEL version={version}");
    engine.docker_from(&["import", "--change", environment, "--change", &label, "-", name], root_archive());
}

/// The static binary that `cargo xtask image` makes and the image consists of.
pub(crate) fn static_binary() -> PathBuf {
    env::var_os("PORTHOLE_STATIC_BINARY")
        .map_or_else(|| super::output("image").join("porthole"), PathBuf::from)
}

/// A root file system of busybox with a link for every applet, as an archive; made once.
fn root_archive() -> &'static Path {
    static ARCHIVE: OnceLock<PathBuf> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        let directory = super::output("test-images");
        let root = tempfile::tempdir_in(&directory).unwrap();
        for folder in ["bin", "tmp", "etc", "proc", "sys", "dev"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        let bin = root.path().join("bin");
        fs::copy(busybox(), bin.join("busybox")).unwrap();
        let applets = Command::new(busybox()).arg("--list").output().unwrap();
        for applet in String::from_utf8_lossy(&applets.stdout).lines().filter(|applet| *applet != "busybox") {
            symlink("busybox", bin.join(applet)).unwrap();
        }
        let archive = directory.join("busybox.tar");
        let packed = Command::new("tar")
            .arg("-C")
            .arg(root.path())
            .arg("-cf")
            .arg(&archive)
            .arg(".")
            .status()
            .unwrap();
        assert!(packed.success(), "tar");
        archive
    })
}

fn busybox() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .map(|folder| folder.join("busybox"))
        .find(|file| file.is_file())
        .expect("busybox is there")
}

/// The project's Dockerfile.
pub(crate) fn dockerfile() -> PathBuf {
    checkout().join("Dockerfile")
}

/// Imports the static binary as a base image that the Dockerfile takes as already built.
pub(crate) fn import_prebuilt(engine: &Engine) {
    let base = tempfile::tempdir_in(super::output("test-images")).unwrap();
    for folder in ["bin", "out/data"] {
        fs::create_dir_all(base.path().join(folder)).unwrap();
    }
    fs::copy(static_binary(), base.path().join("out/porthole")).unwrap();
    for applet in ["sh", "test", "mkdir"] {
        fs::copy(busybox(), base.path().join("bin").join(applet)).unwrap();
    }
    let archive = base.path().join("base.tar");
    let tar =
        Command::new("tar").arg("-C").arg(base.path()).arg("-cf").arg(&archive).args(["bin", "out"]).status();
    assert!(tar.unwrap().success(), "tar");
    engine.docker_from(&["import", "-", "porthole-prebuilt"], &archive);
}

/// A folder without anything, to build from.
pub(crate) fn empty_context() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
