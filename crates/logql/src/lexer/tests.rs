//! Queries and their lexemes.

use proptest::prelude::*;

use super::*;

/// Shows lexemes as `kind:text`, one after the other.
fn check(query: &str, expected: &str) {
    let shown: Vec<String> = lex(query)
        .iter()
        .map(|lexeme| {
            let text = &query[lexeme.span.range()];
            match &lexeme.token {
                Token::Word => text.to_owned(),
                Token::Symbol(symbol) => symbol.text().to_owned(),
                Token::Text(text) => format!("text:{text}"),
                Token::Number(number) => format!("number:{number}"),
                Token::Duration(nanos) => format!("nanos:{nanos}"),
                Token::Bytes(bytes) => format!("bytes:{bytes}"),
                Token::Range(range) => format!("range:{range:?}"),
                Token::Flag(flag) => flag.text().to_owned(),
                Token::Fault(why) => format!("fault:{why}@{}..{}", lexeme.span.start, lexeme.span.end),
                Token::End => "end".to_owned(),
            }
        })
        .collect();
    assert_eq!(shown.join(" "), expected, "{query}");
}

#[test]
fn tokens_are_as_long_as_they_can_be() {
    check(r#"{a="b", c=~`d`}"#, "{ a = text:b , c =~ text:d } end");
    check(r#"|= |~ |> | != !~ !>"#, "|= |~ |> | != !~ !> end");
    check("a>=-1", "a >= - number:1 end");
    check("a<=-1h", "a <= nanos:-3600000000000 end");
    check("1m 20MB 1kb 1e3 .5", "nanos:60000000000 bytes:20000000 bytes:1000 b number:1000 number:0.5 end");
    check("2w3y", "number:2 w3y end");
    check("[5m] [ 0s ]", "range:300s range:0ns end");
    check("logfmt --strict --keep-empty", "logfmt --strict --keep-empty end");
    check("--strictly", "- - strictly end");
    check("1--1", "number:1 - - number:1 end");
    check("# a comment\n1 # another", "number:1 end");
    check("", "end");
}

#[test]
fn what_is_no_token_says_so() {
    check(
        "[1.5h]",
        "fault:not a valid duration string: \"1.5h\"; write whole numbers with units, such as [5m] or [1h30m]@0..6",
    );
    check("a [5m", "a fault:missing closing ']' in duration@2..5");
    check("|= \"line", "|= fault:literal not terminated: the closing quote is missing@3..8");
    check("a ? b", "a fault:unexpected character '?'@2..3");
    check("'a'", "fault:write texts in double quotes or in `backticks`@0..1");
    check("1e999", "fault:this number is too large@0..5");
}

proptest! {
    #[test]
    fn spans_are_in_order_and_nothing_panics(query in any::<String>()) {
        let lexemes = lex(&query);
        for pair in lexemes.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start);
        }
        prop_assert!(lexemes.iter().all(|lexeme| query.get(lexeme.span.range()).is_some()));
    }
}
