//! Lines through the parsers of LogQL: no line panics, whatever reads it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use logql::{Expr, LogQuery};
use model::{Entry, Labels, Level, Timestamp};

/// What a line is put through; the first byte of the input chooses.
const PIPELINES: [&str; 12] = [
    "| json",
    r#"| json first="a.b[0]", second="[\"x y\"]", whole="a""#,
    "| logfmt",
    "| logfmt --strict --keep-empty",
    r#"| logfmt a="x_y", b"#,
    r#"| pattern "<ip> - <_> [<time>] \"<method> <path>\" <status>""#,
    r#"| regexp "(?P<a>\\S+) (?P<b>.*)""#,
    "| unpack",
    "| decolorize | logfmt | json",
    r#"|> "<_> took <_>ms" !> "<_>x""#,
    r#"|= ip("10.0.0.0/8") or ip("::1-::ff") | json | a = ip("::/0") or b > 1KB or c >= 1h or d != 2"#,
    r#"| json | label_format e="{{.a}}{{ __line__ | trunc 5 }}", f=b | line_format "{{.e}} {{.f | urldecode}}" | drop a | keep e, f, __error__"#,
];

static QUERIES: LazyLock<Vec<LogQuery>> = LazyLock::new(|| {
    let query = |stages: &str| match logql::parse(&format!("{{job=\"a\"}} {stages}")) {
        Ok(Expr::Log(log)) => LogQuery::new(&log).unwrap_or_else(|e| panic!("{stages}: {e}")),
        other => panic!("{stages}: {other:?}"),
    };
    PIPELINES.iter().map(|stages| query(stages)).collect()
});

static STREAM: LazyLock<Labels> = LazyLock::new(|| Labels::parse(r#"{job="a", b="label"}"#).unwrap());

fuzz_target!(|input: (u8, &str)| {
    let (choice, line) = input;
    let query = &QUERIES[usize::from(choice) % QUERIES.len()];
    let at = Timestamp::from_nanos(1);
    let entry = Entry { timestamp: at, line: line.to_owned(), metadata: vec![("c".into(), "3h".into())] };
    let row = query.row(&STREAM, &entry, Level::Info);
    assert!(query.marks(line).iter().all(|&(from, to)| line.get(from as usize..to as usize).is_some()));
    drop(row);
});
