use std::collections::BTreeMap;

use api::{LogPage, LogRow, StreamLabels};
use proptest::prelude::*;

use super::*;

fn line(text: &str) -> Line {
    let stream = StreamLabels::from([("service".to_owned(), "web".to_owned())]);
    let row = LogRow {
        id: "1.a.0".to_owned(),
        time: 1,
        stream: 0,
        level: 5,
        line: text.to_owned(),
        marks: Vec::new(),
        metadata: BTreeMap::from([("trace".to_owned(), "t1".to_owned())]),
        fields: BTreeMap::from([("made".to_owned(), "up".to_owned())]),
        context: false,
    };
    let page = LogPage { streams: vec![stream], rows: vec![row], ..LogPage::default() };
    Line::clone(&Line::of_page(page)[0])
}

#[test]
fn cells_hold_what_the_line_has() {
    let check = |text: &str, names: &str, expected: &[&str]| {
        assert_eq!(cells(&line(text), &Columns::from_text(names)), expected, "{text}");
    };
    let json =
        r#"{"status":500,"user":{"id":7,"first name":"Ada"},"user_agent":"curl","ok":true,"tags":[1]}"#;
    check(json, "status,user_id,user_first_name", &["500", "7", "Ada"]);
    check(json, "user_agent,ok,tags,user,nothing", &["curl", "true", "", "", ""]);
    check(json, "service,trace,made,detected_level,level", &["web", "t1", "up", "error", "error"]);
    check(
        "level=warn msg=\"two words\" http.status=200",
        "msg,http_status,level",
        &["two words", "200", "warn"],
    );
    check("plain prose", "msg,service", &["", "web"]);
    check(r#"{"level":"WARN"}"#, "level", &["WARN"]);
}

#[test]
fn columns_are_chosen_moved_and_resized() {
    let mut columns = Columns::default();
    ["a", "b", "c", "a", ""].iter().for_each(|name| columns.toggle(name));
    assert_eq!(columns.to_text(), "b,c");
    columns.toggle("a");
    columns.shift("a", false);
    columns.shift("b", false);
    columns.shift("c", true);
    assert_eq!(columns.to_text(), "b,a,c");
    columns.resize("a", 220.4);
    columns.resize("b", 1.0);
    columns.resize("c", f64::from(WIDTH));
    assert_eq!(columns.to_text(), "b:48,a:220,c");
    (0..30).for_each(|number| columns.toggle(&number.to_string()));
    assert_eq!(columns.all().len(), COLUMNS_MAX);
}

#[test]
fn odd_texts_are_read_as_far_as_they_go() {
    let check =
        |text: &str, expected: &str| assert_eq!(Columns::from_text(text).to_text(), expected, "{text}");
    check("", "");
    check(",,a,", "a");
    check("a:x,b:99999,c:70000", "a,b,c");
    check("a:,a:90,a:300", "a");
    check(r"a\,b:90,\", r"a\,b:90");
}

#[test]
fn keys_are_named_as_logql_names_them() {
    let check = |key: &str, name: &str| assert_eq!(sanitised(key), name);
    check("http.status", "http_status");
    check("2xx", "_2xx");
    check(" é ", "_");
}

proptest! {
    #[test]
    fn every_choice_survives_its_text(columns in prop::collection::vec(("[a-c:,\\\\]{1,4}", 40_u16..1_000), 0..6)) {
        let mut chosen = Columns::default();
        for (name, width) in columns {
            if !chosen.contains(&name) {
                chosen.toggle(&name);
                chosen.resize(&name, f64::from(width));
            }
        }
        prop_assert_eq!(Columns::from_text(&chosen.to_text()), chosen);
    }
}
