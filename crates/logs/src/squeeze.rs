//! zstd, with one context per thread: making one costs more than a small frame.

use std::cell::RefCell;
use std::io;

use zstd::bulk::{Compressor, Decompressor};

/// The level for what is kept. On logs full of unique ids the next levels cost more and gain nothing.
pub(crate) const KEPT: i32 = 1;

/// The level for what is soon compressed anew: a third larger, for a third of the work.
pub(crate) const PASSING: i32 = -3;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// One zstd frame.
pub(crate) fn compress(level: i32, bytes: &[u8]) -> io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some(compressor) => compressor,
            None => slot.insert(Compressor::new(level)?),
        };
        compressor.set_compression_level(level)?;
        compressor.compress(bytes)
    })
}

/// No frame holds more bytes than this for each of its own.
const EXPANSION_MAX: usize = 1 << 16;

/// What the frame holds, which must be exactly `length` bytes.
pub(crate) fn expand(frame: &[u8], length: usize) -> Option<Vec<u8>> {
    if length / EXPANSION_MAX > frame.len() {
        return None;
    }
    // A frame says how long its content is; memory is given out only for one that says what is expected.
    if zstd::zstd_safe::get_frame_content_size(frame).ok()?? != length as u64 {
        return None;
    }
    let bytes = DECOMPRESSOR.with_borrow_mut(|slot| {
        let decompressor = match slot {
            Some(decompressor) => decompressor,
            None => slot.insert(Decompressor::new()?),
        };
        decompressor.decompress(frame, length)
    });
    bytes.ok().filter(|bytes| bytes.len() == length)
}
