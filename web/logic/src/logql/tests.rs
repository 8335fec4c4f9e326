use proptest::prelude::*;

use super::*;

fn view(address: &str) -> ViewState {
    ViewState::from_address(address)
}

#[test]
fn what_is_chosen_and_typed_becomes_logql() {
    let check =
        |address: &str, query: &str| assert_eq!(compose(&view(address), None).query, query, "{address}");
    check("", r#"{service_name=~".+"}"#);
    check("svc=web", r#"{service="web"}"#);
    check("svc=web,worker", r#"{service=~"web|worker"}"#);
    check("svc=web,a.b", r"{service=~`a\.b|web`}");
    check("svc=!nginx", r#"{service_name=~".+", service!="nginx"}"#);
    check(
        "svc=web,!nginx,!db&ctr=shop-web-1",
        r#"{service="web", service!~"db|nginx", container="shop-web-1"}"#,
    );
    check("env=production&svc=!nginx", r#"{environment="production", service!="nginx"}"#);
    check("q=+timed+out+", r#"{service_name=~".+"} |= "timed out""#);
    check("q=say+%22hi%22", r#"{service_name=~".+"} |= `say "hi"`"#);
    check("q=a%60%22%5C%0A%01", r#"{service_name=~".+"} |= "a`\"\\\n\u0001""#);
    check("q=%7B%22status%22", r#"{service_name=~".+"} |= `{"status"`"#);
    check("svc=web&q=%7C%3D+%22a%22+!%3D+%22b%22", r#"{service="web"} |= "a" != "b""#);
    check("svc=web&q=%7C+json", r#"{service="web"} | json"#);
    check("svc=web&q=%7C+a", r#"{service="web"} | a"#);
    check("svc=web&q=%7C%7C", r#"{service="web"} |= "||""#);
    check("svc=web&env=x&q=%7Bapp%3D%22y%22%7D", r#"{app="y"}"#);
}

#[test]
fn counts_are_not_narrowed_by_their_own_choice() {
    let view = view("svc=web&ctr=web-1&lvl=error&q=x");
    let check = |omit, query: &str, levels: &str| {
        let asked = compose(&view, omit);
        assert_eq!((asked.query.as_str(), asked.levels.as_str()), (query, levels));
    };
    check(None, r#"{service="web", container="web-1"} |= "x""#, "error");
    check(Some(Dimension::Level), r#"{service="web", container="web-1"} |= "x""#, "");
    check(Some(Dimension::Container), r#"{service="web"} |= "x""#, "error");
    check(Some(Dimension::Service), r#"{service_name=~".+"} |= "x""#, "error");
}

#[test]
fn a_fault_is_shown_where_it_was_typed() {
    let check = |query: &str, place: (u32, u32), shown: Option<&str>| {
        let view =
            ViewState { query: query.to_owned(), services: Choice::only("web"), ..ViewState::default() };
        let found = compose(&view, None).in_box(query, place).map(|(start, end)| &query[start..end]);
        assert_eq!(found, shown, "{query}");
    };
    check(r#"{a="b"} |= x"#, (11, 12), Some("x"));
    check(r#"  {a="b"} |= x"#, (11, 12), Some("x"));
    check(r#"|= "a" |= x"#, (26, 27), Some("x"));
    check(r#"|= "a" |= x"#, (3, 5), None);
    check(r#"{a="é"} |= x"#, (5, 6), Some("é"));
    check(r#"{a="b"}"#, (7, 70), Some(""));
    check("plain text", (3, 5), None);
}

#[test]
fn filters_are_added_to_what_was_typed() {
    let text = LineFilter { text: "x".to_owned(), is_regex: false };
    let regex = LineFilter { text: r"status=5\b".to_owned(), is_regex: true };
    let check = |query: &str, filter: &LineFilter, exclude: bool, result: &str| {
        let view = ViewState { query: query.to_owned(), ..ViewState::default() };
        assert_eq!(with_filter(&view, filter, exclude).query, result);
    };
    check("", &text, false, r#"|= "x""#);
    check("", &regex, true, r"!~ `status=5\b`");
    check("needle", &text, true, r#"|= "needle" != "x""#);
    check(r#"|= "a""#, &regex, false, r#"|= "a" |~ `status=5\b`"#);
    check(r#"{a="b"}"#, &text, false, r#"{a="b"} |= "x""#);
}

#[test]
fn labels_are_added_to_choices_or_to_the_selector() {
    let check = |address: &str, (name, value): (&str, &str), exclude: bool, query: &str| {
        assert_eq!(
            compose(&with_label(&view(address), name, value, exclude), None).query,
            query,
            "{address} {name}"
        );
    };
    check("svc=web", ("service", "db"), false, r#"{service="db"}"#);
    check("svc=web,db", ("service", "db"), true, r#"{service="web", service!="db"}"#);
    check("", ("container", "db-1"), false, r#"{container="db-1"}"#);
    check("", ("environment", "staging"), false, r#"{environment="staging"}"#);
    check("svc=web&q=x", ("stream", "stderr"), false, r#"{service="web", stream="stderr"} |= "x""#);
    check("q=%7B%7D", ("stream", "stderr"), true, r#"{stream!="stderr"}"#);
    check("q=%7Ba%3D%22%7D%5C%22%22,+%7D+%7C%3D+%22%7D%22", ("b", "c"), false, r#"{a="}\"", b="c"} |= "}""#);
    check("q=%7Ba%3D%60%7D%5C%60%7D", ("b", "c"), false, r#"{a=`}\`, b="c"}"#);
    check("q=%7Ba", ("b", "c"), false, "{a");
}

/// Reads a string as LogQL does.
fn unquote(text: &str) -> String {
    if let Some(raw) = text.strip_prefix('`') {
        return raw.strip_suffix('`').unwrap().to_owned();
    }
    let mut inside = text.strip_prefix('"').unwrap().strip_suffix('"').unwrap().chars();
    let mut value = String::new();
    while let Some(character) = inside.next() {
        if character != '\\' {
            assert!(character != '"');
            value.push(character);
            continue;
        }
        value.push(match inside.next().unwrap() {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let code: String = inside.by_ref().take(4).collect();
                char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap()
            }
            same => same,
        });
    }
    value
}

proptest! {
    #[test]
    fn every_text_survives_its_quotes(text in any::<String>()) {
        prop_assert_eq!(unquote(&quote(&text)), text);
    }

    #[test]
    fn places_stay_within_the_box(query in "\\{a\\PC{0,12}", start in 0_u32..40, length in 0_u32..40) {
        let view = ViewState { query: query.clone(), ..ViewState::default() };
        if let Some((start, end)) = compose(&view, None).in_box(&query, (start, start + length)) {
            prop_assert!(query.get(start..end).is_some());
        }
    }

    #[test]
    fn a_matcher_more_keeps_the_rest(value in any::<String>(), rest in "[a-z ]{0,8}") {
        let query = format!("{{a={}}}{rest}", quote(&value));
        let more = with_matcher(&query, "b", "c", false);
        prop_assert_eq!(more, format!("{{a={}, b=\"c\"}}{rest}", quote(&value)));
    }
}
