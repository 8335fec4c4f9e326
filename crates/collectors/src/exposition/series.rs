//! The series of a sample: a name and labels, or everything in braces where the name needs quotes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use memchr::memchr2;
use model::Labels;

use super::Problem;

/// How many bytes at the beginning of `line` are the series. Only quotes and braces are looked at; whether the rest is
/// right shows when the labels are read.
pub(super) fn length(line: &str) -> Result<usize, Problem> {
    let name = name_length(line, true);
    let rest = line[name..].trim_start_matches([' ', '\t']);
    let at = line.len() - rest.len();
    if !rest.starts_with('{') {
        return if name > 0 { Ok(name) } else { Err(Problem::Name) };
    }
    let mut end = at + 1;
    loop {
        let found = memchr2(b'"', b'}', &line.as_bytes()[end..]).ok_or(Problem::Labels)?;
        end += found;
        if line.as_bytes()[end] == b'}' {
            return Ok(end + 1);
        }
        end += quoted_length(&line[end..])?;
    }
}

/// How many bytes a text in quotes takes, quotes included.
pub(super) fn quoted_length(text: &str) -> Result<usize, Problem> {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()).ok_or(Problem::Quote)?;
        if bytes[at] == b'"' {
            return Ok(at + 1);
        }
        at += 2;
    }
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`, in names of metrics with colons.
fn name_length(text: &str, colons: bool) -> usize {
    let is_part = |byte: u8, first: bool| {
        byte.is_ascii_alphabetic()
            || byte == b'_'
            || (colons && byte == b':')
            || (!first && byte.is_ascii_digit())
    };
    let bytes = text.bytes().enumerate();
    bytes.take_while(|(index, byte)| is_part(*byte, *index == 0)).count()
}

/// Reads [`Sample::series`](super::Sample::series) or [`Exemplar::labels`](super::Exemplar::labels): all labels, the
/// name among them as `__name__`. Empty labels are none.
pub fn series_labels(series: &str) -> Result<Labels, Problem> {
    series_pairs(series).map(Labels::from_pairs)
}

/// The same, with the labels whose values are empty: to say so takes a label away that the target gives.
pub fn series_pairs(series: &str) -> Result<Vec<(String, String)>, Problem> {
    let name = name_length(series, true);
    let mut labels: BTreeMap<&str, Cow<'_, str>> = BTreeMap::new();
    let mut owned_names = Vec::new();
    if name > 0 {
        labels.insert("__name__", series[..name].into());
    }
    let mut reader = Reader { rest: series[name..].trim_matches(BLANKS) };
    if reader.rest.is_empty() {
        return Ok(labels.into_iter().map(|(name, value)| (name.to_owned(), value.into_owned())).collect());
    }
    reader.expect('{')?;
    while !reader.eat('}') {
        let (name, is_quoted) = reader.name()?;
        let value = match reader.eat('=') {
            true => reader.value()?,
            // `{"metric.name", a="b"}`
            false if is_quoted => {
                insert(&mut labels, "__name__", name)?;
                reader.comma()?;
                continue;
            }
            false => return Err(Problem::Labels),
        };
        match name {
            Cow::Borrowed(name) => insert(&mut labels, name, value)?,
            Cow::Owned(name) => owned_names.push((name, value)),
        }
        reader.comma()?;
    }
    if !reader.rest.is_empty() {
        return Err(Problem::Labels);
    }
    let escaped = owned_names.iter().enumerate();
    let mut earlier = escaped.map(|(index, (name, _))| (name, &owned_names[..index]));
    if earlier
        .any(|(name, before)| labels.contains_key(name.as_str()) || before.iter().any(|(b, _)| b == name))
    {
        return Err(Problem::LabelTwice);
    }
    let pairs = labels.into_iter().map(|(name, value)| (name.to_owned(), value.into_owned()));
    let rest = owned_names.iter().map(|(name, value)| (name.clone(), value.clone().into_owned()));
    Ok(pairs.chain(rest).collect())
}

const BLANKS: [char; 2] = [' ', '\t'];

fn insert<'a>(
    labels: &mut BTreeMap<&'a str, Cow<'a, str>>,
    name: &'a str,
    value: Cow<'a, str>,
) -> Result<(), Problem> {
    match labels.insert(name, value) {
        None => Ok(()),
        Some(_) => Err(Problem::LabelTwice),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest.trim_start_matches(BLANKS);
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, wanted: char) -> Result<(), Problem> {
        if self.eat(wanted) { Ok(()) } else { Err(Problem::Labels) }
    }

    /// A comma, unless the list ends here.
    fn comma(&mut self) -> Result<(), Problem> {
        if self.eat(',') || self.rest.starts_with('}') { Ok(()) } else { Err(Problem::Labels) }
    }

    /// A label's name, and whether it stands in quotes.
    fn name(&mut self) -> Result<(Cow<'a, str>, bool), Problem> {
        if self.rest.starts_with('"') {
            return Ok((self.value()?, true));
        }
        let (name, rest) = self.rest.split_at(name_length(self.rest, false));
        self.rest = rest.trim_start_matches(BLANKS);
        if name.is_empty() { Err(Problem::Labels) } else { Ok((name.into(), false)) }
    }

    /// A text in quotes.
    fn value(&mut self) -> Result<Cow<'a, str>, Problem> {
        if !self.rest.starts_with('"') {
            return Err(Problem::Labels);
        }
        let (quoted, rest) = self.rest.split_at(quoted_length(self.rest)?);
        self.rest = rest.trim_start_matches(BLANKS);
        Ok(unescaped(&quoted[1..quoted.len() - 1]))
    }
}

/// `\\`, `\"` and `\n` mean what they say; a backslash before anything else is one.
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let (meant, length) = match rest.as_bytes().get(at + 1) {
            Some(b'n') => ('\n', 2),
            Some(b'"') => ('"', 2),
            Some(b'\\') => ('\\', 2),
            _ => ('\\', 1),
        };
        plain.push(meant);
        rest = &rest[at + length..];
    }
    plain.push_str(rest);
    plain.into()
}
