//! Pipes and what they are made of: commands, operands, terms.

use super::{Parsed, Parser};
use crate::ast::{Command, Operand, Pipe, Term};
use crate::format::{Quoting, quote};
use crate::functions::RegexCell;
use crate::lexer::{Keyword, Kind};
use crate::literal;

impl Parser<'_> {
    pub(super) fn pipe(&mut self, context: &str, end: Kind) -> Parsed<Pipe> {
        let at = self.peek_word().start;
        let mut pipe = Pipe { at, assigns: false, variables: Vec::new(), commands: Vec::new() };
        while self.declaration(&mut pipe, context)? {}
        loop {
            let token = self.peek_word();
            if token.kind == end {
                self.take_word();
                check_pipe(&pipe, context)?;
                return Ok(pipe);
            }
            if !starts_operand(token.kind) {
                self.take_word();
                return Err(self.unexpected(token, context));
            }
            let command = self.command()?;
            pipe.commands.push(command);
        }
    }

    /// Takes `$x :=`, `$x =` or `$x,`; `true` if a second variable follows.
    fn declaration(&mut self, pipe: &mut Pipe, context: &str) -> Parsed<bool> {
        let variable = self.peek_word();
        if variable.kind != Kind::Variable {
            return Ok(false);
        }
        let start = self.next;
        self.take_word();
        let after = self.peek_word();
        let is_comma = after.kind == Kind::Char && self.source(after) == ",";
        if !is_comma && !matches!(after.kind, Kind::Assign | Kind::Declare) {
            self.next = start;
            return Ok(false);
        }
        self.take_word();
        let name: Box<str> = self.source(variable).into();
        pipe.variables.push(name.clone());
        self.scope.variables.push(name);
        if !is_comma {
            pipe.assigns = after.kind == Kind::Assign;
            return Ok(false);
        }
        if context != "range" || pipe.variables.len() >= 2 {
            return Err(format!("too many declarations in {context}"));
        }
        match self.peek_word().kind {
            Kind::Variable | Kind::RightDelim | Kind::RightParen => Ok(true),
            _ => Err("range can only initialize variables".to_owned()),
        }
    }

    fn command(&mut self) -> Parsed<Command> {
        let mut command = Command { at: self.peek_word().start, operands: Vec::new() };
        loop {
            self.peek_word();
            if let Some(operand) = self.operand()? {
                command.operands.push(operand);
            }
            let token = self.take();
            match token.kind {
                Kind::Space => {}
                Kind::RightDelim | Kind::RightParen => {
                    self.next -= 1;
                    break;
                }
                Kind::Pipe => break,
                _ => return Err(self.unexpected(token, "operand")),
            }
        }
        if command.operands.is_empty() {
            return Err("empty command".to_owned());
        }
        Ok(command)
    }

    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let Some(operand) = self.term()? else { return Ok(None) };
        if self.peek().kind != Kind::Field {
            return Ok(Some(operand));
        }
        let at = self.peek().start;
        let mut names = Vec::new();
        while self.peek().kind == Kind::Field {
            let token = self.take();
            names.push(Box::from(&self.source(token)[1..]));
        }
        let text = operand.to_string();
        let term = match operand.term {
            Term::Field(mut fields) => {
                fields.append(&mut names);
                Term::Field(fields)
            }
            Term::Variable(name, mut fields) => {
                fields.append(&mut names);
                Term::Variable(name, fields)
            }
            Term::Bool(_) | Term::Text { .. } | Term::Number(_) | Term::Nil | Term::Dot => {
                return Err(format!("unexpected . after term {}", quote(&text, Quoting::Plain)));
            }
            term => Term::Chain(Box::new(Operand { at: operand.at, term }), names),
        };
        Ok(Some(Operand { at, term }))
    }

    fn term(&mut self) -> Parsed<Option<Operand>> {
        let token = self.take_word();
        let source = &self.text[token.start..token.end];
        let term = match token.kind {
            Kind::Identifier => self.function(source)?,
            Kind::Keyword(Keyword::Dot) => Term::Dot,
            Kind::Keyword(Keyword::Nil) => Term::Nil,
            Kind::Variable => self.variable(source)?,
            Kind::Field => Term::Field(vec![source[1..].into()]),
            Kind::Bool => Term::Bool(source == "true"),
            Kind::CharConstant => Term::Number(literal::character(source)?),
            Kind::Complex | Kind::Number => Term::Number(literal::number(source)?),
            Kind::LeftParen => {
                let pipe = self.nested(|parser| parser.pipe("parenthesized pipeline", Kind::RightParen))?;
                let at = pipe.at;
                return Ok(Some(Operand { at, term: Term::Pipe(Box::new(pipe)) }));
            }
            Kind::String | Kind::RawString => {
                Term::Text { quoted: source.into(), text: literal::unquote(source)?.into() }
            }
            _ => {
                self.next -= 1;
                return Ok(None);
            }
        };
        Ok(Some(Operand { at: token.start, term }))
    }

    fn function(&self, name: &str) -> Parsed<Term> {
        match self.functions.get(name) {
            Some(function) => Ok(Term::Function(function.clone(), RegexCell::default())),
            None => Err(format!("function {} not defined", quote(name, Quoting::Plain))),
        }
    }

    fn variable(&self, name: &str) -> Parsed<Term> {
        if !self.scope.variables.iter().any(|known| **known == *name) {
            return Err(format!("undefined variable {}", quote(name, Quoting::Plain)));
        }
        Ok(Term::Variable(name.into(), Vec::new()))
    }
}

fn starts_operand(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Bool
            | Kind::CharConstant
            | Kind::Complex
            | Kind::Keyword(Keyword::Dot | Keyword::Nil)
            | Kind::Field
            | Kind::Identifier
            | Kind::Number
            | Kind::RawString
            | Kind::String
            | Kind::Variable
            | Kind::LeftParen
    )
}

fn check_pipe(pipe: &Pipe, context: &str) -> Parsed<()> {
    if pipe.commands.is_empty() {
        return Err(format!("missing value for {context}"));
    }
    for (index, command) in pipe.commands.iter().enumerate().skip(1) {
        let first = command.operands.first().map(|operand| &operand.term);
        if let Some(Term::Bool(_) | Term::Dot | Term::Nil | Term::Number(_) | Term::Text { .. }) = first {
            return Err(format!("non executable command in pipeline stage {}", index + 1));
        }
    }
    Ok(())
}
