//! Takes values out of texts, so that the same text with other values is the same text.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// What a value looks like, most telling first: its name and a pattern without look-around, whose repetitions are
/// bounded so that a text is read in one pass.
const KINDS: [(&str, &str); 17] = [
    ("email", r"\b[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){0,8}\b"),
    ("url", r#"\b(?:wss?|https?|ftp|amqps?|rediss?|postgres(?:ql)?|mysql)://(?u:[^\s"'<>()\[\]]+)"#),
    (
        "hostname",
        r"\b(?:[A-Za-z0-9\-]{1,63}\.){1,8}(?:com|net|org|edu|gov|mil|biz|info|eu|uk|de|fr|nl|ch|jp|au|ca|br|io|dev|local|internal|localhost|example|invalid)\b",
    ),
    ("ip", IP),
    (
        "traceparent",
        r"\b[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b|\b[0-9a-f]{32}-[0-9a-f]{16}(?:-[01])?\b",
    ),
    ("uuid", r"\b[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\b"),
    ("swift_txn_id", r"\btx[0-9a-f]{21}-[0-9a-f]{10}\b"),
    ("sha1", r"\b[0-9A-Fa-f]{40}\b"),
    ("md5", r"\b[0-9A-Fa-f]{32}\b"),
    ("date", DATE),
    ("hex", r"\b0[xX][0-9A-Fa-f]{1,128}\b|\b[0-9A-Fa-f]{8,128}\b"),
    ("git_sha", r"\b[0-9a-f]{7}\b"),
    ("duration", r"\b[0-9]{1,19}(?:\.[0-9]{1,19})?(?:ns|us|µs|ms|s|sec|secs|min|mins|m|h|hrs?|d)\b"),
    ("float", r"-?\b[0-9]{1,40}\.[0-9]{1,40}(?:[eE][+\-]?[0-9]{1,4})?\b"),
    ("int", r"-?\b[0-9]+\b"),
    ("numbered", r"_[0-9]+\b"),
    ("quoted", r#"=\s?(?:'(?u:[^'\n]{0,120})'|"(?u:[^"\n]{0,120})"|(?i:true|false)\b)"#),
];

/// Addresses of both versions of the Internet's protocol.
const IP: &str = concat!(
    r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b",
    r"|\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b",
    r"|\b(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}\b|::1\b",
);

/// Days and times, alone and together, as programs write them.
const DATE: &str = concat!(
    r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:Z| ?[+\-][0-9]{2}:?[0-9]{2}\b)?)?",
    r"|\b[0-9]{8}T[0-9]{6}(?:\.[0-9]{1,9})?Z?\b",
    r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? [0-9]{1,2}[ \-](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}[ \-][0-9]{2,4}(?: [0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?: (?:[A-Z]{1,5}|[+\-][0-9]{4})\b)?)?",
    r"|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} {1,2}[0-9]{1,2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?: [A-Z]{3,5})? [0-9]{4}\b",
    r"|\b[0-9]{1,2}[ /\-](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}[ /\-][0-9]{4}(?:[: ][0-9]{2}:[0-9]{2}:[0-9]{2}(?: [+\-][0-9]{4}\b)?)?",
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} {1,2}[0-9]{1,2}(?:,? [0-9]{4})?(?:,? [0-9]{2}:[0-9]{2}:[0-9]{2})?\b",
    r"|\b[0-9]{1,4}/[0-9]{1,2}/[0-9]{1,4}(?:,? [0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?\b",
    r"|\b[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?\b",
);

static VALUES: LazyLock<Regex> = LazyLock::new(|| {
    let kinds: Vec<String> = KINDS.iter().map(|(_, pattern)| format!("({pattern})")).collect();
    // ASCII's idea of letters and digits is enough here, and much smaller.
    let whole = format!("(?-u){}", kinds.join("|"));
    Regex::new(&whole).expect("a pattern of our own")
});

/// Puts `<email>`, `<uuid>`, `<int>` and the like in the place of values. Linear in the text.
pub fn parameterise(text: &str) -> Cow<'_, str> {
    if !may_hold_values(text) {
        return Cow::Borrowed(text);
    }
    let mut settled = String::new();
    let mut done = 0;
    for captures in VALUES.captures_iter(text) {
        let Some(found) = captures.get(0) else { continue };
        let kind = (1..captures.len()).find(|group| captures.get(*group).is_some()).unwrap_or(1) - 1;
        let Some(name) = name_of(KINDS[kind].0, found.as_str()) else { continue };
        settled.push_str(&text[done..found.start()]);
        settled.push_str(name);
        done = if name == "<url>" { found.start() + without_stop(found.as_str()).len() } else { found.end() };
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    settled.push_str(&text[done..]);
    Cow::Owned(settled)
}

/// An address without what ends the sentence that it stands in.
fn without_stop(address: &str) -> &str {
    address.trim_end_matches(['.', ',', ':', ';', '!', '?'])
}

/// Every value has a digit or an `@`, or stands behind a `:` or `=` or between dots.
fn may_hold_values(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit() || matches!(byte, b'@' | b':' | b'=' | b'.'))
}

/// What to write for a value; `None` if a second look says that it is none.
fn name_of(kind: &str, value: &str) -> Option<&'static str> {
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let all_digits = value.bytes().all(|byte| byte.is_ascii_digit());
    Some(match kind {
        "email" => "<email>",
        "url" => "<url>",
        "hostname" => "<hostname>",
        "ip" => has_digit.then_some("<ip>")?,
        "traceparent" => "<traceparent>",
        "uuid" => "<uuid>",
        "swift_txn_id" => "<swift_txn_id>",
        // A number that happens to be as long as a hash is a number.
        "sha1" | "md5" | "hex" | "git_sha" if all_digits => "<int>",
        "sha1" => "<sha1>",
        "md5" => "<md5>",
        "date" => "<date>",
        "duration" => "<duration>",
        "hex" => has_digit.then_some("<hex>")?,
        "git_sha" => has_digit.then_some("<git_sha>")?,
        "float" => "<float>",
        "int" => "<int>",
        "numbered" => "_<int>",
        _ if value.ends_with(['\'', '"']) => "=<quoted_str>",
        _ => "=<bool>",
    })
}
