//! Selectors and filters.

use std::fmt::{Display, Formatter, Result};

use model::{MatchOp, Matcher, Selector};

use super::joined;
use crate::ast::{Compared, LabelFilter, LineFilter, LineMatch, LogExpr};
use crate::literal::{bytes, duration, number, text};

/// A matcher with its value quoted as the language quotes.
pub(super) struct Quoted<'a>(pub(super) &'a Matcher);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}{}{}", self.0.name(), self.0.op().text(), text::write(self.0.value()))
    }
}

struct Braced<'a>(&'a Selector);

impl Display for Braced<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("{")?;
        joined(f, self.0.0.iter().map(Quoted), ", ")?;
        f.write_str("}")
    }
}

impl Display for LogExpr {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        Braced(&self.selector.node).fmt(f)?;
        self.stages.iter().try_for_each(|stage| write!(f, " {}", stage.node))
    }
}

impl Display for LineFilter {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{} ", self.op.text())?;
        joined(f, &self.alternatives, " or ")
    }
}

impl Display for LineMatch {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Text(wanted) => f.write_str(&text::write(wanted)),
            Self::Regexp(regexp) => f.write_str(&text::write(regexp.text())),
            Self::Pattern(pattern) => f.write_str(&text::write(pattern.text())),
            Self::Ip(addresses) => write!(f, "ip({})", text::write(addresses.text())),
        }
    }
}

impl Display for LabelFilter {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            // As Loki writes it: expressions in backticks, here and nowhere else.
            Self::Matcher(matcher) => match matcher.op() {
                MatchOp::Equal | MatchOp::NotEqual => Quoted(matcher).fmt(f),
                MatchOp::Regex | MatchOp::NotRegex => {
                    let value = text::write_plainly(matcher.value());
                    write!(f, "{}{}{value}", matcher.name(), matcher.op().text())
                }
            },
            Self::Number(compared) => compare(f, compared, number::write(compared.value)),
            Self::Duration(compared) => compare(f, compared, duration::write(compared.value)),
            Self::Bytes(compared) => compare(f, compared, bytes::write(compared.value)),
            Self::Ip { name, negated, addresses } => {
                let op = if *negated { "!=" } else { "=" };
                write!(f, "{name} {op} ip({})", text::write(addresses.text()))
            }
            Self::And(filters) => joined(f, filters.iter().map(InAnd), " and "),
            Self::Or(filters) => joined(f, filters, " or "),
        }
    }
}

fn compare<T>(f: &mut Formatter<'_>, compared: &Compared<T>, value: String) -> Result {
    write!(f, "{} {} {value}", compared.name, compared.op.text())
}

/// A filter beside `and`, which binds more tightly than `or`.
struct InAnd<'a>(&'a LabelFilter);

impl Display for InAnd<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.0 {
            LabelFilter::Or(_) => write!(f, "({})", self.0),
            other => other.fmt(f),
        }
    }
}
