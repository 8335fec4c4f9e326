//! All stacks of an event as its language prints them, to be read and copied as people know it.

use std::fmt::Write;

use ::event::{Event, Exception, Frame};

/// The text; empty where there is no stack.
pub(super) fn text(event: &Event) -> String {
    let style = Style::of(&event.platform);
    let mut text = String::new();
    let mut before: Option<&Exception> = None;
    for exception in style.order(&event.exceptions) {
        if let Some(before) = before {
            text.push_str(style.between(before));
        }
        style.exception(&mut text, exception);
        before = Some(exception);
    }
    if event.exceptions.is_empty() && !event.stacktrace.is_empty() {
        style.frames(&mut text, &event.stacktrace);
    }
    text
}

/// How a language prints its stacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// The cause first, innermost frame last.
    Python,
    /// What ended the work first, innermost frame first.
    JavaScript,
    /// Likewise, in the words of Java.
    Java,
    /// Likewise, two lines for each frame.
    Go,
}

impl Style {
    fn of(platform: &str) -> Self {
        match platform {
            "python" => Self::Python,
            "java" => Self::Java,
            "go" => Self::Go,
            _ => Self::JavaScript,
        }
    }

    fn order<'e>(self, exceptions: &'e [Exception]) -> Box<dyn Iterator<Item = &'e Exception> + 'e> {
        match self {
            Self::Python => Box::new(exceptions.iter()),
            _ => Box::new(exceptions.iter().rev()),
        }
    }

    /// What stands between the exception that was printed and the next.
    fn between(self, before: &Exception) -> &'static str {
        let source = before.mechanism.as_ref().and_then(|mechanism| mechanism.source.as_deref());
        match self {
            Self::Python if source == Some("__cause__") => {
                "\nThe above exception was the direct cause of the following exception:\n\n"
            }
            Self::Python => "\nDuring handling of the above exception, another exception occurred:\n\n",
            Self::Java => "Caused by: ",
            Self::JavaScript | Self::Go => "\ncaused by: ",
        }
    }

    fn exception(self, text: &mut String, exception: &Exception) {
        let head = head(exception, self);
        if self == Self::Python {
            if !exception.frames.is_empty() {
                text.push_str("Traceback (most recent call last):\n");
            }
            self.frames(text, &exception.frames);
            text.push_str(&head);
            text.push('\n');
            return;
        }
        text.push_str(&head);
        text.push('\n');
        self.frames(text, &exception.frames);
    }

    fn frames(self, text: &mut String, frames: &[Frame]) {
        match self {
            Self::Python => frames.iter().for_each(|frame| self.frame(text, frame)),
            _ => frames.iter().rev().for_each(|frame| self.frame(text, frame)),
        }
    }

    fn frame(self, text: &mut String, frame: &Frame) {
        let function = frame.function.as_deref().unwrap_or("?");
        let file = frame.abs_path.as_deref().or(frame.filename.as_deref()).unwrap_or("?");
        let line = frame.lineno.unwrap_or_default();
        // Writing into a text never fails.
        let _ = match self {
            Self::Python => write!(text, "  File \"{file}\", line {line}, in {function}\n{}", source(frame)),
            Self::JavaScript => {
                writeln!(text, "    at {function} ({file}:{line}:{})", frame.colno.unwrap_or_default())
            }
            Self::Java => {
                let module = frame.module.as_deref().unwrap_or("?");
                let file = frame.filename.as_deref().unwrap_or("Unknown Source");
                writeln!(text, "\tat {module}.{function}({file}:{line})")
            }
            Self::Go => {
                let module = frame.module.as_deref().map(|module| format!("{module}.")).unwrap_or_default();
                writeln!(text, "{module}{function}(...)\n\t{file}:{line}")
            }
        };
    }
}

fn head(exception: &Exception, style: Style) -> String {
    let kind = exception.ty.as_deref().unwrap_or_default();
    // Python and Java tell the module of what is not built in.
    let module = match style {
        Style::Python | Style::Java => exception.module.as_deref().filter(|module| *module != "builtins"),
        Style::JavaScript | Style::Go => None,
    };
    let kind = match module {
        Some(module) if !kind.is_empty() => format!("{module}.{kind}"),
        _ => kind.to_owned(),
    };
    match exception.value.as_deref() {
        Some(value) if !value.is_empty() && !kind.is_empty() => format!("{kind}: {value}"),
        Some(value) if !value.is_empty() => value.to_owned(),
        _ => kind,
    }
}

fn source(frame: &Frame) -> String {
    let line = frame.context_line.as_deref().map(str::trim).filter(|line| !line.is_empty());
    line.map(|line| format!("    {line}\n")).unwrap_or_default()
}
