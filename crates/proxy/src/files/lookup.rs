//! Finding and opening a file below the root. All of it blocks, and runs off the runtime's threads.
//!
//! The root is looked up anew each time: a release may be put in place by turning a symbolic link. Links below it are
//! followed as long as they stay below; what is opened in the end is opened without following any, so that nobody can
//! turn one between the look and the opening.

use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};

use super::path::{Wanted, is_hidden};
use crate::encoding::Coding;

/// An opened regular file.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) file: File,
    /// The name that was asked for; what a link leads to may have any.
    pub(super) name: String,
    /// Its path without links.
    pub(super) path: PathBuf,
    pub(super) length: u64,
    pub(super) modified: SystemTime,
    /// How its content is coded already; the file that was asked for has no such ending.
    pub(super) coding: Option<Coding>,
}

/// What there is at a path.
#[derive(Debug)]
pub(super) enum Lookup {
    Found(Found),
    /// A directory with an index page, asked for without its slash.
    WithoutSlash,
    Missing,
}

const INDEX: &str = "index.html";

/// Looks for what is wanted below `root`. Of a file's compressed twins the first of `codings` that is there is taken.
///
/// # Errors
/// If the system fails for another reason than that there is no such file.
pub(super) fn look(root: &Path, wanted: &Wanted, codings: &[Coding]) -> io::Result<Lookup> {
    let root = match root.canonicalize() {
        Ok(root) => root,
        Err(error) => return missing(error),
    };
    let mut path = root.join(&wanted.path);
    if wanted.directory {
        path.push(INDEX);
    }
    let plain = match open(&root, &path) {
        Ok(Opened::File(plain)) => plain,
        Ok(Opened::Directory) if !wanted.directory => {
            let index = open(&root, &path.join(INDEX));
            return Ok(if matches!(index, Ok(Opened::File(_))) {
                Lookup::WithoutSlash
            } else {
                Lookup::Missing
            });
        }
        Ok(_) => return Ok(Lookup::Missing),
        Err(error) => return missing(error),
    };
    Ok(Lookup::Found(codings.iter().find_map(|coding| twin(&root, &path, *coding)).unwrap_or(plain)))
}

/// The file beside it that holds the same, compressed: `app.css.gz`.
fn twin(root: &Path, path: &Path, coding: Coding) -> Option<Found> {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(coding.ending());
    match open(root, Path::new(&name)) {
        Ok(Opened::File(found)) => Some(Found { coding: Some(coding), name: file_name(path), ..found }),
        _ => None,
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

enum Opened {
    File(Found),
    Directory,
    Other,
}

fn open(root: &Path, path: &Path) -> io::Result<Opened> {
    let real = path.canonicalize()?;
    let Ok(below) = real.strip_prefix(root) else { return Ok(Opened::Other) };
    if below.iter().any(|name| is_hidden(name.as_bytes())) {
        return Ok(Opened::Other);
    }
    let file = File::from(without_links(&real)?);
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Ok(Opened::Directory);
    }
    if !metadata.is_file() {
        return Ok(Opened::Other);
    }
    let modified = metadata.modified()?;
    Ok(Opened::File(Found {
        file,
        name: file_name(path),
        path: real,
        length: metadata.len(),
        modified,
        coding: None,
    }))
}

/// Opens a path that has no links in it, or had none a moment ago. Does not wait for a pipe's other end.
fn without_links(real: &Path) -> rustix::io::Result<std::os::fd::OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    match rustix::fs::openat2(CWD, real, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS) {
        // Old kernels, and sandboxes that do not know the call.
        Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => {
            rustix::fs::open(real, flags, Mode::empty())
        }
        opened => opened,
    }
}

fn missing(error: io::Error) -> io::Result<Lookup> {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    let is_loop = rustix::io::Errno::from_io_error(&error) == Some(rustix::io::Errno::LOOP);
    if is_loop || matches!(error.kind(), NotFound | NotADirectory | InvalidFilename) {
        return Ok(Lookup::Missing);
    }
    Err(error)
}
