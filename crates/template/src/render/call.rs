//! Calling functions: how many arguments, of which types, and what the result may weigh.

use super::{At, Rendered, Run};
use crate::ast::Operand;
use crate::functions::{Args, Body, Call, Function, RegexCell, Type};
use crate::value::Value;

impl<'a> Run<'_, 'a> {
    /// `at` is what a fault of the function itself is about.
    pub(super) fn call(
        &mut self,
        dot: &Value<'a>,
        function: &'a Function,
        regex: &'a RegexCell,
        at: At<'a>,
        operands: &'a [Operand],
        piped: Option<Value<'a>>,
    ) -> Rendered<Value<'a>> {
        self.check_count(function, operands.len(), piped.is_some())?;
        let body = match &function.body {
            Body::And => return self.first(dot, false, operands, piped),
            Body::Or => return self.first(dot, true, operands, piped),
            Body::Plain(body) => body,
        };
        let mut taken = 0;
        let mut values = Vec::with_capacity(operands.len() + usize::from(piped.is_some()));
        for (index, operand) in operands.iter().enumerate() {
            let value = self.argument(dot, operand, wanted(function, index))?;
            self.step(text_weight(&value))?;
            taken += text_weight(&value);
            values.push(value);
        }
        if let Some(value) = piped {
            taken += text_weight(&value);
            values.push(self.checked(value, wanted(function, operands.len()))?);
        }
        let call = Call { data: self.data, room: self.limits.output, regex };
        let result = body(&call, Args { values });
        let value = result.map_err(|message| {
            self.at = Some(at);
            self.fault(format_args!("error calling {}: {message}", function.name()))
        })?;
        self.step(1 + made_weight(&value, taken))?;
        Ok(value)
    }

    /// `and` and `or`: the first argument that decides, the last if none does. The rest is not looked at.
    fn first(
        &mut self,
        dot: &Value<'a>,
        deciding: bool,
        operands: &'a [Operand],
        piped: Option<Value<'a>>,
    ) -> Rendered<Value<'a>> {
        self.step(1)?;
        let mut last = Value::Nil;
        for operand in operands {
            last = self.argument(dot, operand, Type::Any)?;
            if last.is_true() == deciding {
                return Ok(last);
            }
        }
        Ok(piped.unwrap_or(last))
    }

    fn check_count(&self, function: &Function, written: usize, piped: bool) -> Rendered<()> {
        let (name, fixed) = (function.name(), function.signature.fixed.len());
        let given = written + usize::from(piped);
        match function.signature.rest {
            Some(_) if given < fixed => Err(self
                .fault(format_args!("wrong number of args for {name}: want at least {fixed} got {written}"))),
            None if given != fixed => {
                Err(self.fault(format_args!("wrong number of args for {name}: want {fixed} got {given}")))
            }
            _ => Ok(()),
        }
    }
}

fn wanted(function: &Function, index: usize) -> Type {
    let fixed = function.signature.fixed.get(index).copied();
    fixed.or(function.signature.rest).unwrap_or(Type::Any)
}

/// What a text costs besides: work on it, and copies of it, go by its length.
pub(super) fn text_weight(value: &Value<'_>) -> usize {
    if let Value::Text(text) = value { text.len() / 64 } else { 0 }
}

/// What a result costs besides. Lists and maps take far more room than the texts that they are made of.
fn made_weight(value: &Value<'_>, taken: usize) -> usize {
    match value {
        Value::List(items) => items.len() + items.iter().map(text_weight).sum::<usize>() + taken * 16,
        Value::Map(map) => map.entries.len() + taken * 16,
        other => text_weight(other),
    }
}
