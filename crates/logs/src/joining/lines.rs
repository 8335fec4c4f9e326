//! From line to line: what may come next.

use super::form;

/// What the lines of a group are, up to the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// One line, which may be the first of anything.
    Line,
    /// Lines of a block between two first lines, whatever they are.
    Block,
    /// A line that tells of an error, and a blank one.
    Gap,
    /// A line with indented ones behind it.
    Indented,
    /// A Python traceback, up to its frames.
    Python,
    /// A Python traceback with its exception. `validates`: the lines behind it name fields.
    PythonEnd { validates: bool },
    /// A stack of another language.
    Frames,
    /// The same, behind a blank line.
    FramesGap,
    /// What a Go program wrote when it broke down.
    Go,
    /// A Rust panic whose message comes in the next line.
    RustHead,
    /// A Rust panic with its message.
    Rust,
    /// Where in its source a Node program broke down.
    NodePlace,
    /// The same, with the line of source.
    NodeSource,
    /// Keys and certificates.
    Pem,
    /// Nothing belongs to it any more.
    Ended,
}

impl State {
    /// Of a group's first line.
    pub(super) fn first(line: &str) -> Self {
        let bytes = line.as_bytes();
        let Some((first, last)) = bytes.first().zip(bytes.last()) else { return Self::Ended };
        match first {
            b' ' | b'\t' if form::is_frame(line) => {
                if line.trim_start().starts_with("File \"") {
                    Self::Python
                } else {
                    Self::Frames
                }
            }
            b' ' if line.trim_start().starts_with("+ Exception Group Traceback") => Self::Python,
            b'p' if line.starts_with("panic: ") => Self::Go,
            b'f' if line.starts_with("fatal error: ") => Self::Go,
            b'S' if line.starts_with("SIGQUIT: ") || line.starts_with("SIGSEGV: ") => Self::Go,
            b'g' if line.starts_with("goroutine ") && *last == b':' => Self::Go,
            b't' if line.starts_with("thread '") && line.contains(" panicked at ") => {
                if *last == b':' {
                    Self::RustHead
                } else {
                    Self::Rust
                }
            }
            b'-' if line.starts_with("-----BEGIN ") => Self::Pem,
            b'/' | b'n' | b'w' if last.is_ascii_digit() && form::is_node_place(line) => Self::NodePlace,
            b'f' if last.is_ascii_digit() && form::is_node_place(line) => Self::NodePlace,
            _ if *last == b':' && line.ends_with(form::TRACEBACK) => Self::Python,
            _ => Self::Line,
        }
    }

    /// With `line` added to the group whose text is `head` so far; `None` if it does not belong there.
    pub(super) fn next(self, head: &str, line: &str) -> Option<Self> {
        match self {
            Self::Ended => None,
            Self::Block => Some(self),
            Self::Pem => Some(if line.starts_with("-----END ") { Self::Ended } else { self }),
            _ if form::is_json(line) => None,
            Self::Line => after_line(head, line),
            Self::Gap => after_gap(line),
            Self::Indented => after_indented(head, line),
            Self::Python => after_python(line),
            Self::PythonEnd { validates } => after_python_end(validates, line),
            Self::Frames | Self::FramesGap => after_frames(self, line),
            Self::Go => {
                (line.is_empty() || form::is_indented(line) || form::is_go_part(line)).then_some(self)
            }
            Self::RustHead => (!form::begins_with_time(line)).then_some(Self::Rust),
            Self::Rust => (form::is_indented(line) || form::is_trace_part(line)).then_some(self),
            Self::NodePlace => form::is_source(line).then_some(Self::NodeSource),
            Self::NodeSource => after_node_source(line),
        }
    }
}

fn after_line(head: &str, line: &str) -> Option<State> {
    let Some(first) = line.as_bytes().first() else {
        // Spring leaves a line blank before the exception, Rust's anyhow before `Caused by:`.
        return form::tells_error(head).then_some(State::Gap);
    };
    match first {
        b' ' | b'\t' if form::is_frame(line) => {
            let is_python = line.trim_start().starts_with("File \"");
            Some(if is_python { State::Python } else { State::Frames })
        }
        b' ' | b'\t' if line.trim_start().starts_with("+ Exception Group Traceback") => {
            form::takes_traceback(head).then_some(State::Python)
        }
        b' ' | b'\t' if form::is_blank(line) => None,
        b' ' | b'\t' => {
            let takes = form::is_logged(head) || form::is_python_warning(head) || form::is_dotnet_head(head);
            takes.then_some(State::Indented)
        }
        b'T' if line == form::TRACEBACK => form::takes_traceback(head).then_some(State::Python),
        b'0'..=b'9' => None,
        b'}' | b']' | b')' | b'"' => None,
        b'g' if line.starts_with("goroutine ") => form::is_logged(head).then_some(State::Go),
        _ if form::is_trace_part(line) => Some(State::Frames),
        b'a'..=b'z' | b'A'..=b'Z' if form::is_exception(line) && !form::is_exception(head) => {
            form::may_throw(head).then_some(State::Frames)
        }
        _ => None,
    }
}

fn after_gap(line: &str) -> Option<State> {
    if line == form::TRACEBACK {
        return Some(State::Python);
    }
    let belongs = form::is_exception(line) || form::is_frame(line) || form::is_trace_part(line);
    belongs.then_some(State::Frames)
}

fn after_indented(head: &str, line: &str) -> Option<State> {
    if form::is_indented(line) {
        let is_trace = form::is_frame(line);
        return Some(if is_trace { State::Frames } else { State::Indented });
    }
    if line == form::TRACEBACK {
        return Some(State::Python);
    }
    let closes = matches!(line, "}" | "]" | ")" | "})" | "};" | "});" | "]}" | "])");
    let opened = || head.lines().any(|line| line.ends_with(['{', '[', '(']));
    let belongs = line.starts_with("Caused by:") || line.starts_with("Stack trace:") || closes && opened();
    belongs.then_some(State::Frames)
}

fn after_python(line: &str) -> Option<State> {
    if form::is_blank(line)
        || form::is_indented(line)
        || form::is_python_link(line)
        || line == form::TRACEBACK
    {
        return Some(State::Python);
    }
    let validates = line.contains(" validation error");
    form::is_python_exception(line).then_some(State::PythonEnd { validates })
}

fn after_python_end(validates: bool, line: &str) -> Option<State> {
    if form::is_python_link(line) {
        return Some(State::Python);
    }
    let is_field = || {
        let fits =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'[' | b']' | b'-');
        line.bytes().all(fits)
    };
    let belongs = form::is_blank(line)
        || form::is_indented(line)
        || form::is_python_detail(line)
        || (validates && is_field());
    belongs.then_some(State::PythonEnd { validates })
}

fn after_frames(state: State, line: &str) -> Option<State> {
    if form::is_blank(line) {
        return (state == State::Frames).then_some(State::FramesGap);
    }
    if state == State::FramesGap {
        let goes_on = ["Node.js v", "Caused by:", "Stack backtrace:", "Next "];
        let belongs = goes_on.iter().any(|part| line.starts_with(part)) || form::is_frame(line);
        return belongs.then_some(State::Frames);
    }
    (form::is_indented(line) || form::is_trace_part(line)).then_some(State::Frames)
}

fn after_node_source(line: &str) -> Option<State> {
    if form::is_blank(line) || form::is_indented(line) || line.trim_start().starts_with('^') {
        return Some(State::NodeSource);
    }
    let is_thrown = form::is_exception(line) || line.starts_with("Error");
    is_thrown.then_some(State::Frames)
}
