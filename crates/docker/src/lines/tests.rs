use expect_test::{Expect, expect};

use super::*;
use crate::pieces::Stream;

fn join(tty: bool, open: Option<Open>, pieces: &[(i64, &[u8], bool)], finish: bool) -> Vec<Line> {
    let mut joiner = Joiner::new(tty, open, Timestamp::from_nanos(99));
    let mut lines = Vec::new();
    for (at, content, ends) in pieces {
        let timestamp = (*at >= 0).then(|| Timestamp::from_nanos(*at));
        joiner.push(&Piece { stream: Stream::Stdout, timestamp, content, ends: *ends }, &mut |line| {
            lines.push(line);
        });
    }
    if finish {
        joiner.finish(&mut |line| lines.push(line));
    }
    lines
}

fn check(tty: bool, pieces: &[(i64, &[u8], bool)], expected: &Expect) {
    check_left_open(tty, None, pieces, expected);
}

fn check_left_open(tty: bool, open: Option<Open>, pieces: &[(i64, &[u8], bool)], expected: &Expect) {
    let told = |line: Line| {
        let text = if line.text.len() > 80 {
            format!("{} bytes", line.text.len())
        } else {
            format!("{:?}", line.text)
        };
        let open = if line.open_bytes > 0 { format!(" open {}", line.open_bytes) } else { String::new() };
        let replaced = if line.replaced { " replaced" } else { "" };
        format!("{} {text}{open}{replaced}\n", line.timestamp.nanos())
    };
    expected.assert_eq(&join(tty, open, pieces, true).into_iter().map(told).collect::<String>());
}

#[test]
fn pieces_become_lines() {
    let full = [b'x'; PIECE_BYTES];
    check(
        false,
        &[
            (1, b"one", true),
            (2, b"", true),
            (3, b"cr\r", true),
            (4, b"\x1b[31mred\x1b[0m", true),
            (-1, b"late", true),
        ],
        &expect![[r#"
            1 "one"
            2 ""
            3 "cr\r"
            4 "\u{1b}[31mred\u{1b}[0m"
            4 "late"
        "#]],
    );
    check(
        false,
        &[(1, &full, false), (1, &full, false), (1, b"end", true), (2, b"next", true)],
        &expect![[r#"
            1 32771 bytes
            2 "next"
        "#]],
    );
    // Engines of old give each piece its own time; then all but the last are full.
    check(
        false,
        &[(1, &full, false), (2, b"end", true)],
        &expect![[r#"
        1 16387 bytes
    "#]],
    );
    // The container ended in the middle of a line, and started again.
    check(
        false,
        &[(1, b"half", false), (2, b"first of the next run", true), (3, b"half again", false)],
        &expect![[r#"
            1 "half" open 4
            2 "first of the next run"
            3 "half again" open 10
        "#]],
    );
    // The log driver `local` forgets the line break of a last piece, which may be empty.
    check(
        false,
        &[
            (1, &full, false),
            (1, b"", false),
            (2, b"next", true),
            (3, &full, false),
            (3, b"end", false),
            (3, b"x", true),
        ],
        &expect![[r#"
            1 16384 bytes open 16384
            2 "next"
            3 16387 bytes open 16387
            3 "x"
        "#]],
    );
    // Some log drivers make longer pieces.
    check(
        false,
        &[(1, &[b'y'; 200_000], false), (1, b"end", true)],
        &expect![[r#"
        1 200003 bytes
    "#]],
    );
    check(
        false,
        &[(1, b"caf\xe9 \xff", true), (2, "café".as_bytes(), true)],
        &expect![[r#"
        1 "caf� �" replaced
        2 "café"
    "#]],
    );
    check(
        true,
        &[(1, b"one\r", true), (2, b"\r", true), (3, b"two\r\r", true), (4, b"prompt# ", false)],
        &expect![[r#"
        1 "one"
        2 ""
        3 "two\r"
        4 "prompt# " open 8
    "#]],
    );
}

#[test]
fn a_line_that_was_left_open_does_not_go_on() {
    let full = [b'x'; PIECE_BYTES];
    let open = Some(Open { timestamp: Timestamp::from_nanos(1), bytes: length(PIECE_BYTES) });
    check_left_open(
        false,
        open,
        &[(1, &full, false), (2, b"first of the next run", true)],
        &expect![[r#"
            1 16384 bytes open 16384
            2 "first of the next run"
        "#]],
    );
    // Of the same time: it is the same line.
    check_left_open(
        false,
        open,
        &[(1, &full, false), (1, b"", false), (2, b"next", true)],
        &expect![[r#"
            1 16384 bytes open 16384
            2 "next"
        "#]],
    );
}

#[test]
fn what_has_begun_is_kept_back() {
    assert_eq!(join(false, None, &[(1, &[b'x'; PIECE_BYTES], false)], false), []);
}

#[test]
fn a_line_is_cut_at_the_limit_and_says_so() {
    let check = |bytes: usize, cut: usize| {
        // One byte in front, so that the limit falls into a character.
        let content = "-".to_owned() + &"é".repeat(bytes / 2) + &"x".repeat(bytes % 2);
        let chunks: Vec<&[u8]> = content.as_bytes().chunks(PIECE_BYTES).collect();
        let last = chunks.len() - 1;
        let pieces: Vec<_> =
            chunks.iter().enumerate().map(|(index, piece)| (1, *piece, index == last)).collect();
        let lines = join(false, None, &pieces, true);
        let [line] = lines.as_slice() else { panic!("{} lines", lines.len()) };
        assert_eq!(line.cut_bytes, cut);
        assert!(!line.replaced, "no character is cut in two");
        let note = format!(" … [cut: {cut} bytes]");
        assert_eq!(line.text.ends_with(&note), cut > 0);
        assert_eq!(line.text.len(), bytes + 1 - cut + if cut > 0 { note.len() } else { 0 });
    };
    check(LINE_BYTES_MAX - 1, 0);
    check(LINE_BYTES_MAX + 9, 11);
    check(3 * LINE_BYTES_MAX, 2 * LINE_BYTES_MAX + 2);
}
