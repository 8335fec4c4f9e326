use api::MetricName;

use super::*;

/// Splits at `|`, the cursor.
fn at_cursor(marked: &str) -> Option<Completion> {
    let cursor = marked.find('|').expect("a cursor");
    completion(&marked.replacen('|', "", 1), cursor)
}

#[test]
fn each_place_wants_its_own() {
    let check = |marked: &str, wanted: Wanted, prefix: &str, selector: &str| {
        let found = at_cursor(marked).unwrap_or_else(|| panic!("nothing for {marked}"));
        assert_eq!(
            (&found.wanted, found.prefix.as_str(), found.selector.as_str()),
            (&wanted, prefix, selector),
            "{marked}"
        );
    };
    let value = |name: &str| Wanted::Value { name: name.to_owned() };
    check("|", Wanted::Metric, "", "");
    check("ra|", Wanted::Metric, "ra", "ra");
    check("sum(ht|", Wanted::Metric, "ht", "ht");
    check("sum(rate(http_total{|", Wanted::Label, "", "http_total");
    check("http_total{job=\"a b\", me|}", Wanted::Label, "me", "http_total{job=\"a b\"}");
    check("http_total{job=\"we|\"}", value("job"), "we", "http_total");
    check("{job='we|'}", value("job"), "we", "");
    check("{__name__=~\"x\", job!~|", value("job"), "", "{__name__=~\"x\"}");
    check("rate(x[|", Wanted::Range, "", "x");
    check("rate(x[5|])", Wanted::Range, "5", "x");
    check("sum by (|) (rate(http_total[5m]))", Wanted::Grouping, "", "http_total");
    check("sum by (job, le|) (up)", Wanted::Grouping, "le", "up");
    check("sum(up) b|", Wanted::Operator, "b", "up");
    check("up off|", Wanted::Operator, "off", "up");
    check("a + b:c|", Wanted::Metric, "b:c", "a");
    check("up and |", Wanted::Metric, "", "up");
}

#[test]
fn some_places_want_nothing() {
    for marked in ["up |", "sum(up)|", "1|", "\"te|xt\"", "up{job=\"x\" |"] {
        assert_eq!(at_cursor(marked), None, "{marked}");
    }
    assert_eq!(completion("é", 1), None);
}

#[test]
fn what_is_chosen_fits_what_stands_around_it() {
    let names = [MetricName {
        name: "rate_limit".to_owned(),
        kind: "gauge".to_owned(),
        help: "How many.".to_owned(),
        unit: String::new(),
    }];
    let texts = ["job".to_owned(), "jo\"b".to_owned()];
    let check = |marked: &str, known: Known<'_>, expected: &[&str]| {
        let place = at_cursor(marked).expect("a place");
        let found = candidates(&place, known);
        let inserted: Vec<&str> = found.iter().map(|candidate| candidate.inserted.as_str()).collect();
        assert_eq!(inserted, expected, "{marked}");
    };
    check("rate|", Known::Metrics(&names), &["rate_limit", "rate(", "irate("]);
    check("irat|(x)", Known::Nothing, &["irate"]);
    check("x{jo|", Known::Texts(&texts), &["job=", "jo\"b="]);
    check("x{jo|=\"\"}", Known::Texts(&texts[..1]), &["job"]);
    check("x{a=\"jo|", Known::Texts(&texts), &["\"job\"", "`jo\"b`"]);
    check("sum by (jo|", Known::Texts(&texts[..1]), &["job"]);
    check("sum(x) with|", Known::Nothing, &["without ("]);
    check("x[1|", Known::Nothing, &["1m", "15m", "1h", "1d"][..]);
    let place = at_cursor("rate_|").expect("a place");
    assert_eq!(candidates(&place, Known::Metrics(&names))[0].hint, "gauge · How many.");
}

#[test]
fn units_are_told_by_names() {
    let check = |query: &str, expected: &str| assert_eq!(unit(query), expected, "{query}");
    check("container_memory_working_set_bytes", "bytes");
    check("sum by (device) (rate(node_network_receive_bytes_total{job=\"x\"}[5m]))", "bytes per second");
    check("rate(http_requests_total[5m])", "per second");
    check("histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket[5m])))", "seconds");
    check("rate(process_cpu_seconds_total[5m])", "");
    check("node_boot_time_timestamp_seconds", "");
    check("increase(http_requests_total[1h])", "");
    check("a_bytes / b_bytes", "");
    check("count(a_bytes)", "");
    check("1", "");
}
