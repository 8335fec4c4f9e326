//! The conditions of a query that are about events, as a query of the index.

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, EmptyQuery, Occur, PhrasePrefixQuery, PhraseQuery, Query as IndexQuery,
    RegexQuery, TermQuery,
};
use tantivy::schema::IndexRecordOption;

use super::document::{Fields, pair_text};
use super::field::indexed;
use super::query::{Condition, Filter, Query, Version};
use super::value::Value;
use super::words::{sequence, whole};

/// A beginning of a word stands for no more words than these.
const EXPANSIONS_MAX: u32 = 10_000;

/// The newest release of each project that has one.
pub(super) type Latest = Vec<(u64, String)>;

/// The conditions about events; `None` if there are none.
pub(super) fn event_query(
    fields: &Fields,
    query: &Query,
    environment: &str,
    latest: &Latest,
) -> tantivy::Result<Option<Box<dyn IndexQuery>>> {
    let ask = Ask { fields, latest };
    let mut clauses = Vec::new();
    if !environment.is_empty() {
        let condition = Value::Exact(environment.to_owned());
        clauses.push((Occur::Must, ask.pair(indexed::ENVIRONMENT, &condition)?));
    }
    for condition in &query.conditions {
        clauses.extend(ask.clause(&condition.node)?);
    }
    if clauses.is_empty() {
        return Ok(None);
    }
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    Ok(Some(Box::new(BooleanQuery::new(clauses))))
}

struct Ask<'a> {
    fields: &'a Fields,
    latest: &'a Latest,
}

impl Ask<'_> {
    fn clause(&self, condition: &Condition) -> tantivy::Result<Option<(Occur, Box<dyn IndexQuery>)>> {
        let query = match &condition.filter {
            Filter::Has(key) => self.term(Term::from_field_text(self.fields.key, key)),
            Filter::Tag { key, values } => any(values.iter().map(|value| self.pair(key, value)))?,
            Filter::Release(versions) => any(versions.iter().map(|version| self.version(version)))?,
            Filter::Word(word) => self.word(word),
            Filter::Phrase(phrase) => self.phrase(phrase),
            _ => return Ok(None),
        };
        Ok(Some((if condition.negated { Occur::MustNot } else { Occur::Must }, query)))
    }

    fn term(&self, term: Term) -> Box<dyn IndexQuery> {
        Box::new(TermQuery::new(term, IndexRecordOption::Basic))
    }

    fn pair(&self, key: &str, value: &Value) -> tantivy::Result<Box<dyn IndexQuery>> {
        Ok(match value {
            Value::Exact(value) => self.term(self.fields.pair(key, value)),
            value if value.is_anything() => self.term(Term::from_field_text(self.fields.key, key)),
            Value::Pattern(parts) => {
                let parts = parts.iter().enumerate().map(|(index, part)| match index {
                    0 => regex_escape(&pair_text(key, part)),
                    _ => regex_escape(&part.to_lowercase()),
                });
                let pattern = parts.collect::<Vec<_>>().join("(?s:.)*");
                Box::new(RegexQuery::from_pattern(&pattern, self.fields.pair)?)
            }
        })
    }

    fn version(&self, version: &Version) -> tantivy::Result<Box<dyn IndexQuery>> {
        match version {
            Version::Named(name) => self.pair(indexed::RELEASE, name),
            Version::Latest => any(self.latest.iter().map(|(project, release)| {
                let project = self.term(Term::from_field_u64(self.fields.project, *project));
                let release = self.term(self.fields.pair(indexed::RELEASE, release));
                Ok(Box::new(BooleanQuery::intersection(vec![project, release])) as Box<dyn IndexQuery>)
            })),
        }
    }

    /// A word as it is typed. Its end may be missing: `TimeoutEr` finds `ReadTimeoutError`, and `views.cart` the
    /// words in this order.
    fn word(&self, word: &str) -> Box<dyn IndexQuery> {
        let parts = sequence(word);
        let mut ways = Vec::new();
        if parts.len() > 1 && word.chars().all(|c| c.is_alphanumeric() || c == '_') {
            ways.push(self.beginning(whole(word).into_iter().collect()));
        }
        ways.push(self.beginning(parts));
        Box::new(BooleanQuery::union(ways))
    }

    fn beginning(&self, words: Vec<String>) -> Box<dyn IndexQuery> {
        if words.is_empty() {
            return Box::new(EmptyQuery);
        }
        let mut query = PhrasePrefixQuery::new(self.terms(words));
        query.set_max_expansions(EXPANSIONS_MAX);
        Box::new(query)
    }

    fn phrase(&self, phrase: &str) -> Box<dyn IndexQuery> {
        match self.terms(sequence(phrase)).as_slice() {
            [] => Box::new(EmptyQuery),
            [single] => self.term(single.clone()),
            terms => Box::new(PhraseQuery::new(terms.to_vec())),
        }
    }

    fn terms(&self, words: Vec<String>) -> Vec<Term> {
        words.iter().map(|word| Term::from_field_text(self.fields.text, word)).collect()
    }
}

fn any(
    queries: impl Iterator<Item = tantivy::Result<Box<dyn IndexQuery>>>,
) -> tantivy::Result<Box<dyn IndexQuery>> {
    let queries = queries.collect::<tantivy::Result<Vec<_>>>()?;
    Ok(match queries.len() {
        0 => Box::new(EmptyQuery),
        _ => Box::new(BooleanQuery::union(queries)),
    })
}

fn regex_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
