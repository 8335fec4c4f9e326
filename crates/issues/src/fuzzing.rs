//! What the network and the disk bring to searching, performance, monitors and releases, for the fuzz targets: no bytes may
//! make them panic, and what is understood is understood again.

use event::items::Transaction;

/// Takes the text for a query of issues.
pub fn query(text: &str) {
    match crate::search::parse(text) {
        Ok(query) => {
            let written = query.to_string();
            let again = crate::search::parse(&written).expect("what was written is a query");
            assert_eq!(again, query, "{written}");
        }
        Err(fault) => assert!(text.get(fault.span.range()).is_some(), "{fault:?} of {text:?}"),
    }
    assert!(crate::search::event_id(text).is_none_or(|id| id.len() == 32));
    crate::search::cut(text);
}

/// Takes the text for a crontab, and for two versions, one a line.
pub fn schedule(text: &str) {
    crate::monitors::parse_crontab(text);
    let (a, b) = text.split_once('\n').unwrap_or((text, ""));
    crate::releases::compare(a, b);
}

/// Takes the bytes for what is stored of an hour of a transaction, and for a transaction.
pub fn measured(bytes: &[u8]) {
    crate::performance::read_hour(bytes);
    if let Ok(transaction) = serde_json::from_slice::<Transaction>(bytes) {
        crate::performance::look_at(&transaction);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seeds() -> Vec<Vec<u8>> {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fuzz/seeds/issues");
        let files = std::fs::read_dir(directory).unwrap();
        files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    fn all(bytes: &[u8]) {
        measured(bytes);
        let text = String::from_utf8_lossy(bytes);
        query(&text);
        schedule(&text);
    }

    proptest! {
        #[test]
        fn seeds_and_what_becomes_of_them_pass(seed in any::<prop::sample::Index>(), harm in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4)) {
            let seeds = seeds();
            assert!(seeds.len() >= 4);
            let mut bytes = seeds[seed.index(seeds.len())].clone();
            for (at, byte) in harm {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            all(&bytes);
        }
    }
}
