//! What happened to containers, as flags on the time axis: those that would cover each other are one.

use api::{Mark, MarkKind, Millis};

use crate::chart::Chart;
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

/// The flags of a chart.
pub fn flags(marks: &[Mark], chart: &Chart) -> Vec<Flag> {
    let mut flags: Vec<Flag> = Vec::new();
    for mark in marks {
        let at = mark.at / NANOS_PER_MILLI;
        if !(chart.start..chart.end).contains(&at) {
            continue;
        }
        let (x, gravity) = (chart.x_of(at), gravity(mark.kind));
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
    use api::{Histogram, HistogramBucket};

    use super::*;

    fn mark(second: i64, kind: MarkKind) -> Mark {
        let at = second * 1_000 * NANOS_PER_MILLI;
        Mark { at, kind, service: "web".to_owned(), container: "web-1".to_owned(), text: String::new() }
    }

    #[test]
    fn marks_side_by_side_are_one_flag_and_the_gravest_counts() {
        let buckets = vec![HistogramBucket { counts: [1; 8] }; 100];
        let step = 1_000 * NANOS_PER_MILLI;
        let histogram = Histogram { start: 0, step, buckets, warnings: Vec::new() };
        let chart = Chart::new(&histogram, 1_000.0, 100.0);
        let marks = [
            mark(-5, MarkKind::Gap),
            mark(10, MarkKind::Start),
            mark(11, MarkKind::Oom),
            mark(40, MarkKind::Deploy),
            mark(100, MarkKind::Gap),
        ];
        let found = flags(&marks, &chart);
        let seen: Vec<(i32, Gravity, usize)> =
            found.iter().map(|flag| (flag.x, flag.gravity, flag.marks.len())).collect();
        assert_eq!(seen, [(100, Gravity::Grave, 2), (400, Gravity::Notable, 1)]);
        assert_eq!(span(&found[0]), (10_000, 11_000));
    }
}
