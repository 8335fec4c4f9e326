//! What happened to containers, as flags on the time axis: those that would cover each other are one.

use api::{Mark, MarkKind, Millis};

use crate::time::NANOS_PER_MILLI;

/// One mark, or several that stand side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Where, in pixels from the left.
    pub x: i32,
    /// The gravest of its marks decides how it looks.
    pub gravity: Gravity,
    /// The marks, oldest first.
    pub marks: Vec<Mark>,
}

/// How much a mark matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// As it should be: a start, a health check that passes again.
    Quiet,
    /// Somebody did it, or it mended itself: a deploy, a restart, an end.
    Notable,
    /// Lines are missing, or the kernel killed it.
    Grave,
}

/// Flags stand at least so far from each other.
const APART: f64 = 12.0;

/// The flags of a chart over a time that is so wide.
pub fn flags(marks: &[Mark], (start, end): (Millis, Millis), width: f64) -> Vec<Flag> {
    let mut flags: Vec<Flag> = Vec::new();
    for mark in marks {
        let at = mark.at / NANOS_PER_MILLI;
        if !(start..end).contains(&at) {
            continue;
        }
        let x = (at - start) as f64 / (end - start) as f64 * width;
        let gravity = gravity(mark.kind);
        match flags.last_mut().filter(|last| x - f64::from(last.x) < APART) {
            Some(last) => {
                last.gravity = last.gravity.max(gravity);
                last.marks.push(mark.clone());
            }
            None => flags.push(Flag { x: x.round() as i32, gravity, marks: vec![mark.clone()] }),
        }
    }
    flags
}

/// Of what happened that which may have changed a curve. That a job begins and ends as it should does not; and of
/// what restarts again and again the first time stands for all: else it would cover all else.
pub fn telling(marks: Vec<Mark>) -> Vec<Mark> {
    let restarts = |of: &Mark| {
        marks.iter().filter(|mark| mark.kind == MarkKind::Restart && mark.container == of.container).count()
    };
    let is_first = |of: &Mark| {
        let of_container = |mark: &&Mark| mark.kind == of.kind && mark.container == of.container;
        marks.iter().find(of_container) == Some(of)
    };
    let tells = |mark: &&Mark| match mark.kind {
        MarkKind::Deploy | MarkKind::Oom | MarkKind::Gap => true,
        MarkKind::Restart => restarts(mark) <= RESTARTS_MAX || is_first(mark),
        MarkKind::Start | MarkKind::Exit | MarkKind::Health => false,
    };
    marks.iter().filter(tells).cloned().collect()
}

/// What restarts more often within what is looked at does so again and again.
const RESTARTS_MAX: usize = 5;

/// How much a kind of mark matters.
pub fn gravity(kind: MarkKind) -> Gravity {
    match kind {
        MarkKind::Gap | MarkKind::Oom => Gravity::Grave,
        MarkKind::Deploy | MarkKind::Restart | MarkKind::Exit => Gravity::Notable,
        MarkKind::Start | MarkKind::Health => Gravity::Quiet,
    }
}

/// What a kind is called.
pub fn word(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Gap => "gap",
        MarkKind::Start => "start",
        MarkKind::Restart => "restart",
        MarkKind::Exit => "exit",
        MarkKind::Oom => "out of memory",
        MarkKind::Deploy => "deploy",
        MarkKind::Health => "health",
    }
}

/// When a flag's first and last mark were.
pub fn span(flag: &Flag) -> (Millis, Millis) {
    let at = |mark: Option<&Mark>| mark.map_or(0, |mark| mark.at / NANOS_PER_MILLI);
    (at(flag.marks.first()), at(flag.marks.last()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(second: i64, kind: MarkKind) -> Mark {
        let at = second * 1_000 * NANOS_PER_MILLI;
        Mark { at, kind, service: "web".to_owned(), container: "web-1".to_owned(), text: String::new() }
    }

    #[test]
    fn marks_side_by_side_are_one_flag_and_the_gravest_counts() {
        let marks = [
            mark(-5, MarkKind::Gap),
            mark(10, MarkKind::Start),
            mark(11, MarkKind::Oom),
            mark(40, MarkKind::Deploy),
            mark(100, MarkKind::Gap),
        ];
        let found = flags(&marks, (0, 100_000), 1_000.0);
        let seen: Vec<(i32, Gravity, usize)> =
            found.iter().map(|flag| (flag.x, flag.gravity, flag.marks.len())).collect();
        assert_eq!(seen, [(100, Gravity::Grave, 2), (400, Gravity::Notable, 1)]);
        assert_eq!(span(&found[0]), (10_000, 11_000));
    }

    #[test]
    fn what_happens_again_and_again_tells_little() {
        let kinds = |marks: Vec<Mark>| telling(marks).iter().map(|mark| mark.kind).collect::<Vec<_>>();
        let (restart, deploy) = (MarkKind::Restart, MarkKind::Deploy);
        let two = vec![mark(1, restart), mark(2, MarkKind::Exit), mark(3, MarkKind::Start), mark(4, restart)];
        assert_eq!(kinds(two), [restart, restart]);
        let mut many: Vec<Mark> = (0..6).map(|second| mark(second, restart)).collect();
        many.push(mark(9, deploy));
        assert_eq!(kinds(many), [restart, deploy]);
    }
}
