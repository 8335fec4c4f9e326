//! Rules as the text that they are written in: what the page saves, shows and offers to paste.

use settings::{Fault, Tree};

use super::read::Says;
use super::{IssueRule, OwnRule, Place, Resolve, Rule, Source, Usual, Warning, read};
use crate::machine::Layer;

impl Rule {
    /// Reads one `[[alerts.rule]]`, with all that is wrong with it: the page's rules pass the same checks as the file's.
    pub fn from_toml(text: &str) -> Result<(Self, Vec<Warning>), Vec<Fault>> {
        let tree = Tree::parse("rule", text, []);
        let root = tree.root();
        let sections = root.section("alerts").sections("rule");
        let mut warnings = Vec::new();
        let rule = match sections.as_slice() {
            [section] => read(section, Says::Whole, Place::Page, &Usual::default(), &mut warnings),
            _ => {
                root.section("alerts").fault(
                    "rule",
                    "one rule is wanted",
                    "write [[alerts.rule]] and its keys below it",
                );
                None
            }
        };
        drop(sections);
        drop(root);
        let faults = tree.finish();
        match rule {
            Some(rule) if faults.is_empty() => Ok((rule, warnings)),
            _ => Err(faults),
        }
    }

    /// The `[[alerts.rule]]` that makes the same rule.
    pub fn to_toml(&self) -> String {
        let mut written = Lines(String::from("[[alerts.rule]]\n"));
        written.text("name", &self.name);
        written.source(&self.source);
        written.text("tier", self.tier.word());
        written.duration("for", self.for_ms, 0);
        written.duration("keep_firing_for", self.keep_firing_for_ms, 0);
        written.duration("interval", self.interval_ms, Usual::default().interval_ms);
        written.duration("query_offset", self.query_offset_ms, 0);
        if let Some(wait_ms) = self.group_wait_ms {
            written.duration("group_wait", wait_ms, -1);
        }
        if let Some((word, _)) = Layer::WORDS.into_iter().find(|(_, layer)| Some(*layer) == self.layer) {
            written.text("layer", word);
        }
        if let Some(limit) = self.limit {
            written.line("limit", &limit.to_string());
        }
        match &self.resolve {
            Some(Resolve::Threshold(number)) => written.line("resolve", &number.to_string()),
            Some(Resolve::Expr(text)) => written.text("resolve_expr", text),
            None => {}
        }
        written.optional("usual", self.usual.as_deref());
        written.optional("what", Some(self.card.what.as_str()));
        written.optional("how_bad", Some(self.card.how_bad.as_str()));
        written.optional("do_now", Some(self.card.do_now.as_str()));
        written.optional("runbook", self.card.runbook.as_deref());
        for (key, table) in [("labels", &self.labels), ("annotations", &self.annotations)] {
            if !table.is_empty() {
                let pairs: Vec<String> =
                    table.iter().map(|(name, text)| format!("{} = {}", quoted(name), quoted(text))).collect();
                written.line(key, &format!("{{ {} }}", pairs.join(", ")));
            }
        }
        written.0
    }
}

struct Lines(String);

impl Lines {
    fn line(&mut self, key: &str, value: &str) {
        self.0.push_str(&format!("{key} = {value}\n"));
    }

    fn text(&mut self, key: &str, text: &str) {
        self.line(key, &quoted(text));
    }

    fn optional(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            self.text(key, text);
        }
    }

    fn duration(&mut self, key: &str, value_ms: i64, usual_ms: i64) {
        if value_ms != usual_ms {
            let duration = std::time::Duration::from_millis(u64::try_from(value_ms).unwrap_or(0));
            self.text(key, &model::format_duration(duration));
        }
    }

    fn source(&mut self, source: &Source) {
        match source {
            Source::Promql(text) | Source::Logql(text) | Source::Probe(text) => self.text(source.key(), text),
            Source::Porthole(OwnRule::Rules) => self.text("porthole", "rules"),
            Source::Issue(IssueRule::New) => self.text("issue", "new"),
            Source::Issue(IssueRule::Regressed) => self.text("issue", "regressed"),
            Source::Issue(IssueRule::Escalating) => self.text("issue", "escalating"),
            Source::Issue(IssueRule::Rate { above, within_ms }) => {
                self.text("issue", "rate");
                self.line("above", &above.to_string());
                self.duration("within", *within_ms, -1);
            }
        }
    }
}

/// As TOML writes text: literally where that is possible, since queries are full of quotes.
fn quoted(text: &str) -> String {
    let is_literal = text.contains(['"', '\\']) && !text.contains('\'') && !text.contains(char::is_control);
    if is_literal {
        return format!("'{text}'");
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            letter if letter.is_control() => quoted.push_str(&format!("\\u{:04X}", letter as u32)),
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
