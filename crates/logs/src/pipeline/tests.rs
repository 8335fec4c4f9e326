//! Rules as people write them, on lines as programs write them.

use std::time::Duration;

use model::{Batch, Entry, Labels, Multiline, Position, Timestamp};
use proptest::prelude::*;
use settings::Tree;

use super::{DropBook, Memory, Pipeline};

/// 2026-11-22T14:03:59Z
const NOW: Timestamp = Timestamp::from_seconds(1_795_356_239);

fn read(text: &str) -> (Pipeline, Vec<String>) {
    let tree = Tree::parse("porthole.toml", text, []);
    let pipeline = Pipeline::read(&tree.root().section("logs"));
    (pipeline, tree.finish().iter().map(ToString::to_string).collect())
}

/// A pipeline of one rule with these stages.
fn stages(stages: &str) -> Pipeline {
    let (pipeline, faults) = read(&format!("[[logs.pipeline]]\nstages = [{stages}]"));
    assert_eq!(faults, Vec::<String>::new(), "{stages}");
    pipeline
}

fn entry(line: &str) -> Entry {
    let metadata = vec![("container_id".into(), "c0ffee".into())];
    Entry { timestamp: NOW.minus(Duration::from_secs(10)), line: line.to_owned(), metadata }
}

fn batch<'l>(lines: impl IntoIterator<Item = &'l str>) -> Batch {
    Batch {
        labels: Labels::from_pairs([("service", "web"), ("stream", "stdout")]),
        entries: lines.into_iter().map(entry).collect(),
        positions: vec![Position { key: "docker/1/stdout".to_owned(), value: Some(vec![1]) }],
        multiline: Multiline::default(),
    }
}

struct Ran {
    batches: Vec<Batch>,
    dropped: Vec<(String, u64)>,
}

fn run(pipeline: &Pipeline, batch: Batch) -> Ran {
    let book = DropBook::default();
    let batches = pipeline.apply(batch, NOW, &mut Memory::default(), &book);
    let dropped = book.list().into_iter().map(|count| (count.reason, count.lines)).collect();
    Ran { batches, dropped }
}

/// What the stages make of a line: labels, line, metadata and the seconds by which its time was moved; or why it
/// was dropped.
fn outcome(pipeline: &Pipeline, line: &str) -> String {
    let ran = run(pipeline, batch([line]));
    if let [(reason, 1)] = ran.dropped.as_slice() {
        return format!("dropped: {reason}");
    }
    let [batch] = ran.batches.as_slice() else { panic!("{} batches", ran.batches.len()) };
    let entry = &batch.entries[0];
    let mut text = format!("{} {}", batch.labels, entry.line);
    for (name, value) in entry.metadata.iter().filter(|(name, _)| &**name != "container_id") {
        text.push_str(&format!(" {name}={value}"));
    }
    let moved = entry.timestamp.nanos() - NOW.minus(Duration::from_secs(10)).nanos();
    if moved != 0 {
        text.push_str(&format!(" @{}", entry.timestamp));
    }
    text
}

fn check(text: &str, line: &str, expected: &str) {
    assert_eq!(outcome(&stages(text), line), expected, "{text} on {line}");
}

const WEB: &str = r#"{service="web", stream="stdout"}"#;

#[test]
fn values_are_extracted_and_promoted() {
    let line = r#"{"user":{"id":42,"tags":["a","b"]},"level":"warn","msg":"hi \"you\"","none":null}"#;
    let json = |fields: &str, then: &str, expected: &str| {
        check(&format!("{{ json = {{ fields = {{ {fields} }} }} }}, {then}"), line, expected);
    };
    json(
        "id = 'user.id'",
        "{ labels = { user = 'id' } }, { output = 'id' }",
        r#"{service="web", stream="stdout", user="42"} 42"#,
    );
    json("tags = 'user.tags'", "{ output = 'tags' }", &format!(r#"{WEB} ["a","b"]"#));
    json("tag = 'user.tags[1]'", "{ output = 'tag' }", &format!("{WEB} b"));
    json("msg = ''", "{ output = 'msg' }", &format!(r#"{WEB} hi "you""#));
    json("nosuch = ''", "{ output = 'nosuch' }", &format!("{WEB} {line}"));
    json("none = ''", "{ labels = { none = '' } }", &format!("{WEB} {line}"));
    json(
        "msg = '', level = ''",
        "{ structured_metadata = { detected_level = 'level' } }, { output = 'msg' }",
        &format!(r#"{WEB} hi "you" detected_level=warn"#),
    );
    check("{ json = { fields = { a = '' } } }, { output = 'a' }", "no json", &format!("{WEB} no json"));
    check("{ json = { fields = { a = '' }, drop_malformed = true } }", "no json", "dropped: malformed_json");
    check(
        "{ regex = { expression = '(?P<j>\\{.*\\})' } }, { json = { source = 'j', fields = { a = '' } } }, { output = 'a' }",
        r#"at {"a":"x"}"#,
        &format!("{WEB} x"),
    );
    let logfmt = r#"level=info msg="two words \"q\"" took=5ms =x flag user="""#;
    check(
        "{ logfmt = { fields = { msg = '', t = 'took' } } }, { labels = { t = '' } }, { output = 'msg' }",
        logfmt,
        r#"{service="web", stream="stdout", t="5ms"} two words "q""#,
    );
    check(
        "{ logfmt = { fields = { flag = '', user = '' } } }, { output = 'flag' }",
        logfmt,
        &format!("{WEB} {logfmt}"),
    );
    let access = "GET /shop/42?q=1 200 0.012";
    check(
        r"{ regex = { expression = '^(?P<method>\w+) (?P<path>[^ ?]+)\S* (?P<status>\d+)' } }, { labels = { method = '', status = '' } }, { output = 'path' }",
        access,
        r#"{method="GET", service="web", status="200", stream="stdout"} /shop/42"#,
    );
    check("{ regex = { expression = '(?P<a>zzz)' } }, { output = 'a' }", access, &format!("{WEB} {access}"));
}

#[test]
fn labels_and_metadata_are_set_and_taken_away() {
    check(
        "{ static_labels = { team = 'core', stream = 'out' } }",
        "x",
        r#"{service="web", stream="out", team="core"} x"#,
    );
    check("{ label_drop = ['stream', 'nosuch'] }", "x", r#"{service="web"} x"#);
    check("{ label_keep = ['stream'] }", "x", r#"{stream="stdout"} x"#);
    check("{ label_keep = ['nosuch'] }", "x", &format!("{WEB} x"));
    check(
        "{ structured_metadata = { who = 'service' } }, { structured_metadata_drop = ['container_id'] }",
        "x",
        &format!("{WEB} x who=web"),
    );
    check("{ labels = { id = 'container_id' } }", "x", r#"{id="c0ffee", service="web", stream="stdout"} x"#);
    check(
        "{ relabel = [{ source_labels = ['service'], regex = '(w)eb', target_label = 'kind', replacement = '${1}x' }, { action = 'labeldrop', regex = 'stream' }] }",
        "x",
        r#"{kind="wx", service="web"} x"#,
    );
    check(
        "{ relabel = [{ source_labels = ['service'], action = 'drop', regex = 'web' }] }",
        "x",
        "dropped: relabel",
    );
    check(
        "{ static_labels = { __tmp = 'a' } }, { relabel = [{ source_labels = ['__tmp'], target_label = 'b' }] }",
        "x",
        r#"{b="a", service="web", stream="stdout"} x"#,
    );
    check(
        "{ pack = { labels = ['stream', 'nosuch'], ingest_timestamp = false } }",
        "a \"b\"",
        r#"{service="web"} {"_entry":"a \"b\"","stream":"stdout"}"#,
    );
    check(
        "{ pack = { labels = ['stream'] } }",
        "x",
        r#"{service="web"} {"_entry":"x","stream":"stdout"} @2026-11-22T14:03:59.000000000Z"#,
    );
}

#[test]
fn texts_are_made_replaced_and_cut() {
    let regex = r"{ regex = { expression = 'user=(?P<user>\S+)' } }";
    check(
        &format!(
            "{regex}, {{ template = {{ source = 'user', template = '{{{{ .Value | upper }}}}-{{{{ .service }}}}' }} }}, {{ output = 'user' }}"
        ),
        "user=ann",
        &format!("{WEB} ANN-web"),
    );
    check(
        "{ template = { source = 'new', template = '{{ .Entry | len }}' } }, { output = 'new' }",
        "four",
        &format!("{WEB} 4"),
    );
    check(
        &format!("{regex}, {{ template = {{ source = 'user', template = '' }} }}, {{ output = 'user' }}"),
        "user=ann",
        &format!("{WEB} user=ann"),
    );
    check(
        "{ replace = { expression = 'password=(\\S+)', replace = '***' } }",
        "a password=x b password=y",
        &format!("{WEB} a password=*** b password=***"),
    );
    check("{ replace = { expression = 'secret', replace = '' } }", "a secret b", &format!("{WEB} a  b"));
    check(
        "{ replace = { expression = '(?P<ip>\\d+)\\.(\\d+)', replace = '{{ .Value | printf \"%05s\" }}' } }, { labels = { ip = '' } }",
        "at 10.7",
        r#"{ip="00010", service="web", stream="stdout"} at 00010.00007"#,
    );
    check("{ replace = { expression = '(a(b))', replace = 'x' } }", "ab ab", &format!("{WEB} x x"));
    check(
        "{ replace = { source = 'service', expression = 'w', replace = 'W' } }, { output = 'service' }",
        "l",
        &format!("{WEB} Web"),
    );
    check("{ decolorize = true }", "\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}x", &format!("{WEB} red x"));
    check("{ truncate = { limit = '5B' } }", "12345678", &format!("{WEB} 12345"));
    check("{ truncate = { limit = '6B', suffix = '...' } }", "éééé", &format!("{WEB} é..."));
    check("{ truncate = { limit = '8B', suffix = '...' } }", "short", &format!("{WEB} short"));
    check(
        "{ truncate = { source = 'service', limit = '1B' } }, { output = 'service' }",
        "x",
        &format!("{WEB} w"),
    );
}

#[test]
fn times_are_read() {
    let stage = |stage: &str, text: &str, expected: &str| {
        let with = format!(
            "{{ regex = {{ expression = '^(?P<ts>.*)$' }} }}, {{ timestamp = {{ source = 'ts', {stage} }} }}, {{ template = {{ source = 'l', template = '.' }} }}, {{ output = 'l' }}"
        );
        let expected = if expected.is_empty() { String::new() } else { format!(" @{expected}") };
        check(&with, text, &format!("{WEB} .{expected}"));
    };
    stage("format = 'RFC3339'", "2026-11-22T10:00:00.5+02:00", "2026-11-22T08:00:00.500000000Z");
    stage("format = 'RFC3339Nano'", "2026-11-22T10:00:00.123456789Z", "2026-11-22T10:00:00.123456789Z");
    stage("format = 'Unix'", "1795350000", "2026-11-22T12:20:00.000000000Z");
    stage("format = 'Unix'", "1795350000.25", "2026-11-22T12:20:00.250000000Z");
    stage("format = 'UnixMs'", "1795350000123", "2026-11-22T12:20:00.123000000Z");
    stage("format = 'UnixUs'", "1795350000123456", "2026-11-22T12:20:00.123456000Z");
    stage("format = 'UnixNs'", "1795350000123456789", "2026-11-22T12:20:00.123456789Z");
    stage("format = '2006-01-02 15:04:05,000'", "2026-11-22 10:00:00,250", "2026-11-22T10:00:00.250000000Z");
    stage(
        "format = '2006-01-02 15:04:05', location = 'Europe/Berlin'",
        "2026-07-01 12:00:00",
        "2026-07-01T10:00:00.000000000Z",
    );
    stage("format = 'Jan _2 15:04:05'", "Nov  2 03:04:05", "2026-11-02T03:04:05.000000000Z");
    stage(
        "format = 'RFC3339', fallback_formats = ['UnixMs', 'Unix']",
        "1795350000",
        "1970-01-21T18:42:30.000000000Z",
    );
    stage(
        "format = 'RFC3339', fallback_formats = ['02.01.2006']",
        "22.11.2026",
        "2026-11-22T00:00:00.000000000Z",
    );
    stage("format = 'RFC3339'", "no time", "");
    stage("format = 'RFC3339', action_on_failure = 'skip'", "no time", "");
    stage("format = 'Unix'", "1795350000.", "");
    stage("format = '2006'", "9999", "");
}

#[test]
fn a_line_without_a_time_follows_the_one_before() {
    let pipeline = stages("{ timestamp = { source = 'ts', format = 'Unix' } }");
    let with_time = stages(
        "{ regex = { expression = '^(?P<ts>\\d+)$' } }, { timestamp = { source = 'ts', format = 'Unix' } }",
    );
    let skipping = stages(
        "{ regex = { expression = '^(?P<ts>\\d+)$' } }, { timestamp = { source = 'ts', format = 'Unix', action_on_failure = 'skip' } }",
    );
    let times = |pipeline: &Pipeline| {
        let ran = run(pipeline, batch(["1795350000", "x", "y", "1795350001", "z"]));
        ran.batches[0].entries.iter().map(|entry| entry.timestamp.nanos()).collect::<Vec<_>>()
    };
    let came = NOW.minus(Duration::from_secs(10)).nanos();
    let (one, two) = (1_795_350_000_000_000_000, 1_795_350_001_000_000_000);
    assert_eq!(times(&with_time), [one, one + 1, one + 2, two, two + 1]);
    assert_eq!(times(&skipping), [one, came, came, two, came]);
    assert_eq!(times(&pipeline), [came; 5]);
}

#[test]
fn lines_are_dropped_with_a_reason() {
    check("{ drop = { expression = 'GET /health' } }", "GET /health 200", "dropped: drop");
    check(
        "{ drop = { expression = 'GET /health', reason = 'health' } }",
        "GET /health 200",
        "dropped: health",
    );
    check("{ drop = { expression = 'GET /health' } }", "GET /shop", &format!("{WEB} GET /shop"));
    check("{ drop = { source = 'service', value = 'web' } }", "x", "dropped: drop");
    check("{ drop = { source = 'service', value = 'we' } }", "x", &format!("{WEB} x"));
    check("{ drop = { source = 'service', expression = '^w' } }", "x", "dropped: drop");
    check("{ drop = { source = 'service' } }", "x", "dropped: drop");
    check("{ drop = { source = 'nosuch' } }", "x", &format!("{WEB} x"));
    check("{ drop = { longer_than = '3B' } }", "1234", "dropped: drop");
    check("{ drop = { longer_than = '4B' } }", "1234", &format!("{WEB} 1234"));
    check("{ drop = { older_than = '5s' } }", "x", "dropped: drop");
    check("{ drop = { older_than = '1h' } }", "x", &format!("{WEB} x"));
    check("{ drop = { expression = 'a', longer_than = '3B' } }", "a", &format!("{WEB} a"));
    check("{ sampling = { rate = 0 } }", "x", "dropped: sampling");
    check("{ sampling = { rate = 1 } }", "x", &format!("{WEB} x"));
}

#[test]
fn samples_are_shares_that_do_not_change_from_run_to_run() {
    let lines: Vec<String> = (0..4000).map(|number| format!("line {number}")).collect();
    let of = |text: &str| {
        let ran = run(&stages(text), batch(lines.iter().map(String::as_str)));
        ran.batches[0].entries.iter().map(|entry| entry.line.clone()).collect::<Vec<_>>()
    };
    let some = of("{ sampling = { rate = 0.25 } }");
    assert!((800..1200).contains(&some.len()), "{} of 4000", some.len());
    assert_eq!(some, of("{ sampling = { rate = 0.25 } }"));
    let all_or_none = of("{ sampling = { rate = 0.25, source = 'service' } }").len();
    assert!(all_or_none == 0 || all_or_none == 4000, "{all_or_none} of 4000");
}

#[test]
fn limits_fill_up_again_and_are_kept_apart_by_label() {
    let pipeline = stages("{ limit = { rate = 2, burst = 5, reason = 'chatty' } }");
    let (book, mut memory) = (DropBook::default(), Memory::default());
    let mut left = |after: u64, service: &str| {
        let batch = Batch { labels: Labels::from_pairs([("service", service)]), ..batch(["x"; 10]) };
        let now = NOW.plus(Duration::from_secs(after));
        pipeline.apply(batch, now, &mut memory, &book)[0].entries.len()
    };
    assert_eq!([left(0, "web"), left(0, "web"), left(1, "web"), left(100, "api")], [5, 0, 2, 5]);
    let counts = book.list();
    let counts: Vec<_> = counts.iter().map(|count| (&*count.service, &*count.reason, count.lines)).collect();
    assert_eq!(counts, [("api", "chatty", 5), ("web", "chatty", 23)]);
    let apart = stages(
        "{ regex = { expression = '(?P<c>.)' } }, { labels = { c = '' } }, { limit = { rate = 1, by_label = 'c' } }",
    );
    let ran = run(&apart, batch(["a", "a", "b", "b", "c"]));
    assert_eq!(ran.batches.iter().map(|batch| batch.entries.len()).collect::<Vec<_>>(), [1, 1, 1]);
}

#[test]
fn lines_are_sorted_by_stream_and_the_positions_come_last() {
    let pipeline = stages(
        "{ regex = { expression = '^(?P<kind>[ab])' } }, { labels = { kind = '' } }, { drop = { expression = 'gone' } }",
    );
    let ran = run(&pipeline, batch(["a1", "b1", "x1", "a2 gone", "a3", "b2", "x2"]));
    let shown: Vec<_> = ran
        .batches
        .iter()
        .map(|batch| {
            let lines: Vec<&str> = batch.entries.iter().map(|entry| entry.line.as_str()).collect();
            (batch.labels.get("kind").unwrap_or(""), lines.join(" "), batch.positions.len())
        })
        .collect();
    assert_eq!(
        shown,
        [("a", "a1 a3".to_owned(), 0), ("b", "b1 b2".to_owned(), 0), ("", "x1 x2".to_owned(), 1)]
    );
    let all_gone = run(&stages("{ drop = { expression = '' } }"), batch(["a", "b"]));
    assert_eq!(all_gone.dropped, [("drop".to_owned(), 2)]);
    let [left] = all_gone.batches.as_slice() else { panic!("one batch for the position") };
    assert_eq!((left.entries.len(), left.positions.len()), (0, 1));
}

#[test]
fn a_rule_means_the_lines_that_it_says() {
    let (pipeline, faults) = read(
        r#"
        [[logs.pipeline]]
        match = '{service="web"} |= "GET" != "/shop"'
        drop = { longer_than = "0B", reason = "first" }
        [[logs.pipeline]]
        match = '{service="web"} |= "noise"'
        drop = { reason = "noise" }
        [[logs.pipeline]]
        match = '{service="api"}'
        static_labels = { team = "core" }
        [[logs.pipeline]]
        static_labels = { seen = "yes" }
        [[logs.pipeline]]
        match = '{seen="yes"} |~ "(?i)post"'
        output = "service"
        "#,
    );
    assert_eq!(faults, Vec::<String>::new());
    let check = |line: &str, expected: &str| assert_eq!(outcome(&pipeline, line), expected);
    check("GET /health", "dropped: first");
    check("some noise", "dropped: noise");
    check("GET /shop", r#"{seen="yes", service="web", stream="stdout"} GET /shop"#);
    check("Post", r#"{seen="yes", service="web", stream="stdout"} web"#);
    assert_eq!(pipeline, pipeline.clone());
    assert_ne!(pipeline, Pipeline::default());
    assert!(Pipeline::default().is_empty() && !pipeline.is_empty());
}

#[test]
fn faults_name_the_place_and_the_mend() {
    let check = |text: &str, expected: &str| {
        let (pipeline, faults) = read(&format!("[[logs.pipeline]]\n{text}"));
        let told = faults.join("\n");
        assert!(told.contains(expected), "{text}: {told}");
        assert!(pipeline.is_empty(), "{text}: a faulty rule must not run");
        assert_eq!(faults.len(), 1, "{text}: {told}");
    };
    check("", "nothing is done here; write one of json, logfmt, regex");
    check("match = '{service=}'\ndecolorize = true", "porthole.toml:2:9: logs.pipeline[0].match: ");
    check("match = '{service=\"web\"} | json'\ndecolorize = true", "more than a selector and line filters");
    check("match = 'rate({service=\"web\"}[5m])'\ndecolorize = true", "numbers, not lines");
    check("decolorize = true\noutput = 'a'", "a second stage in one table; write stages = [{ … }, { … }]");
    check("stages = [{ decolorize = true, output = 'a' }]", "a second stage in one table");
    check("stages = [{ decolorize = true }]\noutput = 'a'", "output: this rule has `stages` too");
    check("tenant = { source = 'a' }", "tenant: there is no such stage; there is one tenant");
    check("multiline = { firstline = 'a' }", "porthole.logs.multiline");
    check("drop = { }", "no condition: all lines would be dropped; write `match`, or one of source");
    check("drop = { value = 'x' }", "drop.source: it is missing");
    check("drop = { expression = '(' }", "drop.expression: no regular expression: ");
    check("drop = { older_than = 'soon' }", "drop.older_than: ");
    check("drop = { expression = 'x', older_than = 5 }", "drop.older_than: ");
    check("regex = { expression = 'abc' }", "it names no group; write (?P<name>…)");
    check("json = { fields = { a = 'b..c' } }", "json.fields.a: `b..c` is no path");
    check("json = { }", "json.fields: nothing is written here");
    check("labels = { 'a-b' = '' }", "no name of a label");
    check("labels = { }", "nothing is written here");
    check("static_labels = { a = 5 }", "static_labels.a: ");
    check(
        "relabel = [{ action = 'replace', source_labels = ['a'] }]",
        "relabel[0].target_label: it is missing",
    );
    check("relabel = [{ action = 'rename' }]", "relabel[0].action: ");
    check("template = { source = 'a', template = '{{ nosuch }}' }", "function \"nosuch\" not defined");
    check("template = { template = 'x' }", "template.source: it is missing");
    check(
        "timestamp = { source = 'a', format = 'Unix', location = 'Mars/Olympus' }",
        "`Mars/Olympus` is no time zone",
    );
    check("timestamp = { source = 'a' }", "timestamp.format: it is missing");
    check("replace = { expression = 'a' }", "replace.replace: it is missing");
    check("truncate = { limit = '3B', suffix = '....' }", "no room for the suffix");
    check("truncate = { }", "truncate.limit: it is missing");
    check("pack = { }", "pack.labels: it is missing");
    check("sampling = { rate = 5 }", "write a number from 0 to 1");
    check("limit = { rate = 0 }", "write a number above 0");
    check("limit = { }", "limit.rate: it is missing");
}

/// All stages at once, so that any line meets each of them.
const ALL: &str = r#"
    { decolorize = true },
    { json = { fields = { a = 'a.b[0]', m = 'msg' } } }, { logfmt = { fields = { a = '', b = 'level' } } },
    { regex = { expression = '(?P<w>\w+)(?P<ts>.*)' } }, { timestamp = { source = 'ts', format = 'Jan _2 15:04:05', fallback_formats = ['Unix', 'RFC3339'] } },
    { template = { source = 'w', template = '{{ .Value | trunc 3 }}{{ .a }}' } }, { labels = { w = '' } },
    { structured_metadata = { a = '', w = '' } }, { replace = { expression = '(\w)(x*)', replace = '{{ .Value | upper }}' } },
    { relabel = [{ source_labels = ['w'], target_label = '${1}', regex = '(.*)' }, { action = 'labelmap', regex = '(.)', replacement = 'n_$1' }] },
    { truncate = { limit = '20B', suffix = '…' } }, { pack = { labels = ['stream'] } }, { sampling = { rate = 0.9 } }
"#;

proptest! {
    #[test]
    fn no_line_panics(lines in prop::collection::vec(any::<String>(), 0..8)) {
        let pipeline = stages(ALL);
        let ran = run(&pipeline, batch(lines.iter().map(String::as_str)));
        let kept: usize = ran.batches.iter().map(|batch| batch.entries.len()).sum();
        let dropped: u64 = ran.dropped.iter().map(|(_, lines)| *lines).sum();
        prop_assert_eq!(kept as u64 + dropped, lines.len() as u64);
        prop_assert_eq!(ran.batches.last().map(|batch| batch.positions.len()), Some(1));
    }

    #[test]
    fn nothing_that_is_written_panics(line in "[a-z =\"{}:,0-9\\x1b\\[é-]{0,60}") {
        let _ = outcome(&stages(&ALL.replace("0.9", "1")), &line);
    }
}
