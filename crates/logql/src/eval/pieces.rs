//! Cuts a long range into pieces that are read one after the other, so that a query which soon has enough never
//! asks for what is old: UTC days, the first one alone, then more of them at a time.

use model::{TimeRange, Timestamp};

use super::Direction;

const DAY: i128 = 86_400_000_000_000;

/// The pieces of a range, in the direction.
pub(super) fn pieces(range: TimeRange, direction: Direction) -> impl Iterator<Item = TimeRange> {
    let (mut start, mut end) = (i128::from(range.start.nanos()), i128::from(range.end.nanos()));
    let mut days = 0;
    std::iter::from_fn(move || {
        if start >= end {
            return None;
        }
        let piece = match direction {
            Direction::Backward => {
                let cut = ((end - 1).div_euclid(DAY) - days) * DAY;
                let piece = (cut.max(start), end);
                end = piece.0;
                piece
            }
            Direction::Forward => {
                let cut = (start.div_euclid(DAY) + 1 + days) * DAY;
                let piece = (start, cut.min(end));
                start = piece.1;
                piece
            }
        };
        // One day, then 2, 4, 8 …
        days = days * 2 + 1;
        Some(TimeRange { start: instant(piece.0), end: instant(piece.1) })
    })
}

/// Pieces lie inside the range, which is made of instants.
fn instant(nanos: i128) -> Timestamp {
    Timestamp::from_nanos(nanos.clamp(i64::MIN.into(), i64::MAX.into()) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000_000;

    fn check(start: i64, end: i64, expected: &[(i64, i64)]) {
        let range = TimeRange { start: Timestamp::from_nanos(start), end: Timestamp::from_nanos(end) };
        let found = |direction| {
            pieces(range, direction).map(|piece| (piece.start.nanos(), piece.end.nanos())).collect::<Vec<_>>()
        };
        assert_eq!(found(Direction::Backward), expected);
        let mut forward = found(Direction::Forward);
        let meet = forward.windows(2).all(|pair| pair[0].1 == pair[1].0);
        assert!(meet && forward.first().map(|piece| piece.0) == (start < end).then_some(start));
        assert_eq!(forward.pop().map(|piece| piece.1), (start < end).then_some(end));
    }

    #[test]
    fn pieces_are_days_and_meet() {
        check(HOUR, 2 * HOUR, &[(HOUR, 2 * HOUR)]);
        check(HOUR, 25 * HOUR, &[(24 * HOUR, 25 * HOUR), (HOUR, 24 * HOUR)]);
        check(-HOUR, 24 * HOUR, &[(0, 24 * HOUR), (-HOUR, 0)]);
        check(0, 24 * 4 * HOUR, &[(72 * HOUR, 96 * HOUR), (24 * HOUR, 72 * HOUR), (0, 24 * HOUR)]);
        check(HOUR, HOUR, &[]);
        check(2 * HOUR, HOUR, &[]);
    }
}
