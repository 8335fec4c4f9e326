//! One file: from its bytes to batches of lines.

use std::fs::File;
use std::io::{self, Read};

use model::{Batch, Entry, Labels, Multiline, Position, Timestamp};
use tokio::sync::mpsc;

use super::mark::{Fate, Mark};

/// How much is read at once; a batch has about as much.
const CHUNK_BYTES: usize = 128 << 10;

/// How much of one file is read before it is the others' turn.
const TURN_BYTES: usize = 8 << 20;

/// A longer line is stored in pieces of this size.
const LINE_BYTES_MAX: usize = 1 << 20;

/// Where lines go.
#[derive(Debug)]
pub(crate) struct Outlet {
    pub(crate) labels: Labels,
    pub(crate) multiline: Multiline,
    pub(crate) intake: mpsc::Sender<Batch>,
}

/// What is known of a file that is read.
#[derive(Debug)]
pub(crate) struct Followed {
    /// Of its position.
    pub(crate) key: String,
    pub(crate) mark: Mark,
    /// Which of the settings it is read by.
    pub(crate) settings: usize,
    /// Open while it was read a short while ago: a file that was deleted can still be read to its end.
    pub(crate) file: Option<File>,
    /// Its size and time of change when it was read to its end.
    pub(crate) read_at: Option<(u64, Timestamp)>,
    /// How many rounds brought nothing.
    pub(crate) idle: u32,
    /// The time of the last line.
    last: Timestamp,
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// At the file's present end.
    End,
    /// There is more.
    More,
    /// The store takes nothing any more.
    Closed,
}

impl Followed {
    pub(crate) fn new(key: String, mark: Mark, settings: usize) -> Self {
        Self { key, mark, settings, file: None, read_at: None, idle: 0, last: Timestamp::MIN }
    }

    /// Reads on. `reader` is at the mark's offset; `changed` is the time of the lines. If the file `ends`, what
    /// stands behind its last line break is a line as well.
    pub(crate) fn read(
        &mut self,
        reader: &mut impl Read,
        changed: Timestamp,
        ends: bool,
        outlet: &Outlet,
    ) -> io::Result<Turn> {
        let mut buffer = Vec::with_capacity(CHUNK_BYTES);
        let mut read = 0;
        loop {
            let length = reader.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut buffer)?;
            read += length;
            let whole = match memchr::memrchr(b'\n', &buffer) {
                Some(last) => last + 1,
                None if buffer.len() >= LINE_BYTES_MAX => whole_characters(&buffer[..LINE_BYTES_MAX]),
                None if length == 0 && ends => buffer.len(),
                None => 0,
            };
            if whole > 0 {
                if !self.send(&buffer[..whole], changed, outlet) {
                    return Ok(Turn::Closed);
                }
                buffer.drain(..whole);
            } else if length == 0 {
                return Ok(Turn::End);
            }
            if read >= TURN_BYTES {
                return Ok(Turn::More);
            }
        }
    }

    /// Sends whole lines and the position behind them; false if nobody takes them any more.
    fn send(&mut self, bytes: &[u8], changed: Timestamp, outlet: &Outlet) -> bool {
        let is_first = self.mark.offset == 0;
        let text = if is_first { bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes) } else { bytes };
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let mut at = self.last;
        let entries = lines.map(|line| {
            // All lines of a chunk have one time; a nanosecond keeps them in their order.
            at = changed.max(at.plus(std::time::Duration::from_nanos(1)));
            Entry {
                timestamp: at,
                line: String::from_utf8_lossy(line).into_owned(),
                metadata: vec![("filename".into(), self.mark.path.as_str().into())],
            }
        });
        let entries = entries.collect();
        self.last = at;
        self.mark.advance(bytes);
        let position = Position { key: self.key.clone(), value: Some(self.mark.encode(Fate::Grows)) };
        let batch = Batch {
            labels: outlet.labels.clone(),
            entries,
            positions: vec![position],
            multiline: outlet.multiline.clone(),
        };
        outlet.intake.blocking_send(batch).is_ok()
    }
}

/// The length without the beginning of a character at the end.
fn whole_characters(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(4);
    let Some(last) = bytes[tail..].iter().rposition(|byte| byte & 0xc0 != 0x80) else { return bytes.len() };
    match std::str::from_utf8(&bytes[tail + last..]) {
        Err(error) if error.error_len().is_none() => tail + last,
        _ => bytes.len(),
    }
}
