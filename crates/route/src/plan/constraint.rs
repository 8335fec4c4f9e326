//! Which containers are looked at: `` Label(`a`,`b`) && !LabelRegex(`c`,`d`) ``.

use std::collections::BTreeMap;

use crate::declared::Pattern;

/// No expression that people write nests deeper.
const DEPTH_MAX: usize = 32;

/// An expression over a container's labels.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constraint {
    /// Every container fits.
    Any,
    /// No container fits.
    None,
    Label(String, String),
    Matches(String, Pattern),
    Not(Box<Constraint>),
    All(Vec<Constraint>),
    One(Vec<Constraint>),
}

impl Constraint {
    /// Reads an expression; the error is a sentence.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::Any);
        }
        let mut parser = Parser { text, at: 0, depth: 0 };
        let constraint = parser.one()?;
        parser.skip();
        if parser.at < text.len() {
            return Err(parser.unexpected());
        }
        Ok(constraint)
    }

    pub(super) fn fits(&self, labels: &BTreeMap<String, String>) -> bool {
        match self {
            Self::Any => true,
            Self::None => false,
            Self::Label(key, value) => labels.get(key) == Some(value),
            Self::Matches(key, pattern) => {
                labels.get(key).is_some_and(|value| pattern.regex().is_match(value))
            }
            Self::Not(inner) => !inner.fits(labels),
            Self::All(parts) => parts.iter().all(|part| part.fits(labels)),
            Self::One(parts) => parts.iter().any(|part| part.fits(labels)),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn one(&mut self) -> Result<Constraint, String> {
        let mut parts = vec![self.all()?];
        while self.take("||") {
            parts.push(self.all()?);
        }
        Ok(alone(parts, Constraint::One))
    }

    fn all(&mut self) -> Result<Constraint, String> {
        let mut parts = vec![self.unary()?];
        while self.take("&&") {
            parts.push(self.unary()?);
        }
        Ok(alone(parts, Constraint::All))
    }

    fn unary(&mut self) -> Result<Constraint, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("it nests too deeply".to_owned());
        }
        let constraint = if self.take("!") {
            Constraint::Not(Box::new(self.unary()?))
        } else if self.take("(") {
            let inner = self.one()?;
            self.expect(")")?;
            inner
        } else {
            self.call()?
        };
        self.depth -= 1;
        Ok(constraint)
    }

    fn call(&mut self) -> Result<Constraint, String> {
        let is_pattern = if self.take("LabelRegex") {
            true
        } else if self.take("Label") {
            false
        } else {
            return Err(self.unexpected());
        };
        self.expect("(")?;
        let key = self.literal()?;
        self.expect(",")?;
        let value = self.literal()?;
        self.expect(")")?;
        if !is_pattern {
            return Ok(Constraint::Label(key, value));
        }
        let pattern =
            Pattern::new(&value).map_err(|why| format!("`{value}` is no regular expression: {why}"))?;
        Ok(Constraint::Matches(key, pattern))
    }

    fn literal(&mut self) -> Result<String, String> {
        self.skip();
        let rest = &self.text[self.at..];
        let quote = rest.chars().next().filter(|quote| matches!(quote, '`' | '"'));
        let Some((quote, end)) = quote.and_then(|quote| Some((quote, rest[1..].find(quote)?))) else {
            return Err(format!(
                "at character {} a text in backticks or double quotes is missing",
                self.column()
            ));
        };
        let text = &rest[1..1 + end];
        if quote == '"' && text.contains('\\') {
            return Err(format!("at character {}: write texts with backslashes in backticks", self.column()));
        }
        self.at += end + 2;
        Ok(text.to_owned())
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip();
        let is_next = self.text[self.at..].starts_with(token);
        if is_next {
            self.at += token.len();
        }
        is_next
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) {
            Ok(())
        } else {
            Err(format!("at character {} `{token}` is missing", self.column()))
        }
    }

    fn skip(&mut self) {
        self.at = self.text.len() - self.text[self.at..].trim_start().len();
    }

    fn column(&self) -> usize {
        self.text[..self.at].chars().count() + 1
    }

    fn unexpected(&self) -> String {
        format!(
            "at character {}: expected Label(`key`,`value`) or LabelRegex(`key`,`pattern`)",
            self.column()
        )
    }
}

fn alone(mut parts: Vec<Constraint>, join: impl Fn(Vec<Constraint>) -> Constraint) -> Constraint {
    match (parts.pop(), parts.is_empty()) {
        (Some(part), true) => part,
        (last, _) => {
            parts.extend(last);
            join(parts)
        }
    }
}
