use model::{Level, Metadata};
use proptest::prelude::*;

use super::{detect, given};

#[test]
fn levels_of_lines_as_loggers_write_them() {
    let path = format!("{}/testdata/levels.txt", env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(path).unwrap();
    let rows = table.lines().filter(|row| !row.is_empty() && !row.starts_with("# "));
    let mut checked = 0;
    for row in rows {
        let (level, line) = row.split_once(' ').expect("a level, a space, a line");
        let line = line.replace("<ESC>", "\x1b").replace("<TAB>", "\t").replace("<NL>", "\n");
        assert_eq!(detect(&line).name(), level, "{line}");
        checked += 1;
    }
    assert!(checked > 80, "{checked}");
}

#[test]
fn a_sender_may_give_the_level_beside_the_line() {
    let check = |pairs: &[(&str, &str)], expected: Option<Level>| {
        let metadata: Metadata =
            pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        assert_eq!(given(&metadata), expected, "{pairs:?}");
    };
    check(&[], None);
    check(&[("container_id", "abc")], None);
    check(&[("severity", "ERROR")], Some(Level::Error));
    check(&[("detected_level", "warn"), ("level", "error")], Some(Level::Warn));
    check(&[("detected_level", "strange"), ("level", "error")], Some(Level::Error));
    check(&[("severity_number", "13")], Some(Level::Warn));
    check(&[("level", "info"), ("severity_number", "17")], Some(Level::Info));
    check(&[("severity_number", "99")], None);
}

proptest! {
    #[test]
    fn no_line_panics(line in any::<String>()) {
        detect(&line);
    }

    #[test]
    fn no_line_of_the_signs_that_matter_panics(line in "[\\[\\]{}\",:\\\\ =\x1bmEROI0-9levl]{0,60}") {
        detect(&line);
        detect(&format!("{{{line}"));
    }
}
