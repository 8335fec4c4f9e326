use model::Labels;
use proptest::prelude::*;

use super::*;

fn items(body: &str, format: Format) -> (Vec<Item<'_>>, Vec<Fault>) {
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    let mut reader = Reader::new(body, format);
    while let Some(read) = reader.next() {
        match read {
            Ok(item) => items.push(item),
            Err(fault) => faults.push(fault),
        }
    }
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
fn lines_that_are_guessed() {
    let mut reader = Reader::new(
        "# TYPE a gauge\na{b=\"c\"} 1.5 \r\na 2 1000\na_b 3\na {x=\"y\"} 4\nlast 5",
        Format::Text,
    );
    assert!(!reader.skip_if("# TYPE a"));
    assert!(reader.skip_if("# TYPE a gauge"));
    assert_eq!(reader.next_if("a"), None, "another series");
    assert_eq!(reader.next_if("a{b=\"c\"}"), Some(1.5));
    assert_eq!(reader.next_if("a"), None, "a timestamp follows");
    assert!(matches!(reader.next(), Some(Ok(Item::Sample(Sample { timestamp_ms: Some(1000), .. })))));
    assert_eq!(reader.next_if("a"), None, "a longer name");
    assert_eq!(reader.next_if("a_b"), Some(3.0));
    assert_eq!(reader.next_if("a"), None, "labels follow");
    assert!(reader.next().is_some());
    assert_eq!((reader.line(), reader.line_number()), ("a {x=\"y\"} 4", 5));
    assert_eq!(reader.next_if("last"), Some(5.0));
    assert_eq!((reader.next_if("last"), reader.next()), (None, None));
}

#[test]
fn content_types() {
    let check = |text, format| assert_eq!(Format::from_content_type(text), format, "{text}");
    check("application/openmetrics-text; version=1.0.0; charset=utf-8", Format::OpenMetrics);
    check("text/plain; version=0.0.4", Format::Text);
    check("", Format::Text);
}

/// Some of the files of `testdata/exposition`.
const FILES: &[&str] = &["cadvisor.txt", "dotnet.om", "go.txt", "mixed.txt", "python.om", "windows.txt"];

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

    /// A guess reads what the reader reads, or nothing.
    #[test]
    fn guesses_are_right(body in "[ab{}\"=, \t\r\n1.eN#é]{0,40}", guess in "[ab]{0,2}(\\{a=\"b\"\\})?") {
        let mut guessing = Reader::new(&body, Format::Text);
        if let Some(value) = guessing.next_if(&guess) {
            let mut plain = Reader::new(&body, Format::Text);
            let Some(Ok(Item::Sample(sample))) = plain.next() else { panic!("{body:?}") };
            prop_assert_eq!(sample.series, guess.as_str());
            prop_assert!(sample.value == value || value.is_nan());
            prop_assert_eq!((sample.timestamp_ms, sample.exemplar), (None, None));
            prop_assert_eq!(guessing.line_number(), plain.line_number());
            prop_assert_eq!(guessing.next(), plain.next());
        }
    }

    /// Real answers with a few bytes changed: whoever guesses every line reads what is read without guesses.
    #[test]
    fn damaged_answers_are_read_alike_with_and_without_guesses(
        file in prop::sample::select(FILES),
        edits in prop::collection::vec((any::<prop::sample::Index>(), "[ab{}\"\\\\#=, \t\r\n1.eNé]{0,3}"), 0..6),
    ) {
        let path = format!("{}/testdata/exposition/{file}", env!("CARGO_MANIFEST_DIR"));
        let mut body = std::fs::read_to_string(path).unwrap();
        for (index, text) in edits {
            let at = index.index(body.len());
            if body.is_char_boundary(at) && body.is_char_boundary(at + 1) {
                body.replace_range(at..=at, &text);
            }
        }
        for format in [Format::Text, Format::OpenMetrics] {
            let (mut plain, mut guessing) = (Reader::new(&body, format), Reader::new(&body, format));
            while let Some(read) = plain.next() {
                let guess = match &read {
                    Ok(Item::Sample(sample)) => guessing.next_if(sample.series).map(|value| (sample, value)),
                    _ => None,
                };
                match guess {
                    Some((sample, value)) => {
                        prop_assert_eq!(sample.value.to_bits(), value.to_bits());
                        prop_assert_eq!((sample.timestamp_ms, sample.exemplar), (None, None));
                    }
                    None if guessing.skip_if(plain.line()) => {}
                    // A number that is none differs from itself.
                    None => prop_assert_eq!(format!("{:?}", guessing.next()), format!("{:?}", Some(read))),
                }
                prop_assert_eq!(guessing.line_number(), plain.line_number());
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

/// What a file holds, a line for each thing.
fn told(body: &str, format: Format) -> String {
    let (found, faults) = items(body, format);
    let mut lines: Vec<String> = found.into_iter().map(line_of).collect();
    lines.extend(faults.into_iter().map(|fault| format!("fault: {fault}")));
    lines.join("\n") + "\n"
}

fn line_of(item: Item<'_>) -> String {
    let Item::Sample(sample) = item else { return format!("{item:?}") };
    let labels = |written| match series_labels(written) {
        Ok(labels) => labels.to_string(),
        Err(problem) => format!("no labels: {problem}"),
    };
    let mut line = format!("{} {:?}", labels(sample.series), sample.value);
    if let Some(at) = sample.timestamp_ms {
        line += &format!(" @{at}");
    }
    if let Some(exemplar) = sample.exemplar {
        line += &format!(" like {} {} {:?}", labels(exemplar.labels), exemplar.value, exemplar.timestamp_ms);
    }
    line
}

/// Each file of `testdata/exposition` beside what is read of it. `UPDATE_EXPECT=1` writes what is read.
#[test]
fn what_programs_of_many_kinds_answer() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/exposition");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("txt") => Format::Text,
            Some("om") => Format::OpenMetrics,
            _ => continue,
        };
        let body = std::fs::read_to_string(&path).unwrap();
        let expected = format!("{}.read", path.display());
        expect_test::expect_file![expected].assert_eq(&told(&body, format));
        count += 1;
    }
    assert!(count >= 8, "{count} files");
}
