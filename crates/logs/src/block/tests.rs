use logql::Needle;
use model::{Level, Metadata, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::columns::Columns;
use crate::sidecar::Sidecar;
use crate::{filter, row};

const NAME: Name = Name { fingerprint: 0x1234_5678_9abc_def0, seq_to: 77 };

fn any_metadata() -> impl Strategy<Value = Metadata> {
    prop::collection::vec(("[a-c]", ".{0,3}"), 0..3)
        .prop_map(|pairs| pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
}

fn any_columns() -> impl Strategy<Value = Columns> {
    let timestamp = prop_oneof![
        any::<i64>(),
        Just(i64::MIN),
        Just(i64::MAX),
        1_700_000_000_000_000_000..1_700_000_000_100_000_000_i64
    ];
    let id = "[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}";
    let line = prop_oneof![Just(String::new()), ".{0,40}", "[a-z ]{0,200}", id, "[a-f0-9]{32} [a-f0-9]{32}"];
    prop::collection::vec((timestamp, 0_u8..8, any_metadata(), line), 0..80).prop_map(|entries| {
        let mut columns = Columns::default();
        for (timestamp, level, metadata, line) in &entries {
            let level = Level::from_number(*level).unwrap();
            columns.push(Timestamp::from_nanos(*timestamp), level, metadata, line);
        }
        columns
    })
}

proptest! {
    #[test]
    fn blocks_and_rows_give_back_what_they_were_made_of(columns in any_columns()) {
        let block = encode(NAME, &columns).unwrap();
        prop_assert_eq!(decode(&block, NAME), Ok(columns.clone()));
        let times = decode_times(&block, NAME).unwrap();
        prop_assert_eq!((&times.timestamps, &times.levels), (&columns.timestamps, &columns.levels));
        prop_assert_eq!(row::unpack(&row::pack(&columns).unwrap()), Ok(columns));
    }

    #[test]
    fn any_flipped_bit_is_found(columns in any_columns(), at in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let flip = |mut bytes: Vec<u8>| {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            bytes
        };
        prop_assert!(decode(&flip(encode(NAME, &columns).unwrap()), NAME).is_err());
        prop_assert!(row::unpack(&flip(row::pack(&columns).unwrap())).is_err());
    }

    #[test]
    fn any_cut_is_found(columns in any_columns(), at in any::<prop::sample::Index>()) {
        let block = encode(NAME, &columns).unwrap();
        let row = row::pack(&columns).unwrap();
        prop_assert!(decode(&block[..at.index(block.len())], NAME).is_err());
        prop_assert!(row::unpack(&row[..at.index(row.len())]).is_err());
    }

    /// Damage that a checksum cannot tell, as a fault of the writer's would be, is an error as well.
    #[test]
    fn no_bytes_with_a_right_checksum_panic(mut body in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut blob = vec![1];
        blob.extend_from_slice(&store::checksum(&body).to_le_bytes());
        blob.append(&mut body);
        let _ = row::unpack(&blob);
        for format in [FORMAT_WITHOUT_IDS, FORMAT] {
            blob[0] = format;
            let _ = decode(&blob, NAME);
        }
    }

    #[test]
    fn appending_is_pushing_one_after_the_other(first in any_columns(), second in any_columns()) {
        let mut joined = first.clone();
        joined.append(&second);
        let (first, second, joined) = (first.into_entries(), second.into_entries(), joined.into_entries());
        prop_assert_eq!(joined.len(), first.len() + second.len());
        for index in 0..joined.len() {
            let (part, at) = if index < first.len() { (&first, index) } else { (&second, index - first.len()) };
            prop_assert_eq!(joined.line(index), part.line(at));
            prop_assert_eq!(joined.metadata(index), part.metadata(at));
            prop_assert_eq!((joined.timestamps[index], joined.levels[index]), (part.timestamps[at], part.levels[at]));
        }
    }
}

/// The entries of the sample files, which were written once by the first version of each format.
fn sample() -> Columns {
    let container: Metadata = vec![("container_id".into(), "3f2a1c".into())];
    let mut columns = Columns::default();
    let mut push = |nanos, level, metadata: &Metadata, line: &str| {
        columns.push(Timestamp::from_nanos(nanos), level, metadata, line);
    };
    push(
        1_763_820_000_000_000_001,
        Level::Info,
        &container,
        r#"{"level":"info","message":"order 4711 placed"}"#,
    );
    push(
        1_763_820_000_000_000_001,
        Level::Info,
        &container,
        r#"{"level":"info","message":"order 4711 placed"}"#,
    );
    push(1_763_820_059_999_999_999, Level::Error, &container, "Traceback (most recent call last):");
    push(-5, Level::Unknown, &Vec::new(), "");
    push(1_763_820_061_000_000_000, Level::Warn, &Vec::new(), "überlaufen: \u{1f4a7}\ttab");
    columns
}

/// The same, and lines with ids.
fn sample_of_ids() -> Columns {
    let mut columns = sample();
    for line in [
        r#"{"request_id":"1b4e28ba-2fa1-41d2-883f-0016d3cca427","at":"2026-11-23"}"#,
        r#"{"request_id":"1b4e28ba-2fa1-41d2-883f-0016d3cca427","trace":"4bf92f3577b34da6a3ce929d0e0e4736"}"#,
    ] {
        columns.push(Timestamp::from_seconds(1_763_820_062), Level::Info, &Vec::new(), line);
    }
    columns
}

#[test]
fn samples_of_every_format_stay_readable() {
    let read = |name: &str| std::fs::read(format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert_eq!(decode(&read("block.format-1"), NAME), Ok(sample()));
    assert_eq!(decode(&read("block.format-2"), NAME), Ok(sample_of_ids()));
    assert_eq!(row::unpack(&read("row.format-1")), Ok(sample()));
    assert_eq!(Sidecar::decode(&read("sidecar.format-2")), Some(Sidecar::of(&sample())));
    // Blocks of that time are counted instead.
    assert_eq!(Sidecar::decode(&read("sidecar.format-1")), None);
    // To the bit: another way of hashing would hide blocks, so it needs another format.
    assert_eq!(filter::encode(sample().texts()), read("filter.format-2"));
    for filter in [read("filter.format-1"), read("filter.format-2")] {
        let bitmap = filter::bitmap(&filter).unwrap();
        let holds = |text: &str| filter::Sought::new(&[Needle(vec![text.to_owned()])]).may_stand_in(bitmap);
        assert!(["order 4711", "recent call", "überlaufen", "3f2a1c"].into_iter().all(holds));
        assert!(!holds("nowhere"));
    }
}

#[test]
fn a_block_of_another_stream_or_place_is_not_taken_for_this_one() {
    let block = encode(NAME, &sample()).unwrap();
    assert_eq!(decode(&block, Name { seq_to: 78, ..NAME }), Err(Damage::Mistaken));
    assert_eq!(decode(&block, Name { fingerprint: 1, ..NAME }), Err(Damage::Mistaken));
    let mut newer = block;
    newer[0] = 3;
    assert_eq!(decode(&newer, NAME), Err(Damage::Format(3)));
}

#[test]
fn a_block_is_left_as_it_is_where_its_ids_tell_enough() {
    let block = encode(NAME, &sample_of_ids()).unwrap();
    for (text, is_read) in [
        ("883f-0016d3", true),
        ("883f-0016d4", false),
        ("b34da6a3ce92", true),
        ("b34da6a3ce93", false),
        ("order 4711", true),
    ] {
        let sought = SoughtRuns::new(&[Needle(vec![text.to_owned()])]);
        let (mut asked, wanted) = (false, text.as_bytes());
        let found = decode_if(&block, NAME, &sought, &mut |text| {
            asked = true;
            memchr::memmem::find(text, wanted).is_some()
        });
        assert_eq!((asked, found.unwrap().is_some()), (is_read, is_read), "{text}");
    }
}
