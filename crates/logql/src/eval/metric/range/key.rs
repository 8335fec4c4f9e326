//! Which series a line belongs to, as bytes: they are hashed for each line, and made into labels once for a series.

use ::series::Grouping;
use model::Labels;

use crate::eval::pipeline::FinalLabels;

/// Stands for the length of a label that is not there.
const ABSENT: u32 = u32::MAX;

/// Which labels tell series apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Key {
    /// These, sorted.
    By(Vec<String>),
    /// All but these.
    Without(Vec<String>),
}

impl Key {
    /// Series are told apart by the grouping, by all labels if there is none, but never by the number itself.
    pub(super) fn new(grouping: Option<Grouping>, unwrapped: Option<&str>) -> Self {
        let mut without = match grouping {
            Some(Grouping::By(mut names)) => {
                names.sort_unstable();
                names.dedup();
                return Self::By(names);
            }
            Some(Grouping::Without(names)) => names,
            None => Vec::new(),
        };
        without.extend(unwrapped.map(str::to_owned));
        Self::Without(without)
    }

    /// The labels that are looked at; `None`: all of them.
    pub(super) fn names(&self) -> Option<impl Iterator<Item = &str>> {
        match self {
            Self::By(names) => Some(names.iter().map(String::as_str)),
            Self::Without(_) => None,
        }
    }

    /// Writes the key of a line.
    pub(super) fn write(&self, labels: FinalLabels<'_>, key: &mut Vec<u8>) {
        key.clear();
        match self {
            Self::By(names) => names.iter().for_each(|name| push(key, labels.get(name))),
            Self::Without(names) => {
                let kept = labels.iter().map(|(_, name, value)| (name, value));
                let is_kept = |(name, _): &(&str, &str)| !names.iter().any(|other| other == name);
                let mut kept: Vec<(&str, &str)> = kept.filter(is_kept).collect();
                kept.sort_unstable();
                for (name, value) in kept {
                    push(key, Some(name));
                    push(key, Some(value));
                }
            }
        }
    }

    /// The labels of which a key was made.
    pub(super) fn labels(&self, mut key: &[u8]) -> Labels {
        match self {
            Self::By(names) => {
                Labels::from_sorted(names.iter().filter_map(|name| Some((name.as_str(), pull(&mut key)?))))
            }
            Self::Without(_) => {
                Labels::from_sorted(std::iter::from_fn(|| Some((pull(&mut key)?, pull(&mut key)?))))
            }
        }
    }
}

fn push(key: &mut Vec<u8>, text: Option<&str>) {
    let length = text.map_or(ABSENT, |text| text.len() as u32);
    key.extend_from_slice(&length.to_le_bytes());
    key.extend_from_slice(text.unwrap_or_default().as_bytes());
}

/// The next text; `None` if it is not there, or at the end.
fn pull<'a>(key: &mut &'a [u8]) -> Option<&'a str> {
    let (length, rest) = key.split_first_chunk()?;
    let length = u32::from_le_bytes(*length);
    *key = rest;
    if length == ABSENT {
        return None;
    }
    let (text, rest) = rest.split_at_checked(length as usize)?;
    *key = rest;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use model::{Level, Metadata, Timestamp};

    use super::*;
    use crate::eval::pipeline::{EntryRef, Kept, Pipeline, Scratch, StreamLabels};

    fn check(key: &Key, expected: &str) {
        let stream = StreamLabels::new(&Labels::from_pairs([("b", "2"), ("a", "1")]));
        let metadata: Metadata = vec![("trace".into(), "t".into())];
        let entry = EntryRef {
            timestamp: Timestamp::from_nanos(0),
            level: Level::Info,
            line: "",
            metadata: &metadata,
        };
        let mut scratch = Scratch::default();
        let pipeline = Pipeline::new(&[], &Kept::ALL).expect("nothing to prepare");
        let outcome = pipeline.run(&mut scratch, &stream, entry).expect("nothing is filtered");
        let mut bytes = vec![9];
        key.write(outcome.labels, &mut bytes);
        assert_eq!(key.labels(&bytes).to_string(), expected, "{key:?}");
    }

    #[test]
    fn labels_survive_their_key() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        check(
            &Key::new(Some(Grouping::By(names(&["trace", "none", "a", "a"]))), None),
            "{a=\"1\", trace=\"t\"}",
        );
        check(&Key::new(Some(Grouping::By(names(&[]))), Some("a")), "{}");
        check(
            &Key::new(Some(Grouping::Without(names(&["detected_level"]))), Some("a")),
            "{b=\"2\", trace=\"t\"}",
        );
        check(&Key::new(None, None), "{a=\"1\", b=\"2\", detected_level=\"info\", trace=\"t\"}");
    }
}
