//! The conditions of a query that are about issues, as SQL.

use model::Timestamp;
use rusqlite::types::Value as SqlValue;

use super::moment::When;
use super::query::{Amount, Assignee, Comparison, Condition, Filter, State, Version};
use super::value::Value;

/// SQL with its values, in the order of its `?`. About the table `issue i`.
#[derive(Debug, Default)]
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) values: Vec<SqlValue>,
}

/// What conditions are asked with.
pub(super) struct Asked<'a> {
    /// Whoever asks, if it is known.
    pub(super) me: Option<&'a str>,
    pub(super) now: Timestamp,
    /// The newest release of each project that has one.
    pub(super) latest: &'a [(u64, String)],
}

impl Sql {
    /// Adds a condition that must hold as well.
    pub(super) fn and(&mut self, text: &str, values: impl IntoIterator<Item = SqlValue>) {
        if !self.text.is_empty() {
            self.text.push_str(" AND ");
        }
        self.text.push_str(text);
        self.values.extend(values);
    }

    /// Adds the condition, if it is about issues.
    pub(super) fn and_condition(&mut self, condition: &Condition, asked: &Asked<'_>) {
        let Some(sql) = filter(&condition.filter, asked) else { return };
        // What is not known is not so, and so its contrary is.
        let text = match condition.negated {
            true => format!("NOT coalesce(({}), 0)", sql.text),
            false => format!("({})", sql.text),
        };
        self.and(&text, sql.values);
    }
}

fn filter(filter: &Filter, asked: &Asked<'_>) -> Option<Sql> {
    Some(match filter {
        Filter::Is(state) => plain(of_state(*state)),
        Filter::Assigned(names) => any(names.iter().map(|name| assignee(name, asked))),
        Filter::Level(values) => any(values.iter().map(|value| matches("i.level", value))),
        Filter::Project(values) => any(values.iter().map(project)),
        Filter::Issue(values) => any(values.iter().map(short_id)),
        Filter::FirstRelease(versions) => any(versions.iter().map(|version| first_release(version, asked))),
        Filter::FirstSeen(when) => seen("i.first_ms", *when, asked),
        Filter::LastSeen(when) => seen("i.last_ms", *when, asked),
        Filter::TimesSeen(amount) => compared("i.count", *amount),
        Filter::Users(amount) => compared("i.users", *amount),
        Filter::Release(_) | Filter::Has(_) | Filter::Tag { .. } | Filter::Word(_) | Filter::Phrase(_) => {
            return None;
        }
    })
}

fn of_state(state: State) -> &'static str {
    match state {
        State::Unresolved => "i.status = 'unresolved'",
        State::Resolved => "i.status = 'resolved'",
        State::Archived => "i.status = 'archived'",
        State::Assigned => "i.assignee IS NOT NULL",
        State::Unassigned => "i.assignee IS NULL",
        State::New => "i.status = 'unresolved' AND i.substatus = 'new'",
        State::Ongoing => "i.status = 'unresolved' AND i.substatus = 'ongoing'",
        State::Escalating => "i.status = 'unresolved' AND i.substatus = 'escalating'",
        State::Regressed => "i.status = 'unresolved' AND i.substatus = 'regressed'",
        State::Unhandled => "i.unhandled <> 0",
        State::Handled => "i.unhandled = 0",
    }
}

fn assignee(name: &Assignee, asked: &Asked<'_>) -> Sql {
    match (name, asked.me) {
        (Assignee::None, _) => plain("i.assignee IS NULL"),
        (Assignee::Me, None) => plain("0"),
        (Assignee::Me, Some(me)) => with("i.assignee = ?", [me.to_owned().into()]),
        (Assignee::Name(name), _) => matches("i.assignee", name),
    }
}

fn project(value: &Value) -> Sql {
    let by_name = matches("p.name", value);
    let by_number = value.exact().and_then(|id| id.parse::<i64>().ok()).unwrap_or(-1);
    let text = format!("i.project IN (SELECT p.id FROM project p WHERE {} OR p.id = ?)", by_name.text);
    with(&text, by_name.values.into_iter().chain([by_number.into()]))
}

fn short_id(value: &Value) -> Sql {
    let (project, number) = value.exact().and_then(|id| id.rsplit_once('-')).unwrap_or_default();
    with(
        "i.number = ? AND i.project IN (SELECT p.id FROM project p WHERE lower(p.name) = ?)",
        [number.parse().unwrap_or(-1_i64).into(), project.to_lowercase().into()],
    )
}

fn first_release(version: &Version, asked: &Asked<'_>) -> Sql {
    match version {
        Version::Named(name) => matches("i.first_release", name),
        Version::Latest => any(asked.latest.iter().map(|(project, release)| {
            with("i.project = ? AND i.first_release = ?", [(*project as i64).into(), release.clone().into()])
        })),
    }
}

fn seen(column: &str, when: When, asked: &Asked<'_>) -> Sql {
    let mut sql = Sql::default();
    // Columns are whole milliseconds: an instant within one counts as the next.
    let millis =
        |at: Timestamp| at.nanos().div_euclid(1_000_000) + i64::from(at.nanos().rem_euclid(1_000_000) > 0);
    if let Some(from) = when.from {
        sql.and(&format!("{column} >= ?"), [millis(from.at(asked.now)).into()]);
    }
    if let Some(until) = when.until {
        sql.and(&format!("{column} < ?"), [millis(until.at(asked.now)).into()]);
    }
    sql
}

fn compared(column: &str, amount: Amount) -> Sql {
    let sign = match amount.comparison {
        Comparison::Equal => "=",
        other => other.sign(),
    };
    with(&format!("{column} {sign} ?"), [i64::from(amount.number).into()])
}

/// The column is that text or of that pattern, whatever the case.
fn matches(column: &str, value: &Value) -> Sql {
    match value {
        Value::Exact(text) => with(&format!("lower({column}) = ?"), [text.to_lowercase().into()]),
        Value::Pattern(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| glob_escape(&part.to_lowercase())).collect();
            with(&format!("lower({column}) GLOB ?"), [parts.join("*").into()])
        }
    }
}

fn glob_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '*' | '?' | '[' => escaped.extend(['[', character, ']']),
            other => escaped.push(other),
        }
    }
    escaped
}

pub(super) fn any(conditions: impl Iterator<Item = Sql>) -> Sql {
    let mut all = Sql::default();
    let mut texts = Vec::new();
    for condition in conditions {
        texts.push(format!("({})", condition.text));
        all.values.extend(condition.values);
    }
    all.text = if texts.is_empty() { "0".to_owned() } else { texts.join(" OR ") };
    all
}

fn plain(text: &str) -> Sql {
    Sql { text: text.to_owned(), values: Vec::new() }
}

pub(super) fn with(text: &str, values: impl IntoIterator<Item = SqlValue>) -> Sql {
    Sql { text: text.to_owned(), values: values.into_iter().collect() }
}
