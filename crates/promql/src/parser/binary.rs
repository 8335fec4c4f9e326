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
    text: &'static str,
}

const POWER_PRECEDENCE: u8 = 7;

#[rustfmt::skip]
const SYMBOLS: &[(Symbol, Operator, u8)] = &[
    (Symbol::Equal, Operator::Equal, 4), (Symbol::NotEqual, Operator::NotEqual, 4),
    (Symbol::Less, Operator::Less, 4), (Symbol::LessOrEqual, Operator::LessOrEqual, 4),
    (Symbol::Greater, Operator::Greater, 4), (Symbol::GreaterOrEqual, Operator::GreaterOrEqual, 4),
    (Symbol::Plus, Operator::Add, 5), (Symbol::Minus, Operator::Subtract, 5),
    (Symbol::Times, Operator::Multiply, 6), (Symbol::Over, Operator::Divide, 6),
    (Symbol::Modulo, Operator::Modulo, 6), (Symbol::Power, Operator::Power, POWER_PRECEDENCE),
];

#[rustfmt::skip]
const WORDS: &[(&str, BinaryOp, u8)] = &[
    ("or", BinaryOp::Set(SetOperator::Or), 2),
    ("and", BinaryOp::Set(SetOperator::And), 3), ("unless", BinaryOp::Set(SetOperator::Unless), 3),
    ("atan2", BinaryOp::Number(Operator::Atan2), 6),
];

impl Parser<'_> {
    /// The operator that stands here.
    pub(super) fn operator(&self) -> Option<Infix> {
        if let Some(symbol) = self.cursor.symbol(0) {
            let (_, op, precedence) = SYMBOLS.iter().find(|(other, ..)| *other == symbol)?;
            return Some(Infix { op: BinaryOp::Number(*op), precedence: *precedence, text: symbol.text() });
        }
        let (text, op, precedence) = WORDS.iter().find(|(word, ..)| self.cursor.is_word(word))?;
        Some(Infix { op: *op, precedence: *precedence, text })
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
            return Err(format!("set operator {:?} not allowed in binary scalar expression", infix.text));
        }
        if matching.is_some_and(|matching| matching.group.is_some()) {
            return Err(format!("no grouping allowed for {:?} operation", infix.text));
        }
    }
    Ok(())
}
