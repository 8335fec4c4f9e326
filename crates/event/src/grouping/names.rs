//! Names as they are in the source: what compilers, engines and build tools add to them is taken off.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::native;
use crate::event::Frame;

/// What is taken off a name, and what is put in its place.
struct Edit {
    pattern: LazyLock<Regex>,
    replacement: &'static str,
}

macro_rules! edit {
    ($pattern:literal, $replacement:literal) => {
        Edit {
            pattern: LazyLock::new(|| Regex::new($pattern).expect("a pattern of our own")),
            replacement: $replacement,
        }
    };
}

/// Java's classes and methods that are made while the program runs, with a number that changes.
static JAVA: [Edit; 6] = [
    edit!(r"\$\$Lambda\$[0-9]+(?:/(?:0x)?[0-9a-fA-F]+)?", "$$$$Lambda"),
    edit!(r"lambda\$([A-Za-z0-9_]+)\$[0-9]+", "lambda$$$1"),
    edit!(r"\$\$(EnhancerBy[A-Za-z]*|FastClassBy[A-Za-z]*)\$\$[0-9a-fA-F]+", "$$$$$1"),
    edit!(r"(?:_\$\$_javassist|_\$\$_jvst)[0-9a-z_]*", "_$$$$_javassist"),
    edit!(
        r"Generated(MethodAccessor|ConstructorAccessor|SerializationConstructorAccessor)[0-9]+",
        "Generated$1"
    ),
    edit!(r"\$Proxy[0-9]+", "$$Proxy"),
];
/// PHP's classes without a name carry the file and an address.
static PHP: [Edit; 1] = [edit!(r"class@anonymous\x00?[^:]*", "class@anonymous")];
/// Ruby's templates carry two numbers.
static RUBY: [Edit; 1] = [edit!(r"_{2,}[0-9]+_[0-9]+$", "")];
/// Build tools name files by their contents.
static HASHED_FILE: [Edit; 1] = [edit!(r"[.\-_][0-9a-f]{8,}(\.|$)", "$1")];

/// Whether frames of the platform come with the line of their source.
pub(super) fn has_source(platform: &str) -> bool {
    matches!(platform, "python" | "javascript" | "node" | "php" | "ruby" | "perl" | "elixir")
}

/// Whether the program is JavaScript.
pub(super) fn is_javascript(platform: &str) -> bool {
    matches!(platform, "javascript" | "node")
}

/// Whether the frame is the engine's: `Array.map`, `eval`.
pub(super) fn is_engine_code(frame: &Frame) -> bool {
    let path = frame.abs_path.as_deref().or(frame.filename.as_deref()).unwrap_or_default();
    matches!(path, "[native code]" | "native code" | "eval code" | "<anonymous>")
        || matches!(frame.function.as_deref(), Some("eval"))
}

/// Whether the path is an address, which may differ with every page and host.
pub(super) fn is_address(path: &str) -> bool {
    ["http://", "https://", "blob:"].iter().any(|scheme| path.starts_with(scheme))
}

/// A function's own name; empty if it has none.
pub(super) fn function<'n>(name: &'n str, platform: &str) -> Cow<'n, str> {
    match platform {
        "javascript" | "node" => Cow::Borrowed(javascript(name)),
        "java" => edited(name, &JAVA),
        "php" => edited(name, &PHP),
        "ruby" => edited(name, &RUBY),
        _ if native::is_native(platform) => native::function(name),
        _ => Cow::Borrowed(if name == "?" { "" } else { name }),
    }
}

/// A module's name. Java's and PHP's can hold numbers of this run; the others' cannot.
pub(super) fn module(name: &str) -> Cow<'_, str> {
    if name.contains('$') { edited(name, &JAVA) } else { Cow::Borrowed(name) }
}

/// A file's name without folders, in small letters.
pub(super) fn file(path: &str) -> Cow<'_, str> {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let name = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    };
    if !name.bytes().any(|byte| byte.is_ascii_digit()) {
        return name;
    }
    match edited(&name, &HASHED_FILE) {
        Cow::Owned(shorter) => Cow::Owned(shorter),
        Cow::Borrowed(_) => name,
    }
}

/// `Object.foo`, `Foo.prototype.foo`, `async foo` and `new foo [as bar]` are `foo`; engines disagree about the rest.
fn javascript(name: &str) -> &str {
    let name = name.split_once(" [as ").map_or(name, |(name, _)| name);
    let name = name.strip_prefix("async ").or_else(|| name.strip_prefix("new ")).unwrap_or(name);
    if name.ends_with("/<") {
        return "";
    }
    let own = name.rsplit(['.', '/']).next().unwrap_or(name);
    match own {
        "?" | "<anonymous>" | "Anonymous function" | "anonymous" => "",
        _ => own,
    }
}

fn edited<'n>(name: &'n str, edits: &[Edit]) -> Cow<'n, str> {
    let mut name = Cow::Borrowed(name);
    for edit in edits {
        if let Cow::Owned(shorter) = edit.pattern.replace_all(&name, edit.replacement) {
            name = Cow::Owned(shorter);
        }
    }
    name
}
