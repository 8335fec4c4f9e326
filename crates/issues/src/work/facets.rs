//! How often each value of a tag occurs in a fingerprint. A fingerprint has facets of so many tags, and of each tag so many
//! values; of more the events are counted together, under the empty value.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::{Transaction, params};

use super::batch::Batch;
use crate::digest::Digest;
use crate::limits::Limits;

/// More are not remembered: they are found out again.
const FULL_KEYS_MAX: usize = 4000;

/// Tags of fingerprints that take no more values, with the checksums of those that they have; remembered from batch to
/// batch, since values like the ids of users would be looked for one by one.
#[derive(Debug, Default)]
pub(crate) struct FullKeys(HashMap<i64, HashMap<String, HashSet<u64>>>);

impl FullKeys {
    fn add(&mut self, fingerprint: i64, key: &str, values: HashSet<u64>) {
        if self.0.values().map(HashMap::len).sum::<usize>() >= FULL_KEYS_MAX {
            self.0.clear();
        }
        self.0.entry(fingerprint).or_default().insert(key.to_owned(), values);
    }

    fn values(&self, fingerprint: i64, key: &str) -> Option<&HashSet<u64>> {
        self.0.get(&fingerprint)?.get(key)
    }

    /// Under which value one is counted.
    fn counted<'v>(&self, fingerprint: i64, key: &str, value: &'v str) -> &'v str {
        match self.values(fingerprint, key) {
            Some(known) if !known.contains(&store::checksum(value.as_bytes())) => "",
            _ => value,
        }
    }
}

/// What the batch adds, by fingerprint, tag and value.
pub(super) type Facets = BTreeMap<(i64, String, String), Added>;

/// Events of a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Added {
    count: u64,
    first_ms: i64,
    last_ms: i64,
}

impl Batch<'_> {
    pub(super) fn count_tags(&mut self, fingerprint: i64, digest: &Digest) {
        let at_ms = digest.at_ms;
        for (key, value) in &digest.tags {
            let value = self.memory.full_keys.counted(fingerprint, key, value);
            let added = self.facets.entry((fingerprint, key.clone(), value.to_owned())).or_insert(Added {
                count: 0,
                first_ms: at_ms,
                last_ms: at_ms,
            });
            added.count += 1;
            added.first_ms = added.first_ms.min(at_ms);
            added.last_ms = added.last_ms.max(at_ms);
        }
    }

    pub(super) fn write_facets(&mut self) -> rusqlite::Result<()> {
        for ((fingerprint, key, value), added) in std::mem::take(&mut self.facets) {
            if update(self.transaction, fingerprint, &key, &value, added)? {
                continue;
            }
            let is_full = self.memory.full_keys.values(fingerprint, &key).is_some();
            let Some(value) =
                (if is_full { Some(String::new()) } else { self.place(fingerprint, &key, value)? })
            else {
                continue;
            };
            if !update(self.transaction, fingerprint, &key, &value, added)? {
                insert(self.transaction, fingerprint, &key, &value, added)?;
            }
        }
        Ok(())
    }

    /// Under which value one that is new is counted; none where the fingerprint has no room for another tag.
    fn place(&mut self, fingerprint: i64, key: &str, value: String) -> rusqlite::Result<Option<String>> {
        let limits = self.shared.limits;
        match place(self.transaction, fingerprint, key, &limits)? {
            Place::Known => Ok(Some(value)),
            Place::Full => {
                let known = values(self.transaction, fingerprint, key)?;
                self.memory.full_keys.add(fingerprint, key, known);
                Ok(Some(String::new()))
            }
            Place::New => {
                let known = self.fingerprint(fingerprint)?;
                if known.keys >= limits.keys_max as u64 {
                    return Ok(None);
                }
                known.keys += 1;
                let sql = "UPDATE fingerprint SET keys = keys + 1 WHERE id = ?1";
                self.transaction.prepare_cached(sql)?.execute([fingerprint])?;
                Ok(Some(value))
            }
        }
    }
}

/// Whether a tag takes another value.
enum Place {
    /// It has none yet.
    New,
    Known,
    Full,
}

fn place(
    transaction: &Transaction<'_>,
    fingerprint: i64,
    key: &str,
    limits: &Limits,
) -> rusqlite::Result<Place> {
    let mut count = transaction.prepare_cached(
        "SELECT count(*) FROM (SELECT 1 FROM facet WHERE fingerprint = ?1 AND key = ?2 LIMIT ?3)",
    )?;
    let values: i64 =
        count.query_row(params![fingerprint, key, limits.values_max as i64], |row| row.get(0))?;
    Ok(match values {
        0 => Place::New,
        values if values < limits.values_max as i64 => Place::Known,
        _ => Place::Full,
    })
}

/// The checksums of the values that a tag has.
fn values(transaction: &Transaction<'_>, fingerprint: i64, key: &str) -> rusqlite::Result<HashSet<u64>> {
    let mut select =
        transaction.prepare_cached("SELECT value FROM facet WHERE fingerprint = ?1 AND key = ?2")?;
    let mut rows = select.query(params![fingerprint, key])?;
    let mut values = HashSet::new();
    while let Some(row) = rows.next()? {
        values.insert(store::checksum(row.get_ref(0)?.as_bytes()?));
    }
    Ok(values)
}

fn update(
    transaction: &Transaction<'_>,
    fingerprint: i64,
    key: &str,
    value: &str,
    added: Added,
) -> rusqlite::Result<bool> {
    let mut update = transaction.prepare_cached(
        "UPDATE facet SET count = count + ?4, first_ms = min(first_ms, ?5), last_ms = max(last_ms, ?6)
         WHERE fingerprint = ?1 AND key = ?2 AND value = ?3",
    )?;
    let changed = update.execute(params![
        fingerprint,
        key,
        value,
        added.count as i64,
        added.first_ms,
        added.last_ms
    ])?;
    Ok(changed > 0)
}

fn insert(
    transaction: &Transaction<'_>,
    fingerprint: i64,
    key: &str,
    value: &str,
    added: Added,
) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO facet (fingerprint, key, value, count, first_ms, last_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    insert
        .execute(params![fingerprint, key, value, added.count as i64, added.first_ms, added.last_ms])
        .map(|_| ())
}
