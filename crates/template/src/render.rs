//! Walks a template's tree and prints.

mod call;
mod evaluate;

use std::fmt;

use crate::ast::{Branch, Command, Include, Node, Operand, Pipe};
use crate::data::Data;
use crate::error::RenderError;
use crate::format::{self, Quoting, quote};
use crate::template::{Template, Tree};
use crate::value::Value;

/// How deep rendering may nest, templates that call themselves included.
const MAX_DEPTH: usize = 200;

pub(crate) const TOO_LARGE: &str = "the output is too large";

/// What one rendering may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of output, and of any single value on the way.
    pub output: usize,
    /// Nodes walked and functions called; large values count for more than one.
    pub steps: usize,
}

impl Default for Limits {
    /// Far more than a line of log needs: 1 MiB and 100,000 steps.
    fn default() -> Self {
        Self { output: 1 << 20, steps: 100_000 }
    }
}

/// Renders into `out`.
pub(crate) fn run<'a>(
    template: &'a Template,
    data: &'a dyn Data,
    out: &mut String,
    limits: Limits,
) -> Result<(), RenderError> {
    let Some(tree) = template.trees.first() else { return Ok(()) };
    let dot = Value::Data(data);
    let before = out.len();
    let variables = vec![("$", dot.clone())];
    let mut run = Run { template, tree, data, out, before, limits, variables, at: None, steps: 0, depth: 0 };
    run.list(&dot, &tree.nodes).map(|_| ())
}

/// How a list of nodes ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

/// What a fault is about: a piece of the template.
#[derive(Clone, Copy)]
enum At<'a> {
    Pipe(&'a Pipe),
    Command(&'a Command),
    Operand(&'a Operand),
    Include(&'a Include),
}

impl At<'_> {
    fn position(self) -> usize {
        match self {
            Self::Pipe(pipe) => pipe.at,
            Self::Command(command) => command.at,
            Self::Operand(operand) => operand.at,
            Self::Include(include) => include.at,
        }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pipe(pipe) => pipe.fmt(f),
            Self::Command(command) => command.fmt(f),
            Self::Operand(operand) => operand.fmt(f),
            Self::Include(include) => include.fmt(f),
        }
    }
}

type Rendered<T> = Result<T, RenderError>;

struct Run<'r, 'a> {
    template: &'a Template,
    /// The one of the template's trees at hand.
    tree: &'a Tree,
    data: &'a dyn Data,
    out: &'r mut String,
    /// What stood in `out` before.
    before: usize,
    limits: Limits,
    variables: Vec<(&'a str, Value<'a>)>,
    at: Option<At<'a>>,
    steps: usize,
    depth: usize,
}

impl<'a> Run<'_, 'a> {
    fn list(&mut self, dot: &Value<'a>, nodes: &'a [Node]) -> Rendered<Flow> {
        for node in nodes {
            let flow = self.node(dot, node)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn node(&mut self, dot: &Value<'a>, node: &'a Node) -> Rendered<Flow> {
        self.step(1)?;
        match node {
            Node::Text(text) => {
                self.out.push_str(text);
                self.check_output()?;
            }
            Node::Action(pipe) => self.action(dot, pipe)?,
            Node::If(branch) => return self.nested(|run| run.choice(dot, branch, false)),
            Node::With(branch) => return self.nested(|run| run.choice(dot, branch, true)),
            Node::Range(branch) => return self.nested(|run| run.range(dot, branch)),
            Node::Include(include) => self.nested(|run| run.include(dot, include))?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn action(&mut self, dot: &Value<'a>, pipe: &'a Pipe) -> Rendered<()> {
        // The commonest action by far, without the machinery: a label.
        if let (Value::Data(data), Some(name)) = (dot, pipe.as_name()) {
            self.print(&data.get(name))
        } else {
            let value = self.pipe(dot, pipe)?;
            if pipe.variables.is_empty() { self.print(&value) } else { Ok(()) }
        }
    }

    fn print(&mut self, value: &Value<'_>) -> Rendered<()> {
        match value {
            Value::Text(text) => self.out.push_str(text),
            Value::Nil => self.out.push_str("<no value>"),
            other => format::value(other, self.out),
        }
        self.check_output()
    }

    fn choice(&mut self, dot: &Value<'a>, branch: &'a Branch, rebinds: bool) -> Rendered<Flow> {
        let mark = self.variables.len();
        let value = self.pipe(dot, &branch.pipe)?;
        let flow = match (value.is_true(), rebinds) {
            (true, true) => self.list(&value, &branch.body)?,
            (true, false) => self.list(dot, &branch.body)?,
            (false, _) => self.list(dot, &branch.otherwise)?,
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn range(&mut self, dot: &Value<'a>, branch: &'a Branch) -> Rendered<Flow> {
        let mark = self.variables.len();
        let value = self.pipe(dot, &branch.pipe)?;
        let ran = match &value {
            Value::Nil => false,
            Value::List(items) => {
                let pairs = items.iter().enumerate();
                self.each(branch, pairs.map(|(index, item)| (Value::Int(index as i64), item.clone())))?
            }
            Value::Map(_) | Value::Data(_) => {
                let map = value.as_map().ok_or_else(|| self.fault("no map"))?;
                let pairs = map.entries.iter();
                self.each(branch, pairs.map(|(key, item)| (Value::Text(key.clone()), item.clone())))?
            }
            Value::Int(_) | Value::Int64(_) | Value::Byte(_) | Value::Duration(_) => {
                self.count(branch, &value)?
            }
            other => return Err(self.fault(format_args!("range can't iterate over {other:?}"))),
        };
        let flow = if ran { Flow::Next } else { self.list(dot, &branch.otherwise)? };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn count(&mut self, branch: &'a Branch, value: &Value<'a>) -> Rendered<bool> {
        if branch.pipe.variables.len() > 1 {
            return Err(
                self.fault(format_args!("can't use {value:?} to iterate over more than one variable"))
            );
        }
        let end = value.as_integer().unwrap_or(0);
        self.each(branch, (0..end).map(|index| (Value::Nil, Value::Int(index))))
    }

    /// `false` if there was nothing to go through.
    fn each(
        &mut self,
        branch: &'a Branch,
        pairs: impl Iterator<Item = (Value<'a>, Value<'a>)>,
    ) -> Rendered<bool> {
        let mark = self.variables.len();
        let mut ran = false;
        for (key, item) in pairs {
            ran = true;
            self.step(1)?;
            self.bind(&branch.pipe, mark, key, &item)?;
            let flow = self.list(&item, &branch.body)?;
            self.variables.truncate(mark);
            if flow == Flow::Break {
                break;
            }
        }
        Ok(ran)
    }

    /// Gives the variables of a `range` the values of this round. The pipe has put those it declares on top.
    fn bind(&mut self, pipe: &'a Pipe, mark: usize, key: Value<'a>, item: &Value<'a>) -> Rendered<()> {
        let values = match pipe.variables.len() {
            0 => return Ok(()),
            1 => vec![item.clone()],
            _ => vec![key, item.clone()],
        };
        let first = mark - values.len().min(mark);
        for (index, (name, value)) in pipe.variables.iter().zip(values).enumerate() {
            if pipe.assigns {
                self.assign(name, value)?;
            } else if let Some(variable) = self.variables.get_mut(first + index) {
                variable.1 = value;
            }
        }
        Ok(())
    }

    fn include(&mut self, dot: &Value<'a>, include: &'a Include) -> Rendered<()> {
        self.at = Some(At::Include(include));
        let template = self.template;
        let Some(tree) = template.trees.iter().find(|tree| tree.name == include.name) else {
            return Err(
                self.fault(format_args!("template {} not defined", quote(&include.name, Quoting::Plain)))
            );
        };
        let inner = match &include.pipe {
            Some(pipe) => self.pipe(dot, pipe)?,
            None => Value::Nil,
        };
        let outer = std::mem::replace(&mut self.variables, vec![("$", inner.clone())]);
        let caller = std::mem::replace(&mut self.tree, tree);
        self.list(&inner, &tree.nodes)?;
        self.tree = caller;
        self.variables = outer;
        Ok(())
    }

    fn nested<T>(&mut self, render: impl FnOnce(&mut Self) -> Rendered<T>) -> Rendered<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.fault(format_args!("exceeded maximum template depth ({MAX_DEPTH})")));
        }
        self.depth += 1;
        let result = render(self)?;
        self.depth -= 1;
        Ok(result)
    }

    fn step(&mut self, steps: usize) -> Rendered<()> {
        self.steps += steps;
        if self.steps > self.limits.steps {
            return Err(self.fault(format_args!("the template takes more than {} steps", self.limits.steps)));
        }
        Ok(())
    }

    /// Fails if there is too much output, of which only so much is left as is allowed.
    fn check_output(&mut self) -> Rendered<()> {
        let end = self.before + self.limits.output;
        if self.out.len() > end {
            self.out.truncate(self.out.floor_char_boundary(end));
            return Err(self.fault(format_args!("{TOO_LARGE}: more than {} bytes", self.limits.output)));
        }
        Ok(())
    }

    /// Go's form of a fault: where, in which template, about which piece.
    fn fault(&self, message: impl fmt::Display) -> RenderError {
        let name = &self.template.name;
        let Some(at) = self.at else { return RenderError(format!("template: {name}: {message}").into()) };
        let before = &self.template.text[..at.position()];
        let line = 1 + before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        RenderError(
            format!(
                "template: {name}:{line}:{column}: executing {} at <{at}>: {message}",
                quote(&self.tree.name, Quoting::Plain)
            )
            .into(),
        )
    }
}
