//! Rules made on the page, single values of those who evaluate them, and the copy of the file.

use std::path::Path;

use rusqlite::params;

use super::{Keep, meta, set_meta};

/// A rule made on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRule {
    /// Its name.
    pub name: String,
    /// As it was written: one `[[alerts.rule]]`.
    pub toml: String,
    /// Who saved it last.
    pub by: String,
    /// When.
    pub saved_ms: i64,
}

impl Keep {
    /// The rules made on the page, by name.
    pub fn page_rules(&self) -> rusqlite::Result<Vec<PageRule>> {
        let inner = self.lock();
        let mut statement =
            inner.connection.prepare_cached("SELECT name, toml, author, saved_ms FROM rule ORDER BY name")?;
        let rules = statement.query_map([], |row| {
            Ok(PageRule { name: row.get(0)?, toml: row.get(1)?, by: row.get(2)?, saved_ms: row.get(3)? })
        })?;
        rules.collect()
    }

    /// Saves a rule of the page, in the place of one of its name.
    pub fn save_rule(&self, rule: &PageRule) -> rusqlite::Result<()> {
        let inner = self.lock();
        inner.connection.execute(
            "INSERT OR REPLACE INTO rule (name, toml, author, saved_ms) VALUES (?1, ?2, ?3, ?4)",
            params![rule.name, rule.toml, rule.by, rule.saved_ms],
        )?;
        Ok(())
    }

    /// Removes a rule of the page; says whether there was one.
    pub fn remove_rule(&self, name: &str) -> rusqlite::Result<bool> {
        let inner = self.lock();
        Ok(inner.connection.execute("DELETE FROM rule WHERE name = ?1", [name])? > 0)
    }

    /// A single value that was kept, such as how far issues were looked at.
    pub fn value(&self, key: &str) -> rusqlite::Result<Option<String>> {
        let value = meta(&self.lock().connection, &format!("value.{key}"))?;
        Ok(value.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// Keeps a single value.
    pub fn set_value(&self, key: &str, value: &str) -> rusqlite::Result<()> {
        set_meta(&self.lock().connection, &format!("value.{key}"), value.as_bytes())
    }

    /// Copies the file, as of the last change, to a new one.
    pub fn backup(&self, to: &Path) -> Result<(), store::BackupError> {
        store::backup(&self.lock().connection, to)
    }
}
