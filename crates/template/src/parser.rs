//! Tokens to trees. The faults are those of Go's parser.

mod cursor;
mod pipe;

use crate::ast::{Branch, Include, Node};
use crate::error::ParseError;
use crate::format::{Quoting, quote};
use crate::functions::Functions;
use crate::lexer::{Keyword, Kind, Lexed, Token, lex};
use crate::literal;
use crate::template::Tree;

/// How deep actions and parentheses may nest.
const MAX_DEPTH: usize = 100;

/// Reads a template: itself first, then the templates that it defines.
pub(crate) fn parse(name: &str, text: &str, functions: &Functions) -> Result<Vec<Tree>, ParseError> {
    let lexed = lex(text);
    let trees = vec![Tree { name: name.into(), nodes: Vec::new() }];
    let scope = Scope { variables: vec!["$".into()], ranges: 0 };
    let mut parser = Parser { text, lexed, next: 0, functions, scope, depth: 0, trees, action: None };
    parser.whole().map_err(|message| parser.fault(name, message))?;
    Ok(parser.trees)
}

/// A fault is a sentence; where it is follows from how far the parser came.
type Parsed<T> = Result<T, String>;

/// How a list of nodes ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    End,
    Else,
}

impl End {
    fn text(self) -> &'static str {
        match self {
            Self::End => "{{end}}",
            Self::Else => "{{else}}",
        }
    }
}

/// What a definition sees of its surroundings: nothing.
struct Scope {
    variables: Vec<Box<str>>,
    ranges: usize,
}

struct Parser<'t> {
    text: &'t str,
    lexed: Lexed,
    next: usize,
    functions: &'t Functions,
    scope: Scope,
    depth: usize,
    trees: Vec<Tree>,
    /// Where the action at hand began.
    action: Option<usize>,
}

impl Parser<'_> {
    fn fault(&self, name: &str, message: String) -> ParseError {
        let token = self.lexed.tokens[self.next.saturating_sub(1).min(self.lexed.tokens.len() - 1)];
        ParseError { name: name.to_owned(), line: self.line(token.start), at: token.start, message }
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text[..at].matches('\n').count()
    }

    fn whole(&mut self) -> Parsed<()> {
        let mut nodes = Vec::new();
        while self.peek().kind != Kind::Eof {
            if self.peek().kind == Kind::LeftDelim && self.is_definition() {
                self.definition()?;
                continue;
            }
            match self.text_or_action()? {
                Ok(node) => nodes.push(node),
                Err(end) => return Err(format!("unexpected {}", end.text())),
            }
        }
        // A definition by the name of the whole is the whole, if nothing stands beside it.
        let twin = self.trees.iter().skip(1).position(|tree| tree.name == self.trees[0].name);
        self.trees[0].nodes = match twin {
            Some(twin) => {
                let defined = std::mem::take(&mut self.trees[twin + 1].nodes);
                one_of(&self.trees[0].name, defined, nodes)?
            }
            None => nodes,
        };
        Ok(())
    }

    /// Whether the action ahead is a `define`.
    fn is_definition(&self) -> bool {
        let inside = self.lexed.tokens[self.next + 1..].iter().find(|token| token.kind != Kind::Space);
        inside.is_some_and(|token| token.kind == Kind::Keyword(Keyword::Define))
    }

    fn definition(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        self.take();
        self.take_word();
        let name = self.take_word();
        let name = self.template_name(name, CONTEXT)?;
        self.expect(Kind::RightDelim, CONTEXT)?;
        let nodes = self.own_scope(CONTEXT)?;
        self.define(name, nodes)
    }

    /// Nodes up to `end` that see no variable and no range around them.
    fn own_scope(&mut self, context: &str) -> Parsed<Vec<Node>> {
        let fresh = Scope { variables: vec!["$".into()], ranges: 0 };
        let outer = std::mem::replace(&mut self.scope, fresh);
        let (nodes, end) = self.nested(Self::list)?;
        self.scope = outer;
        if end != End::End {
            return Err(format!("unexpected {} in {context}", end.text()));
        }
        Ok(nodes)
    }

    fn define(&mut self, name: String, nodes: Vec<Node>) -> Parsed<()> {
        // The first tree is the whole template; it is not there yet.
        let Some(other) = self.trees.iter_mut().skip(1).find(|tree| *tree.name == *name) else {
            self.trees.push(Tree { name: name.into(), nodes });
            return Ok(());
        };
        other.nodes = one_of(&name, std::mem::take(&mut other.nodes), nodes)?;
        Ok(())
    }

    /// Nodes up to `end` or `else`.
    fn list(&mut self) -> Parsed<(Vec<Node>, End)> {
        let mut nodes = Vec::new();
        while self.peek_word().kind != Kind::Eof {
            match self.text_or_action()? {
                Ok(node) => nodes.push(node),
                Err(end) => return Ok((nodes, end)),
            }
        }
        self.take_word();
        Err("unexpected EOF".to_owned())
    }

    fn text_or_action(&mut self) -> Parsed<Result<Node, End>> {
        let token = self.take_word();
        match token.kind {
            Kind::Text => Ok(Ok(Node::Text(self.source(token).into()))),
            Kind::LeftDelim => {
                self.action = Some(token.start);
                let node = self.action()?;
                self.action = None;
                Ok(node)
            }
            _ => Err(self.unexpected(token, "input")),
        }
    }

    fn action(&mut self) -> Parsed<Result<Node, End>> {
        let Kind::Keyword(keyword) = self.peek_word().kind else { return self.command_action().map(Ok) };
        if matches!(keyword, Keyword::Dot | Keyword::Nil) {
            return self.command_action().map(Ok);
        }
        let token = self.take_word();
        let node = match keyword {
            Keyword::Block => self.block()?,
            Keyword::Break => self.jump(Node::Break, "{{break}}")?,
            Keyword::Continue => self.jump(Node::Continue, "{{continue}}")?,
            Keyword::If => Node::If(self.control("if")?),
            Keyword::Range => Node::Range(self.control("range")?),
            Keyword::With => Node::With(self.control("with")?),
            Keyword::Template => self.include()?,
            Keyword::End => {
                self.expect(Kind::RightDelim, "end")?;
                return Ok(Err(End::End));
            }
            Keyword::Else => {
                if !matches!(self.peek_word().kind, Kind::Keyword(Keyword::If | Keyword::With)) {
                    self.expect(Kind::RightDelim, "else")?;
                }
                return Ok(Err(End::Else));
            }
            Keyword::Define | Keyword::Dot | Keyword::Nil => return Err(self.unexpected(token, "command")),
        };
        Ok(Ok(node))
    }

    fn command_action(&mut self) -> Parsed<Node> {
        Ok(Node::Action(self.pipe("command", Kind::RightDelim)?))
    }

    fn jump(&mut self, node: Node, name: &str) -> Parsed<Node> {
        self.expect(Kind::RightDelim, name)?;
        if self.scope.ranges == 0 {
            return Err(format!("{name} outside {{{{range}}}}"));
        }
        Ok(node)
    }

    fn control(&mut self, context: &'static str) -> Parsed<Branch> {
        let variables = self.scope.variables.len();
        let branch = self.nested(|parser| parser.branch(context))?;
        self.scope.variables.truncate(variables);
        Ok(branch)
    }

    fn branch(&mut self, context: &'static str) -> Parsed<Branch> {
        let pipe = self.pipe(context, Kind::RightDelim)?;
        let in_range = usize::from(context == "range");
        self.scope.ranges += in_range;
        let (body, end) = self.list()?;
        self.scope.ranges -= in_range;
        let otherwise = match end {
            End::End => Vec::new(),
            End::Else => self.otherwise(context)?,
        };
        Ok(Branch { pipe, body, otherwise })
    }

    /// After `else`: `if` and `with` may go on in the same action, and then share its `end`.
    fn otherwise(&mut self, context: &'static str) -> Parsed<Vec<Node>> {
        match (context, self.peek_word().kind) {
            ("if", Kind::Keyword(Keyword::If)) => {
                self.take_word();
                Ok(vec![Node::If(self.control("if")?)])
            }
            ("with", Kind::Keyword(Keyword::With)) => {
                self.take_word();
                Ok(vec![Node::With(self.control("with")?)])
            }
            _ => match self.list()? {
                (nodes, End::End) => Ok(nodes),
                (_, End::Else) => Err("expected end; found {{else}}".to_owned()),
            },
        }
    }

    fn block(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "block clause";
        let token = self.take_word();
        let name = self.template_name(token, CONTEXT)?;
        let pipe = self.pipe(CONTEXT, Kind::RightDelim)?;
        let nodes = self.own_scope(CONTEXT)?;
        self.define(name.clone(), nodes)?;
        Ok(Node::Include(Include { at: token.start, name: name.into(), pipe: Some(pipe) }))
    }

    fn include(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "template clause";
        let token = self.take_word();
        let name = self.template_name(token, CONTEXT)?;
        let mut pipe = None;
        if self.peek_word().kind == Kind::RightDelim {
            self.take_word();
        } else {
            pipe = Some(self.pipe(CONTEXT, Kind::RightDelim)?);
        }
        Ok(Node::Include(Include { at: token.start, name: name.into(), pipe }))
    }

    fn template_name(&mut self, token: Token, context: &str) -> Parsed<String> {
        match token.kind {
            Kind::String | Kind::RawString => literal::unquote(self.source(token)),
            _ => Err(self.unexpected(token, context)),
        }
    }

    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return Err("max expression depth exceeded".to_owned());
        }
        self.depth += 1;
        let node = read(self)?;
        self.depth -= 1;
        Ok(node)
    }
}

/// Of two definitions of one name, one must be empty; the other holds.
fn one_of(name: &str, first: Vec<Node>, second: Vec<Node>) -> Parsed<Vec<Node>> {
    match (is_empty(&first), is_empty(&second)) {
        (true, _) => Ok(second),
        (_, true) => Ok(first),
        _ => Err(format!("template: multiple definition of template {}", quote(name, Quoting::Plain))),
    }
}

fn is_empty(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()))
}
