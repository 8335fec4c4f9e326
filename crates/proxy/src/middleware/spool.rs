//! Takes in a whole body: into memory, and from some size on into a file that has no name and goes with its last reader.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::Body as _;
use http_body_util::BodyExt as _;

use crate::body::{Body, BodyError};
use crate::files::{self, off_runtime};

/// A body that has come whole.
#[derive(Debug)]
pub(super) struct Spooled {
    held: Held,
    pub(super) length: u64,
    trailers: Option<HeaderMap>,
}

#[derive(Debug)]
enum Held {
    Memory(Bytes),
    File(File),
}

/// Why it has not.
#[derive(Debug, thiserror::Error)]
pub(super) enum SpoolError {
    #[error("it is longer than {0} bytes")]
    TooLong(u64),
    #[error("it broke off: {0}")]
    Body(BodyError),
    #[error("what is too long for memory cannot be written to a file: {0}")]
    File(#[from] io::Error),
}

/// How much of a body is taken, and where it is held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// More is not taken.
    pub(super) bytes_max: Option<u64>,
    /// More goes to a file.
    pub(super) memory_bytes: u64,
}

/// Takes in a body. A longer one is refused as soon as that is known.
pub(super) async fn spool(mut body: Body, limits: Limits, directory: &Path) -> Result<Spooled, SpoolError> {
    let max = limits.bytes_max.unwrap_or(FILE_BYTES_MAX);
    let too_long = |length: u64| (length > max).then_some(SpoolError::TooLong(max));
    if let Some(error) = too_long(body.size_hint().lower()) {
        return Err(error);
    }
    let (mut memory, mut file) = (BytesMut::new(), None);
    let (mut length, mut trailers) = (0, None);
    while let Some(frame) = body.frame().await {
        match frame.map_err(SpoolError::Body)?.into_data() {
            Ok(data) => {
                length += data.len() as u64;
                if let Some(error) = too_long(length) {
                    return Err(error);
                }
                memory.extend_from_slice(&data);
            }
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
        if length > limits.memory_bytes && memory.len() >= WRITE_BYTES.min(limits.memory_bytes as usize) {
            file = Some(append(file, memory.split().freeze(), directory).await?);
        }
    }
    let held = match file {
        None => Held::Memory(memory.freeze()),
        Some(file) => Held::File(append(Some(file), memory.freeze(), directory).await?),
    };
    Ok(Spooled { held, length, trailers })
}

/// Where the options set no limit: what else is on the disk needs room too.
const FILE_BYTES_MAX: u64 = 4 << 30;

/// Written at once.
const WRITE_BYTES: usize = 256 << 10;

async fn append(file: Option<File>, data: Bytes, directory: &Path) -> io::Result<File> {
    let directory = directory.to_owned();
    off_runtime(move || {
        let mut file = match file {
            Some(file) => file,
            None => unnamed(&directory)?,
        };
        file.write_all(&data)?;
        Ok(file)
    })
    .await
}

fn unnamed(directory: &Path) -> io::Result<File> {
    match tempfile::tempfile_in(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::create_dir_all(directory)?;
            tempfile::tempfile_in(directory)
        }
        made => made,
    }
}

impl Spooled {
    /// The body, to be sent on.
    pub(super) fn into_body(self) -> Body {
        let body = match self.held {
            Held::Memory(bytes) => Body::full(bytes),
            Held::File(file) => files::body(file, 0, self.length),
        };
        match self.trailers {
            None => body,
            Some(trailers) => Body::boxed(body.with_trailers(std::future::ready(Some(Ok(trailers))))),
        }
    }
}
