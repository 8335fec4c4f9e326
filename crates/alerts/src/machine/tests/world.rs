//! The language of the scripts, and the world in which they run. A line is a command; indented lines are what happened.
//!
//! ```text
//! receivers medium=slack high=slack,email      who is told of which tier
//! policy quiet=22:00-08:00 next=bob            other than by default
//! rule errors tier=high for=1m interval=15s    a rule, looked at in its interval from now on
//! errors web 5                                 from the next look on this holds for service=web; `-`: no longer,
//! errors web blind gone                        nothing is known, `held 3`: it lingers
//! fail errors no such metric                   the rule cannot be evaluated; `mend errors`: it can
//! +5m                                          time goes by, and what happens in it is written below
//! down 1h                                      time goes by while the process does not run
//! back 1h                                      the clock is put back
//! ack errors web ann 1h · unack errors web · silence service=web 1h · unsilence 1 · send Disk critical 10m · gone errors
//! refuse slack · accept slack                  messages wait · are delivered
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use model::{Labels, Matcher};

use crate::config::policy::{Clockwork, Policy, QuietHours};
use crate::keep::Keep;
use crate::machine::{Layer, Machine, Transition};
use crate::message::News;
use crate::notify::{Fate, OutboxRow};
use crate::rule::{Place, Source};
use crate::shown::{NewSilence, SentAlert};
use crate::{Card, Found, Look, Observed, Rule, Tier};

/// A Wednesday at noon, UTC.
pub(super) const START_MS: i64 = 1_763_553_600_000;

/// The machine, alone or with its file.
pub(super) enum World {
    Alone(Box<Machine>),
    Kept { keep: Keep, directory: tempfile::TempDir, policy: Box<Policy> },
}

impl World {
    pub(super) fn alone() -> Self {
        Self::Alone(Box::new(Machine::new(Arc::new(Policy::default()))))
    }

    pub(super) fn kept() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let policy = Box::new(Policy::default());
        let keep = Keep::open(&directory.path().join("alerts.db"), Policy::clone(&policy)).expect("a file");
        Self::Kept { keep, directory, policy }
    }

    pub(super) fn set_policy(&mut self, new: &Policy) {
        match self {
            Self::Alone(machine) => machine.set_policy(Arc::new(new.clone())),
            Self::Kept { keep, policy, .. } => {
                keep.set_policy(new.clone());
                new.clone_into(&mut **policy);
            }
        }
    }

    /// Does something; gives what came of it. One with a file is opened anew if anything changed.
    pub(super) fn act<T>(&mut self, act: impl FnOnce(&mut Machine) -> T) -> (T, Vec<Transition>) {
        match self {
            Self::Alone(machine) => {
                let done = act(machine);
                (done, machine.take_changes().history)
            }
            Self::Kept { keep, directory, policy } => {
                let mut seen = keep.changed();
                let done = keep.change(act);
                if seen.has_changed().expect("it is open") {
                    seen.mark_unchanged();
                    *keep = Keep::open(&directory.path().join("alerts.db"), Policy::clone(policy))
                        .expect("a file");
                }
                done
            }
        }
    }

    fn rows_after(&mut self, id: i64) -> Vec<OutboxRow> {
        self.act(|machine| machine.outbox.rows.range(id + 1..).map(|(_, row)| row.clone()).collect()).0
    }
}

/// Runs a script; gives it with what happened below each of its lines.
pub(super) fn run(script: &str, world: World) -> String {
    let mut stage = Stage::new(world);
    for line in script.lines().filter(|line| !line.starts_with(' ')) {
        writeln!(stage.out, "{line}").expect("a text");
        if !line.is_empty() && !line.starts_with('#') {
            stage.command(line);
        }
    }
    stage.out
}

struct Stage {
    world: World,
    policy: Policy,
    now_ms: i64,
    rules: BTreeMap<String, Arc<Rule>>,
    found: BTreeMap<String, BTreeMap<String, Observed>>,
    faults: BTreeMap<String, String>,
    refused: BTreeSet<String>,
    last_row: i64,
    out: String,
}

impl Stage {
    fn new(world: World) -> Self {
        Self {
            world,
            policy: Policy::default(),
            now_ms: START_MS,
            rules: BTreeMap::new(),
            found: BTreeMap::new(),
            faults: BTreeMap::new(),
            refused: BTreeSet::new(),
            last_row: 0,
            out: String::new(),
        }
    }

    fn command(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let now_ms = self.now_ms;
        match words.as_slice() {
            ["receivers", pairs @ ..] => self.receivers(pairs),
            ["policy", pairs @ ..] => self.policy(pairs),
            ["rule", name, pairs @ ..] => {
                self.rules.insert((*name).to_owned(), Arc::new(rule(name, pairs)));
            }
            ["fail", rule, why @ ..] => {
                self.faults.insert((*rule).to_owned(), why.join(" "));
            }
            ["mend", rule] => {
                self.faults.remove(*rule);
            }
            ["down", time] => self.now_ms += ms(time),
            ["back", time] => self.now_ms -= ms(time),
            ["refuse", receiver] => {
                self.refused.insert((*receiver).to_owned());
            }
            ["accept", receiver] => {
                self.refused.remove(*receiver);
                self.happened(Vec::new());
            }
            ["ack", rule, service, owner, rest @ ..] => {
                let target = self.target(rule, service);
                let until = rest.first().map(|time| now_ms + ms(time));
                self.tell(|machine| machine.acknowledge(&target, owner, until, now_ms).map(drop));
            }
            ["unack", rule, service] => {
                let target = self.target(rule, service);
                self.tell(|machine| machine.unacknowledge(&target, "ann", now_ms));
            }
            ["silence", matcher, time] => self.silence(matcher, ms(time)),
            ["unsilence", id] => self.tell(|machine| machine.expire(id, now_ms)),
            ["send", name, severity, rest @ ..] => self.send(name, severity, rest.first().copied()),
            ["gone", name] => {
                self.rules.remove(*name);
                let names: Vec<&str> = self.rules.keys().map(String::as_str).collect();
                let (_, turns) = self.world.act(|machine| machine.rules_are(&names, now_ms));
                self.happened(turns);
            }
            [time] if time.starts_with('+') => self.go(ms(&time[1..])),
            [rule, service, observed @ ..] => self.observe(rule, service, observed),
            _ => panic!("no command: {line}"),
        }
    }

    fn observe(&mut self, rule: &str, service: &str, observed: &[&str]) {
        assert!(self.rules.contains_key(rule), "there is no rule {rule}");
        let found = self.found.entry(rule.to_owned()).or_default();
        let number = |text: &str| text.parse().expect("a number");
        match observed {
            ["-"] => {
                found.remove(service);
            }
            ["blind", why @ ..] => drop(found.insert(service.to_owned(), Observed::Blind(why.join(" ")))),
            ["held", value] => drop(found.insert(service.to_owned(), Observed::Held(number(value)))),
            [value] => drop(found.insert(service.to_owned(), Observed::Value(number(value)))),
            _ => panic!("nothing observed: {observed:?}"),
        }
    }

    /// Looks at the rules whose time it is, and ticks, until the time is over.
    fn go(&mut self, time_ms: i64) {
        let end = self.now_ms + time_ms;
        loop {
            let now_ms = self.now_ms;
            let due: Vec<Arc<Rule>> = self.rules.values().cloned().collect();
            for rule in due.iter().filter(|rule| (now_ms - START_MS) % rule.interval_ms == 0) {
                let look = self.look(rule);
                let (_, turns) = self.world.act(|machine| machine.look(&look, now_ms));
                self.happened(turns);
            }
            let (next, turns) = self.world.act(|machine| machine.tick(now_ms));
            self.happened(turns);
            let looks =
                due.iter().map(|rule| now_ms + rule.interval_ms - (now_ms - START_MS) % rule.interval_ms);
            let next = looks.chain(next).min().unwrap_or(end).max(now_ms + 1);
            if next > end {
                break;
            }
            self.now_ms = next;
        }
        self.now_ms = end;
    }

    fn look(&self, rule: &Arc<Rule>) -> Look {
        let found = self.found.get(&rule.name).cloned().unwrap_or_default();
        let found = found.into_iter().map(|(service, is)| Found {
            labels: labels(rule, &service),
            is,
            card: Card { what: format!("{} of {service}", rule.name), ..Card::default() },
            annotations: BTreeMap::new(),
        });
        Look {
            rule: Arc::clone(rule),
            at_ms: self.now_ms,
            is_drill: rule.name.starts_with("drill"),
            found: match self.faults.get(&rule.name) {
                Some(why) => Err(why.clone()),
                None => Ok(found.collect()),
            },
        }
    }

    fn target(&self, rule: &str, service: &str) -> String {
        let labels = match self.rules.get(rule) {
            Some(rule) => labels(rule, service),
            None => sent_labels(rule, service),
        };
        format!("{:016x}", labels.fingerprint())
    }

    fn tell<E: std::fmt::Display>(&mut self, act: impl FnOnce(&mut Machine) -> Result<(), E>) {
        let (done, turns) = self.world.act(act);
        if let Err(error) = done {
            writeln!(self.out, "    refused: {error}").expect("a text");
        }
        self.happened(turns);
    }

    fn silence(&mut self, matcher: &str, time_ms: i64) {
        let (name, value) = matcher.split_once('=').expect("a matcher");
        let new = NewSilence {
            id: None,
            matchers: vec![Matcher::equal(name, value)],
            starts_ms: self.now_ms,
            ends_ms: self.now_ms + time_ms,
            by: "ann".to_owned(),
            reason: "we know".to_owned(),
        };
        let now_ms = self.now_ms;
        let id = self.world.act(|machine| (machine.silences.len() + 1).to_string()).0;
        self.tell(|machine| machine.silence(new, id, now_ms).map(drop));
    }

    fn send(&mut self, name: &str, severity: &str, ends: Option<&str>) {
        let alert = SentAlert {
            labels: sent_labels(name, severity),
            annotations: BTreeMap::from([("summary".to_owned(), format!("{name} was sent"))]),
            starts_ms: None,
            ends_ms: ends.map(|ends| self.now_ms + ms(ends)),
            generator_url: String::new(),
        };
        let now_ms = self.now_ms;
        let (_, turns) = self.world.act(|machine| machine.receive(vec![alert], now_ms));
        self.happened(turns);
    }

    fn receivers(&mut self, pairs: &[&str]) {
        for (tier, names) in pairs.iter().map(|pair| pair.split_once('=').expect("a pair")) {
            let tier = tier_of(tier);
            self.policy.tier_mut(tier).receivers = names.split(',').map(str::to_owned).collect();
        }
        self.world.set_policy(&self.policy);
    }

    fn policy(&mut self, pairs: &[&str]) {
        for (key, value) in pairs.iter().map(|pair| pair.split_once('=').expect("a pair")) {
            match key {
                "next" => self.policy.next = value.split(',').map(str::to_owned).collect(),
                "storm" => self.policy.storm.incidents = value.parse().expect("a number"),
                "group_by" => self.policy.group_by = value.split(',').map(str::to_owned).collect(),
                "quiet" => self.policy.quiet_hours = Some(quiet(value)),
                "medium_escalates" => self.policy.tier_mut(Tier::Medium).escalate_ms = Some(ms(value)),
                _ => panic!("no policy: {key}"),
            }
        }
        self.world.set_policy(&self.policy);
    }

    /// Writes down what happened, and delivers what waits.
    fn happened(&mut self, turns: Vec<Transition>) {
        let at = time(self.now_ms - START_MS);
        for turn in turns {
            let state = turn.to.map_or("nothing".to_owned(), |state| format!("{state:?}").to_lowercase());
            let by = if turn.by.is_empty() { String::new() } else { format!(" by {}", turn.by) };
            let why = if turn.why.is_empty() { String::new() } else { format!(": {}", turn.why) };
            writeln!(self.out, "    {at} {}{} is {state}{by}{why}", turn.rule, place(&turn.labels))
                .expect("a text");
        }
        for row in self.world.rows_after(self.last_row) {
            self.last_row = self.last_row.max(row.id);
            let waits = if self.refused.contains(&row.receiver) { " (waits)" } else { "" };
            writeln!(self.out, "    {at} {}{waits}", shown(&row)).expect("a text");
        }
        self.deliver(&at);
    }

    fn deliver(&mut self, at: &str) {
        let now_ms = self.now_ms;
        let (rows, _) =
            self.world.act(|machine| machine.outbox.rows.values().cloned().collect::<Vec<OutboxRow>>());
        for row in rows.iter().filter(|row| !self.refused.contains(&row.receiver)) {
            if row.created_ms < now_ms {
                writeln!(self.out, "    {at} {} (waited)", shown(row)).expect("a text");
            }
            self.world.act(|machine| machine.end_row(row.id, Fate::Sent, "ok", now_ms));
        }
    }
}

/// What a script shows of a message: to whom, which of its incident, how urgent, and what.
fn shown(row: &OutboxRow) -> String {
    let message = &row.message;
    let news = match &message.news {
        News::Acknowledged { by, .. } => format!("acknowledged by {by}"),
        News::Blind { why } => format!("blind, {why}"),
        News::Resolved { .. } => "resolved".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    };
    let notes = message.notes.iter().flat_map(|note| &note.lines);
    let more: Vec<&str> = std::iter::once(&message.how_bad).chain(notes).map(String::as_str).collect();
    let more = more.join("; ");
    let more = more.trim_start_matches("; ");
    let more = if more.is_empty() { String::new() } else { format!(" ({more})") };
    format!("-> {} #{} {} {news}: {}{more}", row.receiver, row.sequence, row.tier.word(), message.what)
}

pub(super) fn rule(name: &str, pairs: &[&str]) -> Rule {
    let mut rule = Rule {
        name: name.to_owned(),
        alertname: name.to_owned(),
        place: Place::Builtin,
        group: None,
        source: Source::Promql("x > 1".to_owned()),
        tier: Tier::High,
        for_ms: 0,
        keep_firing_for_ms: 0,
        interval_ms: 15_000,
        query_offset_ms: 0,
        limit: None,
        group_wait_ms: None,
        layer: None,
        usual: None,
        resolve: None,
        labels: BTreeMap::new(),
        card: Card::default(),
        annotations: BTreeMap::new(),
    };
    for (key, value) in pairs.iter().map(|pair| pair.split_once('=').expect("a pair")) {
        match key {
            "tier" => rule.tier = tier_of(value),
            "for" => rule.for_ms = ms(value),
            "keep" => rule.keep_firing_for_ms = ms(value),
            "interval" => rule.interval_ms = ms(value),
            "wait" => rule.group_wait_ms = Some(ms(value)),
            "layer" => {
                let found = Layer::WORDS.into_iter().find(|(word, _)| *word == value);
                rule.layer = Some(found.expect("a layer").1);
            }
            _ => panic!("no key of a rule: {key}"),
        }
    }
    rule
}

pub(super) fn labels(rule: &Rule, service: &str) -> Labels {
    let mut pairs = vec![("alertname", rule.name.as_str()), ("host", "h1")];
    match service.split_once('/') {
        Some((service, container)) => pairs.extend([("service", service), ("container", container)]),
        None if service != "-" => pairs.push(("service", service)),
        None => {}
    }
    Labels::from_pairs(pairs)
}

fn sent_labels(name: &str, severity: &str) -> Labels {
    Labels::from_pairs([("alertname", name), ("severity", severity)])
}

fn place(labels: &Labels) -> String {
    let shown: Vec<&str> =
        ["service", "container", "drill"].iter().filter_map(|name| labels.get(name)).collect();
    if shown.is_empty() { String::new() } else { format!(" {}", shown.join("/")) }
}

fn tier_of(word: &str) -> Tier {
    Tier::WORDS.into_iter().find(|(known, _)| *known == word).expect("a tier").1
}

fn ms(text: &str) -> i64 {
    model::parse_duration(text).expect("a duration").as_millis() as i64
}

fn time(ms: i64) -> String {
    model::format_duration(std::time::Duration::from_millis(ms as u64))
}

fn quiet(text: &str) -> QuietHours {
    let (from, to) = text.split_once('-').expect("a span");
    let clock = Clockwork::new(jiff::tz::TimeZone::UTC);
    QuietHours { from: from.parse().expect("a time"), to: to.parse().expect("a time"), clock }
}
