//! Reading the file.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::Tree;

/// A configuration of this size was written by a machine, or is none.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// Why the configuration file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It is absent, a directory, or may not be read.
    #[error("cannot read the configuration file {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        reason: io::Error,
    },
    /// It is too long to be a configuration.
    #[error("{} is longer than 4 MiB; is it a configuration file?", .0.display())]
    TooLong(PathBuf),
    /// It holds bytes that are no UTF-8.
    #[error("{}:{line}: the line is no UTF-8; save the file as UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first such line.
        line: usize,
    },
}

impl Tree {
    /// Reads the file at `path`, or nothing for `None`, with `environment` over it.
    pub fn load(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, LoadError> {
        let Some(path) = path else { return Ok(Self::without_file(environment)) };
        let text = read(path)?;
        Ok(Self::parse(&path.to_string_lossy(), &text, environment))
    }
}

fn read(path: &Path) -> Result<String, LoadError> {
    let mut bytes = Vec::new();
    let limited = fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    limited.map_err(|reason| LoadError::Unreadable { path: path.to_owned(), reason })?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(LoadError::TooLong(path.to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
        LoadError::NotUtf8 { path: path.to_owned(), line }
    })
}
