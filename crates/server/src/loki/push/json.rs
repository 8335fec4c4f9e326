//! The JSON form: `{"streams":[{"stream":{…},"values":[["<ns>","line",{…}]]}]}`, and the one before it,
//! `{"streams":[{"labels":"{…}","entries":[{"ts":"<RFC 3339>","line":"…"}]}]}`.
//!
//! Read in one pass into entries; nothing is kept that is not asked for. Faults carry line and column.

use std::cell::RefCell;
use std::fmt;

use model::{Batch, Entry, Labels, Metadata, Multiline, Timestamp};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::tally::{self, Tally};
use crate::fault::Fault;

/// Reads a body. One that is not whole and well-formed gives nothing.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Batch>, Fault> {
    let tally = RefCell::new(Tally::default());
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let decoded = Body(&tally).deserialize(&mut deserializer).and_then(|batches| {
        deserializer.end()?;
        Ok(batches)
    });
    decoded.map_err(|error| {
        if tally.borrow().is_over() {
            return tally::too_many();
        }
        Fault::bad_request(format!("the body is no JSON push: {error}"))
    })
}

type Shared<'t> = &'t RefCell<Tally>;

fn count<E: Error>(tally: Shared<'_>) -> Result<(), E> {
    if tally.borrow_mut().admits() { Ok(()) } else { Err(E::custom("too many items")) }
}

/// A reader of one kind of value, which counts into the tally.
macro_rules! seed {
    ($name:ident -> $value:ty, $method:ident) => {
        #[derive(Clone, Copy)]
        struct $name<'t>(Shared<'t>);

        impl<'de> DeserializeSeed<'de> for $name<'_> {
            type Value = $value;

            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
                deserializer.$method(self)
            }
        }
    };
}

seed!(Body -> Vec<Batch>, deserialize_map);
seed!(Streams -> Vec<Batch>, deserialize_seq);
seed!(Stream -> Batch, deserialize_map);
seed!(StreamLabels -> Labels, deserialize_map);
seed!(Entries -> Vec<Entry>, deserialize_seq);
seed!(OneEntry -> Entry, deserialize_any);
seed!(Pairs -> Metadata, deserialize_map);

impl<'de> Visitor<'de> for Body<'_> {
    type Value = Vec<Batch>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `streams`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut streams = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "streams" => streams = Some(map.next_value_seed(Streams(self.0))?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        streams.ok_or_else(|| A::Error::missing_field("streams"))
    }
}

impl<'de> Visitor<'de> for Streams<'_> {
    type Value = Vec<Batch>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of streams")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut batches = Vec::new();
        while let Some(batch) = seq.next_element_seed(Stream(self.0))? {
            batches.push(batch);
        }
        Ok(batches)
    }
}

impl<'de> Visitor<'de> for Stream<'_> {
    type Value = Batch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stream: an object with `stream` and `values`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        count(self.0)?;
        let (mut labels, mut entries) = (None, Vec::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "stream" => labels = Some(map.next_value_seed(StreamLabels(self.0))?),
                "labels" => {
                    labels = Some(Labels::parse(&map.next_value::<String>()?).map_err(A::Error::custom)?);
                }
                "values" | "entries" => entries = map.next_value_seed(Entries(self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let labels = labels.ok_or_else(|| A::Error::missing_field("stream"))?;
        Ok(Batch { labels, entries, positions: Vec::new(), multiline: Multiline::Off })
    }
}

impl<'de> Visitor<'de> for StreamLabels<'_> {
    type Value = Labels;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of labels")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            count(self.0)?;
            if !is_label_name(&name) {
                let start: String = name.chars().take(80).flat_map(char::escape_debug).collect();
                return Err(A::Error::custom(format_args!(
                    "`{start}` is no label name; write letters, digits and _, no digit first"
                )));
            }
            pairs.push((name, map.next_value()?));
        }
        Ok(Labels::from_pairs(pairs))
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = Vec<Entry>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of [\"<nanoseconds>\", \"<line>\"]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = seq.next_element_seed(OneEntry(self.0))? {
            entries.push(entry);
        }
        Ok(entries)
    }
}

impl<'de> Visitor<'de> for OneEntry<'_> {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry: [\"<nanoseconds>\", \"<line>\"] and perhaps an object of metadata")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        count(self.0)?;
        let Nanos(timestamp) = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let line = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
        let metadata = seq.next_element_seed(Pairs(self.0))?.unwrap_or_default();
        if seq.next_element::<IgnoredAny>()?.is_some() {
            return Err(A::Error::invalid_length(4, &self));
        }
        Ok(Entry { timestamp, line, metadata })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        count(self.0)?;
        let (mut timestamp, mut line, mut metadata) = (None, None, Metadata::new());
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "ts" => timestamp = Some(map.next_value::<Rfc3339>()?.0),
                "line" => line = Some(map.next_value()?),
                "structuredMetadata" => metadata = map.next_value_seed(Pairs(self.0))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let timestamp = timestamp.ok_or_else(|| A::Error::missing_field("ts"))?;
        let line = line.ok_or_else(|| A::Error::missing_field("line"))?;
        Ok(Entry { timestamp, line, metadata })
    }
}

impl<'de> Visitor<'de> for Pairs<'_> {
    type Value = Metadata;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of metadata whose values are text")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Metadata::new();
        while let Some((name, value)) = map.next_entry::<Box<str>, Box<str>>()? {
            count(self.0)?;
            pairs.push((name, value));
        }
        Ok(super::sift::sorted(pairs))
    }
}

/// Nanoseconds since the epoch, in a text.
struct Nanos(Timestamp);

impl<'de> Deserialize<'de> for Nanos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;

        impl Visitor<'_> for Digits {
            type Value = Nanos;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("nanoseconds since the epoch in double quotes")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Nanos, E> {
                let nanos =
                    text.parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))?;
                Ok(Nanos(Timestamp::from_nanos(nanos)))
            }
        }

        deserializer.deserialize_str(Digits)
    }
}

/// A time of the older form.
struct Rfc3339(Timestamp);

impl<'de> Deserialize<'de> for Rfc3339 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse_rfc3339(&text).map(Self).map_err(D::Error::custom)
    }
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`
fn is_label_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    name.bytes().next().is_some_and(is_letter)
        && name.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit())
}
