//! `[[queue]]`, and the switch `[metrics] queues`.

use std::collections::BTreeSet;
use std::time::Duration;

use outbound::Tls;
use settings::Section;

use super::address::Address;
use super::celery::Keys;

/// How often queues are looked at where nothing else is written.
const INTERVAL: Duration = Duration::from_secs(15);
const INTERVAL_MIN: Duration = Duration::from_secs(1);
/// Series of which nothing is heard for five minutes have gaps.
const INTERVAL_MAX: Duration = Duration::from_secs(240);
const PRIORITY_MAX: i64 = 255;
const STEPS_MAX: usize = 32;

/// Whose queues they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Celery on Redis.
    Celery,
    /// RQ.
    Rq,
}

impl Kind {
    /// The word in the settings and in the label `job`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Celery => "celery",
            Self::Rq => "rq",
        }
    }
}

/// Which queues are looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Whether brokers are found by the commands and the environment of containers.
    pub finds: bool,
    /// Those that are written.
    pub queues: Vec<Settings>,
    /// How often those are looked at that were found.
    pub interval: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self { finds: true, queues: Vec::new(), interval: INTERVAL }
    }
}

/// One `[[queue]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Whose queues they are.
    pub kind: Kind,
    /// The broker.
    pub address: Address,
    /// The line on which it is written.
    pub line: Option<u32>,
    /// What people call it.
    pub name: Option<String>,
    /// How often it is looked at.
    pub interval: Duration,
    /// Queues that are there even while nobody is bound to them.
    pub queues: BTreeSet<String>,
    /// How the keys are named. RQ uses only the prefix.
    pub keys: Keys,
    /// Whether events of tasks and workers are listened to.
    pub events: bool,
    /// Whether workers are told to send events of their tasks.
    pub enable_events: bool,
    /// Whom to trust.
    pub tls: Tls,
}

impl Settings {
    /// A broker of which nothing is known but its address.
    pub fn new(kind: Kind, address: Address, interval: Duration) -> Self {
        let tls = Tls { insecure_skip_verify: address.trusts_anybody, ..Tls::default() };
        Self {
            kind,
            address,
            line: None,
            name: None,
            interval,
            queues: BTreeSet::new(),
            keys: Keys::default(),
            events: true,
            enable_events: false,
            tls,
        }
    }
}

impl Config {
    /// Reads `[metrics]` and `[[queue]]` below `root`; what is faulty is recorded there and left out.
    pub fn read(root: &Section<'_>) -> Self {
        let metrics = root.section("metrics");
        let default = Self::default();
        let interval =
            metrics.duration("scrape_interval").filter(|own| (INTERVAL_MIN..=INTERVAL_MAX).contains(own));
        let interval = interval.unwrap_or(default.interval);
        Self {
            finds: metrics.boolean("queues").unwrap_or(default.finds),
            queues: root.sections("queue").iter().filter_map(|section| queue(section, interval)).collect(),
            interval,
        }
    }
}

fn queue(section: &Section<'_>, interval: Duration) -> Option<Settings> {
    let kind = section.choice("kind", &[Kind::Celery, Kind::Rq].map(|kind| (kind.name(), kind)));
    let address = address(section);
    let default = Keys::default();
    let keys = Keys {
        prefix: section.string("key_prefix").unwrap_or(default.prefix),
        steps: steps(section).unwrap_or(default.steps),
        separator: separator(section).unwrap_or(default.separator),
    };
    let own_interval = own_interval(section);
    let name = section.string("name");
    let queues = section.strings("queues").unwrap_or_default().into_iter().collect();
    let events = section.boolean("events").unwrap_or(true);
    let enable_events = section.boolean("enable_events").unwrap_or(false);
    let ca_file = section.path("ca_file");
    for (key, instead) in
        [("kind", "write kind = \"celery\" or \"rq\""), ("url", "write url = \"redis://redis:6379/0\"")]
    {
        let is_written = section.is_set(key) || (key == "url" && section.is_set("url_file"));
        if !is_written {
            section.fault(key, "it is missing", instead);
        }
    }
    if enable_events && !events {
        section.fault(
            "enable_events",
            "nobody listens while events = false",
            "set events = true, or leave it out",
        );
    }
    let (kind, address) = (kind?, address?);
    let line = section.line("url").or_else(|| section.line("url_file"));
    let plain = Settings::new(kind, address, own_interval.unwrap_or(interval));
    let tls = Tls { ca_file, ..plain.tls.clone() };
    let events = events && kind == Kind::Celery;
    Some(Settings { line, name, queues, keys, events, enable_events, tls, ..plain })
}

/// The address may hold a password, so it is read as a secret: `url`, or the file `url_file`.
fn address(section: &Section<'_>) -> Option<Address> {
    let url = section.secret("url")?;
    match Address::parse(url.expose().trim()) {
        Ok(address) => Some(address),
        Err(problem) => {
            section.fault(if section.is_set("url") { "url" } else { "url_file" }, problem, "");
            None
        }
    }
}

fn own_interval(section: &Section<'_>) -> Option<Duration> {
    let interval = section.duration("interval")?;
    if !(INTERVAL_MIN..=INTERVAL_MAX).contains(&interval) {
        section.fault("interval", "is too short or too long", "write \"1s\" to \"4m\"");
        return None;
    }
    Some(interval)
}

fn separator(section: &Section<'_>) -> Option<String> {
    let separator = section.string("sep")?;
    if separator.is_empty() {
        section.fault("sep", "is empty", "write what stands between a queue's name and its priority");
        return None;
    }
    Some(separator)
}

fn steps(section: &Section<'_>) -> Option<Vec<u8>> {
    let written = section.integers("priority_steps", 0..=PRIORITY_MAX)?;
    let steps: BTreeSet<u8> = written.into_iter().filter_map(|step| u8::try_from(step).ok()).collect();
    if steps.is_empty() || steps.len() > STEPS_MAX {
        section.fault(
            "priority_steps",
            "are too few or too many",
            "write 1 to 32 of them, such as [0, 3, 6, 9]",
        );
        return None;
    }
    Some(steps.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use settings::Tree;

    use super::*;

    fn check(text: &str, expected: &[&str], faults: &[&str]) {
        let tree = Tree::parse("porthole.toml", text, []);
        let config = Config::read(&tree.root());
        let found: Vec<String> = config
            .queues
            .iter()
            .map(|one| {
                let Settings { kind, address, line, interval, queues, keys, events, enable_events, .. } = one;
                format!(
                    "{kind:?} {address} line={line:?} {interval:?} {queues:?} {:?} {:?} {events} {enable_events}",
                    keys.prefix, keys.steps
                )
            })
            .collect();
        assert_eq!(found, expected, "{text}");
        let told: Vec<String> = tree.finish().into_iter().map(|fault| fault.key).collect();
        assert_eq!(told, faults, "{text}");
    }

    #[test]
    fn queues_as_they_are_written() {
        check("", &[], &[]);
        check(
            "[[queue]]\nkind = \"celery\"\nurl = \"redis://:pw@redis/1\"\n",
            &["Celery redis://redis:6379/1 line=Some(3) 15s {} \"\" [0, 3, 6, 9] true false"],
            &[],
        );
        check(
            "[metrics]\nqueues = false\nscrape_interval = \"5s\"\n[[queue]]\nkind = \"rq\"\nurl = \"unix:///r.sock\"\n\
             key_prefix = \"app\"\nqueues = [\"high\", \"low\"]\n[[queue]]\nkind = \"celery\"\nurl = \"rediss://r\"\n\
             interval = \"1m\"\npriority_steps = [0, 5]\nenable_events = true\nname = \"shop\"\nsep = \":\"\n",
            &[
                "Rq unix:///r.sock line=Some(6) 5s {\"high\", \"low\"} \"app\" [0, 3, 6, 9] false false",
                "Celery rediss://r:6379/0 line=Some(11) 60s {} \"\" [0, 5] true true",
            ],
            &[],
        );
    }

    #[test]
    fn faults_name_their_keys() {
        check("[[queue]]\n", &[], &["queue[0].kind", "queue[0].url"]);
        check(
            "[[queue]]\nkind = \"sidekiq\"\nurl = \"redis\"\ninterval = \"1ms\"\npriority_steps = []\nsep = \"\"\n\
             events = false\nenable_events = true\ncolour = 1\n",
            &[],
            &[
                "queue[0].kind",
                "queue[0].url",
                "queue[0].interval",
                "queue[0].priority_steps",
                "queue[0].sep",
                "queue[0].enable_events",
                "queue[0].colour",
            ],
        );
    }
}
