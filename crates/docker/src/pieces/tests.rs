use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

const T1: &str = "2026-11-22T10:00:00.000000001Z";
const T2: &str = "2026-11-22T10:00:00.000000002Z";

fn frame(kind: u8, payload: &str) -> Vec<u8> {
    let mut bytes = vec![kind, 0, 0, 0];
    bytes.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(payload.as_bytes());
    bytes
}

fn written(item: &Item<'_>) -> String {
    let piece = match item {
        Item::Piece(piece) => piece,
        Item::Complaint(words) => return format!("complaint {}", String::from_utf8_lossy(words).trim()),
    };
    let at = piece.timestamp.map_or("-".to_owned(), |at| at.nanos().rem_euclid(1_000_000_000).to_string());
    let content = match piece.content.len() {
        0..=200 => String::from_utf8_lossy(piece.content).escape_debug().to_string(),
        length => format!("{length} bytes"),
    };
    format!("{} {at} `{content}`{}", piece.stream.name(), if piece.ends { "" } else { " …" })
}

/// The items of `bytes`, cut into chunks at `cuts`.
fn split(mut splitter: Splitter, bytes: &[u8], cuts: &[usize]) -> Result<String, NoFrame> {
    let mut text = String::new();
    let mut take = |item: Item<'_>| writeln!(text, "{}", written(&item)).unwrap();
    let mut from = 0;
    for cut in cuts.iter().copied().chain([bytes.len()]) {
        splitter.push(&bytes[from..cut], &mut take)?;
        from = cut;
    }
    splitter.finish(&mut take);
    Ok(text)
}

/// Whole, byte by byte, and in two at every place.
fn check(new: impl Fn() -> Splitter, bytes: &[u8], expected: &Expect) {
    let whole = split(new(), bytes, &[]).unwrap();
    expected.assert_eq(&whole);
    let every: Vec<usize> = (0..bytes.len()).collect();
    assert_eq!(split(new(), bytes, &every).unwrap(), whole, "byte by byte");
    for cut in (0..bytes.len()).step_by(bytes.len() / 500 + 1) {
        assert_eq!(split(new(), bytes, &[cut]).unwrap(), whole, "cut at {cut}");
    }
}

fn frames() -> Splitter {
    Splitter::new(false, None)
}

fn terminal() -> Splitter {
    Splitter::new(true, None)
}

#[test]
fn frames_carry_stream_time_and_whether_the_line_goes_on() {
    let long = "x".repeat(PIECE_BYTES);
    let bytes = [
        frame(1, &format!("{T1} hello world\n")),
        frame(2, &format!("{T2} \n")),
        frame(0, &format!("{T2} from stdin\n")),
        frame(1, &format!("{T1} {long}")),
        frame(1, &format!("{T1} rest\r\n")),
        frame(1, &format!("{T1} open")),
        frame(1, "2026-11-22T12:00:00.5+02:00 elsewhere\n"),
        frame(1, "no time at all\n"),
        frame(1, ""),
        frame(3, "Error grabbing logs: unexpected EOF\n"),
    ];
    check(
        frames,
        &bytes.concat(),
        &expect![[r#"
            stdout 1 `hello world`
            stderr 2 ``
            stdout 2 `from stdin`
            stdout 1 `16384 bytes` …
            stdout 1 `rest\r`
            stdout 1 `open` …
            stdout 500000000 `elsewhere`
            stdout - `no time at all`
            stdout - `` …
            complaint Error grabbing logs: unexpected EOF
        "#]],
    );
}

#[test]
fn a_terminals_stream_has_lines_and_full_pieces() {
    let full = "x".repeat(PIECE_BYTES);
    let bytes = format!(
        "{T1} hello\r\n{T2} \r\n{T1} {full}{T1} {full}{T1} rest\r\n{T2} {full}\r\n{T1} 2026-11-22T10:00:00Z own time\r\n\
         no time\r\n{T2} {full}and more without a time\r\n{T2} {full}"
    );
    check(
        terminal,
        bytes.as_bytes(),
        &expect![[r#"
            stdout 1 `hello\r`
            stdout 2 `\r`
            stdout 1 `16384 bytes` …
            stdout 1 `16384 bytes` …
            stdout 1 `rest\r`
            stdout 2 `16384 bytes` …
            stdout - `\r`
            stdout 1 `2026-11-22T10:00:00Z own time\r`
            stdout - `no time\r`
            stdout 2 `16384 bytes` …
            stdout - `and more without a time\r`
            stdout 2 `16384 bytes` …
        "#]],
    );
    check(
        terminal,
        format!("{T1} ok\r\nError grabbing logs: unexpected EOF\n").as_bytes(),
        &expect![[r#"
            stdout 1 `ok\r`
            complaint unexpected EOF
        "#]],
    );
}

#[test]
fn a_terminals_line_that_was_left_open_ends_where_it_ended() {
    let open = |bytes: u32| {
        let timestamp = Timestamp::parse_rfc3339(T1).unwrap();
        move || Splitter::new(true, Some(Open { timestamp, bytes }))
    };
    let restarted = format!("{T1} abc{T2} first of the next run\r\n{T2} abc\r\n");
    check(
        open(3),
        restarted.as_bytes(),
        &expect![[r#"
            stdout 1 `abc` …
            stdout 2 `first of the next run\r`
            stdout 2 `abc\r`
        "#]],
    );
    check(
        open(3),
        format!("{T1} abc").as_bytes(),
        &expect![[r#"
        stdout 1 `abc` …
    "#]],
    );
    let full = "x".repeat(PIECE_BYTES);
    check(
        open(16384 + 3),
        format!("{T1} {full}{T1} abc{T2} next\r\n").as_bytes(),
        &expect![[r#"
            stdout 1 `16384 bytes` …
            stdout 1 `abc` …
            stdout 2 `next\r`
        "#]],
    );
}

#[test]
fn what_is_no_log_is_refused() {
    let check = |bytes: &[u8]| {
        let error = split(frames(), bytes, &[]).unwrap_err();
        assert!(error.to_string().starts_with("what came is no log"), "{error}");
    };
    check(b"2026-11-22T10:00:00.000000001Z a terminal's log");
    check(&[1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    check(&[4, 0, 0, 0, 0, 0, 0, 1, b'x']);
}

#[test]
fn captures_of_real_engines_are_read() {
    let given = std::env::var_os("PORTHOLE_CONFORMANCE").map(PathBuf::from);
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let folder = given.unwrap_or_else(beside).join("docker");
    let check = |name: &str, expected: &Expect| match fs::read(folder.join(name)) {
        Ok(bytes) => expected.assert_eq(&split(frames(), &bytes, &[]).unwrap()),
        Err(_) => eprintln!("skipped: {} is not there", folder.join(name).display()),
    };
    check(
        "alloy-flog.log",
        &expect![[r#"
        stdout 75785005 `5.3.69.55 - - [09/Dec/2021:09:15:02 +0000] \"HEAD /brand/users/clicks-and-mortar/front-end HTTP/2.0\" 503 27087`
        stdout 175856758 `101.54.183.185 - - [09/Dec/2021:09:15:03 +0000] \"POST /next-generation HTTP/1.0\" 416 11468`
        stdout 275948608 `69.27.137.160 - runolfsdottir2670 [09/Dec/2021:09:15:03 +0000] \"HEAD /content/visionary/engineer/cultivate HTTP/1.1\" 302 2975`
        stdout 376048153 `28.104.242.74 - - [09/Dec/2021:09:15:03 +0000] \"PATCH /value-added/cultivate/systems HTTP/2.0\" 405 11843`
        stdout 476173677 `150.187.51.54 - satterfield1852 [09/Dec/2021:09:15:03 +0000] \"GET /incentivize/deliver/innovative/cross-platform HTTP/1.1\" 301 13032`
    "#]],
    );
    check(
        "alloy-flog_after_restart.log",
        &expect![[r#"
        stdout 734741997 `243.115.12.215 - - [09/Dec/2023:09:16:57 +0000] \"DELETE /morph/exploit/granular HTTP/1.0\" 500 26468`
        stdout 834872961 `221.41.123.237 - - [09/Dec/2023:09:16:57 +0000] \"DELETE /user-centric/whiteboard HTTP/2.0\" 205 22487`
        stdout 934923364 `89.111.144.144 - - [09/Dec/2023:09:16:57 +0000] \"DELETE /open-source/e-commerce HTTP/1.0\" 401 11092`
        stdout 35039831 `62.180.191.187 - - [09/Dec/2023:09:16:57 +0000] \"DELETE /cultivate/integrate/technologies HTTP/2.0\" 302 12979`
        stdout 135157109 `156.249.2.192 - - [09/Dec/2023:09:16:57 +0000] \"POST /revolutionize/mesh/metrics HTTP/2.0\" 401 5297`
    "#]],
    );
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), tty in any::<bool>()) {
        let _ = split(Splitter::new(tty, None), &bytes, &[]);
    }

    #[test]
    fn cuts_make_no_difference(
        lines in prop::collection::vec((1..3_u8, "[a-c ]{0,50}\n?"), 1..20),
        cuts in prop::collection::btree_set(0..1000_usize, 0..10),
        tty in any::<bool>(),
    ) {
        let bytes: Vec<u8> = lines.iter().flat_map(|(kind, text)| {
            let payload = format!("{T1} {text}");
            if tty { payload.into_bytes() } else { frame(*kind, &payload) }
        }).collect();
        let cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut < bytes.len()).collect();
        let new = || Splitter::new(tty, None);
        prop_assert_eq!(split(new(), &bytes, &cuts).unwrap(), split(new(), &bytes, &[]).unwrap());
    }
}
