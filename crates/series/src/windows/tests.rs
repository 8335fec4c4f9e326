use std::time::Duration;

use model::Timestamp;
use proptest::prelude::*;

use super::{Panes, Partial, Window, slide};
use crate::Grid;

#[derive(Clone, Debug, Default, PartialEq)]
struct Seen(Vec<i64>);

impl Partial for Seen {
    fn merge(&mut self, later: &Self) {
        self.0.extend(&later.0);
    }
}

fn grid(start: i64, step: u64, len: usize) -> Grid {
    let [start, end] = [start, start + step as i64 * (len as i64 - 1)].map(Timestamp::from_nanos);
    Grid::new(start, end, Duration::from_nanos(step), 1000).expect("a grid")
}

/// What is in each window, found in panes and found by asking each window.
fn check(grid: Grid, window: Window, samples: &[i64]) {
    let panes = Panes::new(grid, window);
    let mut partials = vec![Seen::default(); panes.count()];
    let in_time = |at: &&i64| panes.pane_of(Timestamp::from_nanos(**at)).is_some();
    for at in samples.iter().filter(in_time) {
        partials[panes.pane_of(Timestamp::from_nanos(*at)).expect("filtered")].0.push(*at);
    }
    let mut windows = vec![Vec::new(); grid.len()];
    slide(panes, &partials, |index, seen| windows[index] = seen.cloned().unwrap_or_default().0);
    for (index, found) in windows.iter().enumerate() {
        let end = grid.at(index).nanos() - window.offset;
        let inside = |at: &i64| end - (window.length as i64) < *at && *at <= end;
        let expected: Vec<i64> = samples.iter().copied().filter(inside).collect();
        assert_eq!(found, &expected, "window {index} of {panes:?}");
        for at in &expected {
            assert!(panes.reach().contains(Timestamp::from_nanos(*at)), "{at} out of reach");
            assert!(panes.windows_with(Timestamp::from_nanos(*at)).contains(&index));
        }
    }
}

#[test]
fn windows_do_not_hold_their_first_nanosecond() {
    let panes = Panes::new(grid(60, 60, 3), Window { length: 60, offset: 0 });
    let windows = |at| panes.windows_with(Timestamp::from_nanos(at));
    assert_eq!((panes.count(), panes.reach().start.nanos(), panes.reach().end.nanos()), (3, 1, 181));
    assert_eq!((windows(0), windows(1), windows(60), windows(61)), (0..0, 0..1, 0..1, 1..2));
    assert_eq!((windows(180), windows(181)), (2..3, 3..3));
}

#[test]
fn long_windows_over_few_instants_have_few_panes() {
    let day = Window { length: 86_400_000_000_000, offset: 0 };
    assert_eq!(Panes::new(Grid::single(Timestamp::from_nanos(5)), day).count(), 1);
    assert_eq!(Panes::new(grid(0, 7, 10), day).count(), 19);
    assert_eq!(Panes::new(grid(0, 10, 10), day).count(), 19);
    assert_eq!(Panes::new(grid(0, 10, 10), Window { length: 0, offset: 0 }).count(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn panes_hold_what_windows_hold(
        start in -40_i64..40, step in 1_u64..12, len in 1_usize..12, length in 0_u64..50, offset in -20_i64..20,
        mut samples in proptest::collection::vec(-100_i64..200, 0..60),
    ) {
        samples.sort_unstable();
        check(grid(start, step, len), Window { length, offset }, &samples);
    }

    #[test]
    fn a_stretch_without_a_bound_is_in_one_pane(
        step in 1_u64..12, len in 1_usize..8, length in 0_u64..50, at in -70_i64..100,
    ) {
        let panes = Panes::new(grid(0, step, len), Window { length, offset: 0 });
        let pane_of = |at: i64| panes.pane_of(Timestamp::from_nanos(at));
        let (pane, first, last) = panes.stretch_of(Timestamp::from_nanos(at));
        let (first, last) = (first.nanos(), last.nanos());
        prop_assert!((first..=last).contains(&at));
        for other in (at - 60..at + 60).filter(|other| (first..=last).contains(other)) {
            prop_assert_eq!(pane_of(other), pane, "at {}", other);
        }
        // It is as long as can be, but for bounds of windows without length.
        if length > 0 && first > i64::MIN {
            prop_assert_ne!(pane_of(first - 1), pane);
        }
        if length > 0 && last < i64::MAX {
            prop_assert_ne!(pane_of(last + 1), pane);
        }
    }
}
