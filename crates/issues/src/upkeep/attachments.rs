//! Files that came with events: those that are too old go, and the oldest while there are more bytes than there may be.

use std::collections::HashSet;
use std::io;

use rusqlite::params;

use crate::pack::ARTIFACTS;
use crate::work::{Step, Storage, WorkError};

/// Files that no attachment names are left alone for so long: their items may still be on their way.
const YOUNG: std::time::Duration = std::time::Duration::from_secs(600);

impl Storage {
    pub(super) fn expire_attachments(&mut self, as_of_ms: i64) -> Result<bool, WorkError> {
        let max = self.shared.config.load().attachments_max_size.0;
        let before_ms = self.expired_ms(as_of_ms);
        let transaction = self.connection.transaction()?;
        let sum = "SELECT coalesce(sum(bytes), 0) FROM attachment";
        let mut bytes: u64 = transaction.query_row(sum, [], |row| row.get::<_, i64>(0))?.unsigned_abs();
        let mut files: Vec<String> = Vec::new();
        {
            let sql = "SELECT id, bytes, file, received_ms FROM attachment ORDER BY id LIMIT ?1";
            let mut select = transaction.prepare_cached(sql)?;
            let mut rows = select.query(params![self.shared.limits.slice_rows as i64])?;
            while let Some(row) = rows.next()? {
                let received_ms: i64 = row.get(3)?;
                if bytes <= max && received_ms >= before_ms {
                    break;
                }
                bytes = bytes.saturating_sub(row.get::<_, i64>(1)?.unsigned_abs());
                files.push(row.get(2)?);
                let sql = "DELETE FROM attachment WHERE id = ?1";
                transaction.prepare_cached(sql)?.execute([row.get::<_, i64>(0)?])?;
            }
        }
        transaction.commit()?;
        if !files.is_empty() {
            self.steps.reached(Step::Deleted)?;
        }
        files.iter().try_for_each(|file| self.remove_file(file))?;
        Ok(files.len() == self.shared.limits.slice_rows)
    }

    /// Removes a file whose row is gone. If the process ends before, the next start does it.
    pub(super) fn remove_file(&self, file: &str) -> Result<(), WorkError> {
        match std::fs::remove_file(self.directory().join(ARTIFACTS).join(file)) {
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
                Err(WorkError::File { file: file.to_owned(), reason })
            }
            _ => Ok(()),
        }
    }

    /// Removes files that no attachment names, here or in the spool.
    pub(crate) fn remove_orphans(&self) {
        if let Err(error) = self.try_remove_orphans() {
            tracing::warn!("issues/artifacts cannot be tidied ({error}); tried again at the next start");
        }
    }

    fn try_remove_orphans(&self) -> Result<(), WorkError> {
        let mut select = self.connection.prepare("SELECT file FROM attachment")?;
        let named: HashSet<String> =
            select.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        let told = |reason| WorkError::File { file: String::new(), reason };
        for entry in std::fs::read_dir(self.directory().join(ARTIFACTS)).map_err(told)? {
            let entry = entry.map_err(told)?;
            let age = entry.metadata().and_then(|meta| meta.modified()).map_err(told)?.elapsed();
            let name = entry.file_name().to_string_lossy().into_owned();
            if !named.contains(&name) && age.is_ok_and(|age| age > YOUNG) && !self.is_spooled(&name)? {
                self.remove_file(&name)?;
            }
        }
        Ok(())
    }
}
