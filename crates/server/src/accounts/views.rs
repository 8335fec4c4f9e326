//! Saved views of the page.

use api::{NewView, View};
use rusqlite::params;

use super::{Accounts, ViewError};

const VIEWS_MAX: usize = 1000;
const STATE_BYTES_MAX: usize = 8000;

impl Accounts {
    /// All views, by page and name.
    pub(crate) fn views(&self) -> Result<Vec<View>, ViewError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT id, name, page, state, made_by, made FROM views ORDER BY page, name")?;
        let rows = statement.query_map([], |row| {
            Ok(View {
                id: row.get(0)?,
                name: row.get(1)?,
                page: row.get(2)?,
                state: row.get(3)?,
                by: row.get(4)?,
                made: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Saves a view, in place of the one of the same page and name.
    pub(crate) fn save_view(&self, new: NewView, by: String) -> Result<View, ViewError> {
        let NewView { name, page, state } = checked(new)?;
        let made = self.now_ms();
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let others: i64 = transaction.query_row(
            "SELECT count(*) FROM views WHERE page <> ? OR name <> ?",
            params![page, name],
            |row| row.get(0),
        )?;
        if others as usize >= VIEWS_MAX {
            return Err(ViewError::Full(VIEWS_MAX));
        }
        let id = transaction.query_row(
            "INSERT INTO views (name, page, state, made_by, made) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (page, name) DO UPDATE SET state = excluded.state, made_by = excluded.made_by,
                made = excluded.made
             RETURNING id",
            params![name, page, state, by, made],
            |row| row.get(0),
        )?;
        transaction.commit()?;
        Ok(View { id, name, page, state, by, made })
    }

    /// Removes a view.
    pub(crate) fn remove_view(&self, id: i64) -> Result<(), ViewError> {
        let removed = self.connection().execute("DELETE FROM views WHERE id = ?", [id])?;
        if removed == 0 { Err(ViewError::Unknown(id)) } else { Ok(()) }
    }
}

fn checked(new: NewView) -> Result<NewView, ViewError> {
    let name = new.name.trim().to_owned();
    if !(1..=100).contains(&name.chars().count()) {
        return Err(ViewError::BadName);
    }
    let is_page = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=32).contains(&new.page.len()) || !new.page.bytes().all(is_page) {
        return Err(ViewError::BadPage);
    }
    if new.state.len() > STATE_BYTES_MAX {
        return Err(ViewError::TooLong(STATE_BYTES_MAX));
    }
    Ok(NewView { name, ..new })
}
