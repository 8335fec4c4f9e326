//! What could be done better about a transaction: the same query again and again, and single queries that take long.

use std::collections::HashMap;
use std::time::Duration;

use event::SpanId;
use event::items::{Span, Transaction};
use model::Ordered as _;

/// So many equal queries of one parent could be one.
const REPEATED_MIN: usize = 5;

/// They are worth a word only if together they take so long.
const REPEATED_TIME_MIN: Duration = Duration::from_millis(20);

/// A query that takes longer is slow.
const SLOW: Duration = Duration::from_millis(500);

const HINTS_MAX: usize = 5;

/// What could be done better.
#[derive(Clone, Debug, PartialEq)]
pub enum Hint {
    /// The same query, but for its values, was made many times from one place (N+1).
    Repeated {
        /// The first of them.
        span: SpanId,
        /// What they are, values left out.
        query: String,
        /// How many.
        count: usize,
        /// How long all of them took.
        time: Duration,
    },
    /// One query took very long.
    Slow {
        /// It.
        span: SpanId,
        /// What it is, values left out.
        query: String,
        /// How long it took.
        time: Duration,
    },
}

impl Hint {
    fn time(&self) -> Duration {
        match self {
            Self::Repeated { time, .. } | Self::Slow { time, .. } => *time,
        }
    }
}

/// What there is to say, the most time first.
pub(super) fn hints(transaction: &Transaction) -> Vec<Hint> {
    let queries: Vec<(&Span, String)> = transaction
        .spans
        .iter()
        .filter(|span| is_query(span))
        .map(|span| (span, shape(&span.description)))
        .collect();
    let mut hints = repeated(&queries);
    hints.extend(
        queries.into_iter().filter(|(span, _)| span.duration() >= SLOW).map(|(span, query)| Hint::Slow {
            span: span.id,
            query,
            time: span.duration(),
        }),
    );
    hints.order_by_key(|hint| std::cmp::Reverse(hint.time()));
    hints.truncate(HINTS_MAX);
    hints
}

fn is_query(span: &Span) -> bool {
    let is_database = span.op == "db" || span.op.starts_with("db.");
    // What is fetched by key is fetched one by one.
    is_database && !matches!(span.op.as_str(), "db.redis" | "db.connection") && !span.description.is_empty()
}

fn repeated(queries: &[(&Span, String)]) -> Vec<Hint> {
    let mut places: HashMap<(Option<SpanId>, &str), Vec<&Span>> = HashMap::new();
    for (span, query) in queries {
        places.entry((span.parent, query)).or_default().push(span);
    }
    let hint = |((_, query), spans): ((Option<SpanId>, &str), Vec<&Span>)| {
        let time = spans.iter().map(|span| span.duration()).sum();
        let is_worth = spans.len() >= REPEATED_MIN && time >= REPEATED_TIME_MIN;
        let first = spans.iter().min_by_key(|span| span.start)?;
        is_worth.then(|| Hint::Repeated { span: first.id, query: query.to_owned(), count: spans.len(), time })
    };
    places.into_iter().filter_map(hint).collect()
}

/// The query with `?` for its numbers and quoted texts, and for lists of them.
fn shape(query: &str) -> String {
    let mut shape = String::with_capacity(query.len());
    let mut characters = query.chars().peekable();
    while let Some(character) = characters.next() {
        let in_word = shape.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '%' | '$'));
        match character {
            '\'' => {
                skip_quoted(&mut characters);
                shape.push('?');
            }
            '0'..='9' if !in_word => {
                while characters.next_if(|c| c.is_alphanumeric() || *c == '.').is_some() {}
                shape.push('?');
            }
            c if c.is_whitespace() && shape.ends_with(' ') => {}
            c if c.is_whitespace() => shape.push(' '),
            c => shape.push(c),
        }
        // `IN (?, ?, ?)` is one shape, however many there are.
        for list in ["?, ?", "?,?", "%s, %s"] {
            if shape.ends_with(list) {
                shape.truncate(shape.len() - list.len() + if list.starts_with('%') { 2 } else { 1 });
            }
        }
    }
    shape
}

fn skip_quoted(characters: &mut impl Iterator<Item = char>) {
    let mut is_escaped = false;
    for character in characters {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\'' => return,
            _ => {}
        }
    }
}
