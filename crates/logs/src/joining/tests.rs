use proptest::prelude::*;

use super::*;
use crate::testing::{NOON, batch, entry, labels};

/// The cases of the table: each the entries that its lines make.
fn cases() -> Vec<Vec<String>> {
    let path = format!("{}/testdata/multiline.txt", env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(path).unwrap();
    let mut cases: Vec<Vec<String>> = vec![Vec::new()];
    for row in table.lines().filter(|row| !row.starts_with("# ")) {
        let row = row.replace("<TAB>", "\t");
        let entries = cases.last_mut().unwrap();
        if row.is_empty() {
            cases.push(Vec::new());
        } else if let Some(line) = row.strip_prefix('>') {
            entries.push(line.strip_prefix(' ').unwrap_or(line).to_owned());
        } else {
            let line = row.strip_prefix('|').expect("a mark");
            let entry = entries.last_mut().unwrap();
            entry.push('\n');
            entry.push_str(line.strip_prefix(' ').unwrap_or(line));
        }
    }
    cases.retain(|case| !case.is_empty());
    cases
}

fn lines(case: &[String]) -> Vec<String> {
    case.iter().flat_map(|entry| entry.split('\n')).map(str::to_owned).collect()
}

fn joining() -> Joining {
    Joining::new(JoiningLimits::default(), Vec::new(), Instant::now())
}

fn auto(entries: Vec<Entry>) -> Batch {
    Batch { multiline: Multiline::Auto, ..batch("web", entries) }
}

fn entries(lines: &[String]) -> Vec<Entry> {
    lines.iter().map(|line| entry(NOON, line)).collect()
}

/// What comes out of the batches, the last of it released.
fn joined(joining: &mut Joining, batches: Vec<Batch>) -> Vec<String> {
    let mut out: Vec<Batch> = batches.into_iter().map(|batch| joining.add(batch, Instant::now())).collect();
    out.extend(joining.release(None));
    out.into_iter().flat_map(|batch| batch.entries).map(|entry| entry.line).collect()
}

#[test]
fn lines_that_belong_together_become_one_entry() {
    let cases = cases();
    assert!(cases.len() > 35, "{}", cases.len());
    for case in &cases {
        let lines = lines(case);
        assert_eq!(&joined(&mut joining(), vec![auto(entries(&lines))]), case, "in one batch");
        let each = lines.iter().map(|line| auto(vec![entry(NOON, line)])).collect();
        assert_eq!(&joined(&mut joining(), each), case, "line by line");
        let whole = joining().join_whole(auto(entries(&lines)));
        assert_eq!(&whole.entries.into_iter().map(|entry| entry.line).collect::<Vec<_>>(), case, "pushed");
    }
}

#[test]
fn a_label_decides_otherwise() {
    let check = |multiline: &str, lines: &[&str], expected: &[&str]| {
        let sent = Batch {
            multiline: Multiline::from_text(multiline),
            ..batch("web", lines.iter().map(|line| entry(NOON, line)).collect())
        };
        assert_eq!(joined(&mut joining(), vec![sent]), expected, "{multiline}");
    };
    let trace = [
        "Traceback (most recent call last):",
        "  File \"x\", line 1",
        "KeyError: 1",
        "[1] a",
        "b",
        "{\"c\":1}",
    ];
    check("off", &trace, &trace);
    check(r"^\[\d", &trace, &[&trace[..3].join("\n"), "[1] a\nb\n{\"c\":1}"]);
    // A faulty one counts as `auto`.
    check("[", &trace, &[&trace[..3].join("\n"), "[1] a", "b", "{\"c\":1}"]);
}

#[test]
fn entries_keep_their_first_time_and_metadata() {
    let mut lines = entries(&["a".into(), "\tat b(c.d:1)".into()]);
    lines[1].timestamp = NOON.plus(Duration::from_millis(3));
    let joined = joining().join_whole(auto(lines.clone())).entries;
    assert_eq!(joined, [entry(NOON, "a\n\tat b(c.d:1)")]);
    // Other metadata is another writer; a later time is another event.
    lines[1].metadata = vec![("container_id".into(), "x".into())];
    assert_eq!(joining().join_whole(auto(lines.clone())).entries, lines);
    lines[1].metadata.clear();
    lines[1].timestamp = NOON.plus(Duration::from_millis(1001));
    assert_eq!(joining().join_whole(auto(lines.clone())).entries, lines);
}

#[test]
fn nothing_grows_without_bound() {
    let limits =
        JoiningLimits { lines_max: 3, bytes_max: 100, held_bytes_max: 2000, ..JoiningLimits::default() };
    let mut joining = Joining::new(limits, Vec::new(), Instant::now());
    let check = |joining: &mut Joining, lines: &[String], expected: &[usize]| {
        let out = joined(joining, vec![auto(entries(lines))]);
        assert_eq!(out.iter().map(String::len).collect::<Vec<_>>(), expected);
    };
    let frame = "\tat a.b(c:1)".to_owned();
    check(&mut joining, &vec![frame.clone(); 7], &[3 * 13 - 1, 3 * 13 - 1, 12]);
    let long = format!("\tat {}.b(c:1)", "a".repeat(60));
    check(&mut joining, &vec![long.clone(); 2], &[long.len(), long.len()]);
    assert!(!joining.is_too_full());
    for service in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        joining.add(
            Batch { labels: labels(service), ..auto(entries(std::slice::from_ref(&frame))) },
            Instant::now(),
        );
    }
    assert!(joining.is_too_full());
    assert_eq!(joining.release(None).len(), 8);
    assert!(!joining.is_too_full() && joining.due().is_none());
}

#[test]
fn what_is_held_back_is_let_go_in_time() {
    let start = Instant::now();
    let mut joining = joining();
    let at = |millis: u64| start + Duration::from_millis(millis);
    let mut released = |line: &str, sent: u64, looked: u64| {
        joining.add(auto(vec![entry(NOON, line)]), at(sent));
        joining
            .release(Some(at(looked)))
            .into_iter()
            .flat_map(|batch| batch.entries)
            .map(|entry| entry.line)
            .collect::<Vec<_>>()
    };
    assert_eq!(released("one", 0, 199), Vec::<String>::new());
    assert_eq!(released("two", 199, 398), Vec::<String>::new());
    assert_eq!(released("three", 398, 598), ["three"]);
    assert_eq!(released("panic: x", 1000, 1999), Vec::<String>::new());
    assert_eq!(released("goroutine 1 [running]:", 1999, 2000), ["panic: x\ngoroutine 1 [running]:"]);
    assert_eq!(joining.due(), None);
}

#[test]
fn changes_are_told_once() {
    let mut joining = joining();
    let now = Instant::now();
    let hide = |_: &Labels, entries: &mut [Entry]| entries.iter_mut().for_each(|entry| entry.line.push('!'));
    let held = |line: &str| {
        HeldChange::Held(HeldLines {
            labels: labels("web"),
            multiline: Multiline::Auto,
            entry: entry(NOON, line),
        })
    };
    joining.add(auto(vec![entry(NOON, "a"), entry(NOON, "b")]), now);
    assert_eq!(joining.changes(hide), [held("b!")]);
    assert_eq!(joining.changes(hide), []);
    joining.add(auto(vec![entry(NOON, "\tat x.y(z:1)")]), now);
    assert_eq!(joining.changes(hide), [held("b\n\tat x.y(z:1)!")]);
    assert_eq!(joining.release(None)[0].entries, [entry(NOON, "b\n\tat x.y(z:1)")]);
    assert_eq!(joining.changes(hide), [HeldChange::LetGo(labels("web"))]);
    assert_eq!(joining.changes(hide), []);
}

#[test]
fn damaged_rows_are_left_out() {
    let lines = HeldLines { labels: labels("web"), multiline: Multiline::Auto, entry: entry(NOON, "é\nb") };
    let data = lines.data();
    let read = |data: &[u8]| HeldLines::from_row(&lines.labels.to_string(), "auto", data);
    assert_eq!(read(&data), Some(lines.clone()));
    for at in 0..data.len() {
        let mut damaged = data.clone();
        damaged[at] ^= 1;
        assert_eq!(read(&damaged), None, "byte {at}");
        assert_eq!(read(&data[..at]), None, "cut at {at}");
    }
}

proptest! {
    /// Whatever the batches, and however often the process ends between them, the entries are the same, and no
    /// line is lost or doubled.
    #[test]
    fn ends_of_the_process_change_nothing(
        chosen in proptest::collection::vec(0..cases().len(), 1..4),
        cuts in proptest::collection::vec((1..6_usize, any::<bool>()), 40),
    ) {
        let cases = cases();
        let lines: Vec<String> = chosen.iter().flat_map(|case| lines(&cases[*case])).collect();
        let expected = joined(&mut joining(), vec![auto(entries(&lines))]);
        prop_assert_eq!(expected.join("\n"), lines.join("\n"));
        let mut joining = joining();
        let mut held: HashMap<Labels, HeldLines> = HashMap::new();
        let (mut out, mut rest) = (Vec::new(), lines.as_slice());
        for (length, ends) in cuts.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at(length.min(rest.len()));
            rest = later;
            let added = joining.add(auto(entries(now)), Instant::now());
            out.extend(added.entries.into_iter().map(|entry| entry.line));
            for change in joining.changes(|_, _| ()) {
                match change {
                    HeldChange::Held(lines) => held.insert(lines.labels.clone(), lines),
                    HeldChange::LetGo(labels) => held.remove(&labels),
                };
            }
            if ends {
                let rows = held.values().map(|lines| {
                    HeldLines::from_row(&lines.labels.to_string(), lines.multiline.text(), &lines.data()).unwrap()
                });
                joining = Joining::new(JoiningLimits::default(), rows.collect(), Instant::now());
            }
        }
        out.extend(joining.release(None).into_iter().flat_map(|batch| batch.entries).map(|entry| entry.line));
        prop_assert_eq!(out, expected);
    }
}
