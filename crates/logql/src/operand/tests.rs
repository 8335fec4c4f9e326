//! Tables of expressions, patterns, addresses and paths.

use std::net::IpAddr;

use proptest::prelude::*;

use super::*;

#[test]
fn regular_expressions_are_gos() {
    let check = |pattern: &str, text: &str, expected: bool| {
        let regexp = Regexp::new(pattern).unwrap_or_else(|fault| panic!("{pattern}: {fault}"));
        assert_eq!(regexp.is_match(text), expected, "{pattern} on {text:?}");
    };
    check("err.r", "an error", true);
    check("a.b", "a\nb", false);
    check("(?s)a.b", "a\nb", true);
    check("(?i)ERROR", "an error", true);
    check(r"^\d+$", "٣", false);
    check(r"\w+", "é", false);
    check(r"[\w-]+x", "a-x", true);
    check(r"[^\s\d]", " 5", false);
    check(r"\bfoo\b", "a foo b", true);
    check(r"\<b\>", "<b>", true);
    check("{\"a\":1}", "{\"a\":1}", true);
    check("a{2}", "aa", true);
    check("a{x}", "a{x}", true);
    check("[[]", "[", true);
    check("[[:alpha:]]", "a", true);
    check("[]a]+", "]", true);
    check("[a&&b]", "&", true);
    check(r"\Qa.b\E+", "a.b", true);
    check(r"\Qa.b", "axb", false);
    let fault = Regexp::new("(").expect_err("no expression");
    assert_eq!(fault, "error parsing regexp: unclosed group: `(`");
    assert!(Regexp::new(r"(\pL{1000}){1000}").is_err());
}

#[test]
fn what_every_match_holds() {
    let check = |pattern: &str, expected: &[&str]| {
        let regexp = Regexp::new(pattern).expect("an expression");
        let told = |one: &Required| format!("{}{}", if one.folded { "~" } else { "" }, one.texts.join("|"));
        let found: Vec<String> = regexp.required().iter().map(told).collect();
        assert_eq!(found, expected, "{pattern}");
    };
    check("timeout", &["timeout"]);
    check("foo.*bar", &["foo", "bar"]);
    check(r"user \bid=(\d+) done", &["user id=", " done"]);
    check("(abc)+d?", &["abc"]);
    check("a|b", &["a|b"]);
    check("a|b*", &[]);
    check("(?i)error", &["~error"]);
    check("pre(a|b)post", &["preapost|prebpost"]);
    check("timeout|(un)?refused", &["refused|timeout|unrefused"]);
    check("(x|y).*(foo|bar)z", &["x|y", "barz|fooz"]);
    check("a{2,3}b", &["aaab|aab"]);
    check("[abc]x", &["ax|bx|cx"]);
    check("[a-z]x", &["x"]);
    check("(one.*two|three)", &["three|two"]);
    check("(?i)k8s", &["~k8s|k8ſ|\u{212a}8s|\u{212a}8ſ"]);
    check("x*", &[]);
    check("^GET", &["GET"]);
}

#[test]
fn line_patterns_take_literals_where_they_first_occur() {
    let check = |pattern: &str, line: &str, expected: bool| {
        let pattern = LinePattern::new(pattern).expect("a pattern");
        assert_eq!(pattern.matches(line), expected, "{} on {line:?}", pattern.text());
    };
    check("<_> took <_>", "GET took 5ms", true);
    check("took", "GET took 5ms", false);
    check("took", "it took", true);
    check("took <_>", "it took 5ms", true);
    check("foo <_> baz", "foo bar baz", true);
    check("<_> bar", "foo bar baz", false);
    check("<_> bar <_>", " bar ", false);
    check("<_>bar<_>", " bar ", true);
    check("<_>b", "abab", false);
    check("a<_>b", "ab", false);
    check("<_>", "anything", true);
    check("<_>", "", false);
    check("", "", true);
    check("", "x", false);
    check("<a b>", "<a b>", true);
}

#[test]
fn patterns_that_mean_nothing() {
    let line = |pattern: &str| LinePattern::new(pattern).expect_err("a fault");
    assert_eq!(line("<_><_>"), "consecutive captures are not allowed; put text between them");
    assert_eq!(line("a <b>"), "line filters keep nothing under a name; write <_> instead of <b>");
    let capture = |pattern: &str| {
        CapturePattern::new(pattern).map(|p| p.names().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(capture("<a> <_> <b>"), Ok(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(
        capture("<_> x"),
        Err("at least one named capture must be supplied, such as <name>".to_owned())
    );
    assert_eq!(capture("<a> <a>"), Err("duplicate capture name (a)".to_owned()));
    assert_eq!(
        capture("<a><b>"),
        Err("consecutive captures are not allowed; put text between them".to_owned())
    );
}

#[test]
fn addresses_are_found_in_lines() {
    let check = |pattern: &str, line: &str, expected: &[&str]| {
        let addresses = IpMatch::new(pattern).unwrap_or_else(|fault| panic!("{fault}"));
        let found: Vec<&str> = addresses.find_in(line).map(|place| &line[place]).collect();
        assert_eq!(found, expected, "{pattern} in {line:?}");
    };
    check("10.0.0.1", "from 10.0.0.1:80 to 10.0.0.2.", &["10.0.0.1"]);
    check("10.0.0.0/8", "from 10.0.0.1:80 to 10.0.0.2.", &["10.0.0.1", "10.0.0.2"]);
    check("0.0.0.0/0", "at 12:30:45 é 1.2.3 1.2.3.4.5 256.1.1.1", &[]);
    check("192.168.4.5-192.168.4.20", "192.168.4.7,192.168.4.21", &["192.168.4.7"]);
    check("2001:db8::1-2001:db8::8", "[2001:db8::3]:443 2001:db8::9", &["2001:db8::3"]);
    check("::/0", "client ::1: refused", &["::1"]);
    check("127.0.0.1", "::ffff:127.0.0.1", &["::ffff:127.0.0.1"]);
    check("10.1.0.0/16", "10.1.2.3-10.1.2.4", &["10.1.2.3", "10.1.2.4"]);
    for bad in ["", "10.0.0.0/33", "10.0.0.9-10.0.0.1", "10.0.0.1-::1", "::/129", "nonsense", "10.0.0/8"] {
        assert!(IpMatch::new(bad).is_err(), "{bad}");
    }
}

#[test]
fn json_paths() {
    let field = |name: &str| JsonStep::Field(name.to_owned());
    let check = |path: &str, expected: Option<&[JsonStep]>| {
        let found = JsonPath::new(path);
        assert_eq!(found.as_ref().ok().map(JsonPath::steps), expected, "{path}");
    };
    check("a", Some(&[field("a")]));
    check("a.b[0][\"c d\"].e", Some(&[field("a"), field("b"), JsonStep::Index(0), field("c d"), field("e")]));
    check("[1]", Some(&[JsonStep::Index(1)]));
    for bad in ["", "a.", ".a", "a..b", "a[", "a[x]", "a[-1]", "a b", "1a", "a[\"b]"] {
        check(bad, None);
    }
}

proptest! {
    #[test]
    fn no_operand_panics(text in any::<String>(), line in any::<String>()) {
        let _ = JsonPath::new(&text);
        let _ = CapturePattern::new(&text);
        if let Ok(pattern) = LinePattern::new(&text) {
            let _ = pattern.matches(&line);
        }
        if let Ok(regexp) = Regexp::new(&text) {
            let _ = regexp.find_in(&line).count();
        }
        let _ = IpMatch::new(&text);
    }

    /// Every address is found again wherever it stands, and only lines that hold the literals can match.
    #[test]
    fn found_again(bits in any::<u128>(), short in any::<u32>(), before in "[a-z é(,=]{0,8} ", after in "[ ,)\\]]{0,8}") {
        for address in [IpAddr::V6(bits.into()), IpAddr::V4(short.into())] {
            let line = format!("{before}{address}{after}");
            let one = IpMatch::new(&address.to_string()).expect("an address");
            prop_assert_eq!(one.find_in(&line).count(), 1, "{}", line);
        }
    }

    #[test]
    fn matches_hold_the_literals(pattern in "(\\(\\?i\\))?[ab.*+?()|\\\\w]{0,12}", line in "[abABw ]{0,12}") {
        if let Ok(regexp) = Regexp::new(&pattern) && regexp.is_match(&line) {
            for required in regexp.required() {
                let lower = line.to_lowercase();
                let held = required.texts.iter().any(|text| lower.contains(&text.to_lowercase()));
                prop_assert!(held, "{:?} in {}", required, line);
            }
        }
    }
}
