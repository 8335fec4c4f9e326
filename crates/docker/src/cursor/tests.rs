use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    at: i64,
    text: &'static str,
}

impl LogLine for Mark {
    fn timestamp(&self) -> Timestamp {
        Timestamp::from_nanos(self.at)
    }

    fn text(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

/// What survives a crash: the lines, the cursor beside them, and the gaps that were told.
#[derive(Clone, Debug, Default)]
struct Stored {
    lines: Vec<Mark>,
    cursor: Option<Cursor>,
    gaps: Vec<Gap>,
}

impl Stored {
    /// Reads what the engine shows, in batches of `batch` lines, and crashes before the one that would follow
    /// `batches` others.
    fn read(&mut self, shown: &[Mark], batch: usize, batches: usize) {
        let encoded = self.cursor.map(|cursor| cursor.encode());
        let mut progress = Progress::new(encoded.and_then(|bytes| Cursor::decode(&bytes)));
        for chunk in shown.chunks(batch).take(batches) {
            let mut now = self.clone();
            for mark in chunk {
                progress.offer(mark.clone(), &mut |taken| match taken {
                    Taken::Line(mark) => now.lines.push(mark),
                    Taken::Gap(gap) => now.gaps.push(gap),
                });
            }
            // Nothing is stored for lines that were known already, as nothing is sent.
            if now.lines.len() > self.lines.len() {
                now.cursor = progress.cursor();
            }
            *self = now;
        }
    }

    fn since(&self) -> i64 {
        Progress::<Mark>::new(self.cursor).since().map_or(i64::MIN, Timestamp::nanos)
    }
}

/// Engines up to 20.10: every line that is not older.
fn filtered(log: &[Mark], since: i64) -> Vec<Mark> {
    log.iter().filter(|mark| mark.at >= since).cloned().collect()
}

/// Later engines: everything from the first line on that is not older.
fn from_first(log: &[Mark], since: i64) -> Vec<Mark> {
    log.iter().skip_while(|mark| mark.at < since).cloned().collect()
}

/// Times that often stand still, and texts that are often the same.
fn steady_log() -> impl Strategy<Value = Vec<Mark>> {
    let line = (0..3_i64, prop::sample::select(vec!["a", "b", ""]));
    prop::collection::vec(line, 1..40).prop_map(|lines| {
        let mut at = 1000;
        let next = |(step, text)| {
            at += step;
            Mark { at, text }
        };
        lines.into_iter().map(next).collect()
    })
}

/// Times that jump back and forth; no two lines have the same.
fn jumpy_log() -> impl Strategy<Value = Vec<Mark>> {
    let line = (prop::sample::select(vec![1, 1, 1, 1, 1, 1, -7, 9]), prop::sample::select(vec!["a", "b"]));
    prop::collection::vec(line, 1..40).prop_map(|lines| {
        let mut second = 1000;
        let next = |(index, (step, text)): (usize, (i64, &'static str))| {
            second += step;
            Mark { at: second * 1000 + index as i64, text }
        };
        lines.into_iter().enumerate().map(next).collect()
    })
}

/// How much of the log is there, the size of batches, how many are read before the crash.
fn attempts() -> impl Strategy<Value = Vec<(usize, usize, usize)>> {
    prop::collection::vec((0..40_usize, 1..6_usize, 0..6_usize), 0..8)
}

fn check(log: &[Mark], attempts: &[(usize, usize, usize)], show: impl Fn(&[Mark], i64) -> Vec<Mark>) {
    let mut stored = Stored::default();
    let mut there = 0;
    for (grown, batch, batches) in attempts {
        there = log.len().min(there.max(*grown));
        stored.read(&show(&log[..there], stored.since()), *batch, *batches);
    }
    stored.read(&show(log, stored.since()), 3, usize::MAX);
    assert_eq!(stored.lines, log);
    assert_eq!(stored.gaps, []);
}

proptest! {
    #[test]
    fn every_line_is_taken_once(log in steady_log(), attempts in attempts()) {
        check(&log, &attempts, filtered);
        check(&log, &attempts, from_first);
    }

    #[test]
    fn also_when_more_is_shown_than_asked_for(log in steady_log(), attempts in attempts(), more in 0..20_i64) {
        check(&log, &attempts, |log, since| filtered(log, since.saturating_sub(more)));
    }

    #[test]
    fn also_when_the_clock_jumps(log in jumpy_log(), attempts in attempts()) {
        check(&log, &attempts, |log, _| log.to_vec());
        check(&log, &attempts, from_first);
    }

    #[test]
    fn what_was_thrown_away_is_a_gap(log in steady_log(), read in 0..40_usize, thrown in 0..40_usize) {
        let mut stored = Stored::default();
        stored.read(&log[..read.min(log.len())], 1, usize::MAX);
        let had = stored.lines.len();
        // Files are thrown away between one time and the next.
        let thrown_until = log.get(thrown).map_or(i64::MAX, |mark| mark.at);
        let left: Vec<Mark> = log.iter().filter(|mark| mark.at >= thrown_until).cloned().collect();
        stored.read(&filtered(&left, stored.since()), 1, usize::MAX);

        let lost = log[had..].iter().filter(|mark| mark.at < thrown_until).count();
        prop_assert_eq!(stored.lines.len() + lost, log.len());
        if lost > 0 && stored.lines.len() > had && had > 0 {
            prop_assert_eq!(stored.gaps.len(), 1);
            prop_assert!(stored.gaps[0].from < stored.gaps[0].to);
        }
        if thrown_until <= log[0].at {
            prop_assert!(stored.gaps.is_empty());
        }
    }

    #[test]
    fn lines_that_come_again_are_known(log in steady_log(), repeats in prop::collection::vec((0..40_usize, 1..30_usize), 0..5)) {
        let mut shown = log.clone();
        for (at, back) in repeats {
            // The follower goes back to some earlier place, and reads on from there.
            let at = at.min(shown.len());
            let from = at.saturating_sub(back);
            if shown[..at].last().is_some_and(|last| shown[from].at < last.at) {
                let again = shown[from..at].to_vec();
                shown.splice(at..at, again);
            }
        }
        let mut stored = Stored::default();
        stored.read(&shown, 3, usize::MAX);
        prop_assert_eq!(stored.lines, log);
        prop_assert_eq!(stored.gaps, []);
    }

    #[test]
    fn cursors_survive_their_bytes(log in jumpy_log(), open in any::<u32>()) {
        let mut progress = Progress::new(None);
        log.into_iter().for_each(|mark| progress.offer(mark, &mut |_| {}));
        progress.set_open(open);
        let cursor = progress.cursor().unwrap();
        prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = Cursor::decode(&bytes);
    }
}

fn taken(progress: &mut Progress<Mark>, at: i64, text: &'static str) -> Vec<Taken<Mark>> {
    let mut all = Vec::new();
    progress.offer(Mark { at, text }, &mut |taken| all.push(taken));
    all
}

#[test]
fn the_last_line_comes_again_only_from_engines_known_for_that() {
    let check = |repeats: bool, expected: usize| {
        let mut progress = Progress::new(None);
        progress.set_repeats(repeats);
        let lines: Vec<_> = [(1, "a"), (2, "b"), (2, "b"), (3, "b"), (3, "c")]
            .into_iter()
            .flat_map(|(at, text)| taken(&mut progress, at, text))
            .collect();
        assert_eq!(lines.len(), expected, "{lines:?}");
    };
    check(false, 5);
    check(true, 4);
}

#[test]
fn a_gap_is_told_once() {
    let mut progress = Progress::new(None);
    taken(&mut progress, 100, "known");
    progress.reopen(None);
    let first = taken(&mut progress, 300, "later");
    let [Taken::Gap(gap), Taken::Line(_)] = first.as_slice() else { panic!("{first:?}") };
    assert_eq!((gap.from.nanos(), gap.to.nanos()), (100, 300));

    // The report was stored, the line behind the gap was not.
    let mut again = Progress::new(Some(gap.cursor));
    assert_eq!(again.since(), Some(Timestamp::from_nanos(300)));
    let second = taken(&mut again, 300, "later");
    assert!(matches!(second.as_slice(), [Taken::Line(_)]), "{second:?}");
}

#[test]
fn another_line_at_the_cursors_time_is_new_and_a_gap() {
    let mut progress = Progress::new(None);
    taken(&mut progress, 100, "known");
    progress.reopen(None);
    let all = taken(&mut progress, 100, "unknown");
    assert!(matches!(all.as_slice(), [Taken::Gap(_), Taken::Line(Mark { text: "unknown", .. })]), "{all:?}");
    let Taken::Gap(gap) = &all[0] else { unreachable!() };
    let again = taken(&mut Progress::new(Some(gap.cursor)), 100, "unknown");
    assert!(matches!(again.as_slice(), [Taken::Line(_)]), "{again:?}");
}

#[test]
fn a_silent_log_need_not_show_its_last_line() {
    let check = |since: i64, at: i64, expected: [usize; 2]| {
        let mut progress = Progress::new(None);
        taken(&mut progress, 500, "long ago");
        progress.reopen(Some(Timestamp::from_nanos(since)));
        let all = taken(&mut progress, at, "next");
        let gaps = all.iter().filter(|taken| matches!(taken, Taken::Gap(_))).count();
        assert_eq!([gaps, all.len() - gaps], expected, "since {since}, then {at}");
    };
    check(400, 900, [1, 1]);
    check(500, 900, [1, 1]);
    check(501, 900, [0, 1]);
    check(800, 900, [0, 1]);
    check(800, 450, [0, 0]);
}
