use super::*;

fn check(weights: &[u32], expected: &[u16]) {
    assert_eq!(turns(weights), expected, "{weights:?}");
}

#[test]
fn turns_are_spread_by_weight() {
    check(&[], &[]);
    check(&[0, 0], &[]);
    check(&[1, 1], &[0, 1]);
    check(&[5, 5, 5], &[0, 1, 2]);
    check(&[3, 1], &[0, 0, 1, 0]);
    check(&[2, 0, 1], &[0, 2, 0]);
}

#[test]
fn large_weights_keep_their_proportion() {
    let all = turns(&[1_000_000, 1_000_001, 500_000]);
    assert!(all.len() <= 2 * TURNS_MAX as usize);
    let count = |index: u16| all.iter().filter(|turn| **turn == index).count();
    assert!(count(0).abs_diff(2 * count(2)) <= 2, "{} {}", count(0), count(2));
    assert!(turns(&[u32::MAX, 1]).contains(&1), "whoever has a weight has a turn");
}
