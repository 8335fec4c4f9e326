//! Lines that the pipeline dropped, counted by service and reason.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Services whose counts are kept apart; further ones are counted together, under no name.
const SERVICES_MAX: usize = 1000;

/// How many lines of a service were dropped for a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedCount {
    /// The service whose lines.
    pub service: String,
    /// The `reason` of the stage, or the stage's name where none is written.
    pub reason: String,
    /// How many.
    pub lines: u64,
}

/// Counts since the start. The reasons are those of the settings, so they are few.
#[derive(Debug, Default)]
pub(crate) struct DropBook(Mutex<BTreeMap<String, BTreeMap<String, u64>>>);

impl DropBook {
    /// Sorted by service and reason.
    pub(crate) fn list(&self) -> Vec<DroppedCount> {
        let services = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list = Vec::new();
        for (service, reasons) in services.iter() {
            list.extend(reasons.iter().map(|(reason, lines)| DroppedCount {
                service: service.clone(),
                reason: reason.clone(),
                lines: *lines,
            }));
        }
        list
    }

    pub(super) fn add(&self, service: &str, reason: &str) {
        let mut services = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = services.len() < SERVICES_MAX || services.contains_key(service);
        let reasons = services.entry(if is_known { service } else { "" }.to_owned()).or_default();
        *reasons.entry(reason.to_owned()).or_default() += 1;
    }
}
