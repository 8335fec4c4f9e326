//! Ids of a block's text, kept apart from it: UUIDs and 128 bits in hexadecimal digits, which are most of what is left
//! of log lines once they are compressed. In the text one byte that no text holds stands for each, and the id itself is
//! stored as its sixteen bytes, once however often it stands there.
//!
//! What else looks like a part of an id (eight or more hexadecimal digits and dashes in a row, a *run*) is listed, those
//! with letters and those without apart: times and numbers are many. So a text that holds such a run can be told from
//! the ids and these lists not to stand in a block, without its lines being decompressed: filters say "maybe" a little
//! too often of a few letters of an id.

use memchr::memchr2;

use store::varint::{self, Cursor};

use super::id::{ID_BYTES, PLAIN, UUID, UUID_CHARS, id, write};
use super::runs::{Lists, RunList, Runs, list_of};

/// A text and what was taken out of it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Apart {
    /// The text with a byte in the place of each id.
    pub(super) text: Vec<u8>,
    /// The distinct ids in the order of their appearance, [`ID_BYTES`] each.
    pub(super) ids: Vec<u8>,
    /// For each id in the text, as LEB128: 0 for the next new one of the list, else how far before that one it stands.
    pub(super) which: Vec<u8>,
    /// What else looks like a part of an id, in the text and beside it.
    pub(super) runs: Lists<Vec<u8>>,
}

impl Apart {
    /// Takes the ids out of `text`. The runs of `others`, which stand beside it, are listed too.
    pub(super) fn of<'a>(text: &'a str, others: impl Iterator<Item = &'a str>) -> Self {
        let bytes = text.as_bytes();
        let mut apart = Self { text: Vec::with_capacity(bytes.len()), ..Self::default() };
        let (mut known, mut list, mut from) = (Known::default(), [(); 2].map(|()| RunList::default()), 0);
        Runs::of(bytes).each(|start, end| match id(&bytes[start..end]) {
            Some((mark, id)) => {
                apart.text.extend_from_slice(&bytes[from..start]);
                apart.text.push(mark);
                apart.add(id, &mut known);
                from = end;
            }
            None => list_of(&mut list, &bytes[start..end]),
        });
        apart.text.extend_from_slice(&bytes[from..]);
        for other in others.map(str::as_bytes) {
            Runs::of(other).each(|start, end| list_of(&mut list, &other[start..end]));
        }
        let [letters, digits] = list.map(RunList::finish);
        apart.runs = Lists { letters, digits };
        apart
    }

    fn add(&mut self, id: [u8; ID_BYTES], known: &mut Known) {
        let count = self.ids.len() / ID_BYTES;
        let number = known.number(id, &self.ids);
        if number == count {
            self.ids.extend_from_slice(&id);
        }
        varint::put(&mut self.which, (count - number) as u64);
    }
}

/// Finds the ids of a list.
#[derive(Default)]
struct Known {
    /// Numbers of ids and 1 more, each at the place that follows from the id or behind it; 0 where there is none.
    places: Vec<u32>,
}

impl Known {
    /// The id's place in the list, which is the list's end for a new one: that is then expected to be appended.
    fn number(&mut self, id: [u8; ID_BYTES], ids: &[u8]) -> usize {
        let list = ids.as_chunks::<ID_BYTES>().0;
        if self.places.len() < 2 * (list.len() + 1) {
            self.places = vec![0; (4 * (list.len() + 1)).next_power_of_two().max(256)];
            (1..).zip(list).for_each(|(number, id)| *self.place(*id, list) = number);
        }
        match self.place(id, list) {
            place @ 0 => {
                *place = list.len() as u32 + 1;
                list.len()
            }
            number => *number as usize - 1,
        }
    }

    /// Where the id is, or where there is room for it.
    fn place(&mut self, id: [u8; ID_BYTES], list: &[[u8; ID_BYTES]]) -> &mut u32 {
        let mask = self.places.len() - 1;
        let bits = u128::from_le_bytes(id);
        let hash = (bits as u64 ^ (bits >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut at = (hash >> 32) as usize & mask;
        while self.places[at] != 0 && list[self.places[at] as usize - 1] != id {
            at = (at + 1) & mask;
        }
        &mut self.places[at]
    }
}

/// Puts ids back into their text, which must have `length` bytes then.
pub(super) fn put_back(text: &[u8], ids: &[u8], which: &[u8], length: usize) -> Option<Vec<u8>> {
    let (ids, mut which) = (ids.as_chunks::<ID_BYTES>().0, Cursor(which));
    // No id is longer, so no more memory is given out than the bytes that are there ask for.
    let mut whole = Vec::with_capacity(length.min(text.len().saturating_mul(UUID_CHARS)));
    let (mut rest, mut seen) = (text, 0_usize);
    while let Some(at) = memchr2(UUID, PLAIN, rest) {
        let number = match which.count()? {
            0 => seen,
            back => seen.checked_sub(back)?,
        };
        seen = seen.max(number + 1);
        whole.extend_from_slice(&rest[..at]);
        write(ids.get(number)?, rest[at], &mut whole);
        rest = &rest[at + 1..];
    }
    whole.extend_from_slice(rest);
    (whole.len() == length && which.0.is_empty() && seen == ids.len()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use logql::Needle;
    use proptest::prelude::*;

    use super::*;
    use crate::block::SoughtRuns;

    const ID: &str = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";

    fn any_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
            Just(ID.to_owned()),
            "[a-f0-9]{32}",
            "[a-fA-F0-9-]{0,40}",
            "[ -~]{0,20}",
            ".{0,3}",
            "[ .:\"]",
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn ids_come_back(text in any_text()) {
            let Apart { text: short, ids, which, .. } = Apart::of(&text, std::iter::empty());
            prop_assert_eq!(put_back(&short, &ids, &which, text.len()), Some(text.clone().into_bytes()));
            prop_assert_eq!(put_back(&short, &ids, &which, text.len() + 1), None);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<[u8; 3]>(), 0..200), length in 0_usize..2000) {
            let [text, ids, which] = [0, 1, 2].map(|at| bytes.iter().map(|three| three[at]).collect::<Vec<u8>>());
            let _ = put_back(&text, &ids, &which, length);
        }

        /// Whatever is cut out of a text, in whatever case, is never said not to stand there.
        #[test]
        fn what_stands_there_is_never_denied(
            texts in [any_text(), any_text()],
            which in 0_usize..2,
            (from, length) in (any::<prop::sample::Index>(), 1_usize..60),
            upper in any::<bool>(),
        ) {
            let apart = Apart::of(&texts[0], std::iter::once(texts[1].as_str()));
            let chars: Vec<char> = texts[which].chars().collect();
            let from = if chars.is_empty() { 0 } else { from.index(chars.len()) };
            let cut: String = chars[from..].iter().take(length).collect();
            let cut = if upper { cut.to_ascii_uppercase() } else { cut };
            let sought = SoughtRuns::new(&[Needle(vec!["nowhere-12345678".into(), cut])]);
            prop_assert!(sought.may_stand_among(&apart.ids, apart.runs.as_ref()));
        }
    }

    #[test]
    fn each_id_is_kept_once_and_only_whole_ones_are() {
        let plain = ID.replace('-', "");
        let text = format!("a {ID}, {plain} and {ID}: 2026-11-23T10:00 {ID}0 {}", ID.to_uppercase());
        let apart = Apart::of(&text, std::iter::empty());
        let expected = format!("a \u{1}, \u{2} and \u{1}: 2026-11-23T10:00 {ID}0 {}", ID.to_uppercase());
        let marked = apart.text.iter().map(|byte| match *byte {
            UUID => 1,
            PLAIN => 2,
            byte => byte,
        });
        assert_eq!(String::from_utf8(marked.collect()).unwrap(), expected);
        assert_eq!((apart.ids.len(), apart.which.as_slice()), (ID_BYTES, &[0, 1, 1][..]));
        let listed = |list: Option<Vec<u8>>| String::from_utf8(list.unwrap()).unwrap();
        assert_eq!(listed(apart.runs.letters), format!("{ID}\0{ID}0\0"));
        assert_eq!(listed(apart.runs.digits), "2026-11-23\0");
    }

    #[test]
    fn a_part_of_an_id_is_told_to_be_there_or_not() {
        let apart = Apart::of(&format!(r#"{{"ts":"2026-11-23","id":"{ID}"}}"#), std::iter::empty());
        for (texts, expected) in [
            (&[&["2fa1-41d2"][..]][..], true),
            (&[&["8ba2fa141d"]], true),
            (&[&["2FA1-41D2-88"]], true),
            (&[&["2fa1-41d3"]], false),
            (&[&["2fa1-41d3", "2026-11-2"]], true),
            (&[&["2026-11-2"], &["2fa1-41d3"]], false),
            // Nothing is known of short ones, nor of what holds none.
            (&[&["2fa1-41"]], true),
            (&[&["3fa1-41"]], true),
            (&[&["checkout"]], true),
            (&[&["checkout", "2fa1-41d3"]], true),
            (&[&["id\":\"1b4e28ba-2fa1"]], true),
            (&[&["id\":\"1b4e28bb-2fa1"]], false),
        ] {
            let needles: Vec<Needle> = texts
                .iter()
                .map(|texts| Needle(texts.iter().map(|text| (*text).to_owned()).collect()))
                .collect();
            let sought = SoughtRuns::new(&needles);
            assert_eq!(sought.may_stand_among(&apart.ids, apart.runs.as_ref()), expected, "{texts:?}");
        }
        // Many numbers leave it known what has letters.
        let many: String = (0..1000).map(|n| format!("{n:016} ")).collect();
        let Apart { ids, runs, .. } = Apart::of(&many, std::iter::empty());
        assert_eq!((&runs.letters, &runs.digits), (&Some(Vec::new()), &None));
        let may_stand = |text: &str| {
            SoughtRuns::new(&[Needle(vec![text.to_owned()])]).may_stand_among(&ids, runs.as_ref())
        };
        assert!(may_stand("77777777777") && !may_stand("7777777777a"));
        let many: String = (0..1000).map(|n| format!("{n:015}a ")).collect();
        assert_eq!(Apart::of(&many, std::iter::empty()).runs.letters, None);
    }
}
