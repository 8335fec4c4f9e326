//! Functions that a template may call, and what they take.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use regex::Regex;

use crate::data::Data;
use crate::time::Time;
use crate::value::Value;

/// What a function accepts in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Anything, also nothing.
    Any,
    /// Go's `string`.
    Text,
    /// Go's `int`, which an `int64` is not.
    Int,
    /// Go's `float64`; literals without a point are taken too.
    Float,
    /// Go's `time.Time`.
    Time,
}

impl Type {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Text => "string",
            Self::Int => "int",
            Self::Float => "float64",
            Self::Time => "time.Time",
        }
    }

    pub(crate) fn accepts(self, value: &Value<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Text => matches!(value, Value::Text(_)),
            Self::Int => matches!(value, Value::Int(_)),
            Self::Float => matches!(value, Value::Float(_)),
            Self::Time => matches!(value, Value::Time(_)),
        }
    }
}

/// What a function takes: so many arguments, and perhaps any number more.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// The arguments that must be there.
    pub fixed: &'static [Type],
    /// The type of those that may follow.
    pub rest: Option<Type>,
}

/// The arguments of a call, as many and of such types as the signature says.
pub struct Args<'a> {
    pub(crate) values: Vec<Value<'a>>,
}

impl<'a> Args<'a> {
    /// The argument at a place; nothing if there are fewer.
    pub fn value(&self, index: usize) -> &Value<'a> {
        self.values.get(index).unwrap_or(&Value::Nil)
    }

    /// All arguments from a place on.
    pub fn from(&self, index: usize) -> &[Value<'a>] {
        self.values.get(index..).unwrap_or_default()
    }

    /// Takes the argument out, so that it need not be copied.
    pub fn take(&mut self, index: usize) -> Value<'a> {
        self.values.get_mut(index).map_or(Value::Nil, |value| std::mem::replace(value, Value::Nil))
    }

    /// A [`Type::Text`] argument.
    pub fn text(&self, index: usize) -> &str {
        match self.value(index) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    /// A [`Type::Text`] argument, taken out.
    pub fn take_text(&mut self, index: usize) -> Cow<'a, str> {
        match self.take(index) {
            Value::Text(text) => text,
            _ => Cow::Borrowed(""),
        }
    }

    /// A [`Type::Int`] argument.
    pub fn int(&self, index: usize) -> i64 {
        self.value(index).as_integer().unwrap_or(0)
    }

    /// A [`Type::Float`] argument.
    pub fn float(&self, index: usize) -> Option<f64> {
        match self.value(index) {
            Value::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// A [`Type::Time`] argument.
    pub fn time(&self, index: usize) -> Time {
        match self.value(index) {
            Value::Time(time) => (**time).clone(),
            _ => Time::ZERO,
        }
    }
}

/// Keeps the compiled regular expression of one call in a template.
#[derive(Debug, Default)]
pub(crate) struct RegexCell(OnceLock<(Box<str>, Regex)>);

/// What a function may know besides its arguments.
pub struct Call<'c, 'a> {
    /// What the template is rendered about.
    pub data: &'a dyn Data,
    /// How many bytes the result may have.
    pub room: usize,
    pub(crate) regex: &'c RegexCell,
}

impl Call<'_, '_> {
    /// The compiled form of a pattern. The first pattern of a call in a template is kept compiled.
    pub fn regex(&self, pattern: &str) -> Result<Cow<'_, Regex>, String> {
        if let Some((kept, regex)) = self.regex.0.get()
            && **kept == *pattern
        {
            return Ok(Cow::Borrowed(regex));
        }
        let regex = Regex::new(&model::go_regex::translate(pattern)).map_err(|error| regex_fault(&error))?;
        let _ = self.regex.0.set((pattern.into(), regex.clone()));
        Ok(Cow::Owned(regex))
    }

    /// Fails if a result would be larger than what is left of the output's bound.
    pub fn fits(&self, bytes: usize) -> Result<(), String> {
        if bytes <= self.room {
            return Ok(());
        }
        Err(crate::render::TOO_LARGE.to_owned())
    }
}

fn regex_fault(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    format!("error parsing regexp: {}", last.trim_start_matches("error: "))
}

type Plain = dyn for<'c, 'a> Fn(&Call<'c, 'a>, Args<'a>) -> Result<Value<'a>, String> + Send + Sync;

pub(crate) enum Body {
    /// Stops at the first false argument.
    And,
    /// Stops at the first true argument.
    Or,
    Plain(Box<Plain>),
}

/// A function, by the name that templates call it by.
pub(crate) struct Function {
    name: &'static str,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
}

impl Function {
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The functions that templates of one kind may call. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Functions(HashMap<&'static str, Arc<Function>>);

impl Functions {
    /// Go's own: `and or not eq … printf … html`.
    pub fn builtin() -> Self {
        let mut functions = Self::default();
        crate::builtin::add_to(&mut functions);
        functions
    }

    /// Go's own and those of Loki's `line_format` and `label_format`.
    pub fn loki() -> Self {
        let mut functions = Self::builtin();
        crate::library::add_to(&mut functions);
        functions
    }

    /// Adds a function, or replaces the one of that name. An error of `body` becomes
    /// `error calling name: …`.
    pub fn add(
        &mut self,
        name: &'static str,
        fixed: &'static [Type],
        rest: Option<Type>,
        body: impl for<'c, 'a> Fn(&Call<'c, 'a>, Args<'a>) -> Result<Value<'a>, String> + Send + Sync + 'static,
    ) {
        self.insert(name, Signature { fixed, rest }, Body::Plain(Box::new(body)));
    }

    pub(crate) fn insert(&mut self, name: &'static str, signature: Signature, body: Body) {
        self.0.insert(name, Arc::new(Function { name, signature, body }));
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Function>> {
        self.0.get(name)
    }

    /// The names, in their order: for completion.
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.0.keys().copied().collect();
        names.sort_unstable();
        names
    }
}
