use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

const ONE: Schema = Schema {
    name: "test notes",
    application_id: 0x504f_0001,
    versions: &["CREATE TABLE note (text TEXT) STRICT;"],
};
const TWO: Schema = Schema {
    versions: &[ONE.versions[0], "ALTER TABLE note ADD COLUMN at INTEGER NOT NULL DEFAULT 7;"],
    ..ONE
};
const BROKEN: Schema = Schema {
    versions: &[ONE.versions[0], "CREATE TABLE other (x INTEGER) STRICT; CREATE TABLE note (y);"],
    ..ONE
};

fn place() -> (TempDir, PathBuf) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("notes.db");
    (directory, path)
}

fn with_note(path: &Path) -> Connection {
    let connection = open(path, &ONE).unwrap();
    connection.execute("INSERT INTO note VALUES ('kept')", []).unwrap();
    connection
}

fn pragma(connection: &Connection, name: &str) -> String {
    let value: rusqlite::types::Value =
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap();
    match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => panic!("{name}: {other:?}"),
    }
}

/// The sentence with the test's directory cut out.
fn refusal(path: &Path, schema: &Schema) -> String {
    let error = open(path, schema).expect_err("an error").to_string();
    error.replace(&path.display().to_string(), "FILE")
}

#[test]
fn a_new_file_is_marked_and_in_log_mode() {
    let (_directory, path) = place();
    let connection = open(&path, &TWO).unwrap();
    for (name, expected) in [
        ("application_id", "1347354625"),
        ("user_version", "2"),
        ("journal_mode", "wal"),
        ("page_size", "4096"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("busy_timeout", "5000"),
    ] {
        assert_eq!(pragma(&connection, name), expected, "{name}");
    }
}

#[test]
fn an_older_format_is_brought_forward_and_keeps_its_rows() {
    let (_directory, path) = place();
    drop(with_note(&path));
    let connection = open(&path, &TWO).unwrap();
    let row: (String, i64) =
        connection.query_row("SELECT text, at FROM note", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(row, ("kept".to_owned(), 7));
    assert_eq!(pragma(&connection, "user_version"), "2");
}

#[test]
fn an_upgrade_that_fails_changes_nothing() {
    let (_directory, path) = place();
    drop(with_note(&path));
    let sentence = refusal(&path, &BROKEN);
    assert!(sentence.starts_with("FILE could not be brought from format 1 to format 2 ("), "{sentence}");
    let connection = open(&path, &ONE).unwrap();
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!((tables, pragma(&connection, "user_version").as_str()), (1, "1"));
}

#[test]
fn a_newer_format_is_refused_and_left_alone() {
    let (_directory, path) = place();
    drop(open(&path, &TWO).unwrap());
    let before = std::fs::read(&path).unwrap();
    assert_eq!(
        refusal(&path, &ONE),
        "FILE was written by a newer Porthole (format 2; this one knows 1); start that version or restore a backup"
    );
    assert!(matches!(open_reader(&path, &ONE), Err(OpenError::Newer { found: 2, known: 1, .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_foreign_file_is_refused_and_left_alone() {
    let (_directory, path) = place();
    let foreign = Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(foreign);
    let before = std::fs::read(&path).unwrap();
    let expected = "FILE is not a file of Porthole's (test notes was expected there); \
                    move it away or choose another data directory";
    assert_eq!(refusal(&path, &ONE), expected);
    assert_eq!(std::fs::read(&path).unwrap(), before);

    // Another kind of our own files is as foreign.
    let other = path.with_extension("other");
    drop(open(&other, &Schema { application_id: 5, ..ONE }).unwrap());
    assert_eq!(refusal(&other, &ONE), expected);
}

#[test]
fn a_damaged_file_is_refused() {
    let check = |damage: fn(&mut Vec<u8>)| {
        let (_directory, path) = place();
        drop(with_note(&path));
        let mut bytes = std::fs::read(&path).unwrap();
        damage(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        let sentence = refusal(&path, &ONE);
        assert!(sentence.starts_with("FILE is damaged and cannot be read as test notes ("), "{sentence}");
    };
    check(|bytes| *bytes = b"these are words, and no database at all".repeat(100));
    check(|bytes| bytes[..16].fill(0));
    check(|bytes| bytes[100..4096].fill(0xff));
    check(|bytes| bytes.truncate(5000));
}

#[test]
fn an_unwritable_place_is_refused() {
    let (directory, path) = place();
    std::fs::write(&path, "a file where a directory should be").unwrap();
    for bad in [path.join("x.db"), directory.path().join("missing/x.db"), directory.path().to_path_buf()] {
        let sentence = refusal(&bad, &ONE);
        assert!(sentence.starts_with("FILE cannot be written ("), "{sentence}");
    }
}

#[test]
fn readers_read_beside_the_writer_and_never_write() {
    let (_directory, path) = place();
    assert!(matches!(open_reader(&path, &ONE), Err(OpenError::Missing { .. })));
    let writer = with_note(&path);
    let reader = open_reader(&path, &ONE).unwrap();
    let count = || reader.query_row("SELECT count(*) FROM note", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count(), 1);
    writer.execute("INSERT INTO note VALUES ('second')", []).unwrap();
    assert_eq!(count(), 2);
    assert!(reader.execute("DELETE FROM note", []).is_err());
    // An older format is read as it is; a file whose making was never finished counts as absent.
    assert_eq!(pragma(&open_reader(&path, &TWO).unwrap(), "user_version"), "1");
    let unfinished = path.with_extension("unfinished");
    std::fs::write(&unfinished, "").unwrap();
    assert!(matches!(open_reader(&unfinished, &ONE), Err(OpenError::Missing { .. })));
}

#[test]
fn a_backup_is_the_state_of_the_last_commit() {
    let (directory, path) = place();
    let writer = with_note(&path);
    let copy = directory.path().join("copy.db");
    let reader = open_reader(&path, &ONE).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; INSERT INTO note VALUES ('not committed')").unwrap();
    backup(&reader, &copy).unwrap();
    writer.execute_batch("COMMIT").unwrap();
    let copied = open(&copy, &ONE).unwrap();
    let texts: String =
        copied.query_row("SELECT group_concat(text) FROM note", [], |row| row.get(0)).unwrap();
    assert_eq!(texts, "kept");
}

#[test]
fn a_backup_replaces_nothing_and_leaves_nothing_half_done() {
    let (directory, path) = place();
    let writer = with_note(&path);
    let copy = directory.path().join("copy.db");
    std::fs::write(&copy, "mine").unwrap();
    assert!(matches!(backup(&writer, &copy), Err(BackupError::Exists(_))));
    assert_eq!(std::fs::read(&copy).unwrap(), b"mine");
    let nowhere = directory.path().join("missing/copy.db");
    let sentence = backup(&writer, &nowhere).expect_err("no such directory").to_string();
    assert!(sentence.contains("missing/copy.db could not be written ("), "{sentence}");
    // A partial copy that a crash left behind is no obstacle.
    let fresh = directory.path().join("fresh.db");
    std::fs::write(directory.path().join("fresh.db.partial"), "half").unwrap();
    backup(&writer, &fresh).unwrap();
    assert!(!directory.path().join("fresh.db.partial").exists());
}

#[test]
fn removing_takes_the_log_along() {
    let (directory, path) = place();
    let writer = with_note(&path);
    assert!(disk_bytes(&path) > 4096);
    drop(writer);
    std::fs::write(directory.path().join("notes.db-wal"), "left by a crash").unwrap();
    remove(&path).unwrap();
    remove(&path).unwrap();
    assert_eq!((disk_bytes(&path), std::fs::read_dir(directory.path()).unwrap().count()), (0, 0));
}

#[test]
fn the_checksum_is_the_same_for_ever() {
    assert_eq!(checksum(b""), 0x2d06_8005_38d3_94c2);
    assert_eq!(checksum(b"porthole"), checksum(&b"portholes"[..8]));
}

proptest! {
    #[test]
    fn any_flipped_bit_changes_the_checksum(mut bytes in prop::collection::vec(any::<u8>(), 1..300), at: prop::sample::Index, bit in 0_u8..8) {
        let before = checksum(&bytes);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert_ne!(checksum(&bytes), before);
    }
}

#[test]
fn a_reader_can_open_what_a_crash_left_behind() {
    // Copies of the files in the middle of a transaction are what a killed process leaves.
    let (directory, path) = place();
    let plain = Connection::open(&path).unwrap();
    plain.execute_batch(ONE.versions[0]).unwrap();
    plain
        .execute_batch(&format!("PRAGMA application_id = {}; PRAGMA user_version = 1;", ONE.application_id))
        .unwrap();
    plain.execute_batch("INSERT INTO note VALUES ('kept'); PRAGMA cache_size = 1; BEGIN IMMEDIATE;").unwrap();
    let mut insert = plain.prepare("INSERT INTO note VALUES (hex(randomblob(2000)))").unwrap();
    (0..50).for_each(|_| assert_eq!(insert.execute([]), Ok(1)));
    let left = directory.path().join("left.db");
    for suffix in ["", "-journal"] {
        std::fs::copy(format!("{}{suffix}", path.display()), format!("{}{suffix}", left.display())).unwrap();
    }
    let reader = open_reader(&left, &ONE).unwrap();
    let count: i64 = reader.query_row("SELECT count(*) FROM note", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
}
