use logql::Needle;
use proptest::prelude::*;

use super::*;

/// A bitmap of random bits, about half of which are set; of the larger or the smaller size.
pub(crate) fn bitmap(seed: u64, is_large: bool) -> Vec<u8> {
    let bytes = if is_large { BITS_MAX / 8 } else { BITS_MAX / 16 };
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(next).flatten().take(bytes).collect()
}

pub(crate) fn sought(needles: &[Vec<String>]) -> Sought {
    Sought::new(&needles.iter().cloned().map(Needle).collect::<Vec<_>>())
}

fn no_fault(slice: &[u8], to: &mut Vec<u8>) -> Result<(), std::convert::Infallible> {
    to.extend_from_slice(slice);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn slices_say_what_the_filters_say(
        sizes in prop::collection::vec(any::<bool>(), 1..200),
        needles in prop::collection::vec(prop::collection::vec("[a-z0-9]{4,12}", 1..3), 1..3),
        seed in any::<u32>(),
    ) {
        let bitmaps: Vec<Vec<u8>> =
            sizes.iter().enumerate().map(|(at, is_large)| bitmap(u64::from(seed) << 8 | at as u64, *is_large)).collect();
        let tables: Vec<Table> = bitmaps.chunks(LANE).map(Table::cut).collect();
        let table = Table::joined(&tables);
        let slices: Vec<Vec<u8>> = table.slices().collect();
        prop_assert_eq!(Table::of(tables.len(), &slices), Some(table));
        let sought = sought(&needles);
        let found = ask(&sought, tables.len(), [u64::MAX; LANES_MAX], |number, to| no_fault(&slices[number], to));
        let found = found.unwrap().unwrap();
        for (at, bitmap) in bitmaps.iter().enumerate() {
            prop_assert_eq!(found[at / LANE] >> (at % LANE) & 1 == 1, sought.may_stand_in(bitmap), "block {}", at);
        }
    }

    #[test]
    fn groups_are_read_as_they_were_written(blocks in prop::collection::btree_set(1_i64..1 << 40, 1..512)) {
        let group = Group::new(blocks.iter().copied().collect());
        prop_assert_eq!(group.lanes(), blocks.len().div_ceil(LANE));
        prop_assert!(group.blocks().map(|(_, block)| block).eq(blocks));
        let mut bytes = group.encode();
        prop_assert_eq!(Group::decode(&bytes), Some(group));
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        prop_assert_eq!(Group::decode(&bytes), None);
    }
}

#[test]
fn a_damaged_or_missing_slice_says_nothing() {
    let bitmaps: Vec<Vec<u8>> = (0..3).map(|seed| bitmap(seed, true)).collect();
    let slices: Vec<Vec<u8>> = Table::cut(&bitmaps).slices().collect();
    let sought = sought(&[vec!["needle".to_owned()]]);
    let told = |slices: &[Vec<u8>]| {
        ask(&sought, 1, [7, 0, 0, 0, 0, 0, 0, 0], |number, to| no_fault(&slices[number], to)).unwrap()
    };
    assert!(told(&slices).is_some());
    let mut damaged = slices.clone();
    damaged.iter_mut().for_each(|slice| slice[20] ^= 4);
    assert_eq!(told(&damaged), None);
    assert_eq!(Table::of(1, &damaged), None);
    assert_eq!(told(&vec![Vec::new(); slices.len()]), None);
    assert_eq!(Table::of(1, &slices[1..]), None);
}
