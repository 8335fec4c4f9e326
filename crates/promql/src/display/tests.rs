use crate::parse;

fn check(query: &str, expected: &str) {
    let shown = parse(query).unwrap_or_else(|error| panic!("{query}: {error}")).node.to_string();
    assert_eq!(shown, expected, "{query}");
    let again = parse(&shown).unwrap_or_else(|error| panic!("{shown}: {error}")).node.to_string();
    assert_eq!(again, shown, "{query}");
}

#[test]
fn the_normal_form() {
    for (query, expected) in [
        ("up", "up"),
        ("{__name__=\"up\",job='a'}", "up{job=\"a\"}"),
        ("{__name__=~\"up.*\"}", "{__name__=~\"up.*\"}"),
        ("{\"my.metric\", \"a.b\"=\"x\"}", "{\"my.metric\",\"a.b\"=\"x\"}"),
        ("sum(x)by(job,\"a.b\")", "sum by (job, \"a.b\") (x)"),
        ("sum by () (x)", "sum(x)"),
        ("sum without() (x)", "sum without () (x)"),
        ("topk(3,x)", "topk(3, x)"),
        ("rate(x{a!=\"b\"}[300s] offset 90s)", "rate(x{a!=\"b\"}[5m] offset 1m30s)"),
        ("x offset -7d @ 12.5", "x @ 12.500 offset -1w"),
        ("x @ end()", "x @ end()"),
        ("max_over_time((a+b)[1h:])", "max_over_time((a + b)[1h:])"),
        (
            "max_over_time(rate(x[5m])[1h:5m] @ start() offset 1m)",
            "max_over_time(rate(x[5m])[1h:5m] @ start() offset 1m)",
        ),
        ("rate(x[step() * 2])", "rate(x[step() * 2s])"),
        ("a+b*c", "a + b * c"),
        ("(a+b)*c", "(a + b) * c"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("a^b^c", "a ^ b ^ c"),
        ("(a^b)^c", "(a ^ b) ^ c"),
        ("(-1)^2", "(-1) ^ 2"),
        ("-1^2", "-1 ^ 2"),
        ("-(a+b)", "-(a + b)"),
        ("-a^b", "-a ^ b"),
        ("(-a)^b", "(-a) ^ b"),
        ("a and on(x) b or c", "a and on (x) b or c"),
        ("a > bool 1", "a > bool 1"),
        ("a / on(x) group_left(y) b", "a / on (x) group_left (y) b"),
        ("a / ignoring(x) group_right b", "a / ignoring (x) group_right () b"),
        ("5m * 2", "300 * 2"),
        ("1e21", "1e+21"),
        ("\"a\\nb\"", "\"a\\nb\""),
        ("Inf", "+Inf"),
        ("a atan2 b", "a atan2 b"),
    ] {
        check(query, expected);
    }
}

#[test]
fn long_queries_are_broken_up() {
    let query = "histogram_quantile(0.99, sum by (le, job) (rate(http_request_duration_seconds_bucket{job=\"api\"}[5m]))) \
                 > on (job) group_left () (a_threshold_of_a_long_name * 2)";
    let pretty = parse(query).expect("a query").node.pretty();
    let expected = "  histogram_quantile(
    0.99,
    sum by (le, job) (rate(http_request_duration_seconds_bucket{job=\"api\"}[5m]))
  )
> on (job) group_left ()
  a_threshold_of_a_long_name * 2";
    assert_eq!(pretty, expected);
    let long = format!("sum by (job) (rate({}[5m]))", "x".repeat(100));
    let expected = format!("sum by (job) (\n  rate(\n    {}[5m]\n  )\n)", "x".repeat(100));
    assert_eq!(parse(&long).expect("a query").node.pretty(), expected);
}
