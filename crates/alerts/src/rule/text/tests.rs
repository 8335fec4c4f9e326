use super::*;

fn render(text: &str, value: f64, answers: &Answers) -> Result<String, String> {
    let labels = Labels::from_pairs([("service", "web"), ("instance", "web-1.example.com:8000")]);
    let about =
        About { labels: &labels, value, public_url: "https://ops.example.com", now: 1_000_000_000, answers };
    Text::parse("what", text)?.render(&about)
}

#[test]
fn texts_are_written_as_prometheus_writes_them() {
    let check = |text: &str, value: f64, expected: &str| {
        assert_eq!(render(text, value, &Answers::default()).as_deref(), Ok(expected), "{text}");
    };
    check("plain", 1.0, "plain");
    check("{{ value }} {{ $value }} {{ .Value }}", 1.0, "1 1 1");
    check("{{ value }}", 0.25, "0.25");
    check(
        "{{ $labels.service }} is down on {{ $labels.instance | stripPort | stripDomain }}",
        1.0,
        "web is down on web-1",
    );
    check("[{{ $labels.nothing }}]", 1.0, "[]");
    check("{{ value | humanize }}", 1_234_567.0, "1.235M");
    check("{{ value | humanize }}", 0.0021, "2.1m");
    check("{{ value | humanize }}", 0.0, "0");
    check("{{ value | humanize }}", f64::NAN, "NaN");
    check("{{ value | humanize }}", f64::INFINITY, "+Inf");
    check("{{ value | humanize1024 }}", 1_048_576.0, "1Mi");
    check("{{ value | humanize1024 }}", 17.0, "17");
    check("{{ value | humanizeDuration }}", 0.0, "0s");
    check("{{ value | humanizeDuration }}", 1.0, "1s");
    check("{{ value | humanizeDuration }}", 1.1234567, "1.123s");
    check("{{ value | humanizeDuration }}", 59.0, "59s");
    check("{{ value | humanizeDuration }}", 3725.0, "1h 2m 5s");
    check("{{ value | humanizeDuration }}", -93_784.0, "-1d 2h 3m 4s");
    check("{{ value | humanizeDuration }}", 0.0024, "2.4ms");
    check("{{ value | humanizePercentage }}", 0.123_456, "12.35%");
    check("{{ value | humanizeTimestamp }}", 1_435_065_584.128, "2015-06-23 13:19:44.128 +0000 UTC");
    check("{{ humanize \"0.5\" }} {{ humanize 3 }}", 0.0, "500m 3");
    check("{{ value | printf \"%.2f\" }}", 1.0, "1.00");
    check("{{ toUpper \"a\" }}{{ toLower \"B\" }}{{ title \"aa bb CC\" }}", 0.0, "AbAa Bb CC");
    check("{{ if match \"^web\" $labels.service }}yes{{ end }}", 0.0, "yes");
    check("{{ reReplaceAll \"(.*):.*\" \"$1\" $labels.instance }}", 0.0, "web-1.example.com");
    check(
        "{{ externalURL }}{{ pathPrefix }} {{ $externalURL }}",
        0.0,
        "https://ops.example.com https://ops.example.com",
    );
    check("{{ graphLink \"up == 0\" }}", 0.0, "/graph?g0.expr=up+%3D%3D+0&g0.tab=0");
    check("{{ toDuration value }}", 90.0, "1m30s");
    check("{{ parseDuration \"1h\" }}", 0.0, "3600");
}

#[test]
fn a_text_that_cannot_be_rendered_says_why() {
    let check = |text: &str, expected: &str| {
        let told = render(text, 1.0, &Answers::default()).expect_err(text);
        assert!(told.contains(expected), "{text}: {told}");
    };
    check("{{ nosuch }}", "function \"nosuch\" not defined");
    check("{{ value | humanize", "unclosed action");
    check("{{ humanize \"x\" }}", "\"x\" is no number");
    check("{{ query \"up\" | first | value }}", "first() called on vector with no elements");
    check("{{ range $i := (splitList \"\" (repeat 60000 \"x\")) }}xxxxxxxx{{ end }}", "");
}

#[test]
fn a_query_is_asked_for_and_then_answered() {
    let text = "{{ range query \"up\" }}{{ label \"job\" . }}={{ value . }} {{ .Labels.job }}={{ .Value }} {{ end }}";
    let mut answers = Answers::default();
    assert_eq!(render(text, 1.0, &answers).as_deref(), Ok(""));
    assert_eq!(answers.wanted(), ["up"]);
    assert!(answers.wanted().is_empty(), "each is asked for once");
    answers.tell("up".to_owned(), Ok(vec![(Labels::from_pairs([("job", "web")]), 1.0)]));
    assert_eq!(render(text, 1.0, &answers).as_deref(), Ok("web=1 web=1 "));
    assert!(answers.wanted().is_empty());
    answers.tell("up".to_owned(), Err("too many samples".to_owned()));
    let told = render(text, 1.0, &answers).expect_err("the query failed");
    assert!(told.contains("too many samples"), "{told}");
}
