//! Tables that count by the hour: deleting the oldest hours, those past their time and those that there is no room for.

use rusqlite::{Transaction, params};

/// A table with a column `hour` and an index on it.
pub(crate) struct Hours {
    pub(crate) table: &'static str,
    /// The columns of its primary key.
    pub(crate) key: &'static str,
    /// More rows are not kept, whatever their age: what is counted shall not take the place of events.
    pub(crate) rows_kept: i64,
}

impl Hours {
    /// Deletes rows from before the hour, and the oldest of too many, at most so many of each. Gives whether there may be
    /// more.
    pub(crate) fn expire(
        &self,
        commit: &Transaction<'_>,
        hour: i64,
        rows_max: usize,
    ) -> rusqlite::Result<bool> {
        let Self { table, key, rows_kept } = self;
        let oldest = format!("DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table}");
        let rows = rows_max as i64;
        let old = format!("{oldest} WHERE hour < ?1 ORDER BY hour LIMIT ?2)");
        let past = commit.prepare_cached(&old)?.execute([hour, rows])?;
        let many =
            format!("{oldest} ORDER BY hour LIMIT max(0, min(?1, (SELECT count(*) FROM {table}) - ?2)))");
        let beyond = commit.prepare_cached(&many)?.execute(params![rows, rows_kept])?;
        Ok(past >= rows_max || beyond >= rows_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_hours_go() {
        let check = |rows_kept: i64, before: i64, rows_max: usize, expected: (&str, bool)| {
            let mut connection = rusqlite::Connection::open_in_memory().unwrap();
            connection
                .execute_batch(
                    "CREATE TABLE t (name INTEGER, hour INTEGER, PRIMARY KEY (name, hour)) WITHOUT ROWID;
                     CREATE INDEX t_of_hour ON t (hour);
                     INSERT INTO t VALUES (1, 7), (1, 5), (2, 6), (2, 9);",
                )
                .unwrap();
            let commit = connection.transaction().unwrap();
            let more =
                Hours { table: "t", key: "name, hour", rows_kept }.expire(&commit, before, rows_max).unwrap();
            let left: String = commit
                .query_row(
                    "SELECT group_concat(hour, ' ') FROM (SELECT hour FROM t ORDER BY hour)",
                    [],
                    |row| row.get::<_, Option<String>>(0),
                )
                .unwrap()
                .unwrap_or_default();
            assert_eq!((left.as_str(), more), expected, "{rows_kept} {before} {rows_max}");
        };
        check(10, 0, 10, ("5 6 7 9", false));
        check(10, 7, 10, ("7 9", false));
        check(10, 7, 1, ("6 7 9", true));
        check(1, 0, 10, ("9", false));
        check(1, 0, 2, ("7 9", true));
        check(0, 0, 10, ("", false));
    }
}
