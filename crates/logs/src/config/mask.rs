//! `[logs.mask]`: what is made unreadable before anything is written.

use mask::{Config, Exception, Pattern, Rule, Rules};
use settings::Section;

/// Reads `[logs.mask]`; what is faulty is recorded there and counts as not written.
pub(super) fn read(logs: &Section<'_>) -> Config {
    let section = logs.section("mask");
    let mut config = Config::default();
    for rule in names(&section, "also", built_in) {
        config.rules.insert(rule);
    }
    for rule in names(&section, "off", built_in) {
        config.rules.remove(rule);
    }
    let patterns = section.sections("pattern");
    if let Some(first_too_many) = patterns.get(Config::PATTERNS_MAX) {
        let most = Config::PATTERNS_MAX;
        first_too_many.fault("", format!("there are more than {most}"), "join some with `|`");
    }
    for section in patterns.iter().take(Config::PATTERNS_MAX) {
        let Some(own) = pattern(section) else { continue };
        if config.rule(own.name()).is_some() {
            section.fault("name", "the name is taken", "write another");
            continue;
        }
        config.patterns.push(own);
    }
    config.exceptions =
        section.sections("except").iter().filter_map(|section| exception(section, &config)).collect();
    if section.boolean("enabled") == Some(false) {
        return Config::off();
    }
    config
}

fn names<T>(section: &Section<'_>, key: &str, find: impl Fn(&str) -> Option<T>) -> Vec<T> {
    let mut found = Vec::new();
    for name in section.strings(key).unwrap_or_default() {
        match find(&name) {
            Some(rule) => found.push(rule),
            None => {
                let known = Rule::ALL.map(Rule::name).join(", ");
                section.fault(key, format!("`{name}` is no rule"), format!("write some of {known}"));
            }
        }
    }
    found
}

fn built_in(name: &str) -> Option<Rule> {
    Rule::from_name(name)
}

fn pattern(section: &Section<'_>) -> Option<Pattern> {
    for (key, instead) in [
        ("name", "write a name such as name = \"customer\""),
        ("regex", r"write a regular expression such as regex = 'KD-(?P<secret>\d+)'"),
    ] {
        if !section.is_set(key) {
            section.fault(key, "it is missing", instead);
        }
    }
    let name = section.string("name");
    let pattern = section.with("regex", |regex| {
        Pattern::new(name.as_deref().unwrap_or("unnamed"), regex).map_err(|error| {
            format!(
                "{error}; write a regular expression without look-around, and a name of a-z, 0-9, _ and -"
            )
        })
    });
    pattern.filter(|_| name.is_some())
}

fn exception(section: &Section<'_>, config: &Config) -> Option<Exception> {
    if !section.is_set("service") {
        section.fault("service", "it is missing", "write the service's name, such as service = \"till\"");
    }
    let rules = match section.is_set("rules") {
        true => names(section, "rules", |name| config.rule(name)).into_iter().collect(),
        false => {
            // Asked for, so that it counts as known.
            section.strings("rules");
            Rules::ALL
        }
    };
    Some(Exception { service: section.string("service")?, rules })
}
