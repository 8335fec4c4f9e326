//! Lines that are JSON objects: told apart by their message, or by their members where they have none.
//!
//! `{"level":"info","msg":"user 7 left"}` becomes `<_>"msg":"user <_> left"<_>`, whatever members stand around
//! the message; `{"method":"GET","took":12}` becomes `{"method":"GET","took":<_>`.

use std::ops::Range;

use super::shape::{BYTES_MAX, MESSAGE_KEYS, Shape, Splitter, WORDS_MAX, Word};
use super::vary;

/// A member: from the first quote of its key on, and its value as it is written.
struct Member {
    key: Range<usize>,
    value: Range<usize>,
}

/// The line's shape, if it is an object that can be told apart without doubt.
pub(super) fn shape(line: &str) -> Option<Shape<'_>> {
    let members = members(line)?;
    match members.iter().find(|member| is_message(line, member) && member.key.end <= BYTES_MAX) {
        Some(member) => by_message(line, member),
        None => by_members(line, &members),
    }
}

/// A text that is not empty, under one of the keys.
fn is_message(line: &str, member: &Member) -> bool {
    let key = line[member.key.clone()].trim_matches('"');
    MESSAGE_KEYS.contains(&key) && line[member.value.clone()].starts_with('"') && member.value.len() > 2
}

fn by_message<'a>(line: &'a str, member: &Member) -> Option<Shape<'a>> {
    // The message's place has to be the first one where its key stands.
    if line.find(&line[member.key.start..member.value.start]) != Some(member.key.start) {
        return None;
    }
    let content = member.value.start + 1..member.value.end - 1;
    let (glue, words, _) = Splitter::new(line, member.key.start, content).run("\"");
    Some(Shape { glue, words, open: (true, true) })
}

fn by_members<'a>(line: &'a str, members: &[Member]) -> Option<Shape<'a>> {
    let (mut glue, mut words) = (Vec::new(), Vec::new());
    let mut at = 0;
    let looked_at = members.iter().take_while(|member| member.value.end <= BYTES_MAX);
    for member in looked_at.take(WORDS_MAX) {
        let between = &line[at..member.value.start];
        let before: &str = words.last().map_or("", |word: &Word<'_>| word.text);
        // A key that says `<name>`, or one that a value before it holds too.
        if between.contains('<') || (!before.is_empty() && before.contains(between)) {
            return None;
        }
        let text = &line[member.value.clone()];
        glue.push(between);
        words.push(Word { text, varies: vary::json(text) });
        at = member.value.end;
    }
    if words.is_empty() {
        return None;
    }
    glue.push("");
    Some(Shape { glue, words, open: (false, true) })
}

/// The members of an object that is the whole line; `None`: it is none, or an empty one.
fn members(line: &str) -> Option<Vec<Member>> {
    let bytes = line.as_bytes();
    let mut at = 1;
    if bytes.first() != Some(&b'{') || !line.trim_end().ends_with('}') || bytes.contains(&b'\n') {
        return None;
    }
    let mut members = Vec::new();
    loop {
        at = skip_space(bytes, at);
        let key = at..string_end(bytes, at)?;
        at = skip_space(bytes, key.end);
        if bytes.get(at) != Some(&b':') {
            return None;
        }
        let start = skip_space(bytes, at + 1);
        let value = start..value_end(bytes, start)?;
        at = skip_space(bytes, value.end);
        members.push(Member { key, value });
        match bytes.get(at) {
            Some(b',') => at += 1,
            Some(b'}') if line[at + 1..].trim().is_empty() => return Some(members),
            _ => return None,
        }
    }
}

fn skip_space(bytes: &[u8], at: usize) -> usize {
    at + bytes[at.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Behind the closing quote of a text that begins at `at`.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let mut end = at + 1;
    loop {
        match bytes.get(end)? {
            b'"' => return Some(end + 1),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}

/// Behind a value that begins at `at`: a text, a list or an object, or a bare word.
fn value_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => string_end(bytes, at),
        b'{' | b'[' => nested_end(bytes, at),
        _ => {
            let length = bytes[at..].iter().take_while(|byte| !matches!(byte, b',' | b'}' | b' ')).count();
            (length > 0).then_some(at + length)
        }
    }
}

fn nested_end(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut end, mut depth) = (at, 0_usize);
    loop {
        match bytes.get(end)? {
            b'"' => end = string_end(bytes, end)?,
            byte => {
                match byte {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
                end += 1;
            }
        }
        if depth == 0 {
            return Some(end);
        }
    }
}
