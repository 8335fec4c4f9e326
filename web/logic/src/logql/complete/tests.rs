use api::{FacetValue, FieldName, FieldSource, Names};

use super::*;

/// The cursor stands at `‸`.
fn place(marked: &str) -> (String, usize) {
    (marked.replace('‸', ""), marked.find('‸').expect("the cursor is marked"))
}

fn value(name: &str) -> Wanted {
    Wanted::Value { name: name.to_owned() }
}

#[test]
fn the_place_decides_what_fits() {
    let check = |marked: &str, expected: Option<(Wanted, &str)>| {
        let (text, cursor) = place(marked);
        let found = completion(&text, cursor).map(|found| (found.wanted, found.prefix));
        assert_eq!(found, expected.map(|(wanted, prefix)| (wanted, prefix.to_owned())), "{marked}");
    };
    check("‸", None);
    check("time‸", None);
    check("time out‸", None);
    check("ra‸", None);
    check("rat‸", Some((Wanted::Function, "rat")));
    check("rate limit‸", None);
    check("{\"key\": \"va‸", None);
    check("{‸", Some((Wanted::Label, "")));
    check("{ser‸", Some((Wanted::Label, "ser")));
    check("{ser‸vice=\"web\"}", Some((Wanted::Label, "ser")));
    check("{service=‸", Some((value("service"), "")));
    check("{service=\"we‸", Some((value("service"), "we")));
    check("{service=\"we‸\"}", Some((value("service"), "we")));
    check("{service=~`we‸`}", Some((value("service"), "we")));
    check("{service=\"web\"‸}", None);
    check("{service=\"web\", con‸}", Some((Wanted::Label, "con")));
    check("{service=\"web\"} ‸", None);
    check("{service=\"web\"} |= \"er‸\"", None);
    check("{service=\"web\"} | ‸", Some((Wanted::Stage, "")));
    check("{service=\"web\"} | js‸", Some((Wanted::Stage, "js")));
    check("{service=\"web\"} | json | sta‸", Some((Wanted::Stage, "sta")));
    check("| json | sta‸", Some((Wanted::Stage, "sta")));
    check("| json | status=‸", Some((value("status"), "")));
    check("| json | status!=\"5‸\"", Some((value("status"), "5")));
    check("| json | status>=5‸", None);
    check("| json | status=\"500\" and pa‸", Some((Wanted::Field, "pa")));
    check("| json | status=\"500\" | ‸", Some((Wanted::Stage, "")));
    check("| json | drop a, ‸", Some((Wanted::Field, "")));
    check("| json | unwrap dur‸ [5m]", Some((Wanted::Field, "dur")));
    check("|= \"a\" != \"b\" | lo‸", Some((Wanted::Stage, "lo")));
    check("|= \"a\" # | js‸", None);
    check("sum(‸", Some((Wanted::Function, "")));
    check("sum by (‸", Some((Wanted::Field, "")));
    check("sum by (level, ser‸) (rate({a=\"b\"}[5m]))", Some((Wanted::Field, "ser")));
    check("sum(rate({ser‸", Some((Wanted::Label, "ser")));
    check("sum(rate({a=\"b\"} | json [‸", Some((Wanted::Range, "")));
    check("rate({a=\"b\"}[5m]) / ‸", Some((Wanted::Function, "")));
    check("rate({a=\"b\"}[5m]) / cou‸", Some((Wanted::Function, "cou")));
}

#[test]
fn what_was_chosen_before_narrows_down() {
    let check = |marked: &str, selector: Option<&str>| {
        let (text, cursor) = place(marked);
        assert_eq!(
            completion(&text, cursor).and_then(|found| found.selector).as_deref(),
            selector,
            "{marked}"
        );
    };
    check("{ser‸", None);
    check("{env=\"p\", ser‸", Some("{env=\"p\"}"));
    check("{env=\"p\", service=\"w‸\", x=\"y\"}", Some("{env=\"p\"}"));
    check("{env=\"p\", a=~\"x|y\"} | js‸", Some("{env=\"p\", a=~\"x|y\"}"));
    check("rate({a=\"b\"}[5m]) / rate({c=\"d\"} | ‸", Some("{c=\"d\"}"));
    check("| json | st‸", None);
}

fn names() -> Names {
    let field = |name: &str, from| FieldName { name: name.to_owned(), from };
    Names {
        labels: vec!["service".to_owned(), "container".to_owned()],
        fields: vec![field("status", FieldSource::Json), field("trace", FieldSource::Metadata)],
    }
}

#[test]
fn what_is_chosen_is_put_in_its_place() {
    let check = |marked: &str, chosen: &str, result: &str| {
        let (text, cursor) = place(marked);
        let found = completion(&text, cursor).expect("something fits");
        let values = [FacetValue { value: "web \"one\"".to_owned(), lines: 3 }];
        let offered = candidates(&found, &names(), &values);
        let one = offered.iter().find(|one| one.shown == chosen).unwrap_or_else(|| panic!("{offered:?}"));
        assert_eq!(format!("{}{}‸{}", &text[..found.span.0], one.inserted, &text[found.span.1..]), result);
    };
    check("{ser‸", "service", "{service=‸");
    check("{ser‸=\"web\"}", "service", "{service‸=\"web\"}");
    check("{service=‸}", "web \"one\"", "{service=`web \"one\"`‸}");
    check("{service=\"we‸\"}", "web \"one\"", "{service=`web \"one\"`‸}");
    check("{service=\"we‸} |= \"x\"", "web \"one\"", "{service=`web \"one\"`‸} |= \"x\"");
    check("{a=\"b\"} | sta‸", "status", "{a=\"b\"} | json | status=‸");
    check("{a=\"b\"} | json | sta‸", "status", "{a=\"b\"} | json | status=‸");
    check("| tr‸", "trace", "| trace=‸");
    check("| js‸ | x=\"1\"", "json", "| json‸ | x=\"1\"");
    check("sum by (cont‸)", "container", "sum by (container‸)");
    check("sum(cou‸", "count_over_time", "sum(count_over_time(‸");
}

#[test]
fn the_best_stand_first_and_what_is_whole_needs_no_offer() {
    let offered = |marked: &str| -> Vec<String> {
        let (text, cursor) = place(marked);
        let found = completion(&text, cursor).expect("something fits");
        candidates(&found, &names(), &[]).into_iter().map(|one| one.shown).collect()
    };
    assert_eq!(offered("{S‸"), ["service"]);
    assert_eq!(offered("{er‸"), ["service", "container"]);
    assert_eq!(offered("{con‸"), ["container"]);
    assert_eq!(offered("{container‸"), Vec::<String>::new());
    assert_eq!(offered("| un‸"), ["unpack", "unwrap"]);
    assert_eq!(offered("rate({a=\"b\"}[5‸"), ["5m", "15m"]);
}
