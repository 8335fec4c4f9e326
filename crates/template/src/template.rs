//! A parsed template and the ways to render it.

use std::collections::BTreeSet;

use crate::ast::{Node, Operand, Pipe, Term};
use crate::data::Data;
use crate::error::{ParseError, RenderError};
use crate::functions::Functions;
use crate::parser;
use crate::render::{self, Limits};

/// A template, ready to be rendered as often as there are lines.
#[derive(Debug)]
pub struct Template {
    /// Where the name of the whole is needed: in faults.
    pub(crate) name: Box<str>,
    pub(crate) text: Box<str>,
    /// The template itself first, then those that it defines.
    pub(crate) trees: Vec<Tree>,
}

/// One named list of nodes.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) name: Box<str>,
    pub(crate) nodes: Vec<Node>,
}

impl Template {
    /// Reads a template that calls `functions`.
    pub fn parse(text: &str, functions: &Functions) -> Result<Self, ParseError> {
        Self::parse_named("", text, functions)
    }

    /// Reads a template whose faults name it `name`, as Loki's name theirs `line` and `label`.
    pub fn parse_named(name: &str, text: &str, functions: &Functions) -> Result<Self, ParseError> {
        let trees = parser::parse(name, text, functions)?;
        Ok(Self { name: name.into(), text: text.into(), trees })
    }

    /// Appends to `out`, within the bounds of [`Limits::default`]. After a fault `out` holds what was rendered
    /// until then.
    pub fn render(&self, data: &dyn Data, out: &mut String) -> Result<(), RenderError> {
        self.render_within(data, out, Limits::default())
    }

    /// Appends to `out`, within bounds.
    pub fn render_within(
        &self,
        data: &dyn Data,
        out: &mut String,
        limits: Limits,
    ) -> Result<(), RenderError> {
        render::run(self, data, out, limits)
    }

    /// The one name that the template prints, if that is all it does: `{{.message}}`.
    pub fn as_name(&self) -> Option<&str> {
        let [Node::Action(pipe)] = self.trees.first()?.nodes.as_slice() else { return None };
        pipe.as_name()
    }

    /// The names that are looked up in the data; `None` if the template uses the data as a whole (`.`, `$`), so that
    /// any name may matter.
    pub fn names(&self) -> Option<BTreeSet<&str>> {
        let mut names = Names { found: BTreeSet::new(), whole: false, rebound: 0 };
        self.trees.iter().for_each(|tree| names.nodes(&tree.nodes));
        (!names.whole).then_some(names.found)
    }
}

impl Pipe {
    /// The name, if the pipe is `.name` and nothing else.
    pub(crate) fn as_name(&self) -> Option<&str> {
        let [command] = self.commands.as_slice() else { return None };
        let [Operand { term: Term::Field(names), .. }] = command.operands.as_slice() else { return None };
        let [name] = names.as_slice() else { return None };
        self.variables.is_empty().then_some(name)
    }
}

struct Names<'t> {
    found: BTreeSet<&'t str>,
    whole: bool,
    /// Inside how many `with` and `range`, where `.` is no longer the data.
    rebound: usize,
}

impl<'t> Names<'t> {
    fn nodes(&mut self, nodes: &'t [Node]) {
        for node in nodes {
            match node {
                Node::Text(_) | Node::Break | Node::Continue => {}
                Node::Action(pipe) => self.pipe(pipe),
                Node::Include(include) => {
                    if let Some(pipe) = &include.pipe {
                        self.pipe(pipe);
                    }
                }
                Node::If(branch) => {
                    self.pipe(&branch.pipe);
                    self.nodes(&branch.body);
                    self.nodes(&branch.otherwise);
                }
                Node::With(branch) | Node::Range(branch) => {
                    self.pipe(&branch.pipe);
                    self.rebound += 1;
                    self.nodes(&branch.body);
                    self.rebound -= 1;
                    self.nodes(&branch.otherwise);
                }
            }
        }
    }

    fn pipe(&mut self, pipe: &'t Pipe) {
        pipe.commands.iter().flat_map(|command| &command.operands).for_each(|operand| self.operand(operand));
    }

    /// A field of something else than the data is counted too: too many names are only a little slower.
    fn operand(&mut self, operand: &'t Operand) {
        match &operand.term {
            Term::Dot => self.whole |= self.rebound == 0,
            Term::Variable(name, fields) if &**name == "$" => match fields.first() {
                Some(field) => {
                    self.found.insert(field);
                }
                None => self.whole = true,
            },
            Term::Field(fields) => {
                self.found.extend(fields.first().map(|name| &**name));
            }
            Term::Chain(base, _) => self.operand(base),
            Term::Pipe(pipe) => self.pipe(pipe),
            _ => {}
        }
    }
}
