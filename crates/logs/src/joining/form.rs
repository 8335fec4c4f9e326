//! How lines look: the beginnings and the parts of tracebacks, and lines that a logger began.

use model::Level;

use crate::level;

/// Python's first line of a traceback, which a logger may have put its prefix before.
pub(super) const TRACEBACK: &str = "Traceback (most recent call last):";

/// Whether the line is an object of JSON, as far as its beginning tells.
pub(super) fn is_json(line: &str) -> bool {
    match line.as_bytes() {
        [b'{', b'"' | b'}', ..] => true,
        [b'{', b' ', rest @ ..] => rest.trim_ascii_start().starts_with(b"\""),
        _ => false,
    }
}

pub(super) fn is_indented(line: &str) -> bool {
    matches!(line.as_bytes().first(), Some(b' ' | b'\t'))
}

/// Nothing but white space.
pub(super) fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// A frame of a stack, or another line that stands in tracebacks only.
pub(super) fn is_frame(line: &str) -> bool {
    const FRAMES: [&str; 9] = [
        "at ",
        "File \"",
        "... ",
        "from ",
        "Caused by: ",
        "Suppressed: ",
        "--- End of",
        "---> ",
        "thrown in ",
    ];
    let text = line.trim_start_matches([' ', '\t']);
    text.len() < line.len() && FRAMES.iter().any(|frame| text.starts_with(frame)) && !is_sentence(text)
}

/// `at noon`, `from here on`: a frame says where in the code.
fn is_sentence(text: &str) -> bool {
    let has_place = |text: &str| text.contains(['(', ':', '<', '/', '.']);
    match text.split_once(' ') {
        Some(("at" | "from", place)) => !has_place(place),
        Some(("...", rest)) => !rest.bytes().next().is_some_and(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// A line that goes on with a stack of any language and is not indented.
pub(super) fn is_trace_part(line: &str) -> bool {
    const PARTS: [&str; 17] = [
        "Caused by:",
        "Suppressed:",
        "Wrapped by:",
        "Stack trace:",
        "Stack backtrace:",
        "stack backtrace:",
        "[stacktrace]",
        "[previous exception]",
        "Next ",
        "--- End of",
        "note: ",
        "Node.js v",
        "Thrown at:",
        "** (",
        "... ",
        "Last message",
        "State: ",
    ];
    match line.as_bytes() {
        [b'#', b'0'..=b'9', ..] => true,
        [b'}' | b']' | b')' | b'"', ..] => line.len() <= 4,
        [byte, ..] if !byte.is_ascii_alphabetic() && !matches!(byte, b'[' | b'-' | b'*' | b'.') => false,
        _ => PARTS.iter().any(|part| line.starts_with(part)) || is_ruby_frame(line),
    }
}

/// ``app/models/order.rb:12:in `charge'``
fn is_ruby_frame(line: &str) -> bool {
    let head = line.get(..line.len().min(300)).unwrap_or(line);
    let Some((place, _)) = head.split_once(":in ") else { return false };
    let Some((path, number)) = place.rsplit_once(':') else { return false };
    let has_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    has_number && path.contains(['.', '/']) && !path.contains(' ')
}

/// `ValueError: …`, `java.lang.IllegalStateException`, `Error: …`: what was thrown.
pub(super) fn is_exception(line: &str) -> bool {
    const ENDS: [&str; 8] =
        ["Error", "Exception", "Throwable", "Warning", "Failure", "Interrupt", "Exit", "Fault"];
    let (name, rest) = line.split_at(name_length(line));
    let ends = rest.is_empty() || rest.starts_with(':') || rest.starts_with(" (") || rest.starts_with(" [");
    if !ends || name.is_empty() || is_level(name) {
        return false;
    }
    let last = name.rsplit(['.', '\\', '$']).next().unwrap_or(name);
    let is_class = last.len() < name.len() && last.starts_with(|first: char| first.is_ascii_uppercase());
    ENDS.iter().any(|end| last.ends_with(end)) || is_class && rest.starts_with(": ")
}

/// What stands behind the frames of a Python traceback: a class, of whatever name, perhaps with a message.
pub(super) fn is_python_exception(line: &str) -> bool {
    let (name, rest) = line.split_at(name_length(line));
    let begins = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    begins && (rest.is_empty() || rest.starts_with(": ") || rest == ":") && !is_level(name)
}

fn name_length(line: &str) -> usize {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'\\' | b'$');
    line.bytes().take(200).take_while(fits).count()
}

/// `ERROR:` is a logger's; `Error:` is what JavaScript throws.
fn is_level(name: &str) -> bool {
    name != "Error" && Level::from_word(name).is_some()
}

/// Lines behind the last one of a Python traceback that still belong to it: of databases, and of validation.
pub(super) fn is_python_detail(line: &str) -> bool {
    const DETAILS: [&str; 8] = [
        "DETAIL:",
        "HINT:",
        "CONTEXT:",
        "LINE ",
        "[SQL: ",
        "[parameters: ",
        "(Background on this error",
        "During task with name",
    ];
    DETAILS.iter().any(|detail| line.starts_with(detail))
}

/// What Python writes between a traceback and the next of its chain.
pub(super) fn is_python_link(line: &str) -> bool {
    line.starts_with("During handling of the above exception")
        || line.starts_with("The above exception was the direct cause")
}

/// Whether the line was begun by a logger: with a time or a level. Lines without either behind it can be its
/// own.
pub(super) fn is_logged(line: &str) -> bool {
    begins_with_time(line) || level::detect(line) != Level::Unknown
}

/// Whether an exception behind this line may be the line's own: it was logged, and not as good news.
pub(super) fn may_throw(line: &str) -> bool {
    match level::detect(line) {
        Level::Trace | Level::Debug | Level::Info => false,
        Level::Unknown => begins_with_time(line),
        _ => true,
    }
}

/// Whether the line tells of an error of which more may come.
pub(super) fn tells_error(line: &str) -> bool {
    line.starts_with("Error: ") || begins_with_time(line) && level::detect(line).is_error()
}

/// `2026-11-22`, `[22/Nov/2026`, `10:00:00`, `Nov 22 10:00:00`, `1763812800.123`
pub(super) fn begins_with_time(line: &str) -> bool {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let text = line.as_bytes();
    let text = text.strip_prefix(b"[").or(text.strip_prefix(b"(")).unwrap_or(text);
    let digits = text.iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    match (digits, text.get(digits), text.get(digits + 1)) {
        (1 | 2 | 4 | 8, Some(b'-' | b'/' | b':' | b'.'), Some(next)) => {
            next.is_ascii_digit() || next.is_ascii_alphabetic()
        }
        (10..=19, None | Some(b'.' | b' ' | b']' | b':'), _) => true,
        (0, Some(_), _) => {
            let word = line.get(..4).and_then(|head| head.strip_suffix(' '));
            let is_month = |word: &str| word.len() == 3 && MONTHS.find(word).is_some_and(|at| at % 3 == 0);
            word.is_some_and(is_month) && text.get(4).is_some_and(|byte| matches!(byte, b' ' | b'0'..=b'9'))
        }
        _ => false,
    }
}

/// Whether a traceback behind this line may be the line's own: loggers write message and traceback at once.
pub(super) fn takes_traceback(line: &str) -> bool {
    const SPEAKING: [&str; 5] = ["Internal Server Error", "Exception", "Error", "Unhandled", "Uncaught"];
    let is_access = line.contains("HTTP/1") || line.contains("HTTP/2");
    let speaks = || line.ends_with(':') || SPEAKING.iter().any(|word| line.starts_with(word));
    (!is_access || line.ends_with("ASGI application")) && (speaks() || is_logged(line))
}

/// `/app/index.js:3`, `node:internal/process:21`, `file:///app/index.mjs:1`: Node tells the place first.
pub(super) fn is_node_place(line: &str) -> bool {
    let Some((path, number)) = line.rsplit_once(':') else { return false };
    let begins = ["/", "node:", "file:", "webpack:"].iter().any(|start| path.starts_with(start));
    begins && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && !path.contains(' ')
}

/// A line of source code, as Node shows it.
pub(super) fn is_source(line: &str) -> bool {
    is_indented(line) || line.ends_with([';', '{', ')', ',', '}'])
}

/// `main.(*Server).handle(0xc000012345, 0x1)`, `created by main.main in goroutine 1`, `exit status 2`
pub(super) fn is_go_part(line: &str) -> bool {
    const PARTS: [&str; 6] = ["goroutine ", "created by ", "[signal ", "exit status ", "panic: ", "runtime."];
    let is_call = || {
        let Some((name, _)) = line.split_once('(') else { return false };
        line.ends_with(')') && name.contains('.') && !name.contains(' ')
    };
    PARTS.iter().any(|part| line.starts_with(part)) || is_call() || is_register(line)
}

/// `rax    0x0`
fn is_register(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    let (name, value, end) = (words.next(), words.next(), words.next());
    name.is_some_and(|name| name.len() <= 6)
        && value.is_some_and(|value| value.starts_with("0x"))
        && end.is_none()
}

/// `/app/x.py:12: DeprecationWarning: …`, behind which Python shows the line of source.
pub(super) fn is_python_warning(line: &str) -> bool {
    let Some((place, _)) = line.split_once("Warning: ") else { return false };
    let Some((place, class)) = place.rsplit_once(": ") else { return false };
    let number = place.rsplit(':').next().unwrap_or_default();
    !class.contains(' ') && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// .NET's console logger: `info: Microsoft.Hosting.Lifetime[14]`, with the message on the next line.
pub(super) fn is_dotnet_head(line: &str) -> bool {
    const LEVELS: [&str; 6] = ["trce", "dbug", "info", "warn", "fail", "crit"];
    let Some((level, category)) = line.split_once(": ") else { return false };
    LEVELS.contains(&level) && category.ends_with(']') && !category.contains(' ')
}
