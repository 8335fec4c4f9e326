//! Paths into JSON, as LogQL's `| json` has them: `user.id`, `items[0]["a b"]`.

use serde_json::Value;

/// Keys and indexes from the outside in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Path {
    /// `None` if the text is no path.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (step, after) = if let Some(inside) = rest.strip_prefix('[') {
                bracket(inside)?
            } else {
                // A point stands between keys, not before the first.
                let word = if steps.is_empty() { rest } else { rest.strip_prefix('.')? };
                key(word)?
            };
            steps.push(step);
            rest = after;
        }
        (!steps.is_empty()).then_some(Self(steps))
    }

    /// What the path leads to.
    pub(super) fn find<'v>(&self, json: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(json, |value, step| match step {
            Step::Key(key) => value.as_object()?.get(key),
            Step::Index(index) => value.as_array()?.get(*index),
        })
    }
}

fn key(text: &str) -> Option<(Step, &str)> {
    let length = text.find(['.', '[']).unwrap_or(text.len());
    let (key, rest) = text.split_at(length);
    (!key.is_empty()).then(|| (Step::Key(key.to_owned()), rest))
}

/// `0]` or `"a b"]`
fn bracket(text: &str) -> Option<(Step, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (key, rest) = quoted.split_once("\"]")?;
        return Some((Step::Key(key.to_owned()), rest));
    }
    let (index, rest) = text.split_once(']')?;
    Some((Step::Index(index.parse().ok()?), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_values() {
        let json: Value = serde_json::from_str(r#"{"a":{"b":[1,{"c d":"x"}]},"e.f":2,"g":null}"#).unwrap();
        let check = |path: &str, expected: Option<&str>| {
            let found = Path::parse(path).and_then(|path| path.find(&json).map(Value::to_string));
            assert_eq!(found.as_deref(), expected, "{path}");
        };
        check("a.b[0]", Some("1"));
        check(r#"a.b[1]["c d"]"#, Some("\"x\""));
        check(r#"["e.f"]"#, Some("2"));
        check("g", Some("null"));
        check("a", Some(r#"{"b":[1,{"c d":"x"}]}"#));
        for nothing in ["", "x", "a.", ".a", "a..b", "a.b[2]", "a.b[x]", "a.b[", "a[0]", "a.b.c"] {
            check(nothing, None);
        }
    }
}
