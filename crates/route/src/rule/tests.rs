//! The tables of `testdata/rules`.

use std::net::IpAddr;

use ::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::expression;
use super::*;

fn lines(text: &str) -> impl Iterator<Item = String> + '_ {
    let wanted = text.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    wanted.map(|line| line.replace('⏎', "\n").replace('→', "\t"))
}

#[test]
fn expressions_are_read_as_go_reads_them() {
    let table: Vec<String> = lines(include_str!("../../testdata/rules/grammar.txt")).collect();
    for pair in table.chunks(2) {
        let [rule, expected] = pair else { panic!("{pair:?} is no pair") };
        let read = expression::parse(rule);
        if let Some(tree) = expected.strip_prefix("=> ") {
            let read = read.unwrap_or_else(|error| panic!("{rule}: {error}"));
            assert_eq!(read.to_string(), tree, "{rule}");
            assert_eq!(expression::parse(&read.to_string()).as_ref(), Ok(&read), "{rule}");
            continue;
        }
        let expected = expected.strip_prefix("! ").expect("a tree or an error");
        let error = read.expect_err(rule).to_string();
        assert!(error.contains(expected), "{rule}\n  says {error}\n  not  {expected}");
    }
}

/// A request of the tables.
struct Request {
    method: String,
    host: String,
    path: String,
    query: String,
    headers: HeaderMap,
    client: IpAddr,
}

impl Request {
    fn read(text: &str) -> Self {
        let mut parts = text.split(" ; ");
        let address = parts.next().expect("a split has a first part");
        let (method, address) = address.split_once(' ').unwrap_or(("GET", address));
        let (target, query) = address.split_once('?').unwrap_or((address, ""));
        let (host, path) = target.split_at(target.find('/').unwrap_or(target.len()));
        let path = if path.is_empty() { "/" } else { path };
        let mut request = Self {
            method: method.to_owned(),
            host: host.to_lowercase(),
            path: routed_path(path).expect("sound escapes").into_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            client: IpAddr::from([127, 0, 0, 1]),
        };
        for part in parts {
            request.add(part);
        }
        request
    }

    fn add(&mut self, part: &str) {
        if let Some(address) = part.strip_prefix("from ") {
            self.client = address.parse().expect("an address");
            return;
        }
        let (name, value) = part.split_once(": ").expect("a header");
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.append(name, HeaderValue::from_str(value).expect("a header's value"));
    }

    fn seen(&self) -> Seen<'_> {
        Seen {
            host: &self.host,
            path: &self.path,
            method: &self.method,
            headers: &self.headers,
            query: &self.query,
            client: self.client,
        }
    }
}

/// Goes through a table of rules with what follows each; `check` gets the rule, and one line at a time.
fn check_rules<R>(
    table: &str,
    parse: impl Fn(&str) -> Result<R, RuleError>,
    remarks: impl Fn(&R) -> &[Remark],
    matches: impl Fn(&R, &str) -> bool,
) {
    let mut current: Option<(String, Result<R, RuleError>)> = None;
    for line in lines(table) {
        let (sign, rest) = line.split_at_checked(2).unwrap_or((&line, ""));
        let read = current.as_ref();
        match (sign, read) {
            ("+ " | "- ", Some((text, Ok(rule)))) => {
                assert_eq!(matches(rule, rest), sign == "+ ", "{text} of {rest}");
            }
            ("? ", Some((text, Ok(rule)))) => {
                let [remark] = remarks(rule) else { panic!("{text}: {} remarks", remarks(rule).len()) };
                let remark = format!("{}; {}", remark.what, remark.instead);
                assert!(remark.contains(rest), "{text}\n  says {remark}\n  not  {rest}");
            }
            ("! ", Some((text, Err(error)))) => {
                let error = error.to_string();
                assert!(error.contains(rest), "{text}\n  says {error}\n  not  {rest}");
            }
            ("! ", Some((text, Ok(_)))) => panic!("{text} is read, and was not to be"),
            ("+ " | "- " | "? ", Some((text, Err(error)))) => panic!("{text}: {error}"),
            _ => {
                let parsed = parse(&line);
                current = Some((line, parsed));
            }
        }
    }
}

fn check_http(table: &str, syntax: Syntax) {
    let parse = |text: &str| {
        let rule = Rule::parse(text, syntax)?;
        assert_eq!(Rule::parse(&rule.to_string(), syntax)?.to_string(), rule.to_string());
        Ok(rule)
    };
    let matches = |rule: &Rule, request: &str| rule.matches(&Request::read(request).seen());
    check_rules(table, parse, Rule::remarks, matches);
}

#[test]
fn functions_of_v3() {
    check_http(include_str!("../../testdata/rules/http_v3.txt"), Syntax::V3);
}

#[test]
fn functions_of_v2() {
    check_http(include_str!("../../testdata/rules/http_v2.txt"), Syntax::V2);
}

#[test]
fn only_what_v3_does_not_know_is_remarked() {
    let table = include_str!("../../testdata/rules/http_v3.txt");
    let mut rules = lines(table).peekable();
    while let Some(rule) = rules.next() {
        let ordinary = rules.peek().is_some_and(|next| next.starts_with("+ "));
        if let (false, true, Ok(rule)) =
            (rule.starts_with(['+', '-', '?', '!']), ordinary, Rule::parse(&rule, Syntax::V3))
        {
            assert_eq!(rule.remarks(), [], "{rule}");
        }
    }
}

fn connection_matches(rule: &TcpRule, connection: &str) -> bool {
    let mut parts = connection.split(" ; ");
    let name = parts.next().filter(|name| *name != "none").map(str::to_lowercase);
    let (mut alpn, mut client) = (Vec::new(), IpAddr::from([127, 0, 0, 1]));
    for part in parts {
        match part.split_once(' ') {
            Some(("alpn", protocols)) => alpn = protocols.split(',').collect(),
            Some(("from", address)) => client = address.parse().expect("an address"),
            _ => panic!("{part} is no part of a connection"),
        }
    }
    rule.matches(&TcpSeen { server_name: name.as_deref(), alpn: &alpn, client })
}

#[test]
fn rules_over_connections() {
    let parse = |line: &str| {
        let (syntax, rule) = line.split_once(' ').expect("a syntax and a rule");
        TcpRule::parse(rule, Syntax::parse(syntax).expect("v2 or v3"))
    };
    check_rules(include_str!("../../testdata/rules/tcp.txt"), parse, TcpRule::remarks, connection_matches);
}

#[test]
fn the_rule_that_takes_all_connections_goes_last() {
    let rule = |text| TcpRule::parse(text, Syntax::V3).expect("a rule");
    assert_eq!(rule("HostSNI(`*`)").default_priority(), -1);
    assert!(rule("HostSNI(`*`)").takes_all());
    assert_eq!(rule("HostSNI(`a`)").default_priority(), 12);
    assert_eq!(rule("HostSNI(`*`) && ClientIP(`::1`)").default_priority(), 31);
    assert_eq!(rule("HostSNI(`b`) || HostSNI(`a`) && !HostSNI(`c`)").hosts(), ["b", "a"]);
}

#[test]
fn the_longest_rule_goes_first() {
    for block in include_str!("../../testdata/rules/mux.txt").split("\n\n") {
        let mut routers: Vec<(i64, usize, Rule)> = Vec::new();
        for line in lines(block) {
            if let Some((request, number)) = line.rsplit_once(" = ") {
                let request = Request::read(request);
                let first = routers.iter().find(|(.., rule)| rule.matches(&request.seen()));
                assert_eq!(
                    first.map_or(0, |(_, number, _)| *number).to_string(),
                    number,
                    "{line} in\n{block}"
                );
                continue;
            }
            let (number, rest) = line.split_once(' ').expect("a number");
            let (priority, text) = match rest.strip_prefix('@').and_then(|rest| rest.split_once(' ')) {
                Some((priority, text)) => (priority.parse().expect("a priority"), text),
                None => (0, rest),
            };
            let rule = Rule::parse(text, Syntax::V3).expect("a rule");
            let priority = if priority == 0 { rule.default_priority() } else { priority };
            routers.push((priority, number.parse().expect("a number"), rule));
            routers.sort_by_key(|(priority, number, _)| (-priority, *number));
        }
    }
}

#[test]
fn rules_know_their_hosts() {
    for line in lines(include_str!("../../testdata/rules/hosts.txt")) {
        let line = line.replace("\\|", "∨");
        let parts: Vec<String> = line.split('|').map(|part| part.trim().replace('∨', "|")).collect();
        let [rule, hosts, needed, prefix] = parts.as_slice() else { panic!("{line}: four columns") };
        let rule = Rule::parse(rule, Syntax::V3).expect("a rule");
        assert_eq!(rule.hosts().join(" "), *hosts, "{line}");
        let found = rule
            .needed_hosts()
            .map_or("*".to_owned(), |hosts| hosts.into_iter().collect::<Vec<_>>().join(" "));
        assert_eq!(found, *needed, "{line}");
        assert_eq!(rule.path_prefix().unwrap_or("-"), *prefix, "{line}");
    }
}

#[test]
fn paths_keep_the_escapes_of_reserved_characters() {
    let check =
        |path: &str, expected: Option<&str>| assert_eq!(routed_path(path).as_deref(), expected, "{path}");
    check("/plain", Some("/plain"));
    check("/a%20b", Some("/a b"));
    check("/%41%7e", Some("/A~"));
    check("/a%2fb%2Fc", Some("/a%2Fb%2Fc"));
    check(
        "/%3a%3F%23%5b%5D%40%21%24%26%27%28%29%2a%2B%2c%3b%3D%25",
        Some("/%3A%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25"),
    );
    check("/%C3%A4", Some("/ä"));
    check("/%C3x%FF", Some("/%C3x%FF"));
    check("/a%2", None);
    check("/a%", None);
    check("/a%zz", None);
    check("/a%4ä", None);
}

#[test]
fn what_is_too_large_is_refused() {
    let error = |text: &str| Rule::parse(text, Syntax::V3).expect_err("too large").to_string();
    assert!(error(&format!("Path(`/{}`)", "x".repeat(70_000))).contains("longer than 64 KiB"));
    assert!(
        error(&format!("{}Path(`/`){}", "(".repeat(101), ")".repeat(101))).contains("more than 100 brackets")
    );
    assert!(error(&"!".repeat(60_000)).contains("more than 100 brackets"));
    let long = vec!["Path(`/x`)"; 4000].join(" || ");
    assert!(Rule::parse(&long, Syntax::V3).is_ok());
    assert!(error(r"PathRegexp(`(((a{100}){100}){100}){100}`)").contains("is no regular expression"));
}

/// Rules that are nearly right, more often than chance would have them.
fn texts() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Host",
        "PathPrefix",
        "HostRegexp",
        "Query",
        "ClientIP",
        "(",
        ")",
        "`",
        "\"",
        "a.example",
        "/x",
        "{id:[0-9]+}",
        "&&",
        "||",
        "!",
        ",",
        " ",
        "\n",
        "//",
        "/*",
        "*/",
        "\\",
        "\\x41",
        "ä",
        "10.0.0.0/8",
        "(`a`)",
        "(`/a`)",
    ]);
    prop::collection::vec(words, 0..24).prop_map(|words| words.concat())
}

/// Right expressions.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = ("[A-Z][a-z]{1,5}", prop::collection::vec("[^`\r]{0,6}", 1..3)).prop_map(|(name, values)| {
        let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        format!("{name}({})", values.join(","))
    });
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inside| format!("!({inside})")),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" && "))),
            prop::collection::vec(inner, 2..4).prop_map(|parts| format!("({})", parts.join("||"))),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_panics(text in prop_oneof![texts(), any::<String>()]) {
        for syntax in [Syntax::V3, Syntax::V2] {
            let _ = TcpRule::parse(&text, syntax);
            match Rule::parse(&text, syntax) {
                Err(error) => prop_assert!(error.at <= text.len() && text.is_char_boundary(error.at)),
                Ok(rule) => {
                    let again = Rule::parse(&rule.to_string(), syntax);
                    prop_assert_eq!(again.map(|again| again.to_string()), Ok(rule.to_string()));
                }
            }
        }
    }

    #[test]
    fn what_is_shown_reads_as_the_same(text in expressions()) {
        let tree = expression::parse(&text).expect("a right expression");
        prop_assert_eq!(expression::parse(&tree.to_string()), Ok(tree));
    }

    #[test]
    fn no_path_panics(path in "[/a%0-9A-Fä]{0,30}") {
        if let Some(routed) = routed_path(&path) {
            // Once undone, nothing but reserved escapes is left, and these stay.
            prop_assert_eq!(routed_path(&routed).is_some(), true);
        }
    }
}
