//! Fields of the lines as columns of a table: which, how wide, and what stands in a cell.

use crate::line::{Json, JsonValue, Line, fields, parse_json, plain};

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The field's name, as LogQL names it.
    pub name: String,
    /// In pixels; `None`: as wide as columns are at first.
    pub width: Option<u16>,
}

/// The columns that are shown, from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(Vec<Column>);

/// Of a column that nobody resized.
pub const WIDTH: u16 = 140;
/// A column can be this narrow and this wide.
const WIDTHS: (u16, u16) = (48, 900);
/// More do not fit beside each other.
pub const COLUMNS_MAX: usize = 12;

impl Columns {
    /// All of them.
    pub fn all(&self) -> &[Column] {
        &self.0
    }

    /// Whether there are none: lines are shown as lines.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a field has a column.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|column| column.name == name)
    }

    /// Gives a field a column, or takes it away.
    pub fn toggle(&mut self, name: &str) {
        if self.contains(name) {
            self.0.retain(|column| column.name != name);
        } else if self.0.len() < COLUMNS_MAX && !name.is_empty() {
            self.0.push(Column { name: name.to_owned(), width: None });
        }
    }

    /// Moves a column one place to the left or to the right.
    pub fn shift(&mut self, name: &str, right: bool) {
        let Some(at) = self.0.iter().position(|column| column.name == name) else { return };
        let to = if right { at + 1 } else { at.wrapping_sub(1) };
        if to < self.0.len() {
            self.0.swap(at, to);
        }
    }

    /// Makes a column as wide as wished, within bounds.
    pub fn resize(&mut self, name: &str, width: f64) {
        let width = (width.round() as u16).clamp(WIDTHS.0, WIDTHS.1);
        if let Some(column) = self.0.iter_mut().find(|column| column.name == name) {
            column.width = (width != WIDTH).then_some(width);
        }
    }

    /// `status,path:220`. A comma, a colon and a backslash in a name get a backslash.
    pub fn to_text(&self) -> String {
        let column = |column: &Column| {
            let mut text = String::new();
            for character in column.name.chars() {
                if ",:\\".contains(character) {
                    text.push('\\');
                }
                text.push(character);
            }
            if let Some(width) = column.width {
                text.push_str(&format!(":{width}"));
            }
            text
        };
        self.0.iter().map(column).collect::<Vec<_>>().join(",")
    }

    /// The reverse of [`Columns::to_text`]; what is too much is left out.
    pub fn from_text(text: &str) -> Self {
        let mut columns = Self::default();
        for (name, width) in names(text) {
            if !columns.contains(&name) {
                columns.toggle(&name);
                if let Ok(width) = width.parse::<u16>() {
                    columns.resize(&name, f64::from(width));
                }
            }
        }
        columns
    }
}

/// Names and widths, as they stand.
fn names(text: &str) -> Vec<(String, String)> {
    let mut names = vec![(String::new(), String::new())];
    let mut in_width = false;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let Some((name, width)) = names.last_mut() else { break };
        match (character, in_width) {
            (',', _) => {
                names.push((String::new(), String::new()));
                in_width = false;
            }
            (':', false) => in_width = true,
            ('\\', false) => name.extend(characters.next()),
            (other, true) => width.push(other),
            (other, false) => name.push(other),
        }
    }
    names
}

/// What the cells of a line hold, one for each column; empty where the line has no such field.
pub fn cells(line: &Line, columns: &Columns) -> Vec<String> {
    if columns.is_empty() {
        return Vec::new();
    }
    let parsed = Parsed::of(line);
    columns.all().iter().map(|column| parsed.get(line, &column.name)).collect()
}

/// A line's own fields, found once for all its cells.
struct Parsed {
    json: Option<Json>,
    pairs: Vec<(String, String)>,
}

impl Parsed {
    fn of(line: &Line) -> Self {
        let json = parse_json(&line.text);
        let pairs = match json {
            Some(_) => Vec::new(),
            None => fields(&plain(&line.text)).into_iter().map(|field| (field.key, field.value)).collect(),
        };
        Self { json, pairs }
    }

    fn get(&self, line: &Line, name: &str) -> String {
        let known =
            line.fields.get(name).or_else(|| line.labels.get(name)).or_else(|| line.metadata.get(name));
        if let Some(value) = known {
            return value.clone();
        }
        if name == "detected_level" || name == "level" && self.find(name).is_none() {
            return crate::level::name(line.level).to_owned();
        }
        self.find(name).unwrap_or_default()
    }

    fn find(&self, name: &str) -> Option<String> {
        match &self.json {
            Some(json) => member(json, name),
            None => {
                let pair = self.pairs.iter().find(|(key, _)| same_name(key, name));
                pair.map(|(_, value)| value.clone())
            }
        }
    }
}

/// A member by the name that `| json` gives it: names of nested members joined with `_`.
fn member(json: &Json, name: &str) -> Option<String> {
    let JsonValue::Object(members) = &json.value else { return None };
    members.iter().find_map(|member| {
        let key = sanitised(&member.key);
        let rest = name.strip_prefix(&key)?;
        match &member.value {
            JsonValue::Word(word) if rest.is_empty() => Some(word.clone()),
            JsonValue::Text(text) if rest.is_empty() => Some(text.clone()),
            JsonValue::Object(_) => self::member(member, rest.strip_prefix('_')?),
            _ => None,
        }
    })
}

fn same_name(key: &str, name: &str) -> bool {
    key == name || sanitised(key) == name
}

/// A key as LogQL names it: what no name may hold becomes `_`.
pub fn sanitised(key: &str) -> String {
    let mut name: String =
        key.trim().chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests;
