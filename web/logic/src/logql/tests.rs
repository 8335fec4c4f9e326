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
fn queries_for_numbers_are_told_from_texts() {
    let check = |text: &str, expected: bool| {
        let whole = matches!(Typed::of(text), Typed::Whole(_));
        let view = ViewState { query: text.to_owned(), ..ViewState::default() };
        assert_eq!((whole, compose(&view, None).is_numbers), (expected, expected), "{text}");
    };
    check(r#"rate({a="b"}[5m])"#, true);
    check(r#"sum by (level) (count_over_time({a="b"} | json [1m]))"#, true);
    check(r#" (sum(rate({a="b"}[5m])) / 2)"#, true);
    check(r#"100 * sum(rate({a="b"}[5m]))"#, true);
    check("vector(1)", true);
    check("rate (high)", false);
    check("sum of rate({x})", false);
    check("count by {id}", false);
    check("rate limit reached {user}", false);
    check("GET /rate", false);
    check("3 min(s) left {a}", false);
}

proptest! {
    #[test]
    fn every_text_survives_its_quotes(text in any::<String>()) {
        prop_assert_eq!(crate::syntax::unquote(&quote(&text)), text);
    }

    #[test]
    fn no_text_panics(text in "[{}|=!~\"`(\\[\\]) a-c5\\\\é#\n,]{0,24}", cursor in 0_usize..30) {
        let view = ViewState { query: text.clone(), ..ViewState::default() };
        let _ = compose(&with_label(&view, "a", "b", false), None);
        let filter = FieldFilter { name: "a".to_owned(), from: api::FieldSource::Json, value: "b".to_owned() };
        let _ = with_field(&view, &filter, true);
        if let Some(found) = completion(&text, cursor) {
            prop_assert!(text.get(found.span.0..found.span.1).is_some());
        }
    }

    #[test]
    fn places_stay_within_the_box(query in "\\{a\\PC{0,12}", start in 0_u32..40, length in 0_u32..40) {
        let view = ViewState { query: query.clone(), ..ViewState::default() };
        if let Some((start, end)) = compose(&view, None).in_box(&query, (start, start + length)) {
            prop_assert!(query.get(start..end).is_some());
        }
    }
}
