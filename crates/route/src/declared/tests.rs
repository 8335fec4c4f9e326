//! The table of `testdata/declared`: dynamic files, and what they declare. Labels have tables of their own.

use super::report;
use crate::file::DynamicFile;
use crate::name::Provider;

#[test]
fn files() {
    report::check("declared/files.txt", |text| {
        let path = if text.lines().any(|line| line.starts_with('[')) { "f.toml" } else { "f.yml" };
        let file = DynamicFile::new(path, text);
        assert_eq!(file.fault(), None);
        let mut report = String::new();
        let (declared, findings) = super::read(file.tree(), Provider::File);
        report::add_declared(&mut report, &declared);
        for finding in &findings {
            report::add_finding(&mut report, finding, false, "");
        }
        report
    });
}

#[test]
fn values_of_go() {
    use std::time::Duration;

    use super::values::{boolean, duration, statuses};
    let check = |text: &str, nanoseconds: Option<i64>| {
        assert_eq!(duration(text).map(|time| time.0), nanoseconds, "{text}");
    };
    check("5", Some(5_000_000_000));
    check("-5", Some(-5_000_000_000));
    check("1h2m3s4ms5us6ns", Some(3_723_004_005_006));
    check("1.25ms", Some(1_250_000));
    check("2.s", Some(2_000_000_000));
    check("-1.5h", Some(-5_400_000_000_000));
    check("0", Some(0));
    for bad in ["", "-", "+", "s", "1x", "1 s", "1..5s", "1s5", "9223372036854775807", "1d", "1e3s"] {
        check(bad, None);
    }
    assert_eq!(Duration::try_from(duration("1s").expect("a duration")), Ok(Duration::from_secs(1)));
    assert_eq!(
        (boolean("t"), boolean("False"), boolean("on"), boolean("")),
        (Some(true), Some(false), None, None)
    );
    assert_eq!(statuses("404"), Some(404..=404));
    assert_eq!(statuses("500-599"), Some(500..=599));
    for bad in ["", "4", "1000", "500-", "-500", "599-500", "4xx", "500-599-600"] {
        assert_eq!(statuses(bad), None, "{bad}");
    }
}
