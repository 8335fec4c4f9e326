use proptest::prelude::*;

use super::*;

fn may_hold(lines: &[String], needles: &[Needle]) -> bool {
    let filter = encode([lines.concat().as_str()]);
    Sought::new(needles).may_stand_in(bitmap(&filter).unwrap())
}

fn needle(texts: &[&str]) -> Needle {
    Needle(texts.iter().map(|text| (*text).to_owned()).collect())
}

/// Lines of all kinds: of letters and digits, of any characters, long ones that fill several windows.
fn any_line() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 ]{0,60}",
        "[0-9a-f-]{0,40}",
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\"?",
        ".{0,20}",
        "[äÄß€💧kK]{0,12}",
        ("[a-c]{1,9}", 1_usize..1500).prop_map(|(part, times)| part.repeat(times)),
    ]
}

/// The gram that begins these bytes, as the module's description tells it; `None` if it is not known to be whole.
fn gram(bytes: &[u8]) -> Option<u64> {
    let is_of_id = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-');
    let four = bytes.first_chunk::<4>()?;
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    if !four.iter().all(is_of_id) {
        return Some(number(four));
    }
    let five = bytes.first_chunk::<5>()?;
    let is_left_out = [0, 2, 4].iter().any(|at| five[*at] == b'-');
    Some(if is_left_out { LEFT_OUT } else { number(five) })
}

/// Turns the case of the ASCII letters that `bits` chooses.
fn other_case(text: &str, bits: u64) -> String {
    let turned = |(at, letter): (usize, char)| match bits >> (at % 64) & 1 {
        1 if letter.is_ascii_uppercase() => letter.to_ascii_lowercase(),
        1 => letter.to_ascii_uppercase(),
        _ => letter,
    };
    text.chars().enumerate().map(turned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn a_block_that_holds_the_needle_is_never_hidden(
        lines in prop::collection::vec(any_line(), 1..12),
        which in any::<prop::sample::Index>(),
        (from, to) in any::<(prop::sample::Index, prop::sample::Index)>(),
        bits in any::<u64>(),
        other in any_line(),
    ) {
        let line = which.get(&lines);
        let borders: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
        let (from, to) = (*from.get(&borders), *to.get(&borders));
        let text = other_case(&line[from.min(to)..from.max(to)], bits);
        let held = needle(&[&text]);
        prop_assert!(may_hold(&lines, std::slice::from_ref(&held)));
        prop_assert!(may_hold(&lines, &[needle(&[&other, &text]), held]), "any of a needle's texts is enough");
    }

    /// Filters that were stored stay true only while every byte keeps its gram.
    #[test]
    fn each_gram_follows_from_its_bytes(texts in prop::collection::vec(any_line(), 1..4)) {
        let mut window = Window::new();
        for text in &texts {
            let bytes = text.to_ascii_lowercase().into_bytes();
            let bytes = &bytes[..bytes.len().min(WINDOW)];
            window.fill(&text.as_bytes()[..bytes.len()]);
            let mut found = Vec::new();
            window.each(|gram| found.push(gram));
            prop_assert_eq!(found, (0..bytes.len()).map_while(|at| gram(&bytes[at..])).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_flipped_bit_is_found(line in any_line(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut filter = encode([line.as_str()]);
        let at = at.index(filter.len());
        filter[at] ^= 1 << bit;
        prop_assert_eq!(bitmap(&filter), None);
    }

    #[test]
    fn a_smaller_map_has_the_places_of_a_larger_one(gram in any::<u64>()) {
        let hash = hash(gram);
        prop_assert_eq!(place(hash, BITS_MAX) / 2, place(hash, BITS_MAX / 2));
        prop_assert_eq!(place(hash, BITS_MAX) / (BITS_MAX / BITS_MIN), place(hash, BITS_MIN));
    }
}

#[test]
fn needles_that_are_absent_are_seen_to_be() {
    let lines: Vec<String> = (0..800_u64)
        .map(|number| {
            let id = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            format!(r#"{{"level":"info","message":"GET /api/orders/{number}","request_id":"{id:016x}"}}"#)
        })
        .collect();
    let check = |needles: &[&[&str]], expected: bool| {
        let needles: Vec<Needle> = needles.iter().map(|texts| needle(texts)).collect();
        assert_eq!(may_hold(&lines, &needles), expected, "{needles:?}");
    };
    check(&[&["request_id"]], true);
    check(&[&["REQUEST_ID"], &["Api/Orders"]], true);
    check(&[&["request_id"], &["card_declined"]], false);
    check(&[&["card_declined", "timeout after"]], false);
    check(&[&["card_declined", "orders/7"]], true);
    check(&[&["5a0d61b2-0f6e-4c53"]], false);
    // Too short to know.
    check(&[&["xyz"]], true);
    check(&[&["card_declined", "xyz"]], true);
    check(&[], true);
}

#[test]
fn filters_are_as_large_as_their_lines_need() {
    let check = |text: &str, bytes: usize| {
        assert_eq!(encode([text]).len() - HEAD_BYTES, bytes, "{} bytes of text", text.len());
    };
    check("", BITS_MIN / 8);
    check(&"always the same ".repeat(20_000), BITS_MIN / 8);
    let unique = |lines: u64| -> String {
        (0..lines).map(|line| format!("{:016x}", line.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect()
    };
    check(&unique(50), 444);
    check(&unique(400), 3552);
    check(&unique(8000), BITS_MAX / 8);
}
