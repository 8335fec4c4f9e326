//! `[alerts.receivers.*]`: what is faulty is said with its place and mend, and no secret is in what is said.

use ::settings::Tree;

use super::*;
use crate::Config;

/// The receivers of a text, and the faults about them.
pub(crate) fn read(text: &str) -> (Receivers, Vec<String>) {
    let tree = Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root());
    (config.receivers, tree.finish().iter().map(ToString::to_string).collect())
}

/// One receiver of a text without faults.
pub(crate) fn receiver(text: &str) -> Arc<Receiver> {
    let (receivers, faults) = read(text);
    assert_eq!(faults, Vec::<String>::new(), "{text}");
    receivers.0.first().expect("a receiver").clone()
}

const WELL: [(&str, &str); 13] = [
    ("slack", "webhook_url = \"https://hooks.slack.com/services/HUSH\""),
    (
        "team",
        "kind = \"slack\"\nbot_token = \"xoxb-HUSH\"\nchannel = \"#alerts\"\nsigning_secret = \"HUSH-2\"",
    ),
    (
        "email",
        "smtp = \"mail.example.com:465\"\nfrom = \"Porthole <p@example.com>\"\nto = [\"a@example.com\"]\nusername = \"p\"\npassword = \"HUSH\"",
    ),
    (
        "email",
        "smtp = \"mailpit:1025\"\nsecurity = \"none\"\nfrom = \"p@example.com\"\nto = \"a@example.com\"",
    ),
    ("pagerduty", "routing_key = \"HUSH\""),
    (
        "twilio",
        "account_sid = \"AC1\"\nauth_token = \"HUSH\"\nfrom = \"+15005550006\"\nto = [\"+49 151 1234-5678\"]",
    ),
    (
        "sms",
        "kind = \"twilio\"\nmode = \"sms\"\naccount_sid = \"AC1\"\nauth_token = \"HUSH\"\nmessaging_service_sid = \"MG1\"\nto = [\"+4915112345678\"]",
    ),
    ("webhook", "url = \"http://am:9000/HUSH\"\nsecret = \"HUSH-2\"\nbearer_token = \"HUSH-3\""),
    ("discord", "webhook_url = \"https://discord.com/api/webhooks/1/HUSH\""),
    ("telegram", "bot_token = \"1:HUSH\"\nchat_id = \"-100\"\nlisten = false"),
    ("teams", "webhook_url = \"https://x.logic.azure.com/HUSH\""),
    ("ntfy", "topic = \"HUSH\"\ntoken = \"tk_HUSH\""),
    ("ntfy", "api_url = \"https://ntfy.example.com\"\ntopic = \"HUSH\"\ninsecure_skip_verify = true"),
];

#[test]
fn what_is_well_is_read_and_its_secrets_are_never_shown() {
    for (name, keys) in WELL {
        let receiver = receiver(&format!("[alerts.receivers.{name}]\n{keys}\n"));
        assert_eq!(receiver.line, Some(1));
        let shown = format!("{receiver:?}");
        assert!(!shown.contains("HUSH"), "{shown}");
        let told = receiver
            .without_secrets("it says HUSH-2 to tk_HUSH xoxb-HUSH 1:HUSH api/webhooks/1/HUSH services/HUSH");
        assert!(told.starts_with("it says"), "{told}");
    }
}

#[test]
fn what_is_faulty_is_told_with_its_place_and_mend() {
    let check = |name: &str, keys: &str, expected: &[&str]| {
        let (_, faults) = read(&format!("[alerts.receivers.{name}]\n{keys}\n"));
        let prefix = format!("alerts.receivers.{name}");
        let faults: Vec<String> = faults.iter().map(|fault| fault.replace(&prefix, "…")).collect();
        assert_eq!(faults, expected, "{name} {keys}");
        assert!(!faults.join("").contains("HUSH"), "{faults:?}");
    };
    check(
        "slack",
        "",
        &[
            "porthole.toml:1:1: …: it says nowhere where to write; write webhook_url, or bot_token and channel, of an app that you made in Slack",
        ],
    );
    check(
        "slack",
        "webhook_url = \"HUSH\"",
        &[
            "porthole.toml:2:15: ….webhook_url: is no address of http or https; write one such as \"https://example.com/hook\"",
        ],
    );
    check(
        "slack",
        "bot_token = \"HUSH\"",
        &["porthole.toml:1:1: ….channel: it is missing; write channel = \"#alerts\", or the channel's id"],
    );
    check(
        "slack",
        "bot_token = \"HUSH\"\nwebhook_url = \"https://x/HUSH\"\nchannel = \"c\"",
        &["porthole.toml:2:13: ….bot_token: is set beside webhook_url; keep one of the two"],
    );
    check(
        "pager",
        "routing_key = \"HUSH\"",
        &[
            "porthole.toml:1:1: ….kind: `pager` says not of what kind it is; write kind = \"slack\", or another of slack, email, pagerduty, twilio, webhook, discord, telegram, teams, ntfy",
        ],
    );
    check(
        "pagerduty",
        "",
        &[
            "porthole.toml:1:1: ….routing_key: it is missing; write routing_key or routing_key_file: the integration key of a service of PagerDuty",
        ],
    );
    check(
        "pagerduty",
        "routing_key = \"HUSH\"\nrooting = 1",
        &[
            "porthole.toml:3:1: ….rooting: no such key; known here: ca_file, endpoint, insecure_skip_verify, kind, routing_key, routing_key_file",
        ],
    );
    check(
        "email",
        "",
        &[
            "porthole.toml:1:1: ….from: it is missing; write from = \"Porthole <porthole@example.com>\"",
            "porthole.toml:1:1: ….smtp: it is missing; write the mail server: smtp = \"mail.example.com:587\"",
            "porthole.toml:1:1: ….to: it is missing; write who gets the mail: to = [\"oncall@example.com\"]",
        ],
    );
    check(
        "email",
        "smtp = \"mail:x\"\nfrom = \"nobody\"\nto = [\"a@b.example\", \"c\"]\nsecurity = \"ssl\"",
        &[
            "porthole.toml:2:8: ….smtp: `mail:x` names no mail server; write one such as \"mail.example.com:587\"",
            "porthole.toml:3:8: ….from: `nobody` is no address; write one such as \"Porthole <porthole@example.com>\"",
            "porthole.toml:4:6: ….to: `c` is no address; write one such as \"oncall@example.com\"",
            "porthole.toml:5:12: ….security: is the text \"ssl\"; write \"tls\", \"starttls\" or \"none\"",
        ],
    );
    check(
        "email",
        "smtp = \"mail\"\nsecurity = \"none\"\nusername = \"me\"\npassword = \"HUSH\"\nfrom = \"a@b.example\"\nto = \"a@b.example\"",
        &[
            "porthole.toml:3:12: ….security: the password could be read on its way; write security = \"starttls\", or no username",
        ],
    );
    check(
        "twilio",
        "account_sid = \"AC/1\"\nauth_token = \"HUSH\"\nfrom = \"0151\"\nto = [\"+4915112345678\"]\nlimit_per_day = 0",
        &[
            "porthole.toml:2:15: ….account_sid: no account has this SID; write the one of Twilio's console: AC…",
            "porthole.toml:4:8: ….from: `0151` is no number of the world; write one such as \"+4915112345678\"",
            "porthole.toml:6:17: ….limit_per_day: is the number 0; write a whole number from 1 to 10000",
        ],
    );
    check(
        "telegram",
        "bot_token = \"HU/SH\"",
        &[
            "porthole.toml:1:1: ….chat_id: it is missing; write chat_id = \"-1001234567890\", the number of a chat in quotes",
            "porthole.toml:2:13: ….bot_token: no bot has this token; write the one that BotFather gave you",
        ],
    );
    check(
        "ntfy",
        "topic = \"a b\"\nca_file = \"/nowhere.pem\"",
        &[
            "porthole.toml:2:9: ….topic: no topic has this name; write up to 64 letters, digits, - and _",
            "porthole.toml:3:11: ….ca_file: /nowhere.pem cannot be used as PEM: I/O error: No such file or directory (os error 2); name a file in PEM that Porthole may read",
        ],
    );
    check(
        "webhook",
        "url = \"ftp://x/HUSH\"",
        &[
            "porthole.toml:2:7: ….url: is no address of http or https; write one such as \"https://example.com/hook\"",
        ],
    );
    check(
        "discord",
        "",
        &[
            "porthole.toml:1:1: ….webhook_url: it is missing; write webhook_url or webhook_url_file: the webhook's address of a channel's settings",
        ],
    );
}

#[test]
fn the_heartbeat_is_read() {
    let check = |keys: &str, expected: &[&str]| {
        let tree = Tree::parse("porthole.toml", &format!("[alerts.heartbeat]\n{keys}\n"), []);
        let config = Config::read(&tree.root());
        assert_eq!(config.heartbeat.is_some(), expected.is_empty(), "{keys}");
        assert!(!format!("{:?}", config.heartbeat).contains("HUSH"));
        assert_eq!(tree.finish().iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    };
    check("url = \"https://hc.example/HUSH\"\ninterval = \"30s\"", &[]);
    check(
        "interval = \"1m\"",
        &[
            "porthole.toml:1:1: alerts.heartbeat.url: it is missing; write url or url_file: an address that is asked each minute",
        ],
    );
}
