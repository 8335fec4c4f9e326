//! What is wrong with a store now, for a person to read: every engine keeps one such list and shows it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// More faults than this are not kept apart: a disk that breaks down must not fill the memory with words.
const FAULTS_MAX: usize = 100;

/// Something wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What it concerns.
    pub subject: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// One message per subject.
#[derive(Debug, Default)]
pub struct Faults(Mutex<BTreeMap<String, String>>);

impl Faults {
    /// Something is wrong with the subject. It is logged when it is new.
    pub fn set(&self, subject: &str, message: impl Into<String>) {
        let mut faults = self.known();
        if faults.len() >= FAULTS_MAX && !faults.contains_key(subject) {
            return;
        }
        let message = message.into();
        if faults.get(subject) != Some(&message) {
            tracing::error!(subject, "{message}");
            faults.insert(subject.to_owned(), message);
        }
    }

    /// The subject is well again.
    pub fn clear(&self, subject: &str) {
        if self.known().remove(subject).is_some() {
            tracing::info!(subject, "in order again");
        }
    }

    /// What is wrong with the subject.
    pub fn of(&self, subject: &str) -> Option<String> {
        self.known().get(subject).cloned()
    }

    /// Everything whose subject begins so is gone.
    pub fn forget(&self, prefix: &str) {
        self.known().retain(|subject, _| !subject.starts_with(prefix));
    }

    /// Everything, by subject.
    pub fn list(&self) -> Vec<Fault> {
        let fault = |(subject, message): (&String, &String)| Fault {
            subject: subject.clone(),
            message: message.clone(),
        };
        self.known().iter().map(fault).collect()
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(faults: &Faults) -> Vec<String> {
        faults.list().into_iter().map(|fault| format!("{}: {}", fault.subject, fault.message)).collect()
    }

    #[test]
    fn a_subject_has_its_latest_message_until_it_is_well() {
        let faults = Faults::default();
        faults.set("logs/tail.db", "full");
        faults.set("logs/tail.db", "damaged");
        faults.set("logs of a day", "gone");
        assert_eq!(told(&faults), ["logs of a day: gone", "logs/tail.db: damaged"]);
        assert_eq!(faults.of("logs/tail.db").as_deref(), Some("damaged"));
        faults.forget("logs of");
        faults.clear("logs/tail.db");
        assert_eq!(told(&faults), Vec::<String>::new());
    }

    #[test]
    fn there_are_never_more_than_a_person_would_read() {
        let faults = Faults::default();
        (0..2 * FAULTS_MAX).for_each(|number| faults.set(&format!("{number:04}"), "broken"));
        assert_eq!(faults.list().len(), FAULTS_MAX);
        faults.set("0000", "worse");
        assert_eq!(faults.of("0000").as_deref(), Some("worse"));
    }
}
