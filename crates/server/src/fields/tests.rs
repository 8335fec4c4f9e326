use logql::Row;
use model::{Entry, Labels, Level, Timestamp};

use super::*;

fn row(line: &str, metadata: &[(&str, &str)]) -> Row {
    let entry = Entry {
        timestamp: Timestamp::from_nanos(0),
        line: line.to_owned(),
        metadata: metadata.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
    };
    Row::plain(&Labels::from_pairs([("a", "b")]), &entry, Level::Info)
}

/// `name/from/kind=value` of each field of the lines.
fn fields(lines: &[&str]) -> String {
    let mut tally = FieldTally::default();
    lines.iter().for_each(|line| tally.add(&row(line, &[])));
    told(tally)
}

fn told(tally: FieldTally) -> String {
    let told = |(from, name, counted): (FieldSource, Box<str>, Counted)| {
        let field = counted.into_field(from, name, 9);
        let values: Vec<String> = field.values.iter().map(|value| value.value.clone()).collect();
        format!("{}/{:?}/{:?}={}", field.name, from, field.kind, values.join("|"))
    };
    tally.sorted().into_iter().map(told).collect::<Vec<_>>().join(" ")
}

#[test]
fn fields_of_lines() {
    let check = |lines: &[&str], expected: &str| assert_eq!(fields(lines), expected, "{lines:?}");
    check(&[r#"{"a":1,"b":"x"}"#, r#"{"a":2}"#], "a/Json/Integer=1|2 b/Json/String=x");
    check(&[r#"{"a":{"b-c":true},"l":[1],"n":null,"2":1.5}"#], "_2/Json/Float=1.5 a_b_c/Json/Boolean=true");
    check(&["[1]", "", "plain words"], "");
    // A line that was cut off has what comes before.
    check(&[r#"{"a":1"#], "a/Json/Integer=1");
    check(
        &[r#"level=info took=12ms msg="a \"b\"=c" size=3KB"#],
        "level/Logfmt/String=info msg/Logfmt/String=a \"b\"=c size/Logfmt/Bytes=3KB took/Logfmt/Duration=12ms",
    );
    check(&["the answer x=42 was found", "=", "y=", "plain"], "x/Logfmt/Integer=42");
    check(&["t=1h30m", "t=-2.5s"], "t/Logfmt/Duration=-2.5s|1h30m");
    check(&["t=1h", "t=x"], "t/Logfmt/String=1h|x");
    check(&["t=1", "t=1.5"], "t/Logfmt/Float=1|1.5");
    check(&["t=NaN"], "t/Logfmt/String=NaN");
}

#[test]
fn metadata_are_fields_but_for_the_level() {
    let mut tally = FieldTally::default();
    tally.add(&row("plain", &[("detected_level", "info"), ("trace_id", "f")]));
    assert_eq!(told(tally), "trace_id/Metadata/String=f");
}

#[test]
fn the_tally_is_bounded() {
    let mut tally = FieldTally::default();
    for n in 0..FIELDS_MAX + DISTINCT_MAX + 10 {
        tally.add(&row(&format!("f{n}=1 same={n} long={}", "é".repeat(200)), &[]));
    }
    let fields = tally.sorted();
    assert_eq!(fields.len(), FIELDS_MAX);
    let same = fields.into_iter().find(|(_, name, _)| &**name == "same").expect("there first").2;
    assert_eq!((same.distinct(), same.lines), (DISTINCT_MAX as u32, (FIELDS_MAX + DISTINCT_MAX + 10) as u64));
}
