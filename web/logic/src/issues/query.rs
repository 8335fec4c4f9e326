//! A query of issues while somebody writes it: terms such as `is:unresolved`, `!browser:"Chrome 12"` and words of
//! free text. Here it is read leniently, unfinished as it may be; the server says what is wrong with it.

use crate::syntax::Candidate;
use crate::syntax::{known, matching};
use crate::view::ViewState;

/// What is asked where nothing was written.
pub const DEFAULT: &str = "is:unresolved";

/// What `is:` takes, the buttons above the list in this order first.
pub const STATUSES: [(&str, &str); 6] = [
    ("unresolved", "Unresolved"),
    ("new", "New"),
    ("regressed", "Regressed"),
    ("escalating", "Escalating"),
    ("archived", "Archived"),
    ("resolved", "Resolved"),
];

/// A term and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term<'a> {
    /// Its first byte, that of a `!` included.
    pub start: usize,
    /// Behind its last byte.
    pub end: usize,
    /// A `!` stands before it.
    pub negated: bool,
    /// What stands before the colon; `None`: free text.
    pub key: Option<&'a str>,
    /// The value or the word, quotes included.
    pub value: &'a str,
}

/// What the page asks: what was written, or what it asks by itself.
pub fn asked(view: &ViewState) -> &str {
    if view.query.is_empty() && !view.all { DEFAULT } else { &view.query }
}

/// Takes a query into the address.
pub fn write(view: &mut ViewState, query: &str) {
    let query = query.trim();
    view.all = query.is_empty();
    view.query = if query == DEFAULT { String::new() } else { query.to_owned() };
    view.cursor.clear();
    view.selected = None;
}

/// The terms of a query, in their order.
pub fn terms(query: &str) -> Vec<Term<'_>> {
    let mut terms = Vec::new();
    let mut at = 0;
    while let Some(first) = query[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let end = at + length(&query[at..]);
        terms.push(term(query, at, end));
        at = end;
    }
    terms
}

fn term(query: &str, start: usize, end: usize) -> Term<'_> {
    let text = &query[start..end];
    let bare = text.strip_prefix('!').unwrap_or(text);
    let name =
        bare.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(bare.len());
    let value = bare[name..].strip_prefix(':').filter(|value| name > 0 && !is_path(value));
    let key = value.map(|_| &bare[..name]);
    Term { start, end, negated: bare.len() < text.len(), key, value: value.unwrap_or(bare) }
}

/// Behind a colon it makes a path or an address of what would be a key.
fn is_path(value: &str) -> bool {
    value.starts_with(':') || value.starts_with("//")
}

/// Up to a space that stands in no quotes and no list.
fn length(text: &str) -> usize {
    let (mut quoted, mut listed, mut escaped) = (false, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted && text[..at].ends_with(':') => listed = true,
            ']' if !quoted => listed = false,
            space if space.is_whitespace() && !quoted && !listed => return at,
            _ => {}
        }
    }
    text.len()
}

/// Whether a query asks for this value of a key.
pub fn has(query: &str, key: &str, value: &str) -> bool {
    let written = quoted(value);
    terms(query).iter().any(|term| is(term, key) && term.value == written)
}

fn is(term: &Term<'_>, key: &str) -> bool {
    !term.negated && term.key == Some(key)
}

/// The query with this value of a key in the place of any other; `None`: with none.
pub fn with(query: &str, key: &str, value: Option<&str>) -> String {
    let mut parts: Vec<String> = value.map(|value| format!("{key}:{}", quoted(value))).into_iter().collect();
    let kept = terms(query).into_iter().filter(|term| term.key != Some(key));
    parts.extend(kept.map(|term| query[term.start..term.end].to_owned()));
    parts.join(" ")
}

/// The query with this value of a key added, or without it if it was there.
pub fn toggled(query: &str, key: &str, value: &str) -> String {
    let written = quoted(value);
    let all = terms(query);
    let kept = all.iter().filter(|term| !(is(term, key) && term.value == written));
    let mut parts: Vec<String> = kept.map(|term| query[term.start..term.end].to_owned()).collect();
    if parts.len() == all.len() {
        parts.push(format!("{key}:{written}"));
    }
    parts.join(" ")
}

/// What is unresolved in any of these containers; the SDKs tell the first 12 digits of an id.
pub fn of_servers(ids: &[&str]) -> String {
    let ids: Vec<&str> = ids.iter().filter_map(|id| id.get(..12)).collect();
    match ids.as_slice() {
        [] => DEFAULT.to_owned(),
        [only] => format!("{DEFAULT} server_name:{only}"),
        several => format!("{DEFAULT} server_name:[{}]", several.join(", ")),
    }
}

/// What happened in a trace, resolved or not.
pub fn of_trace(id: &str) -> String {
    format!("trace:{id}")
}

/// A value as it stands in a query.
pub fn quoted(value: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | ',' | '[' | ']' | '*' | '\\');
    if !value.is_empty() && value.chars().all(is_plain) && !is_path(value) {
        return value.to_owned();
    }
    let mut text = String::from("\"");
    for character in value.chars() {
        if matches!(character, '"' | '\\' | '*') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
    text
}

/// A place of a query where something can be completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that a candidate replaces.
    pub span: (usize, usize),
    /// What is there of it already.
    pub prefix: String,
    /// The key whose value is wanted; `None`: a key is.
    pub key: Option<String>,
}

/// What could be completed with the cursor at a byte.
pub fn completion(query: &str, cursor: usize) -> Completion {
    let found = terms(query).into_iter().find(|term| term.start <= cursor && cursor <= term.end);
    let Some(term) = found else {
        return Completion { span: (cursor, cursor), prefix: String::new(), key: None };
    };
    let begin = term.end - term.value.len();
    match term.key {
        Some(key) if begin <= cursor => {
            let prefix = query[begin..cursor].trim_matches('"').to_owned();
            Completion { span: (begin, term.end), prefix, key: Some(key.to_owned()) }
        }
        _ => {
            let start = term.start + usize::from(term.negated);
            let prefix = query.get(start..cursor).unwrap_or_default().to_owned();
            Completion { span: (start, cursor.max(start)), prefix, key: None }
        }
    }
}

/// Keys that are no tags, and what they are for.
const KEYS: [(&str, &str); 19] = [
    ("is", "unresolved, resolved, archived, new, regressed, escalating, assigned, …"),
    ("level", "fatal, error, warning, info, debug"),
    ("environment", "production, staging, …"),
    ("release", "a version, or latest"),
    ("firstRelease", "the version that it came with"),
    ("assigned", "a user, me, or none"),
    ("user.email", "whom it happened to"),
    ("user.id", "whom it happened to"),
    ("transaction", "the view, the route, the task"),
    ("server_name", "the host or container"),
    ("logger", "who logged it"),
    ("trace", "the trace of a request"),
    ("message", "a word of what it said"),
    ("has", "any value of a tag"),
    ("firstSeen", "-24h: within the last day; +7d: before"),
    ("lastSeen", "-1h: within the last hour"),
    ("timesSeen", ">100"),
    ("users", ">10"),
    ("project", "which project"),
];

/// Keys that fit; `tags`: those that events carry.
pub fn key_candidates(prefix: &str, tags: &[String]) -> Vec<Candidate> {
    let key = |(name, hint): &(&str, &str)| known(name, hint, &format!("{name}:"));
    let mut all: Vec<Candidate> = KEYS.iter().map(key).collect();
    let new = tags.iter().filter(|tag| KEYS.iter().all(|(key, _)| key != tag));
    all.extend(new.map(|tag| known(tag, "tag", &format!("{tag}:"))));
    matching(all, prefix)
}

/// Values of a key that fit: those that are the same everywhere, and `values`.
pub fn value_candidates(key: &str, prefix: &str, values: &[String]) -> Vec<Candidate> {
    let fixed: &[&str] = match key {
        "is" => &[
            "unresolved",
            "resolved",
            "archived",
            "new",
            "regressed",
            "escalating",
            "ongoing",
            "assigned",
            "unassigned",
            "unhandled",
        ],
        "level" => &["fatal", "error", "warning", "info", "debug"],
        "assigned" => &["me", "none"],
        "release" | "firstRelease" => &["latest"],
        "firstSeen" | "lastSeen" => &["-1h", "-24h", "-7d", "+7d"],
        "timesSeen" | "users" => &[">10", ">100", ">1000"],
        _ => &[],
    };
    let mut all: Vec<Candidate> = fixed.iter().map(|value| known(value, "", &format!("{value} "))).collect();
    all.extend(values.iter().map(|value| known(value, "", &format!("{} ", quoted(value)))));
    matching(all, prefix)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn terms_end_at_spaces_outside_of_quotes_and_lists() {
        let check = |query: &str, wanted: &[(bool, Option<&str>, &str)]| {
            let found: Vec<_> =
                terms(query).iter().map(|term| (term.negated, term.key, term.value)).collect();
            assert_eq!(found, wanted, "{query}");
        };
        check("", &[]);
        check("is:unresolved  boom", &[(false, Some("is"), "unresolved"), (false, None, "boom")]);
        check(r#"!user.email:"a b" x"#, &[(true, Some("user.email"), "\"a b\""), (false, None, "x")]);
        check("level:[error, fatal] y", &[(false, Some("level"), "[error, fatal]"), (false, None, "y")]);
        check(
            "https://a/b std::fmt release:",
            &[(false, None, "https://a/b"), (false, None, "std::fmt"), (false, Some("release"), "")],
        );
        check(r#""an open quote"#, &[(false, None, "\"an open quote")]);
    }

    #[test]
    fn buttons_write_the_query() {
        assert_eq!(with("boom is:resolved", "is", Some("new")), "is:new boom");
        assert_eq!(with("is:new boom", "is", None), "boom");
        assert_eq!(toggled("is:new", "browser", "Chrome 12"), r#"is:new browser:"Chrome 12""#);
        assert_eq!(toggled(r#"is:new browser:"Chrome 12""#, "browser", "Chrome 12"), "is:new");
        assert_eq!(of_servers(&[]), "is:unresolved");
        assert_eq!(of_servers(&["0123456789abcdef"]), "is:unresolved server_name:0123456789ab");
        let two = of_servers(&["0123456789abcdef", "ffffffffffff0"]);
        assert_eq!(two, "is:unresolved server_name:[0123456789ab, ffffffffffff]");
        assert_eq!(terms(&two).len(), 2);
        assert!(has("is:new level:error", "level", "error") && !has("!level:error", "level", "error"));
    }

    #[test]
    fn what_is_asked_by_itself_is_not_written() {
        let mut view = ViewState::default();
        assert_eq!(asked(&view), DEFAULT);
        write(&mut view, "boom ");
        assert_eq!((asked(&view), view.to_address().as_str()), ("boom", "q=boom"));
        write(&mut view, "");
        assert_eq!((asked(&view), view.to_address().as_str()), ("", "all=1"));
        write(&mut view, DEFAULT);
        assert_eq!((asked(&view), view.to_address().as_str()), (DEFAULT, ""));
    }

    #[test]
    fn keys_and_values_are_completed_where_the_cursor_is() {
        let check = |query: &str, cursor: usize, span: (usize, usize), prefix: &str, key: Option<&str>| {
            let wanted = Completion { span, prefix: prefix.to_owned(), key: key.map(str::to_owned) };
            assert_eq!(completion(query, cursor), wanted, "{query} at {cursor}");
        };
        check("", 0, (0, 0), "", None);
        check("is:new ", 7, (7, 7), "", None);
        check("is:ne", 5, (3, 5), "ne", Some("is"));
        check("is:ne", 1, (0, 1), "i", None);
        check("!rel", 4, (1, 4), "rel", None);
        check(r#"x release:"sho"#, 14, (10, 14), "sho", Some("release"));
        assert_eq!(key_candidates("firstR", &[])[0].inserted, "firstRelease:");
        assert_eq!(key_candidates("brow", &["browser".to_owned()])[0].inserted, "browser:");
        assert_eq!(value_candidates("is", "reg", &[])[0].inserted, "regressed ");
        assert_eq!(value_candidates("url", "", &["a b".to_owned()])[0].inserted, "\"a b\" ");
    }

    proptest! {
        #[test]
        fn a_value_that_was_toggled_is_there_and_goes_again(value in "\\PC{1,12}", query in "[a-z:\"! ]{0,12}") {
            let query = if query.matches('"').count() % 2 == 0 { query } else { String::new() };
            let there = toggled(&query, "tag-key", &value);
            prop_assert!(has(&there, "tag-key", &value), "{there}");
            let gone = toggled(&there, "tag-key", &value);
            prop_assert!(!has(&gone, "tag-key", &value), "{gone}");
        }

        #[test]
        fn any_query_can_be_completed_anywhere(query in "\\PC{0,20}", at in 0_usize..20) {
            let at = query.char_indices().map(|(at, _)| at).chain([query.len()]).nth(at).unwrap_or(query.len());
            let found = completion(&query, at);
            prop_assert!(query.is_char_boundary(found.span.0) && query.is_char_boundary(found.span.1));
            prop_assert!(found.span.0 <= found.span.1 && found.span.1 <= query.len());
        }
    }
}
