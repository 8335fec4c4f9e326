//! What whoever shows alerts is told: plain values, complete at one instant. The server turns them into the JSON of each
//! protocol and of the page.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Labels, Matcher};

use crate::{Card, Rule, Tier};

/// What an alert is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Its condition holds, not yet for long enough.
    Pending,
    /// It fires.
    Firing,
    /// It comes and goes.
    Flapping,
    /// It fires, and somebody has it.
    Acknowledged,
    /// What it is judged by is missing.
    Blind,
    /// It is over, for a few minutes.
    Resolved,
}

impl State {
    /// Whether it goes on, and is more than pending.
    pub fn is_on(self) -> bool {
        !matches!(self, Self::Pending | Self::Resolved)
    }
}

/// An alert: a rule that holds for a set of labels, or what another program sent.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Sixteen hexadecimal digits, of the labels.
    pub fingerprint: String,
    /// The incident that messages of it belong to; empty while it is pending.
    pub incident: String,
    /// The rule's name; the label `alertname` of one that was sent.
    pub rule: String,
    /// How urgent.
    pub tier: Tier,
    /// What it is doing.
    pub state: State,
    /// Its labels, `alertname` among them.
    pub labels: Labels,
    /// The three answers, rendered.
    pub card: Card,
    /// Other annotations, rendered.
    pub annotations: BTreeMap<String, String>,
    /// The last value.
    pub value: Option<f64>,
    /// Since when its condition holds, milliseconds since the epoch, as all times here.
    pub active_ms: i64,
    /// Since when it fires.
    pub fired_ms: Option<i64>,
    /// When something about it last changed.
    pub updated_ms: i64,
    /// Since when it is over; of one that was sent, until when it counts.
    pub ends_ms: Option<i64>,
    /// Who has it, and until when that counts.
    pub acknowledged: Option<(String, i64)>,
    /// The silences that keep it quiet.
    pub silenced_by: Vec<String>,
    /// The fingerprints of the alerts that keep it quiet.
    pub inhibited_by: Vec<String>,
    /// The receivers that are told of it.
    pub receivers: Vec<String>,
    /// What was seen around the moment when it began.
    pub evidence: Arc<api::Evidence>,
    /// A fire drill.
    pub is_drill: bool,
    /// Another program sent it, and says that its query is shown there; `None`: a rule of ours.
    pub sent_from: Option<String>,
}

/// A change of an alert, or something that somebody did about it.
#[derive(Clone, Debug)]
pub struct Change {
    /// When.
    pub at_ms: i64,
    /// The alert's.
    pub fingerprint: String,
    /// The rule's name.
    pub rule: String,
    /// How urgent it was.
    pub tier: Tier,
    /// What it became.
    pub state: State,
    /// Its labels.
    pub labels: Labels,
    /// What broke, in one line.
    pub what: String,
    /// The value at that time.
    pub value: Option<f64>,
    /// Who did it; empty: nobody, it came by itself.
    pub by: String,
    /// How long it had fired, where it was over then.
    pub lasted_ms: Option<i64>,
}

/// A silence.
#[derive(Clone, Debug)]
pub struct Silence {
    /// A UUID as text: Alertmanager's clients accept nothing else.
    pub id: String,
    /// What it is about: labels that fit all of them.
    pub matchers: Vec<Matcher>,
    /// When it begins.
    pub starts_ms: i64,
    /// When it ends.
    pub ends_ms: i64,
    /// When it was made or last changed.
    pub updated_ms: i64,
    /// Who made it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A silence to make, or to put in the place of one.
#[derive(Clone, Debug)]
pub struct NewSilence {
    /// The one that it takes the place of.
    pub id: Option<String>,
    /// What it is about.
    pub matchers: Vec<Matcher>,
    /// When it begins.
    pub starts_ms: i64,
    /// When it ends.
    pub ends_ms: i64,
    /// Who makes it.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// An alert that another program sends.
#[derive(Clone, Debug)]
pub struct SentAlert {
    /// Its labels, `alertname` among them, none of them empty.
    pub labels: Labels,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Since when; `None`: since now.
    pub starts_ms: Option<i64>,
    /// Until when it counts, which is over where that is past; `None`: five minutes from now, unless it is sent again.
    pub ends_ms: Option<i64>,
    /// Where its query is shown; may be empty.
    pub generator_url: String,
}

/// A rule, and how it does.
#[derive(Clone, Debug)]
pub struct RuleStatus {
    /// The rule.
    pub rule: Arc<Rule>,
    /// All of it as one `[[alerts.rule]]`.
    pub toml: String,
    /// It is turned off.
    pub is_off: bool,
    /// Why it could not be evaluated the last time.
    pub fault: Option<String>,
    /// When it was last evaluated.
    pub evaluated_ms: Option<i64>,
    /// How long that took.
    pub took_ms: f64,
    /// What is worth knowing of how it is written, a sentence each.
    pub warnings: Vec<String>,
}

/// A recording rule of an included file, and how it does.
#[derive(Clone, Debug)]
pub struct RecordingStatus {
    /// Its group.
    pub group: String,
    /// The file, as the settings name it.
    pub file: String,
    /// How often it is evaluated.
    pub interval_ms: i64,
    /// The series that it makes.
    pub name: String,
    /// Of what.
    pub expr: String,
    /// Labels that it adds.
    pub labels: BTreeMap<String, String>,
    /// Why it could not be evaluated the last time.
    pub fault: Option<String>,
    /// When it was last evaluated.
    pub evaluated_ms: Option<i64>,
    /// How long that took.
    pub took_ms: f64,
}

/// What a rule would have done.
#[derive(Clone, Debug, Default)]
pub struct Backtest {
    /// The first instant that it was tried on.
    pub first_ms: i64,
    /// The last.
    pub last_ms: i64,
    /// Between two.
    pub step_ms: i64,
    /// When it would have fired, the first first.
    pub fired: Vec<Fired>,
    /// The worst that its condition measured at each instant; `None`: nothing.
    pub values: Vec<Option<f64>>,
    /// Where its condition begins, as far as the expression tells.
    pub threshold: Option<f64>,
    /// What is worth knowing, a sentence each.
    pub notes: Vec<String>,
}

/// Once that a rule would have fired.
#[derive(Clone, Debug)]
pub struct Fired {
    /// From then.
    pub from_ms: i64,
    /// Until then.
    pub to_ms: i64,
    /// For what.
    pub labels: Labels,
    /// The worst value.
    pub peak: Option<f64>,
}

/// A receiver, and how it does.
#[derive(Clone, Debug)]
pub struct ReceiverStatus {
    /// Its name.
    pub name: String,
    /// `slack`, `email`, …
    pub kind: &'static str,
    /// Where it is written: `porthole.toml:42`.
    pub place: String,
    /// Of which tiers it is told.
    pub tiers: Vec<Tier>,
    /// What came of it last: when, whether it went well, and what was said.
    pub last: Option<(i64, bool, String)>,
    /// Messages that wait.
    pub waiting: u64,
    /// Messages that were given up.
    pub dead: u64,
    /// Messages that were delivered.
    pub sent: u64,
}

/// A week.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Its first instant.
    pub from_ms: i64,
    /// Its last.
    pub to_ms: i64,
    /// By rule, the noisiest first.
    pub rules: Vec<ReportRow>,
    /// All of them together.
    pub all: Counts,
}

/// A rule's week.
#[derive(Clone, Debug)]
pub struct ReportRow {
    /// The rule's name.
    pub rule: String,
    /// Its tier.
    pub tier: Tier,
    /// What it did.
    pub counts: Counts,
}

/// What was done in a time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Alerts that fired.
    pub fired: u64,
    /// Of these, those that nobody acknowledged or silenced.
    pub ignored: u64,
    /// Messages that were delivered.
    pub messages: u64,
    /// Half of those that were acknowledged were so within this time.
    pub acknowledged_ms: Option<i64>,
    /// Half of them were over within this time.
    pub recovered_ms: Option<i64>,
}

/// What a signed link is for.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The incident.
    pub incident: String,
    /// Its alerts, those that go on first.
    pub alerts: Vec<Alert>,
    /// Whose link it is, where it was made for somebody: `slack`, an address.
    pub receiver: String,
    /// Until when it can be used.
    pub expires_ms: i64,
}
