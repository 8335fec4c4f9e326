//! How far a file was read, and what it looked like: what is kept of it as its position. Format 1:
//!
//! ```text
//! ┌────────┬────────┬──────────────────────┬────────────┬───────────┬──────┐
//! │ format │ offset │ bytes of the head    │ hash of    │ hash of   │ fate │ path
//! │ u8 = 1 │ LEB128 │ that count, LEB128   │ them, u64  │ tail, u64 │ LEB… │ text
//! └────────┴────────┴──────────────────────┴────────────┴───────────┴──────┘
//! ```
//!
//! The *head* are the file's first bytes, the *tail* the last ones before `offset`. A file in which both are
//! found is the one that was read, whatever it is called now.

use std::io::{self, Read, Seek, SeekFrom};

use xxhash_rust::xxh3::xxh3_64;

use store::varint::{self, Cursor};

const FORMAT: u8 = 1;

const HEAD_BYTES_MAX: usize = 1024;

const TAIL_BYTES_MAX: usize = 256;

/// How far a file was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Bytes of whole lines that were taken; of a compressed file, uncompressed ones.
    pub(crate) offset: u64,
    head: Vec<u8>,
    tail: Vec<u8>,
    /// The name when it was read last.
    pub(crate) path: String,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// More may come.
    Grows,
    /// It was read to its end, and will not change.
    Read,
    /// It was not there any more at this time, in seconds.
    Gone(u64),
}

impl Fate {
    fn number(self) -> u64 {
        match self {
            Self::Grows => 0,
            Self::Read => 1,
            Self::Gone(at) => at.max(2),
        }
    }

    fn from_number(number: u64) -> Self {
        match number {
            0 => Self::Grows,
            1 => Self::Read,
            at => Self::Gone(at),
        }
    }
}

/// A mark as it was stored: its bytes are known by their hashes only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredMark {
    pub(crate) offset: u64,
    pub(super) head_bytes: usize,
    pub(super) head: u64,
    pub(super) tail: u64,
    pub(crate) fate: Fate,
    pub(crate) path: String,
}

impl Mark {
    /// Nothing was read yet.
    pub(crate) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
    }

    /// At the end of a file whose content so far is not wanted.
    pub(crate) fn at_end(file: &mut (impl Read + Seek), path: &str) -> io::Result<Self> {
        let offset = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let head = read_exactly(file, offset.min(HEAD_BYTES_MAX as u64) as usize)?;
        let tail_bytes = offset.min(TAIL_BYTES_MAX as u64);
        file.seek(SeekFrom::Start(offset - tail_bytes))?;
        let tail = read_exactly(file, tail_bytes as usize)?;
        Ok(match (head, tail) {
            (Some(head), Some(tail)) => Self { offset, head, tail, path: path.to_owned() },
            // It shrank meanwhile.
            _ => Self::new(path),
        })
    }

    /// Takes note of the next bytes read.
    pub(crate) fn advance(&mut self, bytes: &[u8]) {
        self.offset += bytes.len() as u64;
        let room = HEAD_BYTES_MAX - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        let kept = TAIL_BYTES_MAX.saturating_sub(bytes.len()).min(self.tail.len());
        self.tail.drain(..self.tail.len() - kept);
        self.tail.extend_from_slice(&bytes[bytes.len().saturating_sub(TAIL_BYTES_MAX)..]);
    }

    /// As a position's value.
    pub(crate) fn encode(&self, fate: Fate) -> Vec<u8> {
        self.stored(fate).encode()
    }

    pub(crate) fn stored(&self, fate: Fate) -> StoredMark {
        StoredMark {
            offset: self.offset,
            head_bytes: self.head.len(),
            head: xxh3_64(&self.head),
            tail: xxh3_64(&self.tail),
            fate,
            path: self.path.clone(),
        }
    }
}

impl StoredMark {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut value = vec![FORMAT];
        varint::put(&mut value, self.offset);
        varint::put(&mut value, self.head_bytes as u64);
        value.extend_from_slice(&self.head.to_le_bytes());
        value.extend_from_slice(&self.tail.to_le_bytes());
        varint::put(&mut value, self.fate.number());
        value.extend_from_slice(self.path.as_bytes());
        value
    }

    /// The reverse of [`StoredMark::encode`]; `None` for what it did not write.
    pub(crate) fn decode(value: &[u8]) -> Option<Self> {
        let mut cursor = Cursor(value.strip_prefix(&[FORMAT])?);
        let (offset, head_bytes) = (cursor.number()?, cursor.number()?);
        let mut hash = || Some(u64::from_le_bytes(cursor.take(8)?.try_into().ok()?));
        let (head, tail) = (hash()?, hash()?);
        let fate = Fate::from_number(cursor.number()?);
        let path = std::str::from_utf8(cursor.0).ok()?.to_owned();
        let head_bytes = usize::try_from(head_bytes).ok().filter(|bytes| *bytes <= HEAD_BYTES_MAX)?;
        Some(Self { offset, head_bytes, head, tail, fate, path })
    }

    /// The mark in this file, if it is the one that was read. It is left at the offset.
    pub(crate) fn find_in(&self, file: &mut (impl Read + Seek), path: &str) -> io::Result<Option<Mark>> {
        if file.seek(SeekFrom::End(0))? < self.offset {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(0))?;
        let Some(head) = read_exactly(file, self.head_bytes)? else { return Ok(None) };
        let tail_bytes = self.offset.min(TAIL_BYTES_MAX as u64);
        file.seek(SeekFrom::Start(self.offset - tail_bytes))?;
        let Some(tail) = read_exactly(file, tail_bytes as usize)? else { return Ok(None) };
        let is_it = xxh3_64(&head) == self.head && xxh3_64(&tail) == self.tail;
        Ok(is_it.then(|| Mark { offset: self.offset, head, tail, path: path.to_owned() }))
    }

    /// The same for what can be read only once from its beginning.
    pub(crate) fn skip_in(&self, reader: &mut impl Read, path: &str) -> io::Result<Option<Mark>> {
        let mut mark = Mark::new(path);
        let mut buffer = vec![0; 64 << 10];
        while mark.offset < self.offset {
            let wanted = usize::try_from(self.offset - mark.offset).unwrap_or(usize::MAX).min(buffer.len());
            match reader.read(&mut buffer[..wanted])? {
                0 => return Ok(None),
                read => mark.advance(&buffer[..read]),
            }
        }
        Ok((mark.stored(self.fate) == Self { path: mark.path.clone(), ..self.clone() }).then_some(mark))
    }
}

/// So many bytes, or `None` if there are fewer.
fn read_exactly(file: &mut impl Read, bytes: usize) -> io::Result<Option<Vec<u8>>> {
    let mut read = vec![0; bytes];
    match file.read_exact(&mut read) {
        Ok(()) => Ok(Some(read)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_file_is_known_by_its_mark(
            parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..700), 0..6),
            more in proptest::collection::vec(any::<u8>(), 0..50),
            flipped in any::<prop::sample::Index>(),
        ) {
            let mut mark = Mark::new("/a");
            parts.iter().for_each(|part| mark.advance(part));
            let stored = StoredMark::decode(&mark.encode(Fate::Gone(7))).unwrap();
            prop_assert_eq!(&stored, &mark.stored(Fate::Gone(7)));
            let mut content = parts.concat();
            let read = content.len();
            prop_assert_eq!(mark.offset, read as u64);
            content.extend(more);
            prop_assert_eq!(stored.find_in(&mut Cursor::new(&content), "/a").unwrap(), Some(mark.clone()));
            prop_assert_eq!(stored.skip_in(&mut content.as_slice(), "/a").unwrap(), Some(mark));
            if read > 0 {
                prop_assert_eq!(stored.find_in(&mut Cursor::new(&content[..read - 1]), "/a").unwrap(), None);
                // A change within the head or the tail is seen.
                let at = flipped.index(read);
                if at < HEAD_BYTES_MAX || at + TAIL_BYTES_MAX >= read {
                    content[at] ^= 1;
                    prop_assert_eq!(stored.find_in(&mut Cursor::new(&content), "/a").unwrap(), None);
                }
            }
        }
    }
}
