//! Pipes, commands, operands, fields.

use super::call::text_weight;
use super::{At, Rendered, Run};
use crate::ast::{Command, Operand, Pipe, Term};
use crate::functions::Type;
use crate::literal::Number;
use crate::value::Value;

impl<'a> Run<'_, 'a> {
    /// The value of a pipe; variables that it declares stay until the caller takes them off.
    pub(super) fn pipe(&mut self, dot: &Value<'a>, pipe: &'a Pipe) -> Rendered<Value<'a>> {
        self.at = Some(At::Pipe(pipe));
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(dot, command, value)?);
        }
        let value = value.unwrap_or(Value::Nil);
        self.step(text_weight(&value))?;
        for name in &pipe.variables {
            if pipe.assigns {
                self.assign(name, value.clone())?;
            } else {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    pub(super) fn assign(&mut self, name: &str, value: Value<'a>) -> Rendered<()> {
        match self.variables.iter_mut().rev().find(|(known, _)| *known == name) {
            Some((_, place)) => *place = value,
            None => return Err(self.fault(format_args!("undefined variable: {name}"))),
        }
        Ok(())
    }

    /// `piped` is what the command before gave: the last argument of this one.
    fn command(
        &mut self,
        dot: &Value<'a>,
        command: &'a Command,
        piped: Option<Value<'a>>,
    ) -> Rendered<Value<'a>> {
        let Some((first, arguments)) = command.operands.split_first() else { return Ok(Value::Nil) };
        let has_arguments = !arguments.is_empty() || piped.is_some();
        match &first.term {
            Term::Function(function, regex) => {
                self.at = Some(At::Operand(first));
                return self.call(dot, function, regex, At::Command(command), arguments, piped);
            }
            Term::Field(names) => {
                self.at = Some(At::Operand(first));
                return self.fields(dot.clone(), names, has_arguments);
            }
            Term::Chain(base, names) => {
                self.at = Some(At::Operand(first));
                let base = self.operand(dot, base)?;
                return self.fields(base, names, has_arguments);
            }
            Term::Variable(name, names) if !names.is_empty() => {
                self.at = Some(At::Operand(first));
                let value = self.variable(name)?;
                return self.fields(value, names, has_arguments);
            }
            Term::Variable(..) | Term::Pipe(_) => {}
            _ => self.at = Some(At::Operand(first)),
        }
        if has_arguments {
            return Err(self.fault(format_args!("can't give argument to non-function {first}")));
        }
        match &first.term {
            Term::Nil => Err(self.fault("nil is not a command")),
            _ => self.operand(dot, first),
        }
    }

    /// The value of an operand where anything may stand.
    fn operand(&mut self, dot: &Value<'a>, operand: &'a Operand) -> Rendered<Value<'a>> {
        if !matches!(operand.term, Term::Pipe(_)) {
            self.at = Some(At::Operand(operand));
        }
        match &operand.term {
            Term::Bool(value) => Ok(Value::Bool(*value)),
            Term::Dot => Ok(dot.clone()),
            Term::Nil => Ok(Value::Nil),
            Term::Number(number) => self.number(number),
            Term::Text { text, .. } => Ok(Value::from(&**text)),
            Term::Field(names) => self.fields(dot.clone(), names, false),
            Term::Variable(name, names) => {
                let value = self.variable(name)?;
                self.fields(value, names, false)
            }
            Term::Function(function, regex) => {
                self.call(dot, function, regex, At::Operand(operand), &[], None)
            }
            Term::Chain(base, names) => {
                let base = self.operand(dot, base)?;
                self.fields(base, names, false)
            }
            Term::Pipe(pipe) => self.nested(|run| run.pipe(dot, pipe)),
        }
    }

    /// An operand as an argument of a type: literals are taken for what is wanted, values must be it.
    pub(super) fn argument(
        &mut self,
        dot: &Value<'a>,
        operand: &'a Operand,
        wanted: Type,
    ) -> Rendered<Value<'a>> {
        self.at = Some(At::Operand(operand));
        let what = match (&operand.term, wanted) {
            (Term::Bool(_) | Term::Number(_) | Term::Text { .. } | Term::Nil, Type::Any) => {
                return self.operand(dot, operand);
            }
            (Term::Nil, _) => {
                return Err(self.fault(format_args!("cannot assign nil to {}", wanted.name())));
            }
            (Term::Text { text, .. }, Type::Text) => return Ok(Value::from(&**text)),
            (Term::Number(Number { int: Some(int), .. }), Type::Int) => return Ok(Value::Int(*int)),
            (Term::Number(Number { float: Some(float), .. }), Type::Float) => {
                return Ok(Value::Float(*float));
            }
            (Term::Bool(_) | Term::Number(_), Type::Text) => "string",
            (Term::Bool(_) | Term::Number(_) | Term::Text { .. }, Type::Int) => "integer",
            (Term::Bool(_) | Term::Number(_) | Term::Text { .. }, Type::Float) => "float",
            (Term::Bool(_) | Term::Number(_) | Term::Text { .. }, Type::Time) => {
                return Err(
                    self.fault(format_args!("can't handle {operand} for arg of type {}", wanted.name()))
                );
            }
            _ => {
                let value = self.operand(dot, operand)?;
                return self.checked(value, wanted);
            }
        };
        Err(self.fault(format_args!("expected {what}; found {operand}")))
    }

    /// The value, if a function that wants `wanted` may have it.
    pub(super) fn checked(&self, value: Value<'a>, wanted: Type) -> Rendered<Value<'a>> {
        if wanted.accepts(&value) {
            return Ok(value);
        }
        if matches!(value, Value::Nil) {
            return Err(self.fault(format_args!("invalid value; expected {}", wanted.name())));
        }
        let got = value.type_name();
        Err(self.fault(format_args!("wrong type for value; expected {}; got {got}", wanted.name())))
    }

    fn number(&self, number: &Number) -> Rendered<Value<'a>> {
        match (number.is_float, number.int, number.float) {
            (true, _, Some(float)) => Ok(Value::Float(float)),
            (_, Some(int), _) => Ok(Value::Int(int)),
            _ => Err(self.fault(format_args!("{} overflows int", number.text))),
        }
    }

    fn variable(&self, name: &str) -> Rendered<Value<'a>> {
        let found = self.variables.iter().rev().find(|(known, _)| *known == name);
        match found {
            Some((_, value)) => Ok(value.clone()),
            None => Err(self.fault(format_args!("undefined variable: {name}"))),
        }
    }

    /// `.a.b` of a value. Arguments belong to the last name, and no name takes any.
    fn fields(
        &self,
        mut value: Value<'a>,
        names: &'a [Box<str>],
        has_arguments: bool,
    ) -> Rendered<Value<'a>> {
        // A value out of a map of anything has Go's type `interface {}`, whatever it is.
        let mut boxed = false;
        for (index, name) in names.iter().enumerate() {
            let type_name = if boxed { "interface {}" } else { value.type_name() };
            let takes = has_arguments && index + 1 == names.len();
            value = match &value {
                Value::Nil if boxed => {
                    return Err(self.fault(format_args!("nil pointer evaluating {type_name}.{name}")));
                }
                Value::Nil => Value::Nil,
                Value::Data(_) | Value::Map(_) if takes => {
                    return Err(self.fault(format_args!("{name} is not a method but has arguments")));
                }
                Value::Data(data) => {
                    boxed = !data.only_text();
                    data.get(name)
                }
                Value::Map(map) => {
                    boxed = !map.only_text;
                    map.get(name)
                }
                _ => {
                    return Err(self.fault(format_args!("can't evaluate field {name} in type {type_name}")));
                }
            };
        }
        Ok(value)
    }
}
