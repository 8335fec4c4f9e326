//! The JSON form: the same messages with names in lower camel case, whole numbers of 64 bits as text, ids in
//! hex. Read in one pass; every value counts, so that a body of tiny ones does not fill the memory.

use std::cell::RefCell;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{Batch, Entry, Metadata, Timestamp};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};

use super::any::{Any, Attributes, DEPTH_MAX};
use super::record::{Record, ResourceLogs, Scope, batches, carry};
use crate::fault::Fault;
use crate::loki::push::tally::{self, Tally};

pub(super) fn decode(bytes: &[u8], now: Timestamp) -> Result<Vec<Batch>, Fault> {
    let body = Body { tally: RefCell::new(Tally::default()), now };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let decoded = Request(&body).deserialize(&mut deserializer).and_then(|resources| {
        deserializer.end()?;
        Ok(resources)
    });
    decoded.map(batches).map_err(|error| {
        if body.tally.borrow().is_over() {
            return tally::too_many();
        }
        Fault::bad_request(format!("the body is no OTLP request: {error}"))
    })
}

/// What is common to a whole body.
struct Body {
    tally: RefCell<Tally>,
    now: Timestamp,
}

impl Body {
    fn count<E: Error>(&self) -> Result<(), E> {
        if self.tally.borrow_mut().admits() { Ok(()) } else { Err(E::custom("too many items")) }
    }
}

/// A reader of one kind of object: what it makes, and what it does with each member.
macro_rules! object {
    ($name:ident -> $value:ty, $what:literal, |$body:ident, $made:ident, $key:ident, $map:ident| $arms:expr) => {
        #[derive(Clone, Copy)]
        struct $name<'b>(&'b Body);

        impl<'de> DeserializeSeed<'de> for $name<'_> {
            type Value = $value;

            fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
                deserializer.deserialize_map(self)
            }
        }

        impl<'de> Visitor<'de> for $name<'_> {
            type Value = $value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($what)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut $map: A) -> Result<Self::Value, A::Error> {
                let $body = self.0;
                $body.count()?;
                let mut $made = <$value>::default();
                while let Some($key) = $map.next_key::<String>()? {
                    $arms
                }
                Ok($made)
            }
        }
    };
}

object!(Request -> Vec<ResourceLogs>, "an object with `resourceLogs`", |body, made, key, map| {
    match key.as_str() {
        "resourceLogs" | "resource_logs" => made = map.next_value_seed(List(OneResource(body)))?,
        _ => skip(&mut map)?,
    }
});

object!(OneResource -> ResourceLogs, "an object with `resource` and `scopeLogs`", |body, made, key, map| {
    match key.as_str() {
        "resource" => made.attributes = map.next_value_seed(Resource(body))?,
        "scopeLogs" | "scope_logs" => {
            for mut scoped in map.next_value_seed(List(OneScope(body)))? {
                carry(&mut scoped.entries, &scoped.metadata);
                made.entries.append(&mut scoped.entries);
            }
        }
        _ => skip(&mut map)?,
    }
});

object!(Resource -> Attributes, "a resource: an object with `attributes`", |body, made, key, map| {
    match key.as_str() {
        "attributes" => made = map.next_value_seed(List(Pair(body, 0)))?,
        _ => skip(&mut map)?,
    }
});

/// The records of one scope, and what they carry of it.
#[derive(Default)]
struct Scoped {
    metadata: Metadata,
    entries: Vec<Entry>,
}

object!(OneScope -> Scoped, "an object with `scope` and `logRecords`", |body, made, key, map| {
    match key.as_str() {
        "scope" => made.metadata = map.next_value_seed(TheScope(body))?.metadata(),
        "logRecords" | "log_records" => made.entries = map.next_value_seed(List(OneRecord(body)))?,
        _ => skip(&mut map)?,
    }
});

object!(TheScope -> Scope, "a scope", |body, made, key, map| {
    match key.as_str() {
        "name" => made.name = map.next_value()?,
        "version" => made.version = map.next_value()?,
        "attributes" => made.attributes = map.next_value_seed(List(Pair(body, 0)))?,
        "droppedAttributesCount" | "dropped_attributes_count" => {
            made.dropped = map.next_value::<Whole<u64>>()?.0;
        }
        _ => skip(&mut map)?,
    }
});

/// A record, at once as an entry.
#[derive(Clone, Copy)]
struct OneRecord<'b>(&'b Body);

impl<'de> DeserializeSeed<'de> for OneRecord<'_> {
    type Value = Entry;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Entry, D::Error> {
        Ok(TheRecord(self.0).deserialize(deserializer)?.entry(self.0.now))
    }
}

object!(TheRecord -> Record, "a log record", |body, made, key, map| {
    match key.as_str() {
        "timeUnixNano" | "time_unix_nano" => made.time = map.next_value::<Whole<u64>>()?.0,
        "observedTimeUnixNano" | "observed_time_unix_nano" => {
            made.observed = map.next_value::<Whole<u64>>()?.0;
        }
        "severityNumber" | "severity_number" => made.severity = map.next_value::<Whole<i64>>()?.0,
        "severityText" | "severity_text" => made.severity_text = map.next_value()?,
        "body" => made.body = map.next_value_seed(OneAny(body, 0))?,
        "attributes" => made.attributes = map.next_value_seed(List(Pair(body, 0)))?,
        "droppedAttributesCount" | "dropped_attributes_count" => {
            made.dropped = map.next_value::<Whole<u64>>()?.0;
        }
        "flags" => made.flags = map.next_value::<Whole<u64>>()?.0,
        "traceId" | "trace_id" => made.trace_id = map.next_value::<String>()?.to_ascii_lowercase(),
        "spanId" | "span_id" => made.span_id = map.next_value::<String>()?.to_ascii_lowercase(),
        _ => skip(&mut map)?,
    }
});

/// `{"key":"a","value":{…}}`, so many values deep.
#[derive(Clone, Copy)]
struct Pair<'b>(&'b Body, usize);

impl<'de> DeserializeSeed<'de> for Pair<'_> {
    type Value = (String, Any);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Pair<'_> {
    type Value = (String, Any);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an attribute: an object with `key` and `value`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        self.0.count()?;
        let mut made = Self::Value::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "key" => made.0 = map.next_value()?,
                "value" => made.1 = map.next_value_seed(OneAny(self.0, self.1))?,
                _ => skip(&mut map)?,
            }
        }
        Ok(made)
    }
}

/// `{"stringValue":"a"}` and the like, so many values deep.
#[derive(Clone, Copy)]
struct OneAny<'b>(&'b Body, usize);

impl<'de> DeserializeSeed<'de> for OneAny<'_> {
    type Value = Any;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Any, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OneAny<'_> {
    type Value = Any;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value: an object such as {\"stringValue\":\"a\"}")
    }

    fn visit_unit<E: Error>(self) -> Result<Any, E> {
        Ok(Any::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Any, A::Error> {
        let Self(body, depth) = self;
        body.count()?;
        if depth >= DEPTH_MAX {
            return Err(A::Error::custom("values are nested too deeply"));
        }
        let mut any = Any::Nothing;
        while let Some(key) = map.next_key::<String>()? {
            any = match key.as_str() {
                "stringValue" | "string_value" => Any::Text(map.next_value()?),
                "boolValue" | "bool_value" => Any::Bool(map.next_value()?),
                "intValue" | "int_value" => Any::Int(map.next_value::<Whole<i64>>()?.0),
                "doubleValue" | "double_value" => Any::Float(map.next_value()?),
                "arrayValue" | "array_value" => {
                    Any::List(map.next_value_seed(Values(OneAny(body, depth + 1)))?)
                }
                "kvlistValue" | "kvlist_value" => {
                    Any::Map(map.next_value_seed(Values(Pair(body, depth + 1)))?)
                }
                "bytesValue" | "bytes_value" => {
                    let text: String = map.next_value()?;
                    Any::Bytes(STANDARD.decode(text).map_err(A::Error::custom)?)
                }
                _ => {
                    skip(&mut map)?;
                    continue;
                }
            };
        }
        Ok(any)
    }
}

/// A list of what another reader reads.
struct List<S>(S);

impl<'de, S: DeserializeSeed<'de> + Copy> DeserializeSeed<'de> for List<S> {
    type Value = Vec<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, S: DeserializeSeed<'de> + Copy> Visitor<'de> for List<S> {
    type Value = Vec<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(self.0)? {
            values.push(value);
        }
        Ok(values)
    }
}

/// The same below `values`: `{"values":[…]}`.
struct Values<S>(S);

impl<'de, S: DeserializeSeed<'de> + Copy> DeserializeSeed<'de> for Values<S> {
    type Value = Vec<S::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de> + Copy> Visitor<'de> for Values<S> {
    type Value = Vec<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `values`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "values" => values = map.next_value_seed(List(self.0))?,
                _ => skip(&mut map)?,
            }
        }
        Ok(values)
    }
}

fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// A whole number, plain or as text.
struct Whole<T>(T);

impl<'de, T> Deserialize<'de> for Whole<T>
where
    T: std::str::FromStr + TryFrom<i64> + TryFrom<u64>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits<T>(std::marker::PhantomData<T>);

        impl<T: std::str::FromStr + TryFrom<i64> + TryFrom<u64>> Visitor<'_> for Digits<T> {
            type Value = Whole<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Whole<T>, E> {
                text.parse().map(Whole).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Whole<T>, E> {
                let unexpected = de::Unexpected::Signed(value);
                T::try_from(value).map(Whole).map_err(|_| E::invalid_value(unexpected, &self))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Whole<T>, E> {
                let unexpected = de::Unexpected::Unsigned(value);
                T::try_from(value).map(Whole).map_err(|_| E::invalid_value(unexpected, &self))
            }
        }

        deserializer.deserialize_any(Digits(std::marker::PhantomData))
    }
}
