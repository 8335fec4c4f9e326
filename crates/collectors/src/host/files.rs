//! Small files of the kernel's.

use std::path::{Path, PathBuf};

use super::{Host, Unreadable};

impl Host {
    /// The text of a file below `/proc`.
    pub(super) fn read(&self, name: &str) -> Result<String, Unreadable> {
        let path = self.proc.join(name);
        std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))
    }

    /// The machine's name where the kernel would tell that of a container: the machine's files are mounted elsewhere.
    pub(crate) fn name(&self) -> Option<String> {
        if self.root == Path::new("/") {
            return None;
        }
        let name = std::fs::read_to_string(self.root.join("etc/hostname")).ok()?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }

    /// A file below `/proc` as process 1 sees it: that of the host, where the own one is a container's.
    pub(super) fn read_of_first(&self, name: &str) -> Result<String, Unreadable> {
        self.read(&format!("1/{name}")).or_else(|_| self.read(&format!("self/{name}")))
    }
}

pub(super) fn unreadable(path: &Path, why: impl ToString) -> Unreadable {
    Unreadable { path: PathBuf::from(path), why: why.to_string() }
}

/// A number, where there is one.
pub(super) fn number(text: Option<&str>) -> Option<f64> {
    text?.parse().ok()
}
