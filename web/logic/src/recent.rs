//! Queries that were asked before, in this browser: each once, the last one first, not too many.

use crate::query_string;

/// Older ones are forgotten.
const KEPT_MAX: usize = 30;
/// What is longer is not worth keeping in every tab.
const LENGTH_MAX: usize = 2_000;

/// Queries, the last one first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    queries: Vec<String>,
}

impl Recent {
    /// All of them.
    pub fn queries(&self) -> &[String] {
        &self.queries
    }

    /// Puts a query on top.
    pub fn put(&mut self, query: &str) {
        let query = query.trim();
        if query.is_empty() || query.len() > LENGTH_MAX {
            return;
        }
        self.queries.retain(|known| known != query);
        self.queries.insert(0, query.to_owned());
        self.queries.truncate(KEPT_MAX);
    }

    /// As it is stored.
    pub fn to_text(&self) -> String {
        let pairs: Vec<(&str, String)> = self.queries.iter().map(|query| ("q", query.clone())).collect();
        query_string::write(&pairs)
    }

    /// The reverse of [`Recent::to_text`]; what cannot be read is left out.
    pub fn from_text(text: &str) -> Self {
        let mut recent = Self::default();
        for (_, query) in query_string::read(text).into_iter().rev() {
            recent.put(&query);
        }
        recent
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_one_is_first_and_none_stands_twice() {
        let mut recent = Recent::default();
        for query in ["a", "b", " a ", "", "c"] {
            recent.put(query);
        }
        assert_eq!(recent.queries(), ["c", "a", "b"]);
        for number in 0..100 {
            recent.put(&number.to_string());
        }
        assert_eq!((recent.queries().len(), recent.queries()[0].as_str()), (KEPT_MAX, "99"));
        recent.put(&"x".repeat(LENGTH_MAX + 1));
        assert_eq!(recent.queries()[0], "99");
    }

    proptest! {
        #[test]
        fn every_list_survives_its_text(queries in prop::collection::vec("\\PC{0,12}", 0..6)) {
            let mut recent = Recent::default();
            queries.iter().for_each(|query| recent.put(query));
            prop_assert_eq!(Recent::from_text(&recent.to_text()), recent);
        }
    }
}
