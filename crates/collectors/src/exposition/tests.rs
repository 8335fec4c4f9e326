use model::Labels;
use proptest::prelude::*;

use super::*;

fn items(body: &str, format: Format) -> (Vec<Item<'_>>, Vec<Fault>) {
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    read(body, format, |item| items.push(item), |fault| faults.push(fault));
    (items, faults)
}

/// The only sample of a line: labels, value, timestamp.
fn check(line: &str, labels: &[(&str, &str)], value: f64, timestamp_ms: Option<i64>) {
    let (items, faults) = items(line, Format::Text);
    assert_eq!(faults, [], "{line}");
    let [Item::Sample(sample)] = items.as_slice() else { panic!("{line}: {items:?}") };
    assert_eq!(series_labels(sample.series), Ok(Labels::from_pairs(labels.iter().copied())), "{line}");
    assert!(sample.value == value || sample.value.is_nan() && value.is_nan(), "{line}: {}", sample.value);
    assert_eq!(sample.timestamp_ms, timestamp_ms, "{line}");
}

#[test]
fn samples_in_every_form() {
    check("up 1", &[("__name__", "up")], 1.0, None);
    check("up\t1\t1395066363000", &[("__name__", "up")], 1.0, Some(1_395_066_363_000));
    check("a:b_c -1.5e3", &[("__name__", "a:b_c")], -1500.0, None);
    check("a{} 1", &[("__name__", "a")], 1.0, None);
    check("a {b=\"c\"} 1", &[("__name__", "a"), ("b", "c")], 1.0, None);
    check("a{b=\"c\",} 1", &[("__name__", "a"), ("b", "c")], 1.0, None);
    check("a{ b = \"c\" , d=\"e\" } 1", &[("__name__", "a"), ("b", "c"), ("d", "e")], 1.0, None);
    check("a{path=\"/items/{id}\"} 1", &[("__name__", "a"), ("path", "/items/{id}")], 1.0, None);
    check("a{b=\"c,d\",e=\"f=g\"} 1", &[("__name__", "a"), ("b", "c,d"), ("e", "f=g")], 1.0, None);
    check(r#"a{b="\\\"\n\x"} 1"#, &[("__name__", "a"), ("b", "\\\"\n\\x")], 1.0, None);
    check("a{b=\"\"} 1", &[("__name__", "a")], 1.0, None);
    check("{\"my.metric\",\"l.n\"=\"x\"} 1", &[("__name__", "my.metric"), ("l.n", "x")], 1.0, None);
    check("a NaN", &[("__name__", "a")], f64::NAN, None);
    check("a +Inf", &[("__name__", "a")], f64::INFINITY, None);
    check("a -Inf -5", &[("__name__", "a")], f64::NEG_INFINITY, Some(-5));
    check("a 12345678901234567890", &[("__name__", "a")], 12_345_678_901_234_567_890.0, None);
    check("  a 1  ", &[("__name__", "a")], 1.0, None);
}

#[test]
fn bad_lines_are_told_and_cost_no_other() {
    let check = |line: &str, problem: Problem| {
        let body = format!("good 1\n{line}\nbetter 2\n");
        let (items, faults) = items(&body, Format::Text);
        let problems: Vec<_> = faults.iter().map(|fault| (fault.line, fault.problem)).collect();
        assert_eq!((items.len(), problems), (2, vec![(2, problem)]), "{line}");
    };
    check("1abc 2", Problem::Name);
    check("a", Problem::Value);
    check("a 1x", Problem::Value);
    check("a 1_000", Problem::Value);
    check("a 0x1p-2", Problem::Value);
    check("a 1 2 3", Problem::Rest);
    check("a 1 1.5", Problem::Timestamp);
    check("a{b=\"c\" 1", Problem::Labels);
    check("a{b=\"c} 1", Problem::Quote);
    check("# TYPE a thing", Problem::Type);
    check("# HELP", Problem::Metadata);
}

#[test]
fn labels_that_make_no_sense() {
    let check = |series: &str, problem: Problem| assert_eq!(series_labels(series), Err(problem), "{series}");
    check("a{b=\"c\",b=\"d\"}", Problem::LabelTwice);
    check("a{\"b\"}", Problem::LabelTwice);
    check("a{b}", Problem::Labels);
    check("a{b=c}", Problem::Labels);
    check("a{1=\"c\"}", Problem::Labels);
    check("a{,}", Problem::Labels);
    check("a{b=\"c\" d=\"e\"}", Problem::Labels);
    check("a{\"b\\\\\"=\"c\",\"b\\\\\"=\"d\"}", Problem::LabelTwice);
}

#[test]
fn metadata_and_comments() {
    let body =
        "# HELP a what it\\n is\n# TYPE a counter\n#TYPE b gauge\n# nothing\n\n# TYPE \"my.m\" gauge\n";
    let (items, faults) = items(body, Format::Text);
    assert_eq!(faults, []);
    assert_eq!(
        items,
        [
            Item::Help { name: "a", text: "what it\\n is" },
            Item::Type { name: "a", kind: "counter" },
            Item::Type { name: "b", kind: "gauge" },
            Item::Type { name: "my.m", kind: "gauge" },
        ]
    );
}

#[test]
fn open_metrics_has_exemplars_seconds_and_an_end() {
    let body = "# UNIT a seconds\na_bucket{le=\"1\"} 5 1.5 # {trace_id=\"x y\"} 0.67 1520879607.789\n# EOF\n";
    let (found, faults) = items(body, Format::OpenMetrics);
    assert_eq!(faults, []);
    let exemplar =
        Exemplar { labels: "{trace_id=\"x y\"}", value: 0.67, timestamp_ms: Some(1_520_879_607_789) };
    let sample = Sample {
        series: "a_bucket{le=\"1\"}",
        value: 5.0,
        timestamp_ms: Some(1500),
        exemplar: Some(exemplar),
    };
    assert_eq!(found, [Item::Unit { name: "a", unit: "seconds" }, Item::Sample(sample)]);
    assert_eq!(series_labels(exemplar.labels), Ok(Labels::from_pairs([("trace_id", "x y")])));
    let problems = |body| items(body, Format::OpenMetrics).1.iter().map(|f| f.problem).collect::<Vec<_>>();
    assert_eq!(problems("a 1\n"), [Problem::NoEnd]);
    assert_eq!(problems("# EOF\na 1\n"), [Problem::AfterEnd]);
}

#[test]
fn content_types() {
    let check = |text, format| assert_eq!(Format::from_content_type(text), format, "{text}");
    check("application/openmetrics-text; version=1.0.0; charset=utf-8", Format::OpenMetrics);
    check("text/plain; version=0.0.4", Format::Text);
    check("", Format::Text);
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(body in "[a-z0-9{}\"\\\\#=,. \t\nE]{0,80}") {
        for format in [Format::Text, Format::OpenMetrics] {
            for item in items(&body, format).0 {
                if let Item::Sample(sample) = item {
                    let _ = series_labels(sample.series);
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read(
        name in "[a-z_:][a-z0-9_:]{0,9}",
        labels in prop::collection::btree_map("[a-z_][a-z0-9_]{0,5}", "[^\u{0}]{1,9}", 0..4),
        value in any::<f64>(),
        at in prop::option::of(any::<i64>()),
    ) {
        let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let written: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let at_text = at.map(|at| format!(" {at}")).unwrap_or_default();
        let line = format!("{name}{{{}}} {value}{at_text}\n", written.join(","));
        let (found, faults) = items(&line, Format::Text);
        prop_assert!(faults.is_empty(), "{faults:?}");
        let [Item::Sample(sample)] = found.as_slice() else { panic!("{found:?}") };
        let mut expected: Vec<(&str, &str)> = labels.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        expected.push(("__name__", &name));
        prop_assert_eq!(series_labels(sample.series), Ok(Labels::from_pairs(expected)));
        prop_assert!(sample.value == value || value.is_nan());
        prop_assert_eq!(sample.timestamp_ms, at);
    }

    /// On what the other reader gets right, both read the same.
    #[test]
    fn another_reader_agrees(
        name in "[a-z_][a-z0-9_]{0,9}",
        labels in prop::collection::btree_map("[a-z_]{1,5}", "[a-z0-9 /.-]{1,9}", 1..4),
        value in -1e9..1e9_f64,
    ) {
        let written: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let line = format!("{name}{{{}}} {value}", written.join(","));
        let lines = std::iter::once(Ok(line.clone()));
        let theirs = prometheus_parse::Scrape::parse(lines).expect("a scrape").samples;
        let (ours, _) = items(&line, Format::Text);
        let [Item::Sample(sample)] = ours.as_slice() else { panic!("{ours:?}") };
        let [other] = theirs.as_slice() else { panic!("{theirs:?}") };
        prop_assert_eq!(&other.value, &prometheus_parse::Value::Untyped(sample.value));
        let read = series_labels(sample.series).expect("labels");
        for (label, value) in other.labels.iter() {
            prop_assert_eq!(read.get(label), Some(value.as_str()));
        }
        prop_assert_eq!(read.get("__name__"), Some(other.metric.as_str()));
    }
}
