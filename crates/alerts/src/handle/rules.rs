//! Rules: how they do, and those that are made on the page.

use std::sync::Arc;

use super::Alerts;
use crate::evaluate::Book;
use crate::group::{Group, Item};
use crate::keep::PageRule;
use crate::rule::{Place, Rule};
use crate::shown::{Backtest, RecordingStatus, RuleStatus};

/// More rules than these are no help to anybody.
const PAGE_RULES_MAX: usize = 500;

impl Alerts {
    /// All rules, those that are turned off too.
    pub fn rules(&self) -> Vec<RuleStatus> {
        let rules = self.0.rules();
        let on = rules.all().map(|rule| {
            let toml = match rule.place {
                Place::Page => rules.page_text(&rule.name).map_or_else(|| rule.to_toml(), str::to_owned),
                _ => rule.to_toml(),
            };
            let mut status = status(&self.0.book, rule.clone(), toml);
            status.warnings.extend(rules.warnings_of(rule));
            status
        });
        let off = rules.config.off.iter().map(|rule| {
            let status = status(&self.0.book, Arc::new(rule.clone()), rule.to_toml());
            RuleStatus { is_off: true, ..status }
        });
        on.chain(off).collect()
    }

    /// The recording rules of included files.
    pub fn recordings(&self) -> Vec<RecordingStatus> {
        let rules = self.0.rules();
        let groups = &rules.config.groups;
        groups.iter().flat_map(|group| recordings(&self.0.book, group)).collect()
    }

    /// What of the settings and of alerting as a whole is worth knowing: what it is about, and a sentence.
    pub fn faults(&self) -> Vec<(String, String)> {
        let rules = self.0.rules();
        let of_rules = |subject: &str| subject.starts_with("rule `");
        let warnings = rules.config.warnings.iter().filter(|warning| !of_rules(&warning.subject));
        let mut faults: Vec<(String, String)> =
            warnings.map(|warning| (warning.subject.clone(), warning.text.clone())).collect();
        faults.extend(rules.unusable.iter().map(|(name, why)| (format!("rule {name}"), why.clone())));
        if let Ok(Some(fault)) = self.0.keep.status().map(|status| status.fault) {
            faults.push((
                "alerts.db".to_owned(),
                format!("cannot be written, alerts go on from memory: {fault}"),
            ));
        }
        faults
    }

    /// Saves a rule made on the page: one `[[alerts.rule]]`, in the place of the page's rule of that name. Gives its name
    /// and what is worth knowing of it; or what is wrong with it, a sentence each.
    pub fn save(&self, toml: &str, by: &str) -> Result<(String, Vec<String>), Vec<String>> {
        let told = |faults: Vec<settings::Fault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (rule, warnings) = Rule::from_toml(toml).map_err(told)?;
        if let Some(place) = self.0.rules().elsewhere(&rule.name) {
            return Err(vec![format!(
                "there is a rule `{}` already ({place}); write another name",
                rule.name
            )]);
        }
        let page = self.0.keep.page_rules().map_err(|error| vec![error.to_string()])?;
        if page.len() >= PAGE_RULES_MAX && page.iter().all(|kept| kept.name != rule.name) {
            return Err(vec![format!("there are {PAGE_RULES_MAX} rules already; remove one first")]);
        }
        let kept = PageRule {
            name: rule.name.clone(),
            toml: toml.to_owned(),
            by: by.to_owned(),
            saved_ms: self.0.now_ms(),
        };
        self.0.keep.save_rule(&kept).map_err(|error| vec![error.to_string()])?;
        self.page_changed().map_err(|error| vec![error])?;
        tracing::info!(rule = rule.name, by, "a rule was saved");
        Ok((rule.name, warnings.into_iter().map(|warning| warning.text).collect()))
    }

    /// Removes a rule made on the page; says whether there was one.
    pub fn remove(&self, name: &str, by: &str) -> Result<bool, String> {
        let was_there = self.0.keep.remove_rule(name).map_err(|error| error.to_string())?;
        if was_there {
            self.page_changed()?;
            tracing::info!(rule = name, by, "a rule was removed");
        }
        Ok(was_there)
    }

    /// What a rule would have done in the last days: one `[[alerts.rule]]`, saved or not.
    pub async fn backtest(&self, toml: &str, days: u32) -> Result<Backtest, Vec<String>> {
        let told = |faults: Vec<settings::Fault>| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (rule, _) = Rule::from_toml(toml).map_err(told)?;
        let flapping = self.0.rules().config.policy.flapping;
        let (senses, now) = (self.0.senses.clone(), self.0.clock.now());
        crate::backtest::backtest(&*senses, Arc::new(rule), flapping, now, days)
            .await
            .map_err(|why| vec![why])
    }

    fn page_changed(&self) -> Result<(), String> {
        let page = self.0.keep.page_rules().map_err(|error| error.to_string())?;
        self.0.rules_mut().set_page(page);
        self.0.evaluate_anew();
        Ok(())
    }
}

fn status(book: &Book, rule: Arc<Rule>, toml: String) -> RuleStatus {
    let entry = book.rule(&rule.name);
    let text_fault =
        entry.text_fault.map(|why| format!("a text cannot be rendered, plain facts are told instead: {why}"));
    RuleStatus {
        toml,
        is_off: false,
        fault: entry.fault,
        evaluated_ms: entry.evaluated_ms,
        took_ms: entry.took.as_secs_f64() * 1e3,
        warnings: text_fault.into_iter().collect(),
        rule,
    }
}

fn recordings<'a>(book: &'a Book, group: &'a Group) -> impl Iterator<Item = RecordingStatus> + 'a {
    group.items.iter().filter_map(move |item| {
        let Item::Record(recording) = item else { return None };
        let entry = book.recording(recording);
        Some(RecordingStatus {
            group: group.name.clone(),
            file: group.file.as_deref().unwrap_or_default().to_owned(),
            interval_ms: group.interval_ms,
            name: recording.name.clone(),
            expr: recording.expr.clone(),
            labels: recording.labels.clone(),
            fault: entry.fault,
            evaluated_ms: entry.evaluated_ms,
            took_ms: entry.took.as_secs_f64() * 1e3,
        })
    })
}
