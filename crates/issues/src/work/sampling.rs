//! Which of many events that are alike are kept: the first ones of an hour, of more fewer and fewer, and always the newest.
//! All of them are counted.

/// Of the events between `n` and `2 n` a so manyth of `sample_after` are kept.
const PART: u64 = 8;

/// How long an event is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// As long as events are.
    Long,
    /// Until the next one of its group comes.
    UntilNext,
}

/// What becomes of the `number`th event of a group within an hour, counted from 1.
pub(super) fn keep(number: u64, sample_after: u64) -> Kept {
    if number <= sample_after {
        return Kept::Long;
    }
    let step = 1_u64 << (number.saturating_mul(PART) / sample_after.max(1)).ilog2().min(62);
    match number.is_multiple_of(step) {
        true => Kept::Long,
        false => Kept::UntilNext,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_there_are_the_fewer_are_kept() {
        let kept = |numbers: std::ops::RangeInclusive<u64>| {
            numbers.filter(|number| keep(*number, 100) == Kept::Long).count()
        };
        assert_eq!(kept(1..=100), 100);
        for from in [101, 201, 401, 801, 51_201, 819_201] {
            let kept = kept(from..=2 * from);
            assert!((6..=26).contains(&kept), "{kept} of {from} to {}", 2 * from);
        }
        assert_eq!(keep(u64::MAX, 1), Kept::UntilNext);
        assert!((1..1000).filter(|number| keep(*number, 1) == Kept::Long).count() < 100);
    }
}
