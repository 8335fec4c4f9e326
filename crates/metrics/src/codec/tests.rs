use proptest::prelude::*;

use super::*;

const STALE: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

fn check(values: &[f64], kind: u8) {
    let bytes = encode(values);
    assert_eq!(bytes[0], kind, "{values:?}");
    let back = decode(&bytes, values.len()).expect("what was written");
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&back), bits(values));
}

#[test]
fn each_kind_of_series_has_its_form() {
    check(&[5.0; 100], CONSTANT);
    check(&[STALE; 3], CONSTANT);
    check(&[f64::NAN], CONSTANT);
    check(&(0..100).map(f64::from).collect::<Vec<_>>(), LINEAR);
    check(&[0.25, 0.5], LINEAR);
    check(&[1.0, 2.0, 4.0], LITTLE);
    check(&(0..100).map(|n| f64::from(n * n)).collect::<Vec<_>>(), DECIMAL);
    check(&(0..100).map(|n| f64::from(n * n) / 100.0).collect::<Vec<_>>(), DECIMAL);
    check(&(1..100).map(|n| f64::from(n).sqrt()).collect::<Vec<_>>(), FLOAT);
    check(&[1.0, STALE, 3.0], FLOAT);
    let mut counter: Vec<f64> = (0..40).map(|n| f64::from(n * n)).collect();
    (counter[0], counter[17], counter[39]) = (STALE, f64::NAN, f64::NEG_INFINITY);
    check(&counter, PATCHED);
    check(&[1.0, -0.0, 3.0], FLOAT);
    check(&[1.0, f64::INFINITY], FLOAT);
    check(&[9_007_199_254_740_993.0, 1e300], FLOAT);
}

fn numbers() -> impl Strategy<Value = Vec<f64>> {
    let one = prop_oneof![
        any::<f64>(),
        any::<u64>().prop_map(f64::from_bits),
        Just(STALE),
        (-1_000_000_i32..1_000_000).prop_map(f64::from),
        (-1_000_000_i32..1_000_000).prop_map(|hundredths| f64::from(hundredths) / 100.0),
    ];
    let counter = prop_oneof![20 => (0_i32..1000).prop_map(f64::from), 1 => Just(STALE), 1 => any::<f64>()];
    prop_oneof![prop::collection::vec(one, 1..120), prop::collection::vec(counter, 1..120)]
}

proptest! {
    #[test]
    fn not_a_bit_is_lost(values in numbers()) {
        let back = decode(&encode(&values), values.len()).expect("what was written");
        prop_assert!(values.iter().zip(&back).all(|(a, b)| a.to_bits() == b.to_bits()));
    }

    #[test]
    fn decimals_are_not_lost_either(hundredths in prop::collection::vec(-100_000_i64..100_000, 1..120)) {
        let values: Vec<f64> = hundredths.iter().map(|number| *number as f64 / 100.0).collect();
        let bytes = encode(&values);
        prop_assert_ne!(bytes[0], FLOAT);
        prop_assert_eq!(decode(&bytes, values.len()), Some(values));
    }

    #[test]
    fn timestamps_come_back(
        start in -1_000_000_000_000_i64..4_000_000_000_000, steps in prop::collection::vec(1_i64..100_000, 0..120),
    ) {
        let mut timestamps = vec![start];
        timestamps.extend(steps.iter().scan(start, |at, step| { *at += step; Some(*at) }));
        let back = decode_timestamps(&encode_timestamps(&timestamps), timestamps.len());
        prop_assert_eq!(back, Some(timestamps));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), count in 0_usize..100) {
        let _ = decode(&bytes, count);
        let _ = decode_timestamps(&bytes, count);
    }
}
