//! What is set, to be shown: values as TOML, without anything secret.

use model::Ordered as _;

use crate::node::{Node, Table, Value};
use crate::tree::join;
use crate::{Place, Section};

/// A key that the file or the environment sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The section's path: `logs`, `logs.class[0]`; empty at the top.
    pub section: String,
    /// The key.
    pub key: String,
    /// Its value as TOML; empty if it is secret.
    pub value: String,
    /// Whether the value is held back.
    pub secret: bool,
    /// Where it is set.
    pub place: Place,
}

/// Keys whose names hold one of these have a value that nobody is shown.
const SECRET: [&str; 12] = [
    "password",
    "secret",
    "token",
    "credential",
    "webhook",
    "users",
    "cookie",
    "dsn",
    "header",
    "auth",
    "sid",
    "hmac",
];
/// Below these, addresses are secrets too: who knows them may write there.
const SECRET_ADDRESSES: [&str; 2] = ["alerts.receivers", "alerts.heartbeat"];

impl Section<'_> {
    /// Everything that is set in the whole tree, in the order of places.
    pub fn shown(&self) -> Vec<Shown> {
        let mut all = Vec::new();
        collect(&self.tree.table, "", &mut all);
        all.order_by(|a, b| (&a.place, &a.section, &a.key).cmp(&(&b.place, &b.section, &b.key)));
        all
    }
}

fn collect(table: &Table, section: &str, all: &mut Vec<Shown>) {
    for (key, item) in &table.0 {
        let path = join(section, key);
        match &item.node.value {
            Value::Table(inner) => collect(inner, &path, all),
            Value::List(nodes) if nodes.iter().any(|node| matches!(node.value, Value::Table(_))) => {
                for (index, node) in nodes.iter().enumerate() {
                    if let Value::Table(inner) = &node.value {
                        collect(inner, &format!("{path}[{index}]"), all);
                    }
                }
            }
            _ => {
                let secret = is_secret(section, key);
                let value = if secret { String::new() } else { written(&item.node) };
                let (section, key, place) = (section.to_owned(), key.clone(), item.key_place.clone());
                all.push(Shown { section, key, value, secret, place });
            }
        }
    }
}

/// Rather one too many: what is held back can be read in the file.
fn is_secret(section: &str, key: &str) -> bool {
    let (section, key) = (section.to_lowercase(), key.to_lowercase());
    // Where a secret lies is none.
    if key.ends_with("_file") {
        return false;
    }
    let named = SECRET.iter().any(|word| key.contains(word));
    // Who knows a topic of ntfy's can read it.
    let is_topic = key == "topic" && section.starts_with("alerts.receivers");
    let is_key = key == "key" || key.ends_with("_key");
    let address = key.contains("url")
        && SECRET_ADDRESSES.iter().any(|name| format!("{section}.{key}").starts_with(name));
    let last = section.rsplit_once('.').map_or("", |(_, last)| last);
    let below = SECRET.iter().any(|word| last.contains(word));
    named || is_key || is_topic || address || below
}

fn written(node: &Node) -> String {
    match &node.value {
        Value::Text(text) | Value::Loose(text) => format!("{:?}", without_password(text)),
        Value::Integer(Some(number)) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Boolean(value) => value.to_string(),
        Value::Date(text) => text.clone(),
        Value::List(nodes) => format!("[{}]", nodes.iter().map(written).collect::<Vec<_>>().join(", ")),
        Value::Table(_) | Value::Integer(None) | Value::Broken => String::new(),
    }
}

/// `redis://:secret@host/0?token=x` → `redis://…@host/0?…`
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    // A password may hold `/` and `?`, whether or not it should: what stands before the last `@` goes.
    let (hidden, rest) = match rest.rsplit_once('@') {
        Some((_, rest)) => ("…@", rest),
        None => ("", rest),
    };
    let (place, query) = match rest.split_once('?') {
        Some((place, _)) => (place, "?…"),
        None => (rest, ""),
    };
    format!("{scheme}://{hidden}{place}{query}")
}

#[cfg(test)]
mod tests {
    use crate::Tree;

    const FILE: &str = r#"
[server]
listen = "127.0.0.1:4100"
[auth]
mode = "password"
admin_password = "correct horse"
admin_password_file = "/run/secrets/p"
[[queue]]
url = "redis://:hunter2@redis:6379/0"
[[queue]]
url = "amqp://shop:slash/and?mark@rabbit:5672/"
[[issues.project]]
name = "shop"
key = "0123456789abcdef0123456789abcdef"
[alerts.receivers.slack]
webhook_url = "https://hooks.slack.com/services/T/B/x"
channel = "ops"
[alerts.receivers.ntfy]
url = "https://ntfy.sh/a-secret-topic"
topic = "nobody-guesses-it"
[proxy.middlewares.gate.basicauth]
users = ["a:$2y$05$x"]
realm = "shop"
[proxy.middlewares.more.headers.customrequestheaders]
x-api = "deadbeef"
[metrics]
relabel = ["a", 1, true]
"#;

    #[test]
    fn what_is_set_is_shown_with_its_place_and_without_secrets() {
        let environment = [("PORTHOLE_METRICS__RETENTION".to_owned(), "90d".to_owned())];
        let tree = Tree::parse("porthole.toml", FILE, environment);
        let shown = tree.root().shown();
        let lines: Vec<String> = shown
            .iter()
            .map(|one| {
                let value = if one.secret { "(secret)" } else { &one.value };
                format!("{}.{} = {value} @ {}", one.section, one.key, one.place)
            })
            .collect();
        let all = lines.join("\n");
        for secret in [
            "correct",
            "hunter2",
            "slash",
            "mark",
            "0123456789abcdef",
            "hooks.slack",
            "a-secret-topic",
            "guesses",
            "$2y$",
            "deadbeef",
        ] {
            assert!(!all.contains(secret), "{secret} is shown:\n{all}");
        }
        for line in [
            "server.listen = \"127.0.0.1:4100\" @ porthole.toml:3:1",
            "auth.mode = \"password\" @ porthole.toml:5:1",
            "auth.admin_password = (secret) @ porthole.toml:6:1",
            "auth.admin_password_file = \"/run/secrets/p\" @ porthole.toml:7:1",
            "queue[0].url = \"redis://…@redis:6379/0\" @ porthole.toml:9:1",
            "issues.project[0].name = \"shop\" @ porthole.toml:13:1",
            "alerts.receivers.slack.channel = \"ops\" @ porthole.toml:17:1",
            "metrics.relabel = [\"a\", 1, true] @ porthole.toml:27:1",
            "metrics.retention = \"90d\" @ environment PORTHOLE_METRICS__RETENTION",
        ] {
            assert!(lines.iter().any(|one| one == line), "{line} is missing:\n{all}");
        }
    }
}
