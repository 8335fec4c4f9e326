use std::collections::BTreeMap;

use model::UtcDay;

use super::*;
use crate::class::Class;
use crate::place::DayKey;
use crate::slices::tests::{bitmap, sought};

struct Ground {
    _directory: tempfile::TempDir,
    files: DayFiles,
    /// By block.
    bitmaps: BTreeMap<i64, Vec<u8>>,
}

impl Ground {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let key = DayKey { day: UtcDay::from_days(1), class: Class::Normal };
        std::fs::create_dir_all(key.directory(directory.path())).unwrap();
        let files = DayFiles::open(directory.path(), key).unwrap();
        Self { _directory: directory, files, bitmaps: BTreeMap::new() }
    }

    /// Adds blocks with filters; every tenth has one of half the size, every other tenth a small one.
    fn add(&mut self, count: i64) {
        let first = self.bitmaps.len() as i64 + 1;
        for block in first..first + count {
            let mut bitmap = bitmap(block as u64, block % 10 != 0);
            if block % 10 == 5 {
                bitmap.truncate(508);
            }
            let mut filter = vec![1];
            filter.extend_from_slice(&store::checksum(&bitmap).to_le_bytes());
            filter.extend_from_slice(&bitmap);
            let insert = "INSERT INTO filter (block, data) VALUES (?1, ?2)";
            self.files.index.execute(insert, params![block, filter]).unwrap();
            self.files.note_loose(block, &filter);
            self.bitmaps.insert(block, bitmap);
        }
    }

    fn count(&self, what: &str) -> i64 {
        self.files.index.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).unwrap()
    }

    /// What slices say is what the filters said; gives how many blocks they know.
    #[track_caller]
    fn check(&self) -> usize {
        let blocks: Vec<i64> = self.bitmaps.keys().copied().collect();
        let mut known = 0;
        for text in ["wxyz", "8a41f0", "card_declined"] {
            let sought = sought(&[vec![text.to_owned()]]);
            let asked = ask_slices(&self.files.index, &blocks, &sought).unwrap();
            for (block, asked) in blocks.iter().zip(&asked) {
                let expected = match sought.may_stand_in(&self.bitmaps[block]) {
                    true => Asked::Maybe,
                    false => Asked::No,
                };
                assert!([expected, Asked::Unknown].contains(asked), "{text} in block {block}: {asked:?}");
            }
            known = asked.iter().filter(|asked| **asked != Asked::Unknown).count();
        }
        assert_eq!(known as i64 + self.count("filter"), blocks.len() as i64, "each filter is in one place");
        known
    }
}

#[test]
fn filters_are_cut_as_they_fill_lanes_and_groups() {
    let mut ground = Ground::new();
    ground.add(60);
    assert!(!ground.files.slice(false).unwrap());
    assert_eq!(ground.check(), 0);
    ground.add(20);
    assert!(ground.files.slice(false).unwrap());
    assert_eq!((ground.check(), ground.count("sliced")), (64, 1));
    ground.add(500);
    assert!(ground.files.slice(false).unwrap());
    // Of 580 blocks 522 have filters that are worth it: 8 lanes, and what is left.
    assert_eq!((ground.check(), ground.count("sliced")), (512, 1));
    assert!(!ground.files.slice(true).unwrap(), "too little is left");
    ground.add(100);
    assert!(ground.files.slice(true).unwrap());
    assert_eq!((ground.check(), ground.count("sliced")), (612, 2));
    // One more lane joins the group of two.
    ground.add(70);
    assert!(ground.files.slice(true).unwrap());
    assert_eq!((ground.check(), ground.count("sliced")), (675, 2));
}

#[test]
fn a_file_that_is_opened_again_goes_on() {
    let mut ground = Ground::new();
    ground.add(70);
    ground.files.loose = None;
    assert!(!ground.files.slice(false).unwrap());
    ground.add(5);
    assert!(ground.files.slice(false).unwrap());
    assert_eq!(ground.check(), 64);
}

#[test]
fn damaged_filters_stay_and_damaged_slices_say_nothing() {
    let mut ground = Ground::new();
    ground.add(80);
    ground
        .files
        .index
        .execute("UPDATE filter SET data = zeroblob(length(data)) WHERE block = 3", [])
        .unwrap();
    assert!(ground.files.slice(false).unwrap());
    assert_eq!(ground.count("filter WHERE block = 3"), 1);
    assert_eq!(ground.check(), 63);
    ground.files.index.execute("UPDATE slice SET data = zeroblob(length(data))", []).unwrap();
    let asked = ask_slices(&ground.files.index, &[1, 2, 3], &sought(&[vec!["wxyz".to_owned()]])).unwrap();
    assert_eq!(asked, [Asked::Damaged, Asked::Damaged, Asked::Unknown]);
    // Joined with others, a damaged group goes.
    ground.add(80);
    assert!(ground.files.slice(true).unwrap());
    let asked = ask_slices(&ground.files.index, &[1, 100], &sought(&[vec!["wxyz".to_owned()]])).unwrap();
    assert_eq!(asked[0], Asked::Unknown);
    assert_ne!(asked[1], Asked::Unknown);
}
