//! The pass over a text.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::anchor::{Anchor, Anchors};
use crate::config::Config;
use crate::edit::{self, Edit};
use crate::find::{authorization, card, key, pair, personal, private_key, token, url};
use crate::pattern::Pattern;
use crate::rule::{Rule, RuleId, Rules};

/// Masks texts by its rules.
#[derive(Debug)]
pub struct Masker {
    anchors: Anchors,
    rules: Rules,
    patterns: Vec<Pattern>,
    scopes: HashMap<String, Rules>,
}

/// A masker under the rules of one service.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'m> {
    masker: &'m Masker,
    rules: Rules,
}

/// A text without secrets.
#[derive(Clone, Debug, PartialEq)]
pub struct Masked<'t> {
    /// The text, borrowed if nothing had to be masked.
    pub text: Cow<'t, str>,
    /// What was masked.
    pub hits: Hits,
}

/// The rules by which something was masked, once for each place.
pub type Hits = Vec<RuleId>;

impl Masker {
    /// A masker by these settings.
    pub fn new(config: Config) -> Self {
        let Config { mut rules, mut patterns, exceptions } = config;
        patterns.truncate(Config::PATTERNS_MAX);
        (0..patterns.len()).for_each(|index| rules.insert(RuleId::pattern(index)));
        let mut scopes = HashMap::new();
        for exception in exceptions {
            let scope = scopes.entry(exception.service).or_insert(rules);
            *scope = scope.without(exception.rules);
        }
        Self { anchors: Anchors::new(), rules, patterns, scopes }
    }

    /// The rules that apply to a service's texts.
    pub fn of(&self, service: &str) -> Scope<'_> {
        let rules = self.scopes.get(service).copied().unwrap_or(self.rules);
        Scope { masker: self, rules }
    }

    /// The rule's name, as it stands in markers.
    pub fn name(&self, rule: RuleId) -> &str {
        match rule.pattern_index() {
            Some(index) => self.patterns.get(index).map_or("", Pattern::name),
            None => Rule::ALL[rule.number()].name(),
        }
    }
}

/// More passes than any text has been seen to need.
const PASSES_MAX: usize = 8;

impl<'m> Scope<'m> {
    /// Whether nothing is ever masked.
    pub fn is_idle(self) -> bool {
        self.rules.is_empty()
    }

    /// Masks all secrets in the text.
    pub fn mask(self, text: &str) -> Masked<'_> {
        if self.rules.is_empty() {
            return Masked { text: Cow::Borrowed(text), hits: Hits::new() };
        }
        // The user's patterns see the text as it was written.
        match self.pass(text, Self::own) {
            Some((masked, mut hits)) => match self.settled(&masked) {
                Some((masked, more)) => {
                    hits.extend(more);
                    Masked { text: Cow::Owned(masked), hits }
                }
                None => Masked { text: Cow::Owned(masked), hits },
            },
            None => match self.settled(text) {
                Some((masked, hits)) => Masked { text: Cow::Owned(masked), hits },
                None => Masked { text: Cow::Borrowed(text), hits: Hits::new() },
            },
        }
    }

    /// Masks the value of a key: as a whole if the key says that it is a secret, else what is secret in it.
    pub fn mask_value<'t>(self, key: &str, value: &'t str) -> Masked<'t> {
        match key::rule(key.as_bytes()).filter(|rule| self.rules.contains(*rule)) {
            Some(rule) if !key::is_harmless(value.as_bytes()) => {
                let marker = format!("{}{}]", edit::MARKER, rule.name());
                Masked { text: Cow::Owned(marker), hits: vec![rule.into()] }
            }
            _ => self.mask(value),
        }
    }

    /// Masks by the built-in rules until nothing changes: a marker can make what is around it look like another
    /// secret, and masking twice must be masking once.
    fn settled(self, text: &str) -> Option<(String, Hits)> {
        let (mut masked, mut hits) = self.pass(text, Self::built_in)?;
        for _ in 0..PASSES_MAX {
            match self.pass(&masked, Self::built_in) {
                Some((again, more)) if again != masked => {
                    hits.extend(more);
                    masked = again;
                }
                _ => break,
            }
        }
        Some((masked, hits))
    }

    /// The text with markers, and what they stand for, if there is anything to mask.
    fn pass<'t>(
        self,
        text: &'t str,
        find: impl Fn(Self, &'t str, &mut Vec<Edit<'t>>),
    ) -> Option<(String, Hits)> {
        let mut edits = Vec::new();
        find(self, text, &mut edits);
        if edits.is_empty() {
            return None;
        }
        edits.retain(|edit| self.rules.contains(edit.rule));
        edit::settle(text, &mut edits);
        if edits.is_empty() {
            return None;
        }
        let masked = edit::apply(text, &edits, |rule| self.masker.name(rule));
        Some((masked, edits.iter().map(|edit| edit.rule).collect()))
    }

    fn own(self, text: &str, edits: &mut Vec<Edit<'_>>) {
        for (index, pattern) in self.masker.patterns.iter().enumerate() {
            let rule = RuleId::pattern(index);
            if self.rules.contains(rule) {
                pattern.find(text, |start, end| edits.push(Edit::new(start, end, rule)));
            }
        }
    }

    fn built_in<'t>(self, text: &'t str, edits: &mut Vec<Edit<'t>>) {
        self.masker.anchors.each(text.as_bytes(), |anchor, at| match anchor {
            Anchor::Key => pair::find(text, at, self.rules, edits),
            Anchor::Token => token::find(text, at, edits),
            Anchor::Jwt => token::find_jwt(text, at, edits),
            Anchor::Telegram => token::find_telegram(text, at, edits),
            Anchor::Webhook => token::find_webhook(text, at, edits),
            Anchor::Bearer | Anchor::Basic => authorization::find(text, at, edits),
            Anchor::PrivateKey => private_key::find(text, at, edits),
        });
        url::find(text, edits);
        if self.rules.contains(Rule::Card) {
            card::find(text, edits);
        }
        if self.rules.contains(Rule::Twilio) {
            token::find_twilio(text, edits);
        }
        personal::find(text, self.rules, edits);
    }
}
