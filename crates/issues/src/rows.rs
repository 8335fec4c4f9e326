//! Rows for tests: what a test does not care for is empty or 0.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// Inserts a row with these columns.
pub(crate) fn insert(connection: &Connection, table: &str, columns: &[(&str, Value)]) {
    let mut statement = connection
        .prepare("SELECT name, type FROM pragma_table_info(?) WHERE \"notnull\" AND NOT pk")
        .unwrap();
    let needed = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let needed: Vec<(String, String)> = needed.collect::<rusqlite::Result<_>>().unwrap();
    let mut row: Vec<(String, Value)> =
        columns.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    for (name, kind) in needed {
        let empty = match kind.as_str() {
            "TEXT" => Value::Text(String::new()),
            "BLOB" => Value::Blob(Vec::new()),
            _ => Value::Integer(0),
        };
        if !columns.iter().any(|(known, _)| *known == name) {
            row.push((name, empty));
        }
    }
    let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
    let places = vec!["?"; row.len()].join(", ");
    let sql = format!("INSERT INTO {table} ({}) VALUES ({places})", names.join(", "));
    connection.execute(&sql, params_from_iter(row.iter().map(|(_, value)| value))).unwrap();
}
