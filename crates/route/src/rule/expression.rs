//! The grammar of rules: functions joined by `&&`, `||`, `!` and brackets, as Go reads them.

use std::fmt;

use super::RuleError;
use super::lexer::{Kind, Token, tokens};

/// A rule with its functions as leaves. `!` stands at functions only: `!(a && b)` is read as `!a || !b`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree<L> {
    /// One function.
    Leaf {
        /// Whether it must not hold.
        not: bool,
        /// What it is.
        leaf: L,
    },
    /// All must hold; two or more.
    All(Vec<Tree<L>>),
    /// One must hold; two or more.
    Any(Vec<Tree<L>>),
}

/// A function as it was written.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) at: usize,
    pub(super) name: String,
    pub(super) values: Vec<String>,
}

impl PartialEq for Call {
    /// Wherever it stands.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.values == other.values
    }
}

impl Eq for Call {}

/// Longer rules are written by machines.
const RULE_BYTES_MAX: usize = 64 << 10;
/// Brackets and `!` within one another.
const DEPTH_MAX: usize = 100;

/// Reads an expression.
pub(super) fn parse(rule: &str) -> Result<Tree<Call>, RuleError> {
    if rule.len() > RULE_BYTES_MAX {
        return Err(RuleError::new(0, "the rule is longer than 64 KiB", "write several routers"));
    }
    let mut parser = Parser { rule, tokens: tokens(rule)?, next: 0, depth: 0 };
    if parser.peek().kind == Kind::End {
        return Err(RuleError::new(0, "the rule is empty", "write a function, such as Host(`example.com`)"));
    }
    let tree = parser.any()?;
    if parser.peek().kind == Kind::LineEnd && parser.tokens[parser.next + 1].kind == Kind::End {
        parser.next += 1;
    }
    match parser.peek() {
        Token { kind: Kind::End, .. } => Ok(tree),
        unexpected => Err(parser.expected("&& or ||", unexpected)),
    }
}

struct Parser<'r> {
    rule: &'r str,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        // The last token is `End`, and nobody steps over that.
        &self.tokens[self.next]
    }

    fn eat(&mut self, kind: &Kind) -> bool {
        let found = self.peek().kind == *kind;
        self.next += usize::from(found);
        found
    }

    fn expected(&self, what: &str, found: &Token) -> RuleError {
        let (found_text, instead) = match &found.kind {
            Kind::End => ("the rule ends".to_owned(), format!("write {what}")),
            Kind::LineEnd => (
                "the expression ends with this line".to_owned(),
                "write && or || before the end of the line, not after it".to_owned(),
            ),
            Kind::Name(name) => (format!("`{name}` cannot stand here"), format!("write {what}")),
            Kind::Stray(stray) => meaningless(*stray, what),
            Kind::Text(_) => ("a value cannot stand here".to_owned(), format!("write {what}")),
            Kind::Close => ("`)` closes nothing".to_owned(), format!("write {what}")),
            other => (format!("`{}` cannot stand here", sign(other)), format!("write {what}")),
        };
        RuleError::new(found.at, found_text, instead)
    }

    fn any(&mut self) -> Result<Tree<Call>, RuleError> {
        let mut parts = vec![self.all()?];
        while self.eat(&Kind::Or) {
            parts.push(self.all()?);
        }
        Ok(Tree::any(parts))
    }

    fn all(&mut self) -> Result<Tree<Call>, RuleError> {
        let mut parts = vec![self.one()?];
        while self.eat(&Kind::And) {
            parts.push(self.one()?);
        }
        Ok(Tree::all(parts))
    }

    fn one(&mut self) -> Result<Tree<Call>, RuleError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let what = format!("more than {DEPTH_MAX} brackets stand within one another");
            return Err(RuleError::new(self.peek().at, what, "take some out"));
        }
        let tree = self.one_inside();
        self.depth -= 1;
        tree
    }

    fn one_inside(&mut self) -> Result<Tree<Call>, RuleError> {
        if self.eat(&Kind::Not) {
            return Ok(self.one()?.inverted());
        }
        if self.eat(&Kind::Open) {
            let inside = self.any()?;
            if !self.eat(&Kind::Close) {
                return Err(self.expected("a closing bracket", self.peek()));
            }
            return Ok(inside);
        }
        self.call()
    }

    fn call(&mut self) -> Result<Tree<Call>, RuleError> {
        let Token { at, kind: Kind::Name(name) } = self.peek().clone() else {
            return Err(self.expected("a function, such as Host(`example.com`)", self.peek()));
        };
        self.next += 1;
        if !self.eat(&Kind::Open) {
            let instead = format!("write {name}(`…`)");
            return Err(RuleError::new(at, format!("`{name}` is a function and needs values"), instead));
        }
        let values = self.values()?;
        Ok(Tree::Leaf { not: false, leaf: Call { at, name, values } })
    }

    /// A value that stands in no quotes, or in the wrong ones.
    fn unquoted(&self, at: usize) -> RuleError {
        let rest = &self.rule[at..];
        let raw = rest[..rest.find([',', ')', '\n']).unwrap_or(rest.len())].trim();
        let bare = raw.trim_matches(['\'', '’', '‘', '“', '”', '´']);
        RuleError::new(at, format!("the value {raw} does not stand in backticks"), format!("write `{bare}`"))
    }

    /// Behind the opening bracket, up to and with the closing one. A comma behind the last value is legal in Go.
    fn values(&mut self) -> Result<Vec<String>, RuleError> {
        let mut values = Vec::new();
        loop {
            if self.eat(&Kind::Close) {
                return Ok(values);
            }
            match self.peek().clone() {
                Token { kind: Kind::Text(text), .. } => values.push(text),
                Token { at, kind: Kind::Name(_) | Kind::Stray(_) } => return Err(self.unquoted(at)),
                other => return Err(self.expected("a value in backticks", &other)),
            }
            self.next += 1;
            if !self.eat(&Kind::Comma) && self.peek().kind != Kind::Close {
                return Err(self.expected("a comma or a closing bracket", self.peek()));
            }
        }
    }
}

/// What to say about a character that means nothing in rules.
fn meaningless(stray: char, expected: &str) -> (String, String) {
    let (what, instead) = match stray {
        '&' => ("`&` alone is no operator", "write &&".to_owned()),
        '|' => ("`|` alone is no operator", "write ||".to_owned()),
        '=' | '!' | '<' | '>' => {
            ("values are not compared in rules", "write a function, such as Host(`example.com`)".to_owned())
        }
        ';' => ("a rule is one expression", "join its parts with && or ||".to_owned()),
        _ => return (format!("`{stray}` cannot stand here"), format!("write {expected}")),
    };
    (what.to_owned(), instead)
}

fn sign(kind: &Kind) -> &'static str {
    match kind {
        Kind::Open => "(",
        Kind::Comma => ",",
        Kind::And => "&&",
        Kind::Or => "||",
        Kind::Not => "!",
        _ => ")",
    }
}

impl<L> Tree<L> {
    /// `a && (b && c)` is the same as `a && b && c`.
    fn all(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::All(inner) => inner,
            other => vec![other],
        });
        Self::joined(flat.collect(), Self::All)
    }

    fn any(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Any(inner) => inner,
            other => vec![other],
        });
        Self::joined(flat.collect(), Self::Any)
    }

    fn joined(mut parts: Vec<Self>, join: fn(Vec<Self>) -> Self) -> Self {
        match parts.pop() {
            Some(only) if parts.is_empty() => only,
            Some(last) => {
                parts.push(last);
                join(parts)
            }
            None => join(parts),
        }
    }

    /// What holds where this does not.
    fn inverted(self) -> Self {
        match self {
            Self::Leaf { not, leaf } => Self::Leaf { not: !not, leaf },
            Self::All(parts) => Self::Any(parts.into_iter().map(Self::inverted).collect()),
            Self::Any(parts) => Self::All(parts.into_iter().map(Self::inverted).collect()),
        }
    }

    /// The same tree with other leaves.
    pub(super) fn try_map<M, E>(&self, map: &mut impl FnMut(&L) -> Result<M, E>) -> Result<Tree<M>, E> {
        Ok(match self {
            Self::Leaf { not, leaf } => Tree::Leaf { not: *not, leaf: map(leaf)? },
            Self::All(parts) => {
                Tree::All(parts.iter().map(|part| part.try_map(map)).collect::<Result<_, _>>()?)
            }
            Self::Any(parts) => {
                Tree::Any(parts.iter().map(|part| part.try_map(map)).collect::<Result<_, _>>()?)
            }
        })
    }

    /// Whether it holds, given which leaves do.
    pub(super) fn holds(&self, leaf_holds: &impl Fn(&L) -> bool) -> bool {
        match self {
            Self::Leaf { not, leaf } => leaf_holds(leaf) != *not,
            Self::All(parts) => parts.iter().all(|part| part.holds(leaf_holds)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(leaf_holds)),
        }
    }

    /// The leaves with whether they must not hold, from left to right.
    pub(super) fn leaves(&self) -> Vec<(bool, &L)> {
        match self {
            Self::Leaf { not, leaf } => vec![(*not, leaf)],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::leaves).collect(),
        }
    }
}

impl<L: fmt::Display> fmt::Display for Tree<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |f: &mut fmt::Formatter<'_>, parts: &[Self], operator: &str| {
            for (number, part) in parts.iter().enumerate() {
                f.write_str(if number == 0 { "" } else { operator })?;
                // `&&` binds tighter, so only `||` needs brackets.
                match part {
                    Self::Any(_) => write!(f, "({part})")?,
                    Self::Leaf { .. } | Self::All(_) => write!(f, "{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Leaf { not, leaf } => write!(f, "{}{leaf}", if *not { "!" } else { "" }),
            Self::All(parts) => join(f, parts, " && "),
            Self::Any(parts) => join(f, parts, " || "),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (number, value) in self.values.iter().enumerate() {
            f.write_str(if number == 0 { "" } else { ", " })?;
            write_text(f, value)?;
        }
        f.write_str(")")
    }
}

/// In backticks where that is possible.
fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if !text.contains(['`', '\r']) {
        return write!(f, "`{text}`");
    }
    f.write_str("\"")?;
    for letter in text.chars() {
        match letter {
            '"' | '\\' => write!(f, "\\{letter}")?,
            control if control.is_control() => write!(f, "\\U{:08x}", u32::from(control))?,
            other => write!(f, "{other}")?,
        }
    }
    f.write_str("\"")
}
