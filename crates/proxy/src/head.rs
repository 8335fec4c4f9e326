//! What hyper's parser forgives and we do not, seen in the bytes before it sees them: a line of a head that ends in a bare
//! line feed, and a fragment in a target. Parsers before and behind us may read such a head otherwise than we do, which is
//! how requests are smuggled.
//!
//! A [`Watch`] follows the framing of one HTTP/1 connection: heads, and bodies by their length or by chunks, which it lets
//! pass. Where the framing is not plain (both a length and chunks, an upgrade, anything odd) it goes blind and says so;
//! the connection then ends after that request, so nothing can follow unseen. A byte that is not forgiven is replaced by
//! NUL, which makes hyper answer 400 and close.

use memchr::memchr;

/// Of a line no more is kept than tells its name and a number.
const LINE_BYTES: usize = 64;

/// What is not forgiven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeadFault {
    /// A line of the head ends in LF without CR.
    BareLineFeed,
    /// The target has a `#`, which never leaves a browser.
    Fragment,
}

impl HeadFault {
    /// In words.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::BareLineFeed => "a line of the head ends in a bare line feed",
            Self::Fragment => "the target has a fragment",
        }
    }
}

/// Follows the requests of one connection.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    state: State,
    line: Line,
    /// Whether the request line has passed.
    in_headers: bool,
    framing: Framing,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    /// So many bytes of a body are to come.
    Body(u64),
    Chunk(Chunk),
    /// Whatever comes passes.
    Blind,
}

#[derive(Debug, PartialEq, Eq)]
enum Chunk {
    Size {
        bytes: u64,
        digits: u8,
        extension: bool,
    },
    /// So many bytes of the chunk and of the line end behind it.
    Data(u64),
    /// Lines until an empty one.
    Trailers,
}

/// What the headers say of the body.
#[derive(Debug, Default)]
struct Framing {
    length: Option<u64>,
    chunked: bool,
    odd: bool,
}

/// The line that is being read.
#[derive(Debug)]
struct Line {
    start: [u8; LINE_BYTES],
    length: usize,
    last: u8,
}

impl Default for Line {
    fn default() -> Self {
        Self { start: [0; LINE_BYTES], length: 0, last: 0 }
    }
}

impl Line {
    fn push(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        if let Some(room) = self.start.get_mut(self.length..) {
            let count = room.len().min(bytes.len());
            room[..count].copy_from_slice(&bytes[..count]);
        }
        self.length += bytes.len();
        self.last = *last;
    }

    fn clear(&mut self) {
        (self.length, self.last) = (0, 0);
    }

    /// What is kept of it, without the CR at its end.
    fn kept(&self) -> &[u8] {
        &self.start[..self.length.saturating_sub(1).min(LINE_BYTES)]
    }

    fn ends_in_cr(&self) -> bool {
        self.last == b'\r'
    }
}

impl Watch {
    /// Takes note of what was read. A byte that is not forgiven is replaced, and told.
    pub(crate) fn pass(&mut self, mut bytes: &mut [u8]) -> Option<HeadFault> {
        while !bytes.is_empty() {
            let taken = match &mut self.state {
                State::Blind => return None,
                State::Head => match self.head(bytes) {
                    Ok(taken) => taken,
                    Err(fault) => {
                        self.state = State::Blind;
                        return Some(fault);
                    }
                },
                State::Body(left) => {
                    let taken = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left -= taken as u64;
                    if *left == 0 {
                        self.state = State::Head;
                    }
                    taken
                }
                State::Chunk(_) => self.chunk(bytes),
            };
            bytes = &mut bytes[taken..];
        }
        None
    }

    /// Whether a head has begun and not ended.
    pub(crate) fn is_in_head(&self) -> bool {
        self.state == State::Head && (self.in_headers || self.line.length > 0)
    }

    /// Whether what follows is not seen: the connection is to end after this request.
    pub(crate) fn is_blind(&self) -> bool {
        self.state == State::Blind
    }

    /// Reads up to the end of a line of the head.
    fn head(&mut self, bytes: &mut [u8]) -> Result<usize, HeadFault> {
        let feed = memchr(b'\n', bytes);
        let upto = feed.unwrap_or(bytes.len());
        if !self.in_headers
            && let Some(at) = memchr(b'#', &bytes[..upto])
        {
            bytes[at] = 0;
            return Err(HeadFault::Fragment);
        }
        self.line.push(&bytes[..upto]);
        let Some(feed) = feed else { return Ok(bytes.len()) };
        if !self.line.ends_in_cr() {
            bytes[feed] = 0;
            return Err(HeadFault::BareLineFeed);
        }
        self.end_of_line();
        self.line.clear();
        Ok(feed + 1)
    }

    fn end_of_line(&mut self) {
        let is_empty = self.line.length == 1;
        match (self.in_headers, is_empty) {
            // Empty lines before a request are skipped by parsers.
            (false, true) => {}
            (false, false) => self.in_headers = true,
            (true, false) => self.framing.header(self.line.kept(), self.line.length > LINE_BYTES),
            (true, true) => {
                self.in_headers = false;
                self.state = std::mem::take(&mut self.framing).body();
            }
        }
    }

    /// Reads a part of a body of chunks.
    fn chunk(&mut self, bytes: &[u8]) -> usize {
        let State::Chunk(chunk) = &mut self.state else { return 0 };
        match chunk {
            Chunk::Size { .. } => match chunk.size(bytes[0]) {
                Some(next) => {
                    if let Some(next) = next {
                        self.state = State::Chunk(next);
                    }
                    1
                }
                None => self.go_blind(bytes),
            },
            Chunk::Data(left) => {
                let taken = bytes.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                *left -= taken as u64;
                if *left == 0 {
                    *chunk = Chunk::start();
                }
                taken
            }
            Chunk::Trailers => self.trailers(bytes),
        }
    }

    fn trailers(&mut self, bytes: &[u8]) -> usize {
        let Some(feed) = memchr(b'\n', bytes) else {
            self.line.push(bytes);
            return bytes.len();
        };
        self.line.push(&bytes[..feed]);
        if !self.line.ends_in_cr() {
            return self.go_blind(bytes);
        }
        if self.line.length == 1 {
            self.state = State::Head;
        }
        self.line.clear();
        feed + 1
    }

    fn go_blind(&mut self, bytes: &[u8]) -> usize {
        self.state = State::Blind;
        bytes.len()
    }
}

impl Chunk {
    fn start() -> Self {
        Self::Size { bytes: 0, digits: 0, extension: false }
    }

    /// Reads a byte of the line that tells the size: `Some(None)` to go on with it, `None` for what is no such line.
    fn size(&mut self, byte: u8) -> Option<Option<Self>> {
        let Self::Size { bytes, digits, extension } = self else { return None };
        match byte {
            // The line feed behind it was checked by the caller's own parser; here it only ends the line.
            b'\n' if *digits > 0 => {
                let bytes = *bytes;
                return Some(Some(match bytes {
                    0 => Self::Trailers,
                    _ => Self::Data(bytes.checked_add(2)?),
                }));
            }
            b'\r' if *digits > 0 => {}
            _ if *extension => {}
            b';' | b' ' | b'\t' if *digits > 0 => *extension = true,
            _ => {
                let digit = char::from(byte).to_digit(16)?;
                *bytes = bytes.checked_mul(16)?.checked_add(u64::from(digit))?;
                *digits = digits.saturating_add(1);
            }
        }
        Some(None)
    }
}

impl Framing {
    fn header(&mut self, line: &[u8], is_cut: bool) {
        let Some(colon) = memchr(b':', line) else { return };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        // Parsers that trim names see one here; hyper answers 400.
        let name = name.trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            self.length(value, is_cut);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.odd |= self.chunked || !value.eq_ignore_ascii_case(b"chunked");
            self.chunked = true;
        } else if name.eq_ignore_ascii_case(b"upgrade") {
            self.odd = true;
        }
    }

    fn length(&mut self, value: &[u8], is_cut: bool) {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let number = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
        let Some(number) = number.filter(|_| digits && !is_cut) else {
            self.odd = true;
            return;
        };
        self.odd |= self.length.is_some_and(|before| before != number);
        self.length = Some(number);
    }

    /// The state after the head.
    fn body(self) -> State {
        match self {
            Self { odd: true, .. } | Self { chunked: true, length: Some(_), .. } => State::Blind,
            Self { chunked: true, .. } => State::Chunk(Chunk::start()),
            Self { length: None | Some(0), .. } => State::Head,
            Self { length: Some(length), .. } => State::Body(length),
        }
    }
}

#[cfg(test)]
mod tests;
