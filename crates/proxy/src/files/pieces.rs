//! A file's bytes as a body: read a piece at a time, off the runtime's threads, when the client has room for it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http_body::Frame;
use http_body_util::StreamBody;

use crate::body::Body;

/// One piece: what one response holds of a file in memory.
const PIECE_BYTES: u64 = 128 << 10;

/// Whether a part is read at once, before the answer begins.
pub(super) fn is_small(count: u64) -> bool {
    count <= PIECE_BYTES
}

/// Reads `count` bytes from `first` on. Blocks.
///
/// # Errors
/// If the file has become shorter, or cannot be read.
pub(super) fn read(file: &File, first: u64, count: u64) -> io::Result<Bytes> {
    let mut piece = vec![0; usize::try_from(count).map_err(io::Error::other)?];
    file.read_exact_at(&mut piece, first)?;
    Ok(Bytes::from(piece))
}

/// `count` bytes from `first` on, as a body. It breaks off if the file becomes shorter meanwhile.
pub(crate) fn body(file: File, first: u64, count: u64) -> Body {
    let frames = pieces(Arc::new(file), first, first + count);
    Body::boxed(StreamBody::new(frames))
}

fn pieces(file: Arc<File>, first: u64, end: u64) -> impl Stream<Item = io::Result<Frame<Bytes>>> + Send {
    stream::try_unfold(first, move |at| {
        let file = file.clone();
        async move {
            if at >= end {
                return Ok(None);
            }
            let count = PIECE_BYTES.min(end - at);
            let piece = crate::files::off_runtime(move || read(&file, at, count)).await?;
            Ok(Some((Frame::data(piece), at + count)))
        }
    })
}
