//! `[logs]` of the settings.

use std::time::Duration;

use logql::Expr;
use model::{Level, Selector};
use settings::Section;

use crate::class::{Class, Rule, Rules};

const DAY: Duration = Duration::from_secs(86_400);

/// What may be set about logs. [`Config::default`] is what holds where nothing is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// By the class's number.
    retention: [Duration; 3],
    rules: Rules,
}

impl Default for Config {
    fn default() -> Self {
        Self { retention: [3 * DAY, 30 * DAY, 365 * DAY], rules: Rules::new(Vec::new()) }
    }
}

impl Config {
    /// Reads `[logs]` below `root`; what is faulty is recorded there and counts as not written.
    pub fn read(root: &Section<'_>) -> Self {
        let logs = root.section("logs");
        let default = Self::default();
        let [short, normal, long] = default.retention;
        Self {
            retention: [
                retention(&logs, "retention_short").unwrap_or(short),
                retention(&logs, "retention").unwrap_or(normal),
                retention(&logs, "retention_long").unwrap_or(long),
            ],
            rules: Rules::new(logs.sections("class").iter().filter_map(rule).collect()),
        }
    }

    /// How long entries of the class are kept.
    pub(crate) fn retention(&self, class: Class) -> Duration {
        self.retention[usize::from(class.number())]
    }

    /// How long the longest class is kept.
    pub(crate) fn retention_max(&self) -> Duration {
        self.retention.into_iter().max().unwrap_or(DAY)
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }
}

fn retention(logs: &Section<'_>, key: &str) -> Option<Duration> {
    let duration = logs.duration(key)?;
    if duration < DAY {
        logs.fault(key, "files are kept by the day", "write 1d or more");
        return None;
    }
    Some(duration)
}

fn rule(section: &Section<'_>) -> Option<Rule> {
    let selector = section.with("selector", selector);
    let words = section.strings("levels").unwrap_or_default();
    let levels = words.iter().filter_map(|word| level(section, word)).collect();
    let class = section.choice("class", &Class::ALL.map(|class| (class.name(), class)));
    for (key, instead) in [
        ("selector", r#"write which streams it means, such as selector = '{service="web"}'"#),
        ("class", r#"write class = "short", "normal" or "long""#),
    ] {
        if !section.is_set(key) {
            section.fault(key, "it is missing", instead);
        }
    }
    Some(Rule { selector: selector?, levels, class: class? })
}

fn selector(text: &str) -> Result<Selector, String> {
    let example = r#"write a selector such as {service="web"}"#;
    match logql::parse(text) {
        Ok(Expr::Log(log)) if log.stages.is_empty() => Ok(log.selector.node),
        Ok(_) => Err(format!("more than a selector; {example}")),
        Err(error) => Err(format!("{error}; {example}")),
    }
}

fn level(section: &Section<'_>, word: &str) -> Option<Level> {
    let level = Level::ALL.into_iter().find(|level| level.name() == word);
    if level.is_none() {
        let names = Level::ALL.map(Level::name).join(", ");
        section.fault("levels", format!("`{word}` is no level"), format!("write some of {names}"));
    }
    level
}

#[cfg(test)]
mod tests;
