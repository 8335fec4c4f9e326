//! Frames of compiled programs: which are the program's own where the SDK cannot know, and their functions' names.

use std::borrow::Cow;

use crate::event::Frame;

/// What starts threads, ends programs and loads libraries: files' names in small letters, or their beginning.
const PLUMBING_FILES: [&str; 20] = [
    "libsystem_",
    "libdispatch",
    "libdyld",
    "dyld",
    "libc++",
    "libstdc++",
    "libc.so",
    "libpthread",
    "ld-linux",
    "libgcc",
    "libart.",
    "linux-vdso",
    "ntdll.",
    "kernel32.",
    "kernelbase.",
    "ucrtbase",
    "vcruntime",
    "msvcp",
    "msvcr",
    "wow64",
];
/// Libraries that come as source and so lie in the program's own file.
const PLUMBING_SPACES: [&str; 6] = ["std::", "boost::", "__gnu_cxx::", "__cxxabiv1::", "core::", "alloc::"];

/// Whether the platform's programs are compiled to machine code.
pub(super) fn is_native(platform: &str) -> bool {
    matches!(platform, "native" | "cocoa" | "c" | "objc" | "swift" | "rust")
}

/// Whether the frame is the program's own, where the SDK does not say: false for platforms whose SDKs always know.
pub(super) fn is_app(frame: &Frame, platform: &str) -> bool {
    is_native(platform) && !is_plumbing(frame)
}

fn is_plumbing(frame: &Frame) -> bool {
    let function = frame.function.as_deref().unwrap_or_default();
    if PLUMBING_SPACES.iter().any(|space| function.starts_with(space)) {
        return true;
    }
    let package = frame.package.as_deref().unwrap_or_default();
    let file = package.rsplit(['/', '\\']).next().unwrap_or(package).to_ascii_lowercase();
    PLUMBING_FILES.iter().any(|begin| file.starts_with(begin))
}

/// A function's name without parameters, template arguments, return type and what the compiler added.
pub(super) fn function(name: &str) -> Cow<'_, str> {
    if is_unknown(name) {
        return Cow::Borrowed("");
    }
    // Objective-C's methods are written `-[Class method:]`; what stands in brackets is the name.
    if name.starts_with(['-', '+']) {
        return Cow::Borrowed(name);
    }
    let bare = without_arguments(name);
    let bare = bare.split(".cold").next().unwrap_or(&bare).trim();
    if bare == name { Cow::Borrowed(name) } else { Cow::Owned(bare.to_owned()) }
}

fn is_unknown(name: &str) -> bool {
    matches!(name, "" | "?" | "??" | "<unknown>" | "<redacted>") || name.starts_with("0x")
}

/// Leaves out what stands in `<…>` and the parameters at the end, and keeps `operator()`, `operator<` and
/// `(anonymous namespace)`.
fn without_arguments(name: &str) -> String {
    let mut bare = String::with_capacity(name.len());
    let mut rest = name;
    let mut depth = 0_usize;
    while let Some(letter) = rest.chars().next() {
        if depth == 0
            && let Some(length) = fixed_word(rest)
        {
            bare.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        match letter {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            '(' if depth == 0 && !bare.is_empty() => break,
            _ if depth == 0 => bare.push(letter),
            _ => {}
        }
        rest = &rest[letter.len_utf8()..];
    }
    bare
}

/// The length of a word at the beginning whose brackets open nothing.
fn fixed_word(rest: &str) -> Option<usize> {
    const WORDS: [&str; 12] = [
        "(anonymous namespace)",
        "operator()",
        "operator<=>",
        "operator<<=",
        "operator>>=",
        "operator<<",
        "operator>>",
        "operator<=",
        "operator>=",
        "operator->",
        "operator<",
        "operator>",
    ];
    WORDS.iter().find(|word| rest.starts_with(**word)).map(|word| word.len())
}
