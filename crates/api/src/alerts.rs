//! Alerts: what fires, what was, what is silenced, the rules and where messages go.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET alerts` | [`Alerts`] | everybody |
//! | `GET alerts/{id}` | [`AlertPage`]; 404 | everybody |
//! | `POST alerts/{id}/acknowledge` [`NewAcknowledgement`] | 204 | editors |
//! | `DELETE alerts/{id}/acknowledge` | 204 | editors |
//! | `GET history?`[`HistoryRequest`] | [`AlertHistory`] | everybody |
//! | `GET silences` | [`Silences`] | everybody |
//! | `POST silences` [`NewSilence`] | [`SilenceRow`] | editors |
//! | `DELETE silences/{id}` | 204; it is over from now on | editors |
//! | `GET rules` | [`AlertRules`] | everybody |
//! | `GET rules/{name}` | [`RulePage`]; 404 | everybody |
//! | `POST rules` [`RuleText`] | [`RuleSaved`]; 400 says what is wrong with it | admins |
//! | `DELETE rules/{name}` | 204; of what is made on the page | admins |
//! | `POST rules/backtest` [`NewBacktest`] | [`Backtest`] | editors |
//! | `POST rules/{name}/drill` | [`Told`] | admins |
//! | `GET receivers` | [`Receivers`] | everybody |
//! | `POST receivers/{name}/test` | [`Told`] | admins |
//! | `GET report?`[`ReportRequest`] | [`AlertReport`] | everybody |
//!
//! The live stream tells [`CriticalAlert`]s as event `alerts`, all of them whenever they change.

use serde::{Deserialize, Serialize};

use crate::{Evidence, Fault, Millis, Severity, StreamLabels};

/// What an alert is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// Its condition holds, not yet for long enough.
    Pending,
    /// It fires.
    #[default]
    Firing,
    /// It comes and goes.
    Flapping,
    /// It fires, and somebody has it.
    Acknowledged,
    /// What it looks at is missing, so nobody knows.
    Blind,
    /// It is over.
    Resolved,
}

/// What is going on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Alerts {
    /// Whatever is pending, fires, or was over less than a few minutes ago; the worst first.
    pub rows: Vec<AlertRow>,
    /// Rules that are evaluated.
    pub rules: u64,
    /// Receivers that are set up; none: nobody is told anything.
    pub receivers: u64,
    /// When a rule was last evaluated.
    pub evaluated: Option<Millis>,
    /// What is wrong with alerting itself.
    pub faults: Vec<Fault>,
}

/// An alert: a rule that holds for a set of labels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlertRow {
    /// Sixteen hexadecimal digits, of the rule and the labels.
    pub id: String,
    /// The rule's name.
    pub rule: String,
    /// How bad it is.
    pub tier: Severity,
    /// What it is doing.
    pub state: AlertState,
    /// Whose it is; empty: of no service.
    pub service: String,
    /// What tells it from others of its rule.
    pub labels: StreamLabels,
    /// What broke.
    pub what: String,
    /// How bad it is: the number, and what is usual.
    pub how_bad: String,
    /// What to do now.
    pub do_now: String,
    /// Where that is told at length; empty: nowhere.
    pub runbook: String,
    /// The number that was measured last.
    pub value: Option<f64>,
    /// Since when its condition holds.
    pub since: Millis,
    /// When it last changed.
    pub changed: Millis,
    /// Who has acknowledged it; empty: nobody.
    pub owner: String,
    /// Until when that counts.
    pub owned_until: Option<Millis>,
    /// The silences that keep it quiet.
    pub silenced_by: Vec<String>,
    /// The alerts that keep it quiet: what they tell explains it.
    pub inhibited_by: Vec<String>,
    /// Who is told of it.
    pub receivers: Vec<String>,
    /// A fire drill: nothing is broken.
    pub drill: bool,
    /// Sent by another program: it has no rule here.
    pub external: bool,
}

/// One alert.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlertPage {
    /// Itself.
    pub row: AlertRow,
    /// What it asks, and in which language; both empty: nothing.
    pub query: String,
    /// `promql`, `logql`.
    pub language: String,
    /// What was seen around the moment when it began.
    pub evidence: Evidence,
    /// What happened to it, the latest first.
    pub changes: Vec<AlertChange>,
}

/// Somebody takes care of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAcknowledgement {
    /// For so long; 0: four hours.
    #[serde(default)]
    pub minutes: u64,
}

/// Which part of the past.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRequest {
    /// The first instant; 0: a week before the end.
    #[serde(default)]
    pub start: Millis,
    /// The last instant; 0: now.
    #[serde(default)]
    pub end: Millis,
    /// Of this rule alone; empty: of all.
    #[serde(default)]
    pub rule: String,
}

/// What happened.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlertHistory {
    /// The latest first.
    pub rows: Vec<AlertChange>,
    /// There was more than is listed.
    pub cut: bool,
}

/// A change of an alert.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlertChange {
    /// When.
    pub at: Millis,
    /// The alert's.
    pub id: String,
    /// The alert's.
    pub rule: String,
    /// The alert's.
    pub tier: Severity,
    /// What it became.
    pub state: AlertState,
    /// The alert's.
    pub labels: StreamLabels,
    /// What broke, or what was done.
    pub what: String,
    /// The number at that time.
    pub value: Option<f64>,
    /// Who did it; empty: the rule.
    pub by: String,
    /// How long it had fired, where it was over then.
    pub lasted_ms: Option<Millis>,
}

/// What is kept quiet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Silences {
    /// Those in force, those to come, those of the last days.
    pub rows: Vec<SilenceRow>,
}

/// How a silence stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SilenceState {
    /// In force.
    #[default]
    Active,
    /// It begins later.
    Pending,
    /// It is over.
    Expired,
}

/// A silence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SilenceRow {
    /// A UUID.
    pub id: String,
    /// How it stands.
    pub state: SilenceState,
    /// What it is about: `{alertname="HighErrorRate", service="web"}`.
    pub matchers: String,
    /// Why.
    pub reason: String,
    /// Who made it.
    pub by: String,
    /// When it begins.
    pub start: Millis,
    /// When it ends.
    pub end: Millis,
    /// Alerts that it keeps quiet now.
    pub alerts: u64,
}

/// A silence to make.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSilence {
    /// What it is about: `{alertname="HighErrorRate", service="web"}`.
    pub matchers: String,
    /// Why.
    pub reason: String,
    /// From now on, for so long.
    pub minutes: u64,
}

/// The rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlertRules {
    /// By name.
    pub rows: Vec<RuleRow>,
    /// What could not be read, and what is worth knowing of what could.
    pub faults: Vec<Fault>,
}

/// How a rule does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleState {
    /// It holds nowhere.
    #[default]
    Quiet,
    /// It holds somewhere, not yet for long enough.
    Pending,
    /// It fires.
    Firing,
    /// It cannot be evaluated.
    Failing,
    /// Not evaluated yet.
    Waiting,
    /// Turned off.
    Off,
}

/// Where a rule is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleOrigin {
    /// It comes with Porthole.
    #[default]
    Builtin,
    /// In the settings.
    Settings,
    /// In a file of Prometheus' rules.
    File,
    /// Made on the page.
    Page,
}

/// A rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleRow {
    /// Its name.
    pub name: String,
    /// Whom it tells.
    pub tier: Severity,
    /// How it does.
    pub state: RuleState,
    /// What it asks: an expression, `issue = "new"`, `probe = "site"`.
    pub query: String,
    /// `promql`, `logql`, `issue`, `probe`.
    pub language: String,
    /// How long its condition has to hold.
    pub for_ms: Millis,
    /// How often it is evaluated.
    pub interval_ms: Millis,
    /// Where it is written.
    pub origin: RuleOrigin,
    /// That in words: `porthole.toml:42`.
    pub place: String,
    /// What broke, as it is written, before anything is put in.
    pub what: String,
    /// What to do.
    pub do_now: String,
    /// Why it cannot be evaluated; empty: it can.
    pub fault: String,
    /// When it was last evaluated.
    pub evaluated: Option<Millis>,
    /// How long that took.
    pub took_ms: Option<f64>,
    /// Its alerts that fire.
    pub firing: u64,
    /// Its alerts that do not yet.
    pub pending: u64,
}

/// One rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RulePage {
    /// Itself.
    pub row: RuleRow,
    /// All of it, to paste into the settings.
    pub toml: String,
    /// What it said about what is going on.
    pub alerts: Vec<AlertRow>,
    /// What happened in the last days, the latest first.
    pub changes: Vec<AlertChange>,
}

/// A rule to save.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleText {
    /// One `[[alerts.rule]]`, as it would stand in the settings.
    pub toml: String,
}

/// A rule that was saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSaved {
    /// Its name.
    pub name: String,
    /// What is worth knowing, a sentence each.
    pub warnings: Vec<String>,
}

/// A rule to try on the past.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewBacktest {
    /// One `[[alerts.rule]]`.
    pub toml: String,
    /// On so many days; 0: seven.
    #[serde(default)]
    pub days: u32,
}

/// What a rule would have done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// The first instant that it was tried on.
    pub start: Millis,
    /// The last.
    pub end: Millis,
    /// Between two.
    pub step: Millis,
    /// When it would have fired, the first first.
    pub fired: Vec<BacktestSpan>,
    /// What its condition measured over that time; `None`: it did not hold, or there was nothing to measure.
    pub values: Vec<Option<f64>>,
    /// Where its condition begins, as far as it can be told.
    pub threshold: Option<f64>,
    /// What is worth knowing: of the rule, and of what there was no history for.
    pub notes: Vec<String>,
}

/// Once that it would have fired.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BacktestSpan {
    /// From then.
    pub from: Millis,
    /// Until then.
    pub to: Millis,
    /// For what.
    pub labels: StreamLabels,
    /// The worst number.
    pub peak: Option<f64>,
}

/// What came of a test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// It went well.
    pub ok: bool,
    /// What happened, in a sentence.
    pub message: String,
}

/// Where messages go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Receivers {
    /// By name.
    pub rows: Vec<ReceiverRow>,
    /// What is worth knowing: tiers of which nobody hears.
    pub faults: Vec<Fault>,
    /// When the outside was last told that Porthole lives; `None`: nobody is.
    pub heartbeat: Option<Millis>,
}

/// A receiver.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReceiverRow {
    /// Its name.
    pub name: String,
    /// `slack`, `email`, …
    pub kind: String,
    /// Where it is written: `porthole.toml:42`.
    pub place: String,
    /// Of which tiers it is told.
    pub tiers: Vec<Severity>,
    /// When something was last sent, or tried to.
    pub last: Option<Millis>,
    /// Whether that went well.
    pub ok: bool,
    /// What came of it, in a sentence.
    pub message: String,
    /// Messages that wait.
    pub waiting: u64,
    /// Messages that were given up.
    pub dead: u64,
    /// Messages that were delivered.
    pub sent: u64,
}

/// Which week.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRequest {
    /// An instant of it; 0: the last seven days.
    #[serde(default)]
    pub at: Millis,
}

/// A week.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AlertReport {
    /// Its first instant.
    pub start: Millis,
    /// Its last.
    pub end: Millis,
    /// Alerts that fired.
    pub fired: u64,
    /// Of these, those that nobody did anything about.
    pub ignored: u64,
    /// Half of those that were acknowledged were so within this time.
    pub acknowledged_ms: Option<Millis>,
    /// Half of them were over within this time.
    pub recovered_ms: Option<Millis>,
    /// By rule, the noisiest first.
    pub rules: Vec<ReportRow>,
}

/// A rule's week.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportRow {
    /// Its name.
    pub rule: String,
    /// Its tier.
    pub tier: Severity,
    /// How often it fired.
    pub fired: u64,
    /// How often nobody did anything.
    pub ignored: u64,
    /// Messages that it sent.
    pub messages: u64,
    /// Half were acknowledged within this time.
    pub acknowledged_ms: Option<Millis>,
    /// Half were over within this time.
    pub recovered_ms: Option<Millis>,
}

/// An alert that every page tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriticalAlert {
    /// The alert's.
    pub id: String,
    /// What broke.
    pub what: String,
    /// Since when.
    pub since: Millis,
    /// Who has it; empty: nobody.
    pub owner: String,
}
