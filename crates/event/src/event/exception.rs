//! Exceptions, their frames, and threads.

use serde::{Deserialize, Serialize};

use crate::value::{Pair, Value};

/// An exception.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exception {
    /// Its class, such as `ValueError`. Missing where a message carries a stack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ty: Option<String>,
    /// Its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The module of the class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// How it was caught.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<Mechanism>,
    /// The thread that it was raised in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
    /// The stack, innermost frame last. Taken from the thread where the exception has none of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Frame>,
    /// How many frames were cut out of the middle of a long stack.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub frames_cut: u32,
}

impl Exception {
    /// Whether the class is the SDK's invention and says nothing.
    pub fn is_synthetic(&self) -> bool {
        self.mechanism.as_ref().is_some_and(|mechanism| mechanism.synthetic)
    }
}

/// How an exception was caught, and its place among those sent with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mechanism {
    /// `django`, `onerror`, `generic`, `chained`, …
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ty: String,
    /// Whether the program caught it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handled: Option<bool>,
    /// Whether the class is the SDK's invention.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
    /// Its number among the exceptions of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception_id: Option<u32>,
    /// The number of the exception that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<u32>,
    /// Whether it holds several others (`ExceptionGroup`, `AggregateError`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_exception_group: bool,
    /// How it hangs on its parent: `__cause__`, `__context__`, `exceptions[0]`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What it means, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whatever else is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Pair<Value>>,
}

/// One call of a stack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The module: `shop.views`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The file, relative to where the program's modules lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// The file's whole path, or its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abs_path: Option<String>,
    /// The line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineno: Option<u32>,
    /// The column, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colno: Option<u32>,
    /// Whether it is the program's own code. `None` if the SDK does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_app: Option<bool>,
    /// The lines before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pre_context: Vec<String>,
    /// The line itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_line: Option<String>,
    /// The lines after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_context: Vec<String>,
    /// The local variables.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vars: Vec<Pair<Value>>,
    /// The frame's language, where it is another than the event's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The library or program file of native code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}

/// A thread of the program.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the program ended in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub crashed: bool,
    /// Whether the event was made in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub current: bool,
    /// The stack, innermost frame last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Frame>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}
