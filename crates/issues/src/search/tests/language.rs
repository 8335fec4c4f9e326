use proptest::prelude::*;

use crate::search::{event_id, parse};

/// `query => how it is understood`, or `query =! line:column: what is wrong; what to write instead`, one a line.
const TABLE: &str = include_str!("../../../testdata/queries.txt");

#[test]
fn queries_are_understood_or_told_what_is_wrong() {
    let mut checked = 0;
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (query, expected, is_fault) = match (line.split_once(" => "), line.split_once(" =! ")) {
            (Some((query, expected)), None) => (query, expected, false),
            (None, Some((query, expected))) => (query, expected, true),
            _ => panic!("neither ` => ` nor ` =! ` in: {line}"),
        };
        let query = query.replace("␠", " ");
        let found = match parse(&query) {
            Ok(understood) => (understood.to_string(), false),
            Err(fault) => (fault.to_string(), true),
        };
        assert_eq!(found, (expected.to_owned(), is_fault), "{line}");
        checked += 1;
    }
    assert!(checked > 60, "only {checked} lines");
}

#[test]
fn too_much_is_refused() {
    let check = |query: String, expected: &str| {
        assert_eq!(parse(&query).expect_err("too much").to_string(), expected);
    };
    check("a ".repeat(3000), "1:1: the query is longer than 4096 bytes; ask for less at once");
    check("a ".repeat(51), "1:101: there are more than 50 conditions; leave out what does not matter");
    let values = vec!["x"; 51].join(",");
    check(
        format!("tag:[{values}]"),
        "1:106: the list has more than 50 values; write a pattern with `*`, or a shorter list",
    );
}

#[test]
fn an_event_is_named_by_its_id() {
    let id = "0123456789abcdef0123456789abcdef";
    for query in [id, " 0123456789ABCDEF0123456789ABCDEF ", "01234567-89ab-cdef-0123-456789abcdef"] {
        assert_eq!(event_id(query).as_deref(), Some(id), "{query}");
    }
    for query in ["", "0123", "is:unresolved", "0123456789abcdef0123456789abcdeg", &format!("{id} x")] {
        assert_eq!(event_id(query), None, "{query}");
    }
}

/// Texts that are likely to mean something.
fn query() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "is:",
        "unresolved",
        "!",
        "tag:",
        "\"",
        "\\",
        "*",
        "[",
        "]",
        ",",
        " ",
        ":",
        "timesSeen:",
        ">",
        "=",
        "10",
        "firstSeen:",
        "-24h",
        "+2w",
        "2026-11-22",
        "T14:00",
        "release:",
        "latest",
        "has:",
        "user.email:",
        "a@b.c",
        "http://x/y",
        "Foo::bar",
        "ü",
        "\n",
        "assigned:",
        "me",
        "none",
        "level:",
        "error",
        "OR",
        "x",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_panics_and_faults_have_their_place(text in "\\PC{0,60}|[ -~]{0,60}") {
        if let Err(fault) = parse(&text) {
            prop_assert!(text.get(fault.span.range()).is_some(), "{fault:?}");
        }
    }

    #[test]
    fn what_is_understood_is_understood_again(text in query()) {
        match parse(&text) {
            Ok(query) => {
                let written = query.to_string();
                prop_assert_eq!(parse(&written).map_err(|fault| fault.to_string()), Ok(query), "{}", written);
            }
            Err(fault) => prop_assert!(text.get(fault.span.range()).is_some(), "{:?}", fault),
        }
    }
}
