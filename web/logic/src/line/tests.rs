use proptest::prelude::*;

use super::*;

/// Pieces as text: `[classes|text]`, plain text as it is.
fn drawn(pieces: &[Piece]) -> String {
    let draw = |piece: &Piece| match piece.classes().as_str() {
        "" => piece.text.clone(),
        classes => format!("[{classes}|{}]", piece.text),
    };
    pieces.iter().map(draw).collect()
}

#[test]
fn colours_and_marks_cut_a_line() {
    let check = |line: &str, marks: &[(u32, u32)], expected: &str| {
        assert_eq!(drawn(&shown(line, marks, 1000).0), expected, "{line}");
    };
    check("plain", &[], "plain");
    check("one two", &[(4, 7)], "one [mark|two]");
    check("one two", &[(0, 3), (4, 900)], "[mark|one] [mark|two]");
    check("é é", &[(1, 4)], "[mark|é ]é");
    check("\u{1b}[31mred\u{1b}[0m rest", &[], "[ansi-1|red] rest");
    check("\u{1b}[1;32mok\u{1b}[m\u{1b}[2Krest", &[], "[ansi-bold ansi-2|ok]rest");
    check("\u{1b}[31mred\u{1b}[39m", &[(6, 8)], "[ansi-1|r][mark ansi-1|ed]");
    check(
        "\u{1b}[38;5;196mred\u{1b}[38;2;0;255;0mgreen\u{1b}[48;5;1mg",
        &[],
        "[ansi-1|red][ansi-2|green][ansi-2|g]",
    );
    check("\u{1b}]0;title\u{7}text\u{1b}", &[], "text");
    check("\u{1b}[3", &[], "");
    check("a\0b\rc\td\u{202e}e", &[], "a␀b␍c\td\u{fffd}e");
}

#[test]
fn long_lines_are_cut_and_say_by_how_much() {
    let (pieces, left_out) = shown("éééé", &[], 5);
    assert_eq!((drawn(&pieces).as_str(), left_out), ("éé", 4));
}

#[test]
fn a_row_of_json_shows_its_message_first() {
    let check = |line: &str, marks: &[(u32, u32)], expected: &str| {
        assert_eq!(drawn(&summary(line, marks)), expected, "{line}");
    };
    check(
        r#"{"asctime": "2026", "levelname": "ERROR", "message": "no stock", "sku": "A1", "n": 3, "who": {"id": 1}}"#,
        &[],
        r#"no stock[ansi-dim|  sku=][ansi-dim|A1][ansi-dim|  n=][ansi-dim|3][ansi-dim|  who=][ansi-dim|{"id": 1}]"#,
    );
    check(
        r#"{"msg":"no stock","sku":"A 1"}"#,
        &[(11, 16)],
        r#"no [mark|stock][ansi-dim|  sku=][ansi-dim|"A 1"]"#,
    );
    check(r#"{"msg":"no\nstock"}"#, &[(12, 14)], "[mark|no ↵ stock]");
    check(
        r#"{"msg":"failed","exc_info":"Traceback:\n  File x\nKeyError: 'a'\n"}"#,
        &[],
        "failed[ansi-dim|  exc_info=][ansi-dim|… KeyError: 'a']",
    );
    check(r#"{"a":1}"#, &[], r#"{"a":1}"#);
    check(r#"{"msg":"cut"#, &[], r#"{"msg":"cut"#);
}

#[test]
fn json_is_read_with_its_places() {
    let line = r#"{"id": 9007199254740993, "s": "\u00e9\ud83d\ude00\n", "list": [1, {"x": null}], "e": {}, "f": -1.5e3}"#;
    let json = parse_json(line).unwrap();
    let JsonValue::Object(members) = &json.value else { panic!("no object") };
    let texts: Vec<&str> = members.iter().map(|member| &line[member.span.0..member.span.1]).collect();
    assert_eq!(texts[0], r#""id": 9007199254740993"#);
    assert_eq!(members[0].value, JsonValue::Word("9007199254740993".to_owned()));
    assert_eq!(members[1].value, JsonValue::Text("é😀\n".to_owned()));
    assert_eq!(texts[2], r#""list": [1, {"x": null}]"#);
    assert_eq!(members.len(), 5);
    for faulty in [
        "",
        "[1]",
        "{",
        "{\"a\"}",
        "{\"a\":1,}",
        "{\"a\":tru}",
        "{\"a\":01x}",
        "{} x",
        "{a:1}",
        "{\"a\":\"\\x\"}",
    ] {
        assert_eq!(parse_json(faulty), None, "{faulty}");
    }
    assert_eq!(parse_json(&"{\"a\":".repeat(100_000)), None);
    for (word, is_one) in [
        ("0", true),
        ("-1.5E-3", true),
        ("2e+10", true),
        ("1.", false),
        (".5", false),
        ("1e", false),
        ("-", false),
        ("1x", false),
    ] {
        assert_eq!(parse_json(&format!("{{\"a\":{word}}}")).is_some(), is_one, "{word}");
    }
}

#[test]
fn fields_find_lines_like_theirs() {
    let line = r#"level=info status=50 path=/a/ msg="it \"is\" done" "#;
    let found: Vec<_> =
        fields(line).into_iter().map(|field| (field.key, field.value, field.filter.text)).collect();
    let expected = [
        ("level", "info", r"level=info\b"),
        ("status", "50", r"status=50\b"),
        ("path", "/a/", "path=/a/"),
        ("msg", r#"it "is" done"#, r#"msg="it \"is\" done""#),
    ];
    assert_eq!(found.len(), expected.len());
    for ((key, value, text), wanted) in found.iter().zip(expected) {
        assert_eq!((key.as_str(), value.as_str(), text.as_str()), wanted);
    }
    for prose in ["", "a=b", "the answer x=42 was found by y=7 people", "=", "a b c"] {
        assert_eq!(fields(prose), vec![], "{prose}");
    }
    let line = r#"{"status": 50, "name": "x", "list": []}"#;
    let JsonValue::Object(members) = parse_json(line).unwrap().value else { panic!("no object") };
    let filters: Vec<_> =
        members.iter().map(|member| member.filter(line).map(|filter| filter.text)).collect();
    assert_eq!(filters, [Some(r#""status": 50\b"#.to_owned()), Some(r#""name": "x""#.to_owned()), None]);
}

#[test]
fn the_lines_of_a_page_are_in_order() {
    let row = |id: &str, stream| api::LogRow {
        id: id.to_owned(),
        time: time_of_id(id).unwrap(),
        stream,
        level: 3,
        line: String::new(),
        marks: Vec::new(),
        metadata: BTreeMap::new(),
        fields: BTreeMap::new(),
        context: false,
    };
    let web = StreamLabels::from([("service_name".to_owned(), "web".to_owned())]);
    let rows = vec![row("3.a.0", 0), row("2.b.0", 0), row("2.a.10", 0), row("2.a.9", 0), row("1.a.0", 7)];
    let lines = Line::of_page(LogPage { streams: vec![web], rows, ..LogPage::default() });
    let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
    assert_eq!(ids, ["2.a.9", "2.a.10", "2.b.0", "3.a.0"]);
    assert_eq!((lines[0].service(), lines[0].label("container")), ("web", ""));
}

#[test]
fn rows_know_how_wide_they_are() {
    let check = |text: &str, wide: &[u32]| assert_eq!(&*pieces::widths(&summary(text, &[])), wide, "{text}");
    check("", &[0]);
    check("plain", &[5]);
    check("\u{1b}[31mred\u{1b}[0m", &[3]);
    check("é\t", &[6]);
    check("one\n\nthree\n", &[3, 0, 5, 0]);
    check(r#"{"time": 1, "msg": "a\nb", "n": 5}"#, &[11]);
    check(&"x".repeat(1_000_000), &[4_000]);
}

#[test]
fn ids_tell_the_time() {
    assert_eq!(time_of_id("1763424000000000001.00ff.0"), Some(1_763_424_000_000_000_001));
    assert_eq!(time_of_id("x"), None);
}

#[test]
fn a_trace_is_found_where_it_is_told() {
    const ID: &str = "9f2b6c1e0d3a4b5c8e7f60718293a4b5";
    let check = |text: &str, wanted: Option<&str>| assert_eq!(super::trace_id(text), wanted, "{text}");
    check(&format!("paid trace={ID}"), Some(ID));
    check(&format!("{{\"a\":1,\"traceId\": \"{ID}\"}}"), Some(ID));
    check(&format!("Traceparent: 00-{ID}-0d3a4b5c8e7f6071-01"), Some(ID));
    check(&format!("race, trace and Trace {ID}"), Some(ID));
    check(&format!("md5 {ID}"), None);
    check(&format!("trace of the request with the sum {ID}"), None);
    check(&format!("trace {ID}0"), None);
    check("trace \u{e9}", None);
}

proptest! {
    #[test]
    fn pieces_hold_the_whole_line(line in "[a-zé 😀]{0,20}", marks in prop::collection::vec((0_u32..30, 0_u32..30), 0..4)) {
        let (pieces, left_out) = shown(&line, &marks, 1000);
        let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        prop_assert_eq!((text, left_out), (line, 0));
    }

    #[test]
    fn no_line_panics(line in any::<String>(), marks in prop::collection::vec((0_u32..30, 0_u32..30), 0..4), cut in 0_usize..40) {
        let _ = (shown(&line, &marks, cut), summary(&line, &marks), fields(&line), plain(&line));
    }

    #[test]
    fn nothing_like_json_panics(line in r#"\{("[a\\"u0d]{0,6}"|[:,0-9.\[\]{}]|null|\\u|é){0,20}"#) {
        let _ = (parse_json(&line), summary(&line, &[(2, 5)]));
    }

    #[test]
    fn nothing_like_an_escape_panics(line in "(\u{1b}|\\[|[0-9;m]|38;5;|48;2;|\\]|é|\u{7}){0,20}") {
        let _ = shown(&line, &[], 400);
    }

    #[test]
    fn what_was_written_as_json_is_read(values in prop::collection::btree_map("[a-z]{1,4}", any::<String>(), 0..5)) {
        let line = serde_json::to_string(&values).unwrap();
        let JsonValue::Object(members) = parse_json(&line).unwrap().value else { panic!("no object") };
        let read: BTreeMap<_, _> = members.into_iter().map(|member| (member.key, member.value)).collect();
        let wanted: BTreeMap<_, _> = values.into_iter().map(|(key, value)| (key, JsonValue::Text(value))).collect();
        prop_assert_eq!(read, wanted);
    }
}
