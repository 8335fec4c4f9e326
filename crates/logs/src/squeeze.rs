//! zstd, with one context per thread: making one costs more than a small frame.

use std::cell::RefCell;
use std::io;

use zstd::bulk::{Compressor, Decompressor};

/// The level for lines. On logs full of unique ids the next levels cost more and gain nothing.
const LEVEL: i32 = 1;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// One zstd frame.
pub(crate) fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|slot| match slot {
        Some(compressor) => compressor.compress(bytes),
        None => slot.insert(Compressor::new(LEVEL)?).compress(bytes),
    })
}

/// What the frame holds, which must be exactly `length` bytes.
pub(crate) fn expand(frame: &[u8], length: usize) -> Option<Vec<u8>> {
    // A frame says how long its content is; memory is given out only for one that says what is expected.
    if zstd::zstd_safe::get_frame_content_size(frame).ok()?? != length as u64 {
        return None;
    }
    let bytes = DECOMPRESSOR.with_borrow_mut(|slot| match slot {
        Some(decompressor) => decompressor.decompress(frame, length),
        None => slot.insert(Decompressor::new()?).decompress(frame, length),
    });
    bytes.ok().filter(|bytes| bytes.len() == length)
}
