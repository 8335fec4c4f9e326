//! `rules` and `alerts`: what is watched, and what holds.

use std::collections::{BTreeMap, BTreeSet};

use alerts::Rule;
use alerts::rule::{OwnRule, Place, Source};
use alerts::shown::{Alert, RecordingStatus, RuleStatus, State as Doing};
use axum::extract::State;
use axum::response::Response;
use model::{Labels, Timestamp};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::Prometheus;
use super::answer::{LabelMap, PromFault, success};
use super::params::Params;
use crate::alertmanager::annotations;

/// What stands where nothing was evaluated yet.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// `alerts`
pub(super) async fn alerts(State(prometheus): State<Prometheus>) -> Result<Response, PromFault> {
    let alerts = prometheus.alerts.clone();
    let all = prometheus.queries.run(move |_| alerts.alerts()).await?;
    let active: Vec<Value> = all.iter().filter(|alert| is_active(alert)).map(alert).collect();
    Ok(success(json!({ "alerts": active })))
}

/// `rules`
pub(super) async fn rules(
    State(prometheus): State<Prometheus>,
    params: Params,
) -> Result<Response, PromFault> {
    let wanted = Wanted::read(&params)?;
    let alerts = prometheus.alerts.clone();
    let read = move |_: &_| (alerts.rules(), alerts.recordings(), alerts.alerts());
    let (rules, recordings, all) = prometheus.queries.run(read).await?;
    let mut of_rules: BTreeMap<&str, Vec<&Alert>> = BTreeMap::new();
    for alert in all.iter().filter(|alert| is_active(alert)) {
        of_rules.entry(&alert.rule).or_default().push(alert);
    }
    let mut groups: BTreeMap<(String, String), Group> = BTreeMap::new();
    for status in rules.iter().filter(|status| !status.is_off && wanted.admits(&status.rule)) {
        let alerts = of_rules.get(status.rule.name.as_str()).map(Vec::as_slice).unwrap_or_default();
        let group = groups.entry((file(&status.rule), group(&status.rule))).or_default();
        group.limit = status.rule.limit.unwrap_or(0);
        let told = rule(status, alerts, wanted.exclude_alerts);
        group.add(told, status.rule.interval_ms, (status.took_ms, status.evaluated_ms));
    }
    for status in recordings.iter().filter(|status| wanted.admits_recording(status)) {
        let group = groups.entry((status.file.clone(), status.group.clone())).or_default();
        group.add(recording(status), status.interval_ms, (status.took_ms, status.evaluated_ms));
    }
    let groups: Vec<_> = groups.into_iter().collect();
    let (page, next) = wanted.page(&groups)?;
    let told = page.iter().map(|((file, name), group)| group.told(file, name)).collect();
    let mut data = Map::from_iter([("groups".to_owned(), told)]);
    data.extend(next.map(|token| ("groupNextToken".to_owned(), Value::String(token))));
    Ok(success(data))
}

/// Rules that are told together.
#[derive(Default)]
struct Group {
    rules: Vec<Value>,
    interval_ms: i64,
    limit: usize,
    took_ms: f64,
    evaluated_ms: Option<i64>,
}

impl Group {
    fn add(&mut self, rule: Value, interval_ms: i64, (took_ms, evaluated_ms): (f64, Option<i64>)) {
        self.rules.push(rule);
        self.interval_ms = interval_ms;
        self.took_ms += took_ms;
        self.evaluated_ms = self.evaluated_ms.max(evaluated_ms);
    }

    fn told(&self, file: &str, name: &str) -> Value {
        json!({
            "name": name,
            "file": file,
            "rules": self.rules,
            "interval": seconds(self.interval_ms),
            "limit": self.limit,
            "evaluationTime": self.took_ms / 1e3,
            "lastEvaluation": instant(self.evaluated_ms),
        })
    }
}

/// Which rules are asked for.
struct Wanted {
    alerting: bool,
    recording: bool,
    names: BTreeSet<String>,
    groups: BTreeSet<String>,
    files: BTreeSet<String>,
    selectors: Vec<model::Selector>,
    exclude_alerts: bool,
    limit: Option<usize>,
    next: Option<String>,
}

impl Wanted {
    fn read(params: &Params) -> Result<Self, PromFault> {
        let of = |name: &str| params.all(name).map(str::to_owned).collect();
        let kind = params.get("type").unwrap_or_default().to_lowercase();
        if !["", "alert", "record"].contains(&kind.as_str()) {
            return Err(PromFault::parameter("type", format!("not supported value {kind:?}")));
        }
        let exclude_alerts = match params.get("exclude_alerts").unwrap_or("false").to_lowercase().as_str() {
            "1" | "t" | "true" => true,
            "0" | "f" | "false" => false,
            other => {
                let why = format!("error converting exclude_alerts: {other:?} is neither true nor false");
                return Err(PromFault::parameter("exclude_alerts", why));
            }
        };
        let (limit, next) = page(params)?;
        Ok(Self {
            alerting: kind != "record",
            recording: kind != "alert",
            names: of("rule_name[]"),
            groups: of("rule_group[]"),
            files: of("file[]"),
            selectors: params.selectors()?.into_iter().map(model::Selector).collect(),
            exclude_alerts,
            limit,
            next,
        })
    }

    fn admits(&self, rule: &Rule) -> bool {
        let is_in = |wanted: &BTreeSet<String>, name: &str| wanted.is_empty() || wanted.contains(name);
        self.alerting
            && is_in(&self.names, &rule.alertname)
            && is_in(&self.groups, &group(rule))
            && is_in(&self.files, &file(rule))
            && (self.selectors.is_empty() || {
                let labels = labels(rule);
                self.selectors.iter().any(|selector| selector.matches(&labels))
            })
    }

    fn admits_recording(&self, status: &RecordingStatus) -> bool {
        let is_in = |wanted: &BTreeSet<String>, name: &str| wanted.is_empty() || wanted.contains(name);
        self.recording
            && is_in(&self.names, &status.name)
            && is_in(&self.groups, &status.group)
            && is_in(&self.files, &status.file)
            && (self.selectors.is_empty() || {
                let labels = Labels::from_pairs(
                    status.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())),
                );
                self.selectors.iter().any(|selector| selector.matches(&labels))
            })
    }

    /// The groups of a page, and what names the first of the next.
    fn page<'a, T>(&self, groups: &'a [((String, String), T)]) -> Result<Page<'a, T>, PromFault> {
        let named = |((file, group), _): &((String, String), T)| token(file, group);
        let first = match &self.next {
            None => 0,
            Some(wanted) => groups.iter().position(|group| named(group) == *wanted).ok_or_else(|| {
                let why = format!("invalid group_next_token '{wanted}'. were rule groups changed?");
                PromFault::parameter("group_next_token", why)
            })?,
        };
        let rest = &groups[first..];
        let count = self.limit.unwrap_or(rest.len()).min(rest.len());
        Ok((&rest[..count], rest.get(count).map(named)))
    }
}

/// Groups by their file and name, and what names the first of the next page.
type Page<'a, T> = (&'a [((String, String), T)], Option<String>);

fn page(params: &Params) -> Result<(Option<usize>, Option<String>), PromFault> {
    let next = params.get("group_next_token").map(str::to_owned);
    let Some(limit) = params.get("group_limit") else {
        if next.is_some() {
            let why = "group_limit needs to be present in order to paginate over the groups";
            return Err(PromFault::parameter("group_next_token", why));
        }
        return Ok((None, None));
    };
    match limit.parse::<usize>() {
        Ok(limit) if limit > 0 => Ok((Some(limit), next)),
        Ok(_) => Err(PromFault::parameter("group_limit", "group_limit needs to be greater than 0")),
        Err(_) => {
            let why = format!("group_limit needs to be a valid number: {limit:?} is none");
            Err(PromFault::parameter("group_limit", why))
        }
    }
}

/// What names a group in `group_next_token`.
fn token(file: &str, group: &str) -> String {
    let hash = Sha256::digest(format!("{file};{group}"));
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn file(rule: &Rule) -> String {
    match &rule.place {
        Place::Builtin => "built in".to_owned(),
        Place::File { path, .. } => path.to_string(),
        Place::Setting { .. } => "settings".to_owned(),
        Place::Page => "page".to_owned(),
    }
}

/// Rules that belong to no group are told in one for each interval: a group has one.
fn group(rule: &Rule) -> String {
    rule.group.clone().unwrap_or_else(|| format!("every {}s", seconds(rule.interval_ms)))
}

fn rule(status: &RuleStatus, alerts: &[&Alert], exclude_alerts: bool) -> Value {
    let rule = &status.rule;
    let state = match () {
        () if alerts.iter().any(|alert| alert.state.is_on()) => "firing",
        () if alerts.is_empty() => "inactive",
        () => "pending",
    };
    let mut told = json!({
        "state": state,
        "name": rule.alertname,
        "query": query(&rule.source),
        "duration": seconds(rule.for_ms),
        "keepFiringFor": seconds(rule.keep_firing_for_ms),
        "labels": LabelMap(labels(rule)),
        "annotations": texts(rule),
        "alerts": if exclude_alerts { Value::Null } else { alerts.iter().map(|one| alert(one)).collect() },
        "health": health(status.fault.as_ref(), status.evaluated_ms),
        "evaluationTime": status.took_ms / 1e3,
        "lastEvaluation": instant(status.evaluated_ms),
        "type": "alerting",
    });
    if let Some(fault) = &status.fault {
        told["lastError"] = json!(fault);
    }
    told
}

fn recording(status: &RecordingStatus) -> Value {
    let mut told = json!({
        "name": status.name,
        "query": status.expr,
        "labels": status.labels,
        "health": health(status.fault.as_ref(), status.evaluated_ms),
        "evaluationTime": status.took_ms / 1e3,
        "lastEvaluation": instant(status.evaluated_ms),
        "type": "recording",
    });
    if let Some(fault) = &status.fault {
        told["lastError"] = json!(fault);
    }
    told
}

fn health(fault: Option<&String>, evaluated_ms: Option<i64>) -> &'static str {
    match (fault, evaluated_ms) {
        (Some(_), _) => "err",
        (None, Some(_)) => "ok",
        (None, None) => "unknown",
    }
}

/// What a rule asks. What is not asked in a language of queries is told as the settings write it.
pub(crate) fn query(source: &Source) -> String {
    match source {
        Source::Promql(text) | Source::Logql(text) => text.clone(),
        Source::Probe(name) => format!("probe = {name:?}"),
        Source::Issue(rule) => format!("issue = {:?}", issue_word(rule)),
        Source::Porthole(OwnRule::Rules) => "porthole = \"rules\"".to_owned(),
    }
}

fn issue_word(rule: &alerts::rule::IssueRule) -> &'static str {
    use alerts::rule::IssueRule;
    match rule {
        IssueRule::New => "new",
        IssueRule::Regressed => "regressed",
        IssueRule::Escalating => "escalating",
        IssueRule::Rate { .. } => "rate",
    }
}

/// A rule's own labels; its tier is the severity, where it names none.
fn labels(rule: &Rule) -> Labels {
    let tier = [("severity", rule.tier.word())];
    let own = rule.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let tier = tier.into_iter().filter(|_| !rule.labels.contains_key("severity"));
    Labels::from_pairs(own.chain(tier))
}

/// Annotations as they are written, before anything is put in.
fn texts(rule: &Rule) -> BTreeMap<&str, &str> {
    if let Place::File { .. } = rule.place {
        // The card was made of them.
        return rule.annotations.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    }
    let card = &rule.card;
    let runbook = card.runbook.as_deref().unwrap_or_default();
    let answers = [
        ("summary", card.what.as_str()),
        ("description", card.how_bad.as_str()),
        ("do_now", card.do_now.as_str()),
        ("runbook_url", runbook),
    ];
    let answers = answers.into_iter().filter(|(_, text)| !text.is_empty());
    answers.chain(rule.annotations.iter().map(|(name, text)| (name.as_str(), text.as_str()))).collect()
}

/// Alerts of rules; what others send is told by Alertmanager's API.
fn is_active(alert: &Alert) -> bool {
    alert.state != Doing::Resolved && alert.sent_from.is_none()
}

fn alert(alert: &Alert) -> Value {
    let value = alert.value.map_or_else(|| "NaN".to_owned(), scientific);
    json!({
        "labels": LabelMap(alert.labels.clone()),
        "annotations": annotations(alert),
        "state": if alert.state == Doing::Pending { "pending" } else { "firing" },
        "activeAt": instant(Some(alert.active_ms)),
        "value": value,
    })
}

fn instant(millis: Option<i64>) -> String {
    millis.map_or_else(|| NEVER.to_owned(), |millis| Timestamp::from_millis(millis).to_string())
}

fn seconds(millis: i64) -> f64 {
    millis as f64 / 1e3
}

/// As Go writes it with `%e`: `1.5e+00`.
fn scientific(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let text = format!("{value:e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let (sign, size) = exponent.strip_prefix('-').map_or(('+', exponent), |size| ('-', size));
    format!("{digits}e{sign}{size:0>2}")
}

#[cfg(test)]
mod tests;
