use super::*;

fn params(query: &str) -> Params {
    Params(Form::parse(query))
}

fn told<T: std::fmt::Debug>(result: Result<T, PromFault>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(fault) => format!("{} {}", fault.status.as_u16(), fault.message),
    }
}

#[test]
fn times() {
    let check = |text: &str, expected: &str| {
        let told = told(params(&format!("t={text}")).time("t").map(|at| at.map(Timestamp::millis)));
        assert_eq!(told, expected, "{text}");
    };
    check("1700000000", "Some(1700000000000)");
    check("1700000000.5", "Some(1700000000500)");
    check("1700000000.1234", "Some(1700000000123)");
    check("1e9", "Some(1000000000000)");
    check("-5", "Some(-5000)");
    check("2023-11-14T22:13:20.5Z", "Some(1700000000500)");
    check("2023-11-14T23:13:20%2B01:00", "Some(1700000000000)");
    check("", "None");
    // Clients send the year 1 where they mean that no start is told.
    check("-62135596800", "Some(-9223372036855)");
    check("NaN", "400 invalid parameter \"t\": cannot parse \"NaN\" to a valid timestamp");
    check("today", "400 invalid parameter \"t\": cannot parse \"today\" to a valid timestamp");
}

#[test]
fn steps() {
    let check = |step: &str, expected: &str| {
        let grid = params(&format!("start=0&end=110000&step={step}")).grid();
        assert_eq!(told(grid.map(|grid| grid.step)), expected, "{step}");
    };
    check("10", "10s");
    check("10.5", "10.5s");
    check("1m30s", "90s");
    check("1d", "86400s");
    let positive = "400 invalid parameter \"step\": zero or negative query resolution step widths are not accepted. \
                    Try a positive integer";
    check("0", positive);
    check("-15", positive);
    check("-15s", positive);
    check("", "400 invalid parameter \"step\": cannot parse \"\" to a valid duration");
    check(
        "1e30",
        "400 invalid parameter \"step\": cannot parse \"1e30\" to a valid duration. It overflows int64",
    );
    check("soon", "400 invalid parameter \"step\": cannot parse \"soon\" to a valid duration");
    check(
        "9",
        "400 exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution \
         (?step=XX)",
    );
}

#[test]
fn ranges() {
    let check = |query: &str, expected: &str| assert_eq!(told(params(query).grid()), expected, "{query}");
    check("end=1&step=1", "400 invalid parameter \"start\": cannot parse \"\" to a valid timestamp");
    check("start=1&step=1", "400 invalid parameter \"end\": cannot parse \"\" to a valid timestamp");
    check(
        "start=2&end=1&step=1",
        "400 invalid parameter \"end\": end timestamp must not be before start time",
    );
}

#[test]
fn limits() {
    let check = |limit: &str, expected: &str| {
        assert_eq!(told(params(&format!("limit={limit}")).limit("limit")), expected, "{limit}");
    };
    check("", "None");
    check("0", "None");
    check("7", "Some(7)");
    check("-1", "400 invalid parameter \"limit\": limit must be non-negative");
    check("many", "400 invalid parameter \"limit\": `many` is no whole number");
}

#[test]
fn selectors() {
    let check = |query: &str, expected: &str| {
        let told = told(params(query).selectors().map(|selectors| {
            selectors
                .iter()
                .map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
                .collect::<Vec<_>>()
        }));
        assert_eq!(told, expected, "{query}");
    };
    check("", "[]");
    check("match[]=up&match[]=%7Bjob%3D~%22a.*%22%7D", r#"["__name__=\"up\"", "job=~\"a.*\""]"#);
    check(
        "match[]=%7B%7D",
        "400 invalid parameter \"match[]\": 1:1: parse error: vector selector must contain at least one non-empty \
         matcher",
    );
    check(
        "match[]=sum(up)",
        "400 invalid parameter \"match[]\": 1:1: parse error: a selector is wanted here",
    );
    check("match[]=up[5m]", "400 invalid parameter \"match[]\": 1:1: parse error: a selector is wanted here");
    check(
        "match[]=up+offset+5m",
        "400 invalid parameter \"match[]\": 1:1: parse error: a selector is wanted here",
    );
}
