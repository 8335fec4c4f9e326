//! Incidents, as far as they are remembered: those that were open when Porthole ended, and the last that ended.

use api::Incident;
use rusqlite::params;

use super::Accounts;

/// Incidents that are over are remembered so many.
const ENDED_MAX: usize = 200;
/// Of these, so many are given.
const GIVEN_MAX: usize = 100;

impl Accounts {
    /// Those that are open, as they were written last.
    pub(crate) fn open_incidents(&self) -> rusqlite::Result<Vec<Incident>> {
        self.incidents("SELECT incident FROM incidents WHERE ended IS NULL ORDER BY since LIMIT ?")
    }

    /// Those that are over, the last one first.
    pub(crate) fn ended_incidents(&self) -> rusqlite::Result<Vec<Incident>> {
        self.incidents(
            "SELECT incident FROM incidents WHERE ended IS NOT NULL ORDER BY ended DESC, id LIMIT ?",
        )
    }

    fn incidents(&self, query: &str) -> rusqlite::Result<Vec<Incident>> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(query)?;
        let rows = statement.query_map([GIVEN_MAX as i64], |row| row.get::<_, String>(0))?;
        let texts: Vec<String> = rows.collect::<rusqlite::Result<_>>()?;
        // One that an older version wrote otherwise is forgotten.
        Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
    }

    /// Writes them as they are now. Whatever else is written as open was part of these, and goes.
    pub(crate) fn keep_incidents(&self, incidents: &[&Incident]) -> rusqlite::Result<()> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM incidents WHERE ended IS NULL", [])?;
        for incident in incidents {
            let text = serde_json::to_string(incident).unwrap_or_default();
            transaction.execute(
                "INSERT OR REPLACE INTO incidents (id, since, ended, incident) VALUES (?, ?, ?, ?)",
                params![incident.id, incident.since, incident.ended, text],
            )?;
        }
        transaction.execute(
            "DELETE FROM incidents WHERE ended IS NOT NULL AND id NOT IN
             (SELECT id FROM incidents WHERE ended IS NOT NULL ORDER BY ended DESC LIMIT ?)",
            [ENDED_MAX as i64],
        )?;
        transaction.commit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_remembered_and_open_ones_are_those_of_the_last_look() {
        let directory = tempfile::tempdir().expect("a directory");
        let accounts = Accounts::open(&directory.path().join("state.db")).expect("accounts");
        let incident =
            |id: &str, since, ended| Incident { id: id.into(), since, ended, ..Incident::default() };
        let (a, b) = (incident("a", 1, None), incident("b", 2, None));
        accounts.keep_incidents(&[&a, &b]).expect("kept");
        assert_eq!(accounts.open_incidents().expect("read"), [a, b]);
        let over = incident("a", 1, Some(9));
        accounts.keep_incidents(&[&over]).expect("kept");
        assert_eq!(accounts.open_incidents().expect("read"), []);
        assert_eq!(accounts.ended_incidents().expect("read"), [over]);
        let many: Vec<Incident> =
            (0..300).map(|at| incident(&format!("m{at}"), at, Some(at + 100))).collect();
        accounts.keep_incidents(&many.iter().collect::<Vec<_>>()).expect("kept");
        let newest = accounts.ended_incidents().expect("read");
        assert_eq!((newest.len(), newest[0].id.as_str()), (GIVEN_MAX, "m299"));
        let kept: i64 = accounts
            .connection()
            .query_row("SELECT count(*) FROM incidents", [], |row| row.get(0))
            .expect("a count");
        assert_eq!(kept, ENDED_MAX as i64);
    }
}
