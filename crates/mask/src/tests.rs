use std::borrow::Cow;

use proptest::prelude::*;

use crate::{Config, Exception, Masker, Pattern, PatternError, Rule, RuleId, Rules};

fn table(name: &str) -> Vec<String> {
    let path = format!("{}/testdata/{name}", env!("CARGO_MANIFEST_DIR"));
    let table = std::fs::read_to_string(path).unwrap();
    let rows = table.lines().filter(|row| !row.is_empty() && !row.starts_with("# "));
    rows.map(|row| row.replace('~', "").replace("<NL>", "\n")).collect()
}

fn masker() -> Masker {
    Masker::new(Config::default())
}

fn mask(masker: &Masker, text: &str) -> String {
    masker.of("web").mask(text).text.into_owned()
}

#[test]
fn secrets_are_masked() {
    let masker = masker();
    let rows = table("masked.txt");
    for row in rows.chunks(2) {
        let [text, expected] = row else { panic!("an odd row: {row:?}") };
        let expected = expected.strip_prefix("> ").expect("what becomes of it");
        assert_eq!(mask(&masker, text), expected, "of {text}");
        assert_eq!(mask(&masker, expected), expected, "masked again");
    }
    assert!(rows.len() > 150, "{}", rows.len());
}

#[test]
fn everything_else_is_kept() {
    let masker = masker();
    let rows = table("kept.txt");
    for row in &rows {
        let masked = masker.of("web").mask(row);
        assert_eq!(masked.text, Cow::Borrowed(row.as_str()));
        assert_eq!(masked.hits, []);
        assert!(matches!(masked.text, Cow::Borrowed(_)), "{row} was copied");
    }
    assert!(rows.len() > 45, "{}", rows.len());
}

#[test]
fn personal_data_is_masked_where_it_is_asked_for() {
    let mut config = Config::default();
    [Rule::Email, Rule::Iban, Rule::Ip].into_iter().for_each(|rule| config.rules.insert(rule));
    let masker = Masker::new(config);
    let check = |text: &str, expected: &str| assert_eq!(mask(&masker, text), expected);
    check("mail to ada.l+x@mail.example.co.uk.", "mail to [masked:email].");
    check("@ada a@b a@b.c git@example.com:x", "@ada a@b a@b.c [masked:email]:x");
    check(
        "to DE89370400440532013000, or DE89 3704 0044 0532 0130 00 now",
        "to [masked:iban], or [masked:iban] now",
    );
    check("GB82WEST12345698765432 XDE89370400440532013000", "[masked:iban] XDE89370400440532013000");
    check("DE88370400440532013000", "DE88370400440532013000");
    check("from 203.0.113.7:443 and [2001:db8::1]:80.", "from [masked:ip]:443 and [[masked:ip]]:80.");
    check("version 1.2.3 at 10:00:00 of 300.1.1.1", "version 1.2.3 at 10:00:00 of 300.1.1.1");
}

#[test]
fn own_patterns_see_the_text_first() {
    let patterns = vec![
        Pattern::new("customer", r"KD-(?P<secret>\d{4})").unwrap(),
        Pattern::new("plate", "[A-Z]{2} [0-9]{3}").unwrap(),
    ];
    let masker = Masker::new(Config { patterns, ..Config::default() });
    let masked = masker.of("web").mask("KD-1234 drove AB 123 with password=KD-5678x");
    assert_eq!(masked.text, "KD-[masked:customer] drove [masked:plate] with password=[masked:password]");
    let names: Vec<&str> = masked.hits.iter().map(|rule| masker.name(*rule)).collect();
    assert_eq!(names, ["customer", "plate", "customer", "password"]);
    assert_eq!(mask(&masker, &masked.text), masked.text);
}

#[test]
fn bad_patterns_are_refused() {
    let check = |name: &str, regex: &str, expected: PatternError| {
        assert_eq!(Pattern::new(name, regex).unwrap_err(), expected, "{name} {regex}");
    };
    check("", "a", PatternError::Name);
    check("A b", "a", PatternError::Name);
    check("card", "a", PatternError::Taken);
    check("x", "a*", PatternError::MatchesNothing);
    check("x", &"a".repeat(3000), PatternError::TooLarge);
    check("x", r"(\w{100}){1000}", PatternError::TooLarge);
    check("x", "(a", PatternError::Syntax("unclosed group".into()));
}

#[test]
fn services_have_exceptions() {
    let rules = [Rule::Card, Rule::Token].into_iter().map(RuleId::from).collect();
    let exceptions = vec![
        Exception { service: "till".into(), rules },
        Exception { service: "open".into(), rules: Rules::ALL },
    ];
    let masker = Masker::new(Config { exceptions, ..Config::default() });
    let text = "token=a card=4111111111111111 password=b";
    let check = |service: &str, expected: &str| assert_eq!(masker.of(service).mask(text).text, expected);
    check("web", "token=[masked:token] card=[masked:card] password=[masked:password]");
    check("till", "token=a card=4111111111111111 password=[masked:password]");
    check("open", text);
    assert!(masker.of("open").is_idle() && !masker.of("web").is_idle());
}

#[test]
fn values_are_masked_by_their_keys() {
    let masker = masker();
    let check = |key: &str, value: &str, expected: &str| {
        assert_eq!(masker.of("web").mask_value(key, value).text, expected, "{key}");
    };
    check("password", "hunter2", "[masked:password]");
    check("HTTP_AUTHORIZATION", "Bearer x", "[masked:authorization]");
    check("password", "", "");
    check("password", "[masked:password]", "[masked:password]");
    check("query", "a=1&token=abc", "a=1&token=[masked:token]");
    check("user", "ada", "ada");
}

/// Pieces of which texts are made that are full of near hits.
const PIECES: &[&str] = &[
    "password",
    "token",
    "secret",
    "api_key",
    "Authorization",
    "Cookie",
    "=",
    ":",
    ": ",
    " = ",
    "=>",
    "\"",
    "'",
    "\\\"",
    "\\\\",
    "\\",
    "\\n",
    "\n",
    " ",
    ",",
    ";",
    "&",
    ")",
    "]",
    "[",
    "{",
    "}",
    "<",
    ">",
    "://",
    "@",
    "a",
    "hunter2",
    "user",
    "Bearer ",
    "Basic ",
    "YTpi",
    "eyJ",
    "hbGciOiJIUzI1NiJ9",
    ".",
    "4111111111111111",
    "4111 1111 1111 1111",
    "-",
    "5",
    "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----",
    "MIIE",
    "[masked:",
    "[masked:card]",
    "x]",
    "é",
    "%3D",
    "%26",
    "sk-",
    "ghp_",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "SK0123456789abcdef0123456789abcdef",
    "null",
    "--",
    "(",
    "\\u00e9",
    "AKIA",
    "IOSFODNN7EXAMPLE",
    "1234567890:AA",
    "b'",
    "DE89370400440532013000",
];

fn pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..25).prop_map(|pieces| pieces.concat())
}

/// Escapes a text as a string of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

/// What follows the value of JSON that `text` begins with, if it is one.
fn json(text: &str) -> Option<&str> {
    let text = text.trim_start();
    match text.as_bytes().first()? {
        b'"' => {
            let mut rest = &text[1..];
            loop {
                let at = rest.find(['"', '\\'])?;
                if rest.as_bytes()[at] == b'"' {
                    return Some(&rest[at + 1..]);
                }
                let escape = *rest.as_bytes().get(at + 1)?;
                if !b"\"\\/bfnrtu".contains(&escape) {
                    return None;
                }
                rest = rest.get(at + 2..)?;
            }
        }
        b'{' | b'[' => {
            let is_object = text.starts_with('{');
            let mut rest = text[1..].trim_start();
            loop {
                if is_object {
                    rest = json(rest)?.trim_start().strip_prefix(':')?;
                }
                rest = json(rest)?.trim_start();
                match rest.strip_prefix(',') {
                    Some(more) => rest = more,
                    None => return rest.strip_prefix(if is_object { '}' } else { ']' }),
                }
            }
        }
        _ => {
            let end =
                text.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c))).unwrap_or(text.len());
            (end > 0).then(|| &text[end..])
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_masked_stays_as_it_is(text in pieces()) {
        let masker = masker();
        let once = mask(&masker, &text);
        prop_assert_eq!(&mask(&masker, &once), &once, "from {}", text);
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        mask(&masker(), &text);
    }

    #[test]
    fn json_stays_json(key in pieces(), value in pieces(), number in 0_u64..20_000_000_000_000_000, deep in any::<bool>()) {
        let inner = format!("{{{}:{},\"card\":[{number},4111111111111111],\"token\":{number},\"n\":null}}", quoted(&key), quoted(&value));
        let text = if deep { format!("{{\"msg\":{},\"password\":{number}}}", quoted(&inner)) } else { inner };
        prop_assert_eq!(json(&text), Some(""));
        let masked = mask(&masker(), &text);
        prop_assert_eq!(json(&masked), Some(""), "{} from {}", masked, text);
    }
}

#[test]
fn a_long_text_of_near_hits_takes_linear_time() {
    let masker = masker();
    let more = ["eyJ.", "password=\"", "\\\"password\\\":\\\"", "-----BEGIN PRIVATE KEY-----\"", "@://a:"];
    let size = 256 << 10;
    let repeated = PIECES.iter().chain(&more).map(|piece| piece.repeat(size / piece.len()));
    let made = [
        format!("{{\"a\":[{}0]}}", "4111111111111111,".repeat(size / 17)),
        format!("{}{}", " ".repeat(size), "token=x ".repeat(size / 8)),
    ];
    for text in repeated.chain(made) {
        let started = std::time::Instant::now();
        mask(&masker, &text);
        // Generous: what is quadratic takes minutes.
        assert!(started.elapsed().as_secs() < 5, "{:.40} took {:?}", text, started.elapsed());
    }
}
