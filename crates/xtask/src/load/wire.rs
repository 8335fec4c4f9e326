//! Just enough of protobuf for Loki's `PushRequest`: writing it, and reading what a generator has written.
//!
//! ```text
//! PushRequest { 1: Stream { 1: labels, 2: Entry { 1: Time { 1: seconds, 2: nanoseconds }, 2: line } } }
//! ```

use anyhow::{Context as _, Result, bail};

/// Appends a field of bytes.
pub(crate) fn bytes_field(to: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    to.push(field << 3 | 2);
    varint(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

/// Appends a field of a number.
pub(crate) fn number_field(to: &mut Vec<u8>, field: u8, number: u64) {
    to.push(field << 3);
    varint(to, number);
}

/// Appends a field of a number of eight bytes.
pub(crate) fn fixed_field(to: &mut Vec<u8>, field: u8, bits: u64) {
    to.push(field << 3 | 1);
    to.extend_from_slice(&bits.to_le_bytes());
}

/// Appends an entry to a stream.
pub(crate) fn entry(stream: &mut Vec<u8>, nanos: u64, line: &[u8]) {
    let mut time = Vec::with_capacity(12);
    number_field(&mut time, 1, nanos / 1_000_000_000);
    number_field(&mut time, 2, nanos % 1_000_000_000);
    let mut entry = Vec::with_capacity(line.len() + 24);
    bytes_field(&mut entry, 1, &time);
    bytes_field(&mut entry, 2, line);
    bytes_field(stream, 2, &entry);
}

fn varint(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

/// One stream of a request.
pub(crate) struct Stream<'a> {
    /// `{name="value", …}`
    pub(crate) labels: &'a str,
    /// Nanoseconds and line, in their order.
    pub(crate) entries: Vec<(u64, &'a str)>,
}

/// The streams of a request that is not compressed any more.
pub(crate) fn streams(request: &[u8]) -> Result<Vec<Stream<'_>>> {
    let mut streams = Vec::new();
    for field in Fields(request) {
        if let (1, Value::Bytes(bytes)) = field? {
            streams.push(stream(bytes)?);
        }
    }
    Ok(streams)
}

fn stream(bytes: &[u8]) -> Result<Stream<'_>> {
    let mut stream = Stream { labels: "", entries: vec![] };
    for field in Fields(bytes) {
        match field? {
            (1, Value::Bytes(labels)) => stream.labels = std::str::from_utf8(labels)?,
            (2, Value::Bytes(bytes)) => stream.entries.push(time_and_line(bytes)?),
            _ => {}
        }
    }
    Ok(stream)
}

fn time_and_line(bytes: &[u8]) -> Result<(u64, &str)> {
    let (mut nanos, mut line) = (0, "");
    for field in Fields(bytes) {
        match field? {
            (1, Value::Bytes(time)) => nanos = time_of(time)?,
            (2, Value::Bytes(text)) => line = std::str::from_utf8(text)?,
            _ => {}
        }
    }
    Ok((nanos, line))
}

fn time_of(bytes: &[u8]) -> Result<u64> {
    let mut nanos = 0;
    for field in Fields(bytes) {
        match field? {
            (1, Value::Number(seconds)) => nanos += seconds * 1_000_000_000,
            (2, Value::Number(rest)) => nanos += rest,
            _ => {}
        }
    }
    Ok(nanos)
}

enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message, in their order.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Result<(u64, Value<'a>)> {
        let key = self.number()?;
        let value = match key & 7 {
            0 => Value::Number(self.number()?),
            2 => Value::Bytes(self.bytes()?),
            other => bail!("a field of wire type {other}"),
        };
        Ok((key >> 3, value))
    }

    fn number(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().context("a number is cut off")?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("a number of more than 64 bits")
    }

    fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = usize::try_from(self.number()?)?;
        let (bytes, rest) = self.0.split_at_checked(length).context("a field is cut off")?;
        self.0 = rest;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut written = Vec::new();
        bytes_field(&mut written, 1, b"{a=\"b\"}");
        entry(&mut written, 300_000_000_007, b"hello");
        entry(&mut written, 1_800_000_000_999_999_999, "na\u{ef}ve".as_bytes());
        let mut request = Vec::new();
        bytes_field(&mut request, 1, &written);
        bytes_field(&mut request, 1, &written);
        let streams = streams(&request).unwrap();
        assert_eq!(streams.len(), 2);
        assert_eq!(streams[0].labels, "{a=\"b\"}");
        assert_eq!(
            streams[1].entries,
            [(300_000_000_007, "hello"), (1_800_000_000_999_999_999, "na\u{ef}ve")]
        );
    }

    #[test]
    fn what_is_cut_off_is_a_fault() {
        let mut stream = Vec::new();
        entry(&mut stream, 7, b"hello");
        let mut request = Vec::new();
        bytes_field(&mut request, 1, &stream);
        for end in 1..request.len() {
            assert!(streams(&request[..end]).is_err(), "{end}");
        }
    }
}
