//! The rules in force: those of the settings and those made on the page.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::Config;
use crate::group::Group;
use crate::keep::PageRule;
use crate::rule::{Place, Rule, Warning};

/// All rules.
pub(crate) struct Rules {
    pub(crate) config: Config,
    /// Made on the page, as they are kept.
    page: Vec<PageRule>,
    /// Those of the page that can be used.
    groups: Vec<Arc<Group>>,
    warnings: Vec<Warning>,
    /// Those of the page that cannot be used, and why.
    pub(crate) unusable: Vec<(String, String)>,
}

impl Rules {
    pub(crate) fn new(config: Config, page: Vec<PageRule>) -> Self {
        let mut rules = Self { config, page, groups: Vec::new(), warnings: Vec::new(), unusable: Vec::new() };
        rules.read();
        rules
    }

    /// Other settings; the page's rules stay.
    pub(crate) fn replace(&mut self, config: Config) {
        self.config = config;
        self.read();
    }

    /// Other rules of the page.
    pub(crate) fn set_page(&mut self, page: Vec<PageRule>) {
        self.page = page;
        self.read();
    }

    /// What is evaluated. A group that is as it was is the same.
    pub(crate) fn groups(&self) -> Vec<Arc<Group>> {
        let of_settings = self.config.groups.iter().cloned().map(Arc::new);
        of_settings.chain(self.groups.iter().cloned()).collect()
    }

    /// All rules that make alerts.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.config.rules().chain(self.groups.iter().flat_map(|group| group.rules()))
    }

    /// The rule of this name.
    pub(crate) fn rule(&self, name: &str) -> Option<&Arc<Rule>> {
        self.all().find(|rule| rule.name == name)
    }

    /// What is worth knowing of a rule.
    pub(crate) fn warnings_of(&self, rule: &Rule) -> Vec<String> {
        let subject = format!("rule `{}`", rule.name);
        let all = self.config.warnings.iter().chain(&self.warnings);
        all.filter(|warning| warning.subject == subject).map(|warning| warning.text.clone()).collect()
    }

    /// The text of a rule of the page.
    pub(crate) fn page_text(&self, name: &str) -> Option<&str> {
        self.page.iter().find(|rule| rule.name == name).map(|rule| rule.toml.as_str())
    }

    /// Where else than on the page a rule of this name is, turned off or not.
    pub(crate) fn elsewhere(&self, name: &str) -> Option<Place> {
        let on = self.config.rules().find(|rule| rule.name == name).map(|rule| rule.place.clone());
        let off = || self.config.off.iter().find(|rule| rule.name == name).map(|rule| rule.place.clone());
        on.or_else(off)
    }

    fn read(&mut self) {
        (self.groups, self.warnings, self.unusable) = (Vec::new(), Vec::new(), Vec::new());
        let taken: BTreeSet<String> = self.config.rules().map(|rule| rule.name.clone()).collect();
        for kept in &self.page {
            if taken.contains(&kept.name) {
                let why = "there is a rule of this name in the settings now; give one of them another name";
                self.unusable.push((kept.name.clone(), why.to_owned()));
                continue;
            }
            match Rule::from_toml(&kept.toml) {
                Ok((rule, warnings)) => {
                    self.groups.push(Arc::new(Group::of(Arc::new(rule))));
                    self.warnings.extend(warnings);
                }
                Err(faults) => {
                    let why: Vec<String> = faults.iter().map(ToString::to_string).collect();
                    self.unusable.push((kept.name.clone(), why.join("; ")));
                }
            }
        }
    }
}
