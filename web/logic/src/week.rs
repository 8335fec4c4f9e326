//! Numbers of a week against those of the week before.

use api::WeekNumber;

/// How a number turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// One of the two is missing.
    Unknown,
    /// It is about what it was.
    Same,
    /// It is better.
    Better,
    /// It is worse.
    Worse,
}

/// Less than this share of a change is none.
const SAME: f64 = 0.05;

/// How a number turned.
pub fn turn(number: &WeekNumber) -> Turn {
    let (Some(now), Some(before)) = (number.now, number.before) else { return Turn::Unknown };
    let greatest = now.abs().max(before.abs());
    if (now - before).abs() <= greatest * SAME {
        return Turn::Same;
    }
    if (now < before) == number.less_is_better { Turn::Better } else { Turn::Worse }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_better_worse_or_the_same() {
        let check = |now, before, less_is_better, expected| {
            let number = WeekNumber { now, before, less_is_better, ..WeekNumber::default() };
            assert_eq!(turn(&number), expected, "{now:?} {before:?}");
        };
        check(Some(0.02), Some(0.01), true, Turn::Worse);
        check(Some(0.01), Some(0.02), true, Turn::Better);
        check(Some(0.999), Some(0.9), false, Turn::Better);
        check(Some(0.9), Some(0.999), false, Turn::Worse);
        check(Some(100.0), Some(104.0), true, Turn::Same);
        check(Some(0.0), Some(0.0), true, Turn::Same);
        check(None, Some(1.0), true, Turn::Unknown);
        check(Some(1.0), None, true, Turn::Unknown);
    }
}
