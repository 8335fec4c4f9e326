use proptest::prelude::*;

use super::*;

#[test]
fn texts_with_and_without_escapes() {
    let check = |text: &str, expected: Result<&str, Unreadable>| {
        assert_eq!(read(text), expected.map(str::to_owned), "{text}");
    };
    check(r#""a\"b\\c\n\t""#, Ok("a\"b\\c\n\t"));
    check(r#""\u00e9\U0001F600\xc3\xa9\101""#, Ok("é😀éA"));
    check(r"`\w+`", Ok(r"\w+"));
    check(r#"'a"b\'c'"#, Ok("a\"b'c"));
    check(r#""\w""#, Err(Unreadable::Escape));
    check(r#""\xff""#, Err(Unreadable::Encoding));
    check(r#""\777""#, Err(Unreadable::Escape));
    assert_eq!(length(r#""a\"b" rest"#), Ok(6));
    assert_eq!(length("\"a\nb\""), Err(Unreadable::Open));
    assert_eq!(length("`a"), Err(Unreadable::Open));
    assert_eq!(write(r"\d+"), r#""\\d+""#);
    assert_eq!(write("a`\\\u{1b}\u{7}é"), r#""a`\\\x1b\aé""#);
    assert_eq!(write_plainly(r"\d+"), r"`\d+`");
    assert_eq!(write_plainly("a`"), "\"a`\"");
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(text in any::<String>()) {
        for quoted in [write(&text), write_plainly(&text)] {
            prop_assert_eq!(length(&quoted), Ok(quoted.len()));
            prop_assert_eq!(read(&quoted), Ok(text.clone()));
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = (length(&text), read(&text));
    }
}
