use proptest::prelude::*;

use super::*;

fn typed(query: &str) -> ViewState {
    ViewState { query: query.to_owned(), ..ViewState::default() }
}

#[test]
fn line_filters_are_added_turned_round_and_taken_back() {
    let text = LineFilter { text: "x".to_owned(), is_regex: false };
    let regex = LineFilter { text: r"status=5\b".to_owned(), is_regex: true };
    let check = |query: &str, filter: &LineFilter, exclude: bool, result: &str| {
        assert_eq!(with_filter(&typed(query), filter, exclude).query, result, "{query}");
    };
    check("", &text, false, r#"|= "x""#);
    check("", &regex, true, r"!~ `status=5\b`");
    check("needle", &text, true, r#"|= "needle" != "x""#);
    check(r#"|= "a""#, &regex, false, r#"|= "a" |~ `status=5\b`"#);
    check(r#"{a="b"}"#, &text, false, r#"{a="b"} |= "x""#);
    check(r#"{a="b"} |= "x" |= "y""#, &text, false, r#"{a="b"} |= "y""#);
    check(r#"{a="b"} |= `x` |= "y""#, &text, true, r#"{a="b"} != `x` |= "y""#);
    check(r#"|= "x""#, &text, false, "");
    check(r#"|~ "x""#, &text, false, r#"|~ "x" |= "x""#);
}

#[test]
fn patterns_are_line_filters_too() {
    let check = |query: &str, exclude: bool, result: &str| {
        assert_eq!(with_pattern(&typed(query), r#"GET "<_>" <_>"#, exclude).query, result, "{query}");
    };
    check("", false, r#"|> `GET "<_>" <_>`"#);
    check("{a=\"b\"}", true, r#"{a="b"} !> `GET "<_>" <_>`"#);
    check(r#"|> `GET "<_>" <_>`"#, true, r#"!> `GET "<_>" <_>`"#);
}

#[test]
fn fields_bring_their_parser() {
    let check = |query: &str, name: &str, from: FieldSource, exclude: bool, result: &str| {
        let filter = FieldFilter { name: name.to_owned(), from, value: "500".to_owned() };
        let view = with_field(&typed(query), &filter, exclude);
        assert_eq!(view.query, result, "{query}");
    };
    use FieldSource::{Json, Label, Logfmt, Metadata};
    check("", "status", Json, false, r#"| json | status="500""#);
    check("", "status", Logfmt, true, r#"| logfmt | status!="500""#);
    check("", "trace", Metadata, false, r#"| trace="500""#);
    check("| json", "status", Json, false, r#"| json | status="500""#);
    check(r#"| json | status="500""#, "status", Json, false, "| json");
    check(r#"| json | status="500""#, "status", Json, true, r#"| json | status!="500""#);
    check(r#"| json | status="404""#, "status", Json, false, r#"| json | status="404" | status="500""#);
    check(
        r#"| json | user!="a" != "b""#,
        "status",
        Json,
        true,
        r#"| json | user!="a" != "b" | status!="500""#,
    );
    check("time out", "status", Json, false, r#"|= "time out" | json | status="500""#);
    check(
        r#"{a="b"} | json | context 5"#,
        "status",
        Json,
        false,
        r#"{a="b"} | json | status="500" | context 5"#,
    );
    check(r#"{a="b"}"#, "stream", Label, true, r#"{a="b", stream!="500"}"#);
    check(
        r#"sum by (x) (rate({a="b"} | json [5m]))"#,
        "status",
        Json,
        false,
        r#"sum by (x) (rate({a="b"} | json | status="500" [5m]))"#,
    );
    check(
        r#"rate({a="b"}[5m]) / rate({a="c"} | json | unwrap x [5m])"#,
        "status",
        Json,
        false,
        r#"rate({a="b"} | json | status="500"[5m]) / rate({a="c"} | json | status="500" | unwrap x [5m])"#,
    );
    check(
        r#"{a="b"} | (x="1" or y="2") |= "[" # end"#,
        "s",
        Metadata,
        false,
        r#"{a="b"} | (x="1" or y="2") |= "[" | s="500" # end"#,
    );
}

#[test]
fn it_is_known_what_is_asked_for() {
    let check = |address: &str, name: &str, from: FieldSource, expected: Option<bool>| {
        let filter = FieldFilter { name: name.to_owned(), from, value: "500".to_owned() };
        assert_eq!(field_state(&ViewState::from_address(address), &filter), expected, "{address}");
    };
    use FieldSource::{Json, Label};
    check("q=%7C+json+%7C+status%3D%22500%22", "status", Json, Some(false));
    check("q=%7C+json+%7C+status!%3D%60500%60", "status", Json, Some(true));
    check("q=%7C+json+%7C+status%3D%22404%22", "status", Json, None);
    check("q=500", "status", Json, None);
    check("svc=500", "service", Label, Some(false));
    check("svc=!500", "service", Label, Some(true));
    check("q=%7Bservice!%3D%22500%22,+a%3D%22b%22%7D", "service", Label, Some(true));
}

#[test]
fn labels_are_added_to_choices_or_to_the_selector() {
    let check = |address: &str, (name, value): (&str, &str), exclude: bool, query: &str| {
        let view = with_label(&ViewState::from_address(address), name, value, exclude);
        assert_eq!(compose(&view, None).query, query, "{address} {name}");
    };
    check("svc=web", ("service", "db"), false, r#"{service="db"}"#);
    check("svc=web", ("service", "web"), false, r#"{service_name=~".+"}"#);
    check("svc=web,db", ("service", "db"), true, r#"{service="web", service!="db"}"#);
    check("", ("container", "db-1"), false, r#"{container="db-1"}"#);
    check("", ("environment", "staging"), false, r#"{environment="staging"}"#);
    check("svc=web&q=x", ("stream", "stderr"), false, r#"{service="web", stream="stderr"} |= "x""#);
    check("q=%7B%7D", ("stream", "stderr"), true, r#"{stream!="stderr"}"#);
    check("q=%7Ba%3D%22%7D%5C%22%22,+%7D+%7C%3D+%22%7D%22", ("b", "c"), false, r#"{a="}\"", b="c"} |= "}""#);
    check("q=%7Ba%3D%60%7D%5C%60%7D", ("b", "c"), false, r#"{a=`}\`, b="c"}"#);
    check("q=%7Ba", ("b", "c"), false, "{a");
}

#[test]
fn matchers_are_turned_round_and_taken_back() {
    let check = |query: &str, exclude: bool, result: &str| {
        assert_eq!(with_matcher(query, "b", "c", exclude), result, "{query}");
    };
    check(r#"{b="c"}"#, true, r#"{b!="c"}"#);
    check(r#"{b="c"}"#, false, "{}");
    check(r#"{b="c", a="x"} |= "y""#, false, r#"{a="x"} |= "y""#);
    check(r#"{a="x", b="c"}"#, false, r#"{a="x"}"#);
    check(r#"{a="x", b="c", d="e"}"#, false, r#"{a="x", d="e"}"#);
    check(
        r#"rate({a="x"}[5m]) / rate({a="y"}[5m])"#,
        false,
        r#"rate({a="x", b="c"}[5m]) / rate({a="y", b="c"}[5m])"#,
    );
}

proptest! {
    #[test]
    fn a_matcher_more_keeps_the_rest(value in any::<String>(), rest in "[a-z ]{0,8}") {
        let query = format!("{{a={}}}{rest}", quote(&value));
        let more = with_matcher(&query, "b", "c", false);
        prop_assert_eq!(&more, &format!("{{a={}, b=\"c\"}}{rest}", quote(&value)));
        prop_assert_eq!(with_matcher(&more, "b", "c", false), query);
    }

    #[test]
    fn a_second_click_takes_the_first_one_back(value in any::<String>(), exclude in any::<bool>()) {
        let filter = FieldFilter { name: "f".to_owned(), from: FieldSource::Metadata, value };
        let view = typed(r#"{a="b"} |= "x""#);
        let once = with_field(&view, &filter, exclude);
        prop_assert_eq!(field_state(&once, &filter), Some(exclude));
        prop_assert_eq!(with_field(&once, &filter, exclude), view);
    }
}
