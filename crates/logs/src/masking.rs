//! Secrets are made unreadable before anything is written; what was masked is counted.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use mask::{Masker, Scope};
use model::{Entry, Labels, Metadata, label};

/// Services whose counts are kept apart; further ones are counted together, under no name.
const SERVICES_MAX: usize = 1000;

/// How often something was masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedCount {
    /// The service in whose lines.
    pub service: String,
    /// The rule's name, as it stands in `[masked:<rule>]`.
    pub rule: String,
    /// How many places.
    pub places: u64,
}

/// Counts since the start, by service and rule.
#[derive(Debug, Default)]
pub(crate) struct MaskBook(Mutex<BTreeMap<String, BTreeMap<String, u64>>>);

impl MaskBook {
    /// Sorted by service and rule.
    pub(crate) fn list(&self) -> Vec<MaskedCount> {
        let services = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rules =
            services.iter().flat_map(|(service, rules)| rules.iter().map(move |rule| (service, rule)));
        let count = |(service, (rule, places)): (&String, (&String, &u64))| MaskedCount {
            service: service.clone(),
            rule: rule.clone(),
            places: *places,
        };
        rules.map(count).collect()
    }

    fn add(&self, service: &str, rule: &str) {
        let mut services = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = services.len() < SERVICES_MAX || services.contains_key(service);
        let rules = services.entry(if is_known { service } else { "" }.to_owned()).or_default();
        *rules.entry(rule.to_owned()).or_default() += 1;
    }
}

/// The name under which a stream's service is known to the settings.
pub(crate) fn service(labels: &Labels) -> &str {
    labels.get(label::SERVICE).or(labels.get(label::SERVICE_NAME)).unwrap_or_default()
}

/// Masks what is secret in the entries of one stream.
pub(crate) fn mask(masker: &Masker, book: &MaskBook, labels: &Labels, entries: &mut [Entry]) {
    let service = service(labels);
    let mut masking = Masking { masker, book, service, scope: masker.of(service), clean: None };
    if masking.scope.is_idle() {
        return;
    }
    for entry in entries {
        if let Some(line) = masking.line(&entry.line) {
            entry.line = line;
        }
        masking.metadata(&mut entry.metadata);
    }
}

struct Masking<'m> {
    masker: &'m Masker,
    book: &'m MaskBook,
    service: &'m str,
    scope: Scope<'m>,
    /// The last metadata in which nothing had to be masked: mostly all of a stream have the same.
    clean: Option<Metadata>,
}

impl Masking<'_> {
    /// The line as it may be written, if that is another.
    fn line(&self, line: &str) -> Option<String> {
        self.count(self.scope.mask(line))
    }

    fn metadata(&mut self, metadata: &mut Metadata) {
        if metadata.is_empty() || self.clean.as_ref() == Some(metadata) {
            return;
        }
        let mut is_clean = true;
        for (name, value) in metadata.iter_mut() {
            if let Some(masked) = self.count(self.scope.mask_value(name, value)) {
                *value = masked.into();
                is_clean = false;
            }
        }
        if is_clean {
            self.clean = Some(metadata.clone());
        }
    }

    fn count(&self, masked: mask::Masked<'_>) -> Option<String> {
        masked.hits.iter().for_each(|rule| self.book.add(self.service, self.masker.name(*rule)));
        match masked.text {
            Cow::Owned(text) => Some(text),
            Cow::Borrowed(_) => None,
        }
    }
}
