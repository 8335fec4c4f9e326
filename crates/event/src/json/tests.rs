use proptest::prelude::*;

use super::*;

fn check(bytes: &[u8], expected: &str) {
    let value = read(bytes).unwrap_or_else(|error| panic!("{}: {error}", String::from_utf8_lossy(bytes)));
    assert_eq!(serde_json::to_string(&value).expect("a value is JSON"), expected);
}

#[test]
fn nearly_json_is_read() {
    check(br#"{"b":1,"a":[true,null,-1.5]}"#, r#"{"b":1,"a":[true,null,-1.5]}"#);
    check(br#"{"a":NaN,"b":-Infinity,"c":[Infinity,1]}"#, r#"{"a":null,"b":null,"c":[null,1]}"#);
    check(br#"{"a":"NaN","b":"\ud800"}"#, "{\"a\":\"NaN\",\"b\":\"\u{fffd}\"}");
    check(br#""\ud83d\ude00 \udc00\ud83d x""#, "\"😀 \u{fffd}\u{fffd} x\"");
    check(b"\"a\x01b\nc\"", r#""a\u0001b\nc""#);
    check(br#""\u0000 C:\dir \uZZ""#, r#""\u0000 C:\\dir \\uZZ""#);
    check(b"\"caf\xe9\"", "\"caf\u{fffd}\"");
    check(b"\xef\xbb\xbf{}", "{}");
    check(br#"{"n":12345678901234567890}"#, r#"{"n":12345678901234567890}"#);
}

#[test]
fn what_is_no_json_says_where() {
    let check = |text: &str, expected: &str| {
        let error = read(text.as_bytes()).expect_err(text);
        assert_eq!(error.to_string(), expected, "{text}");
    };
    check("", "no JSON: EOF while parsing a value at byte 0");
    check("{\"a\":\n 1", "no JSON: EOF while parsing an object at byte 7");
    check("{} x", "no JSON: trailing characters at byte 3");
    check("hello", "no JSON: expected value at byte 0");
}

#[test]
fn depth_and_number_are_bounded() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let mut value = &read(deep.as_bytes()).expect("deep lists are cut");
    let mut depth = 0;
    while let Value::List(inner) = value {
        depth += 1;
        match inner.first() {
            Some(first) => value = first,
            None => break,
        }
    }
    assert_eq!(depth, DEPTH_MAX);

    let wide = format!("[{}0]", "0,".repeat(500_000));
    let Ok(Value::List(values)) = read(wide.as_bytes()) else { panic!("a list") };
    assert!(values.len() < VALUES_MAX as usize);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn nearly_json_is_no_panic(text in r#"([\[\]{},:"\\a-fINu0-9 -]|\\u|\\ud8|NaN){0,60}"#) {
        let _ = read(text.as_bytes());
    }

    /// Whatever is repaired was not strict JSON before, and a repaired text with a string in it is JSON.
    #[test]
    fn any_text_in_quotes_is_read(inside in "[^\"\\\\]{0,40}") {
        let quoted = format!("\"{inside}\"");
        prop_assert!(read(quoted.as_bytes()).is_ok());
    }
}
