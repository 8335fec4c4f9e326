//! Where a log was left, and how it is taken up again so that every line is taken once.
//!
//! A log is read again from a point in time, and the engine gives whatever is not older. So a [`Cursor`]
//! names the last line taken by its timestamp, by how many lines with that very timestamp were taken, and by
//! a hash over them. Read again, the log must show these lines: what comes before them is old, what comes
//! after them is new. If they are not there, the engine has thrown them away, and others with them perhaps: a
//! [`Gap`].
//!
//! Clocks step back, and then timestamps repeat. The cursor therefore also holds the highest timestamp ever
//! taken: up to there, lines before the cursor's own are old ones; only a later one proves a gap.
//!
//! Some engines (20.10) give a follower lines twice when they begin a new log file. A line that is older than
//! the last one and is among the [`RECENT_MAX`] last ones has come again; then the cursor's lines are
//! searched for as if the log had been opened again. With such engines the last line itself counts as such,
//! too, though it may be a second one that is the same to the nanosecond: their clocks do not make such
//! lines.
//!
//! Pure: no clock and no I/O. The same is used for the engine's events, which are a log as well.

use std::collections::VecDeque;
use std::time::Duration;

use model::Timestamp;
use xxhash_rust::xxh3::xxh3_64_with_seed;

const FORMAT: u8 = 1;
const ENCODED_BYTES: usize = 1 + 8 + 8 + 8 + 4 + 4;

/// How many of the last lines are known by time and hash.
const RECENT_MAX: usize = 4096;

/// The end of what was taken of one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Of the last line taken; with `taken` 0, the time before which nothing is left to take.
    timestamp: Timestamp,
    /// The highest timestamp of any line taken.
    high: Timestamp,
    /// How many lines with exactly `timestamp` were taken.
    taken: u32,
    /// Over these lines, in order.
    hash: u64,
    /// The raw length of the last line if no line break ended it; else 0.
    open_bytes: u32,
}

/// A line that was taken without its line break, since the container ended there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    pub(crate) timestamp: Timestamp,
    /// How many bytes of it are in the log.
    pub(crate) bytes: u32,
}

/// A stretch of the log that may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The last line taken before it.
    pub(crate) from: Timestamp,
    /// The first line after it.
    pub(crate) to: Timestamp,
    /// The cursor before it.
    pub(crate) before: Cursor,
    /// The cursor to store with the report of the gap, so that it is reported once: after the gap and before
    /// the first line behind it.
    pub(crate) cursor: Cursor,
}

impl Cursor {
    /// From what [`Cursor::encode`] wrote; `None` for anything else.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; ENCODED_BYTES] = bytes.try_into().ok()?;
        let (format, rest) = bytes.split_first()?;
        let (timestamp, rest) = rest.split_first_chunk()?;
        let (high, rest) = rest.split_first_chunk()?;
        let (hash, rest) = rest.split_first_chunk()?;
        let (taken, rest) = rest.split_first_chunk()?;
        let (open_bytes, _) = rest.split_first_chunk()?;
        (*format == FORMAT).then(|| Self {
            timestamp: Timestamp::from_nanos(i64::from_le_bytes(*timestamp)),
            high: Timestamp::from_nanos(i64::from_le_bytes(*high)),
            hash: u64::from_le_bytes(*hash),
            taken: u32::from_le_bytes(*taken),
            open_bytes: u32::from_le_bytes(*open_bytes),
        })
    }

    /// For the store.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(ENCODED_BYTES);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.timestamp.nanos().to_le_bytes());
        bytes.extend_from_slice(&self.high.nanos().to_le_bytes());
        bytes.extend_from_slice(&self.hash.to_le_bytes());
        bytes.extend_from_slice(&self.taken.to_le_bytes());
        bytes.extend_from_slice(&self.open_bytes.to_le_bytes());
        bytes
    }

    /// Whether the clock had stepped back before the last line, and not come so far again.
    pub(crate) fn is_behind(&self) -> bool {
        self.high > self.timestamp && self.taken > 0
    }

    fn line(timestamp: Timestamp, high: Timestamp, taken: u32, hash: u64) -> Self {
        Self { timestamp, high: high.max(timestamp), taken, hash, open_bytes: 0 }
    }

    /// Nothing before `timestamp` is left to take, and nothing at or after it was taken.
    fn rest(timestamp: Timestamp, high: Timestamp) -> Self {
        Self { timestamp, high, taken: 0, hash: 0, open_bytes: 0 }
    }
}

/// What a log consists of.
pub(crate) trait LogLine {
    fn timestamp(&self) -> Timestamp;
    /// What tells it from another line with the same timestamp.
    fn text(&self) -> &[u8];
}

/// How far one log was taken.
#[derive(Debug)]
pub(crate) struct Progress<T> {
    cursor: Option<Cursor>,
    /// Set while the cursor's lines have not been seen since the log was opened.
    search: Option<Search<T>>,
    /// Whether the engine is known to give lines twice.
    repeats: bool,
    /// The last lines, oldest first.
    recent: VecDeque<(Timestamp, u64)>,
}

/// The lines with the cursor's timestamp so far.
#[derive(Debug)]
struct Search<T> {
    /// Whether the cursor's lines must come; not, if the log is read from a later time.
    expects: bool,
    seen: u32,
    hash: u64,
    held: Vec<T>,
}

impl<T> Search<T> {
    const fn new(expects: bool) -> Self {
        Self { expects, seen: 0, hash: 0, held: Vec::new() }
    }
}

impl<T: LogLine> Progress<T> {
    /// With `cursor` as it was stored; `None` takes the log from its beginning.
    pub(crate) fn new(cursor: Option<Cursor>) -> Self {
        let mut progress = Self { cursor, search: None, repeats: false, recent: VecDeque::new() };
        progress.reopen(None);
        progress
    }

    /// To be called whenever the log is opened again: from `since`, or from its beginning. `since` must not
    /// be later than any line that was not taken.
    pub(crate) fn reopen(&mut self, since: Option<Timestamp>) {
        self.search = self.cursor.map(|cursor| {
            let is_shown = since.is_none_or(|since| since <= cursor.timestamp);
            Search::new(is_shown && cursor.taken > 0)
        });
    }

    /// Says whether the engine is known to give lines twice.
    pub(crate) fn set_repeats(&mut self, repeats: bool) {
        self.repeats = repeats;
    }

    /// From when on lines were not taken; `None` for all.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.cursor.map(|cursor| cursor.timestamp)
    }

    /// The end of what was taken.
    pub(crate) fn cursor(&self) -> Option<Cursor> {
        self.cursor
    }

    /// The last line taken, if no line break ended it.
    pub(crate) fn open(&self) -> Option<Open> {
        let cursor = self.cursor.filter(|cursor| cursor.open_bytes > 0)?;
        Some(Open { timestamp: cursor.timestamp, bytes: cursor.open_bytes })
    }

    /// Notes that the last line taken had no line break.
    pub(crate) fn set_open(&mut self, bytes: u32) {
        if let Some(cursor) = &mut self.cursor {
            cursor.open_bytes = bytes;
        }
    }

    /// Offers the next line of the log. `take` gets what is new: the line, or nothing, or lines held back
    /// before. A gap is told before the lines behind it are given.
    pub(crate) fn offer(&mut self, line: T, take: &mut impl FnMut(Taken<T>)) {
        if self.search.is_none() && self.came_again(&line) {
            self.reopen(None);
        }
        let (Some(search), Some(cursor)) = (&mut self.search, self.cursor) else {
            self.advance(&line);
            return take(Taken::Line(line));
        };
        let at = line.timestamp();
        if search.expects && at == cursor.timestamp {
            search.seen += 1;
            search.hash = xxh3_64_with_seed(line.text(), search.hash);
            search.held.push(line);
            if search.seen == cursor.taken {
                self.compare(cursor, take);
            }
        } else if at > cursor.high {
            if search.expects {
                take(Taken::Gap(gap(cursor, at)));
            }
            self.search = None;
            self.advance(&line);
            take(Taken::Line(line));
        } else {
            // Old. Lines held until here were of an earlier time that the clock has stepped back to since.
            *search = Search::new(search.expects);
        }
    }

    /// As many lines with the cursor's timestamp were seen as were taken: are they the same?
    fn compare(&mut self, cursor: Cursor, take: &mut impl FnMut(Taken<T>)) {
        let Some(search) = self.search.take() else { return };
        if search.hash == cursor.hash {
            return;
        }
        if cursor.timestamp < cursor.high {
            self.search = Some(Search::new(true));
            return;
        }
        take(Taken::Gap(gap(cursor, cursor.timestamp)));
        self.cursor = Some(Cursor::line(cursor.timestamp, cursor.high, search.seen, search.hash));
        search.held.into_iter().for_each(|line| take(Taken::Line(line)));
    }

    /// Whether the line was taken a short while ago.
    fn came_again(&self, line: &T) -> bool {
        let at = line.timestamp();
        let Some(cursor) = self.cursor else { return false };
        if at > cursor.timestamp || (at == cursor.timestamp && !self.repeats) {
            return false;
        }
        let mark = (at, xxh3_64_with_seed(line.text(), 0));
        self.recent.iter().any(|recent| *recent == mark)
    }

    fn advance(&mut self, line: &T) {
        let (at, text) = (line.timestamp(), line.text());
        let hash = xxh3_64_with_seed(text, 0);
        if self.recent.len() == RECENT_MAX {
            self.recent.pop_front();
        }
        self.recent.push_back((at, hash));
        self.cursor = Some(match self.cursor {
            Some(last) if last.taken > 0 && last.timestamp == at => {
                Cursor::line(at, last.high, last.taken.saturating_add(1), xxh3_64_with_seed(text, last.hash))
            }
            last => {
                let high = last.map_or(Timestamp::MIN, |last| last.high);
                Cursor::line(at, high, 1, hash)
            }
        });
    }
}

/// What [`Progress::offer`] gives.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken<T> {
    /// A new line.
    Line(T),
    /// Lines may be missing before the next one.
    Gap(Gap),
}

fn gap(cursor: Cursor, to: Timestamp) -> Gap {
    // What is not above `high` is taken for old, and the line at `to` is not.
    let below = to.minus(Duration::from_nanos(1));
    Gap { from: cursor.timestamp, to, before: cursor, cursor: Cursor::rest(to, cursor.high.min(below)) }
}

#[cfg(test)]
mod tests;
