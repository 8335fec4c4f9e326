//! Ways in for fuzz targets: what an engine sends.

use model::Timestamp;

use crate::events::Event;
use crate::lines::{Joiner, LINE_BYTES_MAX};
use crate::pieces::{Item, Splitter, Stream};

/// The lines of a log that came in two chunks, cut at `cut`: each stream's, one after the other.
///
/// `None`: the bytes are no log.
pub fn lines(bytes: &[u8], cut: usize, tty: bool) -> Option<[Vec<String>; 2]> {
    let mut splitter = Splitter::new(tty, None);
    let mut joiners = Stream::BOTH.map(|_| Joiner::new(tty, None, Timestamp::from_nanos(1)));
    let mut lines = [vec![], vec![]];
    let mut take = |item: Item<'_>| {
        let Item::Piece(piece) = item else { return };
        let at = piece.stream.index();
        joiners[at].push(&piece, &mut |line| lines[at].push(line.text));
    };
    let (first, second) = bytes.split_at(cut.min(bytes.len()));
    splitter.push(first, &mut take).ok()?;
    splitter.push(second, &mut take).ok()?;
    splitter.finish(&mut take);
    for (joiner, lines) in joiners.iter_mut().zip(&mut lines) {
        joiner.finish(&mut |line| lines.push(line.text));
    }
    Some(lines)
}

/// Longer than any line may be, with the note that says what was cut off.
pub const LINE_BYTES: usize = LINE_BYTES_MAX + 64;

/// Whether a line of the engine's events is one that counts.
pub fn event(line: &[u8]) -> bool {
    Event::parse(line).is_some_and(|event| event.is_told())
}
