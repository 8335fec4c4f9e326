//! Counts of fingerprints and hours; exact, whatever becomes of the events themselves.

use std::collections::hash_map::Entry;

use rusqlite::{OptionalExtension, params};

use super::batch::Batch;
use crate::digest::Digest;
use crate::life::hour;
use crate::releases;
use crate::sketch::Sketch;

/// A fingerprint's numbers.
#[derive(Debug)]
pub(super) struct Fingerprint {
    pub(super) issue: i64,
    first_ms: i64,
    last_ms: i64,
    count: u64,
    sketch: Sketch,
    pub(super) keys: u64,
}

/// An hour's numbers of a fingerprint.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    pub(super) count: u64,
    sketch: Sketch,
    pub(super) newest: Option<i64>,
}

impl Fingerprint {
    /// One without events.
    pub(super) fn new(issue: i64, at_ms: i64) -> Self {
        Self { issue, first_ms: at_ms, last_ms: at_ms, count: 0, sketch: Sketch::default(), keys: 0 }
    }
}

impl Batch<'_> {
    /// Counts an event of the fingerprint. Gives the hour that it is counted in, and the how manyth it is there.
    pub(super) fn count(&mut self, fingerprint: i64, digest: &Digest) -> rusqlite::Result<(i64, u64)> {
        let known = self.fingerprint(fingerprint)?;
        known.first_ms = known.first_ms.min(digest.at_ms);
        known.last_ms = known.last_ms.max(digest.at_ms);
        known.count += 1;
        let hour = hour(digest.at_ms);
        digest.user.map(|user| known.sketch.add(user));
        let bucket = self.bucket(fingerprint, hour)?;
        bucket.count += 1;
        digest.user.map(|user| bucket.sketch.add(user));
        Ok((hour, bucket.count))
    }

    pub(super) fn fingerprint(&mut self, id: i64) -> rusqlite::Result<&mut Fingerprint> {
        match self.fingerprints.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(free) => {
                let mut select = self.transaction.prepare_cached(
                    "SELECT issue, first_ms, last_ms, count, sketch, keys FROM fingerprint WHERE id = ?1",
                )?;
                let read = select.query_row([id], |row| {
                    Ok(Fingerprint {
                        issue: row.get(0)?,
                        first_ms: row.get(1)?,
                        last_ms: row.get(2)?,
                        count: row.get::<_, i64>(3)?.unsigned_abs(),
                        sketch: Sketch::read(row.get_ref(4)?.as_blob()?),
                        keys: row.get::<_, i64>(5)?.unsigned_abs(),
                    })
                })?;
                Ok(free.insert(read))
            }
        }
    }

    pub(super) fn bucket(&mut self, fingerprint: i64, hour: i64) -> rusqlite::Result<&mut Bucket> {
        use std::collections::btree_map::Entry;
        match self.buckets.entry((fingerprint, hour)) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(free) => {
                let mut select = self.transaction.prepare_cached(
                    "SELECT count, sketch, newest FROM bucket WHERE fingerprint = ?1 AND hour = ?2",
                )?;
                let read = select.query_row([fingerprint, hour], |row| {
                    Ok(Bucket {
                        count: row.get::<_, i64>(0)?.unsigned_abs(),
                        sketch: Sketch::read(row.get_ref(1)?.as_blob()?),
                        newest: row.get(2)?,
                    })
                });
                Ok(free.insert(read.optional()?.unwrap_or_default()))
            }
        }
    }

    /// Events of the issue in so many hours up to this one, those of this batch among them.
    pub(super) fn count_within(&self, issue: i64, hours: u64, at_ms: i64) -> rusqlite::Result<u64> {
        let oldest = hour(at_ms).saturating_sub_unsigned(hours) + 1;
        let mut select = self.transaction.prepare_cached(
            "SELECT bucket.fingerprint, hour, bucket.count FROM bucket
             JOIN fingerprint ON fingerprint.id = bucket.fingerprint WHERE issue = ?1 AND hour >= ?2",
        )?;
        let mut rows = select.query([issue, oldest])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            if !self.buckets.contains_key(&(row.get(0)?, row.get(1)?)) {
                count += row.get::<_, i64>(2)?.unsigned_abs();
            }
        }
        let is_of_issue =
            |fingerprint| self.fingerprints.get(fingerprint).is_some_and(|one| one.issue == issue);
        let now = self.buckets.iter().filter(|((one, at), _)| *at >= oldest && is_of_issue(one));
        Ok(count + now.map(|(_, bucket)| bucket.count).sum::<u64>())
    }

    pub(super) fn write_counts(&self) -> rusqlite::Result<()> {
        let mut update = self.transaction.prepare_cached(
            "UPDATE fingerprint SET first_ms = ?2, last_ms = ?3, count = ?4, sketch = ?5 WHERE id = ?1",
        )?;
        for (id, known) in &self.fingerprints {
            let count = known.count as i64;
            update.execute(params![id, known.first_ms, known.last_ms, count, known.sketch.bytes()])?;
        }
        let mut replace = self.transaction.prepare_cached(
            "INSERT OR REPLACE INTO bucket (fingerprint, hour, count, sketch, newest) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for ((fingerprint, hour), bucket) in &self.buckets {
            let count = bucket.count as i64;
            replace.execute(params![fingerprint, hour, count, bucket.sketch.bytes(), bucket.newest])?;
        }
        Ok(())
    }

    pub(super) fn write_releases(&self) -> rusqlite::Result<()> {
        for ((project, release, environment), seen) in &self.releases {
            releases::seen(self.transaction, *project, release, environment, seen)?;
        }
        Ok(())
    }

    pub(super) fn write_bases(&self) -> rusqlite::Result<()> {
        let mut update = self.transaction.prepare_cached("UPDATE base SET uses = uses + ?2 WHERE id = ?1")?;
        for (base, more) in &self.base_uses {
            update.execute([base, more])?;
        }
        Ok(())
    }

    pub(super) fn write_outcomes(&self) -> rusqlite::Result<()> {
        let mut add = self.transaction.prepare_cached(
            "INSERT INTO outcome (project, hour, category, outcome, quantity, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity, bytes = bytes + excluded.bytes",
        )?;
        for ((project, hour, kind, outcome), (quantity, bytes)) in &self.outcomes {
            add.execute(params![project, hour, kind, outcome, *quantity as i64, *bytes as i64])?;
        }
        Ok(())
    }
}
