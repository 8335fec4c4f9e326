//! What is wrong now, for a person to read.

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
pub(crate) struct Faults(Mutex<BTreeMap<String, String>>);

impl Faults {
    /// Something is wrong with the subject. It is logged when it is new.
    pub(crate) fn set(&self, subject: &str, message: impl Into<String>) {
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
    pub(crate) fn clear(&self, subject: &str) {
        if self.known().remove(subject).is_some() {
            tracing::info!(subject, "in order again");
        }
    }

    pub(crate) fn list(&self) -> Vec<Fault> {
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
