//! The data directory: made, checked and locked before anything in it is opened.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// A data directory that this process alone may change, until it is dropped.
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the directory (0700) if it is missing and takes its lock.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        match Self::try_open(path)? {
            Some(data) => Ok(data),
            None => bail!(
                "{} is in use by another porthole; stop that one, or give this one a directory of its own with --data",
                path.display()
            ),
        }
    }

    /// As [`DataDir::open`]; `None` when another process holds the lock.
    pub(crate) fn try_open(path: &Path) -> anyhow::Result<Option<Self>> {
        DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| {
            format!(
                "cannot make the data directory {}; make it writable or name another with --data",
                path.display()
            )
        })?;
        let path = fs::canonicalize(path).with_context(|| format!("reading {}", path.display()))?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .with_context(|| {
                format!("the data directory {} is not writable; check its owner and mount", path.display())
            })?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { path, _lock: lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).context(format!("locking {}", path.display())),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.path.join("logs")
    }

    pub(crate) fn metrics(&self) -> PathBuf {
        self.path.join("metrics")
    }

    pub(crate) fn issues(&self) -> PathBuf {
        self.path.join("issues")
    }

    pub(crate) fn acme(&self) -> PathBuf {
        self.path.join("acme")
    }

    pub(crate) fn alerts(&self) -> PathBuf {
        self.path.join("alerts.db")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path.join("state.db")
    }

    pub(crate) fn control_socket(&self) -> PathBuf {
        control_socket(&self.path)
    }
}

/// Where the appliance that runs on `data` listens for commands.
pub(crate) fn control_socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_process_may_hold_it() {
        let place = tempfile::tempdir().expect("a directory");
        let path = place.path().join("deep/data");
        let first = DataDir::open(&path).expect("free");
        // flock is per open file, so a second handle in this process stands for another process.
        assert!(DataDir::try_open(&path).expect("readable").is_none());
        let refusal = DataDir::open(&path).err().expect("a refusal").to_string();
        assert!(refusal.contains("is in use by another porthole"), "{refusal}");
        drop(first);
        assert!(DataDir::open(&path).is_ok());
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let place = tempfile::tempdir().expect("a directory");
        let path = place.path().join("data");
        std::fs::write(&path, "").expect("a file");
        let refusal = format!("{:#}", DataDir::open(&path).err().expect("a refusal"));
        assert!(refusal.contains("cannot make the data directory"), "{refusal}");
    }
}
