//! Takes values of the kinds that are wanted, masks texts, and remembers what was wrong and what was masked.

use std::str::FromStr;

use model::Timestamp;

use super::Place;
use crate::event::{FieldFault, Level};
use crate::scrub::Scrubber;
use crate::time;
use crate::value::{Pair, Value};

/// Takes the fields of one event.
pub(crate) struct Intake<'s> {
    pub(crate) scrubber: &'s Scrubber,
    faults: Vec<FieldFault>,
    masked: Vec<String>,
    /// How many values of trees may still be kept.
    pub(super) values_left: u32,
}

/// More faults are not listed.
const FAULTS_MAX: usize = 50;

/// More masked places are not listed.
const MASKED_MAX: usize = 100;

/// Of longer texts the rest is cut off.
pub(crate) const TEXT_BYTES_MAX: usize = 8 << 10;

/// Likewise for names, versions, and the values of tags.
pub(crate) const WORD_BYTES_MAX: usize = 200;

/// Likewise for paths, names of functions, lines of source.
pub(crate) const PATH_BYTES_MAX: usize = 1 << 10;

/// Values in all trees of an event together.
const VALUES_MAX: u32 = 20_000;

impl<'s> Intake<'s> {
    pub(crate) fn new(scrubber: &'s Scrubber) -> Self {
        Self { scrubber, faults: Vec::new(), masked: Vec::new(), values_left: VALUES_MAX }
    }

    /// What was wrong, and the places that were masked.
    pub(crate) fn done(self) -> (Vec<FieldFault>, Vec<String>) {
        (self.faults, self.masked)
    }

    pub(crate) fn fault(&mut self, at: &Place<'_>, what: impl Into<String>) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(FieldFault { path: at.to_string(), what: what.into() });
        }
    }

    pub(crate) fn masked(&mut self, at: &Place<'_>) {
        if self.masked.len() < MASKED_MAX {
            self.masked.push(at.to_string());
        }
    }

    fn wrong<T>(&mut self, value: &Value, wanted: &str, at: &Place<'_>) -> Option<T> {
        if !value.is_null() {
            self.fault(at, format!("{}, where {wanted} was expected", value.kind()));
        }
        None
    }

    /// The fields of an object; none for `null`.
    pub(crate) fn object(&mut self, value: Value, at: &Place<'_>) -> Option<Vec<Pair<Value>>> {
        match value {
            Value::Object(fields) => Some(fields),
            other => self.wrong(&other, "an object", at),
        }
    }

    /// The members of a list, which may lie in `{"values": […]}`, without `null`s. A single object counts as one.
    pub(crate) fn list(&mut self, value: Value, at: &Place<'_>) -> Vec<Value> {
        let mut members = match value {
            Value::List(members) => members,
            Value::Object(mut fields) => match fields.iter().position(|(name, _)| name == "values") {
                Some(place) => return self.list(fields.swap_remove(place).1, &at.name("values")),
                None if fields.is_empty() => Vec::new(),
                None => vec![Value::Object(fields)],
            },
            other => self.wrong(&other, "a list", at).unwrap_or_default(),
        };
        members.retain(|member| !member.is_null());
        members
    }

    /// A short text that is no secret: a name, a version.
    pub(crate) fn word(&mut self, value: Value, at: &Place<'_>) -> Option<String> {
        self.plain(value, at, WORD_BYTES_MAX)
    }

    /// A path, a function's name.
    pub(crate) fn path(&mut self, value: Value, at: &Place<'_>) -> Option<String> {
        self.plain(value, at, PATH_BYTES_MAX)
    }

    /// A text, masked.
    pub(crate) fn text(&mut self, value: Value, at: &Place<'_>) -> Option<String> {
        let text = self.plain(value, at, TEXT_BYTES_MAX)?;
        Some(self.scrubbed(text, at))
    }

    /// A text as it is, but for what cannot be shown and what is too long. Numbers and the like are written out.
    pub(crate) fn plain(&mut self, value: Value, at: &Place<'_>, bytes_max: usize) -> Option<String> {
        let text = match value {
            Value::Text(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            other => return self.wrong(&other, "a text", at),
        };
        let text = self.fitting(text, at, bytes_max);
        (!text.is_empty()).then_some(text)
    }

    /// The text without NULs, cut if it is too long.
    pub(crate) fn fitting(&mut self, mut text: String, at: &Place<'_>, bytes_max: usize) -> String {
        if memchr::memchr(0, text.as_bytes()).is_some() {
            text.retain(|sign| sign != '\0');
        }
        if text.len() > bytes_max {
            self.fault(at, format!("{} bytes, of which {bytes_max} are kept", text.len()));
            cut(&mut text, bytes_max);
        }
        text
    }

    /// The text, masked.
    pub(crate) fn scrubbed(&mut self, text: String, at: &Place<'_>) -> String {
        match self.scrubber.text(&text) {
            Some(masked) => {
                self.masked(at);
                masked
            }
            None => text,
        }
    }

    /// The value of a key, masked.
    pub(crate) fn scrubbed_value(&mut self, key: &str, text: String, at: &Place<'_>) -> String {
        match self.scrubber.value(key, &text) {
            Some(masked) => {
                self.masked(at);
                masked
            }
            None => text,
        }
    }

    /// What can be read from a text.
    pub(crate) fn parsed<T: FromStr>(&mut self, value: Value, at: &Place<'_>) -> Option<T> {
        let text = self.word(value, at)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.fault(at, format!("`{text}` is none"));
        }
        parsed
    }

    pub(crate) fn time(&mut self, value: Value, at: &Place<'_>) -> Option<Timestamp> {
        let time = time::read(&value);
        if time.is_none() && !value.is_null() {
            self.fault(at, "no time: seconds since 1970, or such as 2026-11-22T14:03:59.5Z");
        }
        time
    }

    pub(crate) fn level(&mut self, value: Value, at: &Place<'_>) -> Option<Level> {
        let word = self.word(value, at)?;
        let level = Level::from_word(&word);
        if level.is_none() {
            self.fault(at, format!("`{word}` is no level: debug, info, warning, error, fatal"));
        }
        level
    }

    pub(crate) fn boolean(&mut self, value: Value, at: &Place<'_>) -> Option<bool> {
        match value {
            Value::Bool(value) => Some(value),
            Value::Number(number) => number.as_f64().map(|number| number != 0.0),
            other => self.wrong(&other, "true or false", at),
        }
    }

    /// A whole number from 0 on; texts of digits count too.
    pub(crate) fn count(&mut self, value: Value, at: &Place<'_>) -> Option<u32> {
        let number = match &value {
            Value::Number(number) => number.as_f64(),
            Value::Text(text) => text.trim().parse().ok(),
            other => return self.wrong(other, "a number", at),
        };
        let number = number.filter(|number| (0.0..=f64::from(u32::MAX)).contains(number));
        if number.is_none() {
            self.fault(at, "no whole number from 0 to 4294967295");
        }
        number.map(|number| number as u32)
    }

    /// Names with short texts, in any of the shapes of [`pairs`](Self::pairs).
    pub(crate) fn words(&mut self, value: Value, at: &Place<'_>, count_max: usize) -> Vec<Pair<String>> {
        let pairs = self.pairs(value, at);
        self.within(pairs, at, count_max, |intake, _, value, at| {
            Some(intake.word(value, at).unwrap_or_default())
        })
    }

    /// Names with values: an object, a list of pairs, or a list of `{"key": …, "value": …}`.
    pub(crate) fn pairs(&mut self, value: Value, at: &Place<'_>) -> Vec<Pair<Value>> {
        match value {
            Value::Object(fields) => fields,
            Value::List(members) => {
                let mut pairs = Vec::with_capacity(members.len());
                for (index, member) in members.into_iter().enumerate() {
                    match pair(member) {
                        Ok(pair) => pairs.push(pair),
                        Err(other) => {
                            let _: Option<()> = self.wrong(&other, "a name with its value", &at.index(index));
                        }
                    }
                }
                pairs
            }
            other => self.wrong(&other, "an object", at).unwrap_or_default(),
        }
    }

    /// Makes something of the values of so many pairs. A value of which nothing is made goes with its name.
    pub(crate) fn within<T>(
        &mut self,
        pairs: Vec<Pair<Value>>,
        at: &Place<'_>,
        count_max: usize,
        mut make: impl FnMut(&mut Self, &str, Value, &Place<'_>) -> Option<T>,
    ) -> Vec<Pair<T>> {
        if pairs.len() > count_max {
            self.fault(at, format!("{} entries, of which {count_max} are kept", pairs.len()));
        }
        let mut made = Vec::with_capacity(pairs.len().min(count_max));
        for (mut name, value) in pairs.into_iter().take(count_max) {
            cut(&mut name, WORD_BYTES_MAX);
            if let Some(value) = make(self, &name, value, &at.name(&name)) {
                made.push((name, value));
            }
        }
        made
    }
}

fn pair(member: Value) -> Result<Pair<Value>, Value> {
    match member {
        Value::List(mut both) if both.len() == 2 => match (both.pop(), both.pop()) {
            (Some(value), Some(Value::Text(name))) => Ok((name, value)),
            (Some(value), Some(name)) => Ok((name.to_string(), value)),
            _ => Err(Value::Null),
        },
        Value::Object(mut fields) => {
            let mut take = |name: &str| {
                let place = fields.iter().position(|(known, _)| known == name)?;
                Some(std::mem::take(&mut fields[place].1))
            };
            match (take("key").or_else(|| take("name")), take("value")) {
                (Some(Value::Text(name)), Some(value)) => Ok((name, value)),
                _ => Err(Value::Object(fields)),
            }
        }
        other => Err(other),
    }
}

/// Cuts a text that is too long, and shows that it was cut.
pub(crate) fn cut(text: &mut String, bytes_max: usize) {
    const SIGN: char = '…';
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max - SIGN.len_utf8()));
        text.push(SIGN);
    }
}
