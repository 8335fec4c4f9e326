//! Operators between two parts.

use series::{Group, Matching, Operator, SetOperator};
use syntax::{Span, Spanned};

use super::{Parsed, Parser};
use crate::ast::{Binary, BinaryOp, Expr, Kind, Node};
use crate::fault::Fault;
use crate::lexer::{Symbol, Token};

/// An operator and how tightly it binds.
#[derive(Clone, Copy)]
pub(super) struct Infix {
    op: BinaryOp,
    pub(super) precedence: u8,
}

impl Infix {
    fn of(op: BinaryOp) -> Self {
        Self { op, precedence: op.precedence() }
    }
}

const POWER_PRECEDENCE: u8 = 7;

#[rustfmt::skip]
const SYMBOLS: &[(Symbol, Operator)] = &[
    (Symbol::Equal, Operator::Equal), (Symbol::NotEqual, Operator::NotEqual),
    (Symbol::Less, Operator::Less), (Symbol::LessOrEqual, Operator::LessOrEqual),
    (Symbol::Greater, Operator::Greater), (Symbol::GreaterOrEqual, Operator::GreaterOrEqual),
    (Symbol::Plus, Operator::Add), (Symbol::Minus, Operator::Subtract),
    (Symbol::Times, Operator::Multiply), (Symbol::Over, Operator::Divide),
    (Symbol::Modulo, Operator::Modulo), (Symbol::Power, Operator::Power),
];

const WORDS: [BinaryOp; 4] = [
    BinaryOp::Set(SetOperator::Or),
    BinaryOp::Set(SetOperator::And),
    BinaryOp::Set(SetOperator::Unless),
    BinaryOp::Number(Operator::Atan2),
];

impl Parser<'_> {
    /// The operator that stands here.
    pub(super) fn operator(&self) -> Option<Infix> {
        if let Some(symbol) = self.cursor.symbol(0) {
            let (_, op) = SYMBOLS.iter().find(|(other, _)| *other == symbol)?;
            return Some(Infix::of(BinaryOp::Number(*op)));
        }
        WORDS.into_iter().find(|op| self.cursor.is_word(op.text())).map(Infix::of)
    }

    /// The operator that stands here and what follows it.
    pub(super) fn binary(&mut self, left: Expr, infix: Infix, start: Span) -> Parsed<Expr> {
        self.cursor.count_operator()?;
        let operator_span = self.cursor.span();
        self.cursor.skip();
        let returns_bool = self.cursor.eat_word("bool");
        let matching = self.matching()?;
        let is_right_associative = infix.precedence == POWER_PRECEDENCE;
        let right = self.expr(infix.precedence + u8::from(!is_right_associative))?;
        let span = self.cursor.span_from(start);
        check(infix, returns_bool, matching.as_ref(), &left, &right)
            .map_err(|message| Fault::new(operator_span, message))?;
        let matching = matching.unwrap_or_default();
        let binary = Binary { op: infix.op, returns_bool, matching, left, right };
        Ok(Spanned { node: Node::Binary(Box::new(binary)), span })
    }

    fn matching(&mut self) -> Parsed<Option<Matching>> {
        let on = self.cursor.is_word("on");
        if !on && !self.cursor.is_word("ignoring") {
            return Ok(None);
        }
        self.cursor.skip();
        let labels = self.label_names("grouping opts")?;
        let group = self.group()?;
        let included = match &group {
            Some(Group::Left(included) | Group::Right(included)) if on => included.as_slice(),
            _ => &[],
        };
        if let Some(label) = included.iter().find(|label| labels.contains(label)) {
            let message = format!("label {label:?} must not occur in ON and GROUP clause at once");
            return Err(Fault::new(self.cursor.span(), message));
        }
        Ok(Some(Matching { on, labels, group }))
    }

    fn group(&mut self) -> Parsed<Option<Group>> {
        let left = self.cursor.eat_word("group_left");
        if !left && !self.cursor.eat_word("group_right") {
            return Ok(None);
        }
        // Where no labels are listed, a parenthesis opens the right side.
        let lists = self.cursor.symbol(0) == Some(Symbol::OpenParen) && self.lists_labels();
        let labels = if lists { self.label_names("grouping opts")? } else { Vec::new() };
        Ok(Some(if left { Group::Left(labels) } else { Group::Right(labels) }))
    }

    /// Whether the parenthesis that opens here holds names and nothing else, and a part of a query follows it.
    fn lists_labels(&self) -> bool {
        let mut ahead = 1;
        loop {
            match self.cursor.token(ahead) {
                Token::Word | Token::Text(_) | Token::Symbol(Symbol::Comma) => ahead += 1,
                Token::Symbol(Symbol::CloseParen) => break,
                _ => return false,
            }
        }
        let begins = [Symbol::OpenParen, Symbol::OpenBrace, Symbol::Minus, Symbol::Plus];
        match self.cursor.token(ahead + 1) {
            Token::Symbol(symbol) => begins.contains(symbol),
            Token::End | Token::Fault(_) => false,
            _ => true,
        }
    }
}

/// Whether the two sides go with the operator.
fn check(
    infix: Infix,
    returns_bool: bool,
    matching: Option<&Matching>,
    left: &Expr,
    right: &Expr,
) -> Result<(), String> {
    let kinds = (left.node.kind(), right.node.kind());
    let is_plain = |kind| matches!(kind, Kind::Scalar | Kind::Vector);
    if !is_plain(kinds.0) || !is_plain(kinds.1) {
        return Err("binary expression must contain only scalar and instant vector types".to_owned());
    }
    let is_comparison = matches!(infix.op, BinaryOp::Number(operator) if operator.is_comparison());
    if returns_bool && !is_comparison {
        return Err("bool modifier can only be used on comparison operators".to_owned());
    }
    if is_comparison && !returns_bool && kinds == (Kind::Scalar, Kind::Scalar) {
        return Err("comparisons between scalars must use BOOL modifier".to_owned());
    }
    let both_vectors = kinds == (Kind::Vector, Kind::Vector);
    if matching.is_some_and(|matching| !matching.labels.is_empty() || matching.group.is_some())
        && !both_vectors
    {
        return Err("vector matching only allowed between instant vectors".to_owned());
    }
    if let BinaryOp::Set(_) = infix.op {
        if !both_vectors {
            return Err(format!(
                "set operator {:?} not allowed in binary scalar expression",
                infix.op.text()
            ));
        }
        if matching.is_some_and(|matching| matching.group.is_some()) {
            return Err(format!("no grouping allowed for {:?} operation", infix.op.text()));
        }
    }
    Ok(())
}
