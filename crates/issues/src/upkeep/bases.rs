//! Bases that no event is told by any more. One that an event on its way may need stays: first nobody new may use it, then
//! everything has to be worked in that was in the spool by then.

use std::sync::atomic::Ordering;

use crate::work::{Storage, WorkError};

impl Storage {
    pub(super) fn drop_unused_bases(&mut self, _as_of_ms: i64) -> Result<bool, WorkError> {
        let worked = self.shared.worked.load(Ordering::Acquire);
        let (free, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut self.due.unused_bases)
            .into_iter()
            .partition(|(_, spooled)| *spooled <= worked);
        self.due.unused_bases = waiting;
        let transaction = self.connection.transaction()?;
        {
            let mut delete = transaction.prepare_cached("DELETE FROM base WHERE id = ?1 AND uses <= 0")?;
            for (base, _) in free {
                delete.execute([base])?;
            }
        }
        transaction.commit()?;
        let sql = "SELECT id FROM base WHERE uses <= 0 LIMIT ?1";
        let mut select = self.connection.prepare_cached(sql)?;
        let unused: Vec<i64> = select
            .query_map([self.shared.limits.slice_rows as i64], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for base in unused {
            let is_known = self.due.unused_bases.iter().any(|(known, _)| *known == base);
            if !is_known && self.shared.bases.forget(base) {
                self.due.unused_bases.push((base, self.shared.spooled.load(Ordering::Acquire)));
            }
        }
        Ok(false)
    }
}
