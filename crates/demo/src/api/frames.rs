//! Log lines as dockerd sends them.
//!
//! Without a terminal each piece has a header of eight bytes: the stream (1 or 2), three zeros, and the
//! length as big-endian u32. With one, the bytes are raw and lines end in `\r\n`. A line is cut into pieces
//! of 16 KiB; only its last ends in a line break, and all of them carry the line's timestamp.

use bytes::{BufMut, BytesMut};

use crate::engine::{Line, Stream};

/// The size of the buffer through which dockerd copies what containers write.
const PIECE_BYTES_MAX: usize = 16 << 10;

/// How lines are written for one client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Framing {
    pub(super) tty: bool,
    pub(super) timestamps: bool,
}

impl Framing {
    /// Writes all pieces of the line.
    pub(super) fn write(self, line: &Line, out: &mut BytesMut) {
        let stamp = if self.timestamps { format!("{} ", line.at) } else { String::new() };
        let mut rest = line.text.as_bytes();
        while rest.len() >= PIECE_BYTES_MAX {
            let (piece, more) = rest.split_at(PIECE_BYTES_MAX);
            self.piece(line.stream, &[stamp.as_bytes(), piece], out);
            rest = more;
        }
        let end: &[u8] = if self.tty { b"\r\n" } else { b"\n" };
        self.piece(line.stream, &[stamp.as_bytes(), rest, end], out);
    }

    fn piece(self, stream: Stream, parts: &[&[u8]], out: &mut BytesMut) {
        if !self.tty {
            let length: usize = parts.iter().map(|part| part.len()).sum();
            out.put_u8(match stream {
                Stream::Stdout => 1,
                Stream::Stderr => 2,
            });
            out.put_slice(&[0, 0, 0]);
            out.put_u32(u32::try_from(length).expect("a piece is little more than 16 KiB"));
        }
        parts.iter().for_each(|part| out.put_slice(part));
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;

    fn written(text: &str, framing: Framing) -> Vec<u8> {
        let mut out = BytesMut::new();
        let line = Line { at: Timestamp::from_nanos(1), stream: Stream::Stderr, text: text.into() };
        framing.write(&line, &mut out);
        out.to_vec()
    }

    #[test]
    fn a_frame_tells_stream_and_length() {
        let framing = Framing { tty: false, timestamps: true };
        let expected = b"\x02\0\0\0\0\0\0\x231970-01-01T00:00:00.000000001Z abc\n";
        assert_eq!(written("abc", framing), expected);
        assert_eq!(
            written("abc", Framing { tty: true, ..framing }),
            b"1970-01-01T00:00:00.000000001Z abc\r\n"
        );
        assert_eq!(written("", Framing { tty: false, timestamps: false }), b"\x02\0\0\0\0\0\0\x01\n");
    }

    #[test]
    fn long_lines_come_in_pieces() {
        let check = |length: usize, expected: &[usize]| {
            let bytes = written(&"x".repeat(length), Framing { tty: false, timestamps: false });
            let mut rest = &bytes[..];
            let mut pieces = Vec::new();
            while let [2, 0, 0, 0, a, b, c, d, more @ ..] = rest {
                let piece = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
                pieces.push(piece);
                rest = &more[piece..];
            }
            assert_eq!(pieces, expected, "{length}");
            assert_eq!(bytes.last(), Some(&b'\n'));
        };
        check(16_383, &[16_384]);
        check(16_384, &[16_384, 1]);
        check(40_000, &[16_384, 16_384, 7_233]);
    }
}
