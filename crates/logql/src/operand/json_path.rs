//! Where in a JSON document a value is: `server.hosts[0]["the name"]`.

/// A path from the top of a document to one of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath {
    text: Box<str>,
    steps: Vec<JsonStep>,
}

/// One step downwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonStep {
    /// Into an object's field.
    Field(String),
    /// Into an array's element, counted from 0.
    Index(usize),
}

impl JsonPath {
    /// Reads fields with points between them, `[0]` and `["any name"]`.
    pub fn new(text: &str) -> Result<Self, String> {
        let steps = steps(text).ok_or_else(|| {
            format!("cannot parse expression [{text}]; write fields and indices such as a.b[0][\"c d\"]")
        })?;
        Ok(Self { text: text.into(), steps })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// From the top downwards; at least one.
    pub fn steps(&self) -> &[JsonStep] {
        &self.steps
    }
}

fn steps(text: &str) -> Option<Vec<JsonStep>> {
    let mut rest = text.trim();
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = match rest.strip_prefix('[') {
            Some(inside) => bracketed(inside)?,
            None if steps.is_empty() => field(rest)?,
            None => field(rest.strip_prefix('.')?.trim_start())?,
        };
        steps.push(step);
        rest = after.trim_start();
    }
    (!steps.is_empty()).then_some(steps)
}

fn field(text: &str) -> Option<(JsonStep, &str)> {
    let length = text.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    let (name, after) = text.split_at(length);
    let starts_well = name.starts_with(|c: char| !c.is_ascii_digit());
    starts_well.then(|| (JsonStep::Field(name.to_owned()), after))
}

/// What follows a `[`: an index or a quoted name, and the `]`.
fn bracketed(text: &str) -> Option<(JsonStep, &str)> {
    let text = text.trim_start();
    let (step, after) = match text.strip_prefix('"') {
        Some(quoted) => {
            let (name, after) = quoted.split_once('"')?;
            (JsonStep::Field(name.to_owned()), after)
        }
        None => {
            let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            (JsonStep::Index(text[..length].parse().ok()?), &text[length..])
        }
    };
    Some((step, after.trim_start().strip_prefix(']')?))
}
