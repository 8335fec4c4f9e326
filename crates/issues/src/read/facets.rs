//! The values of tags, and how often each occurs.

use std::collections::BTreeMap;

use event::ProjectId;
use model::Ordered as _;
use rusqlite::{Connection, params};

use crate::issues::Issues;
use crate::readers::ReadError;

/// A tag of an issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facet {
    /// The tag's name.
    pub key: String,
    /// Events that carry it.
    pub count: u64,
    /// Its values, most frequent first. The empty one stands for all that are not kept apart.
    pub values: Vec<FacetValue>,
}

/// A tag's value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// Events that carry it.
    pub count: u64,
    /// The time of the last of them, in milliseconds since the epoch.
    pub last_ms: i64,
}

impl Issues {
    /// The tags of an issue's events, those of most events first; of each the most frequent values.
    pub fn tags(&self, issue: i64, values_max: usize) -> Result<Vec<Facet>, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut facets: BTreeMap<String, Facet> = BTreeMap::new();
        for (key, value) in read(&reader, issue, None)? {
            let facet = facets.entry(key.clone()).or_insert_with(|| Facet { key, ..Facet::default() });
            facet.count += value.count;
            facet.values.push(value);
        }
        let mut facets: Vec<Facet> = facets.into_values().collect();
        facets.iter_mut().for_each(|facet| facet.values.truncate(values_max));
        facets.order_by_key(|facet| std::cmp::Reverse(facet.count));
        Ok(facets)
    }

    /// The values of one tag of an issue.
    pub fn tag(&self, issue: i64, key: &str, values_max: usize) -> Result<Facet, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut values: Vec<FacetValue> =
            read(&reader, issue, Some(key))?.into_iter().map(|(_, value)| value).collect();
        let count = values.iter().map(|value| value.count).sum();
        values.truncate(values_max);
        Ok(Facet { key: key.to_owned(), count, values })
    }

    /// The values of a tag over all issues of a project, or of all, that begin so; most frequent first.
    pub fn tag_values(
        &self,
        project: Option<ProjectId>,
        key: &str,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<FacetValue>, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached(
            "SELECT value, sum(facet.count), max(facet.last_ms) FROM facet
             JOIN fingerprint ON fingerprint.id = facet.fingerprint
             WHERE key = ?1 AND value <> '' AND substr(value, 1, length(?2)) = ?2 AND (?3 IS NULL OR project = ?3)
             GROUP BY value ORDER BY 2 DESC, value LIMIT ?4",
        )?;
        let project = project.map(|project| project.0 as i64);
        let rows = select.query_map(params![key, prefix, project, limit as i64], |row| {
            Ok(FacetValue {
                value: row.get(0)?,
                count: row.get::<_, i64>(1)?.unsigned_abs(),
                last_ms: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The names of tags that events carry.
    pub fn tag_keys(&self, limit: usize) -> Result<Vec<String>, ReadError> {
        let reader = self.shared.readers.get()?;
        let mut select = reader.prepare_cached("SELECT DISTINCT key FROM facet ORDER BY key LIMIT ?1")?;
        let rows = select.query_map([limit as i64], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// Names and values, most frequent first.
fn read(reader: &Connection, issue: i64, key: Option<&str>) -> rusqlite::Result<Vec<(String, FacetValue)>> {
    let mut select = reader.prepare_cached(
        "SELECT key, value, sum(count), max(last_ms) FROM facet
         WHERE fingerprint IN (SELECT id FROM fingerprint WHERE issue = ?1) AND (?2 IS NULL OR key = ?2)
         GROUP BY key, value ORDER BY 3 DESC, value",
    )?;
    let rows = select.query_map(params![issue, key], |row| {
        let count = row.get::<_, i64>(2)?.unsigned_abs();
        Ok((row.get(0)?, FacetValue { value: row.get(1)?, count, last_ms: row.get(3)? }))
    })?;
    rows.collect()
}
