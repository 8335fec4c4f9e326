//! The settings in force, as the page shows them.

use std::sync::{Arc, Mutex, PoisonError};

use settings::{Section, Shown};

/// What is set, without secrets. Whoever reads the settings again puts the new ones in.
#[derive(Clone, Debug, Default)]
pub struct InForce(Arc<Mutex<Arc<[Shown]>>>);

/// Sections that take effect at the next start.
const AT_START: [&str; 4] = ["server", "auth", "docker", "identity"];

impl InForce {
    /// Of the tree whose root is given.
    pub(crate) fn read(root: &Section<'_>) -> Self {
        Self(Arc::new(Mutex::new(root.shown().into())))
    }

    /// What is set.
    pub(crate) fn get(&self) -> Arc<[Shown]> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows what other settings hold from now on, but for what they change only at the next start.
    pub fn replace(&self, read_again: &Self) {
        let at_start = |one: &&Shown| Self::needs_restart(&one.section);
        let (before, again) = (self.get(), read_again.get());
        let kept = before.iter().filter(at_start);
        let all: Vec<Shown> = kept.chain(again.iter().filter(|one| !at_start(one))).cloned().collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = all.into();
    }

    /// Whether a change of a section's keys takes effect at the next start only.
    pub(crate) fn needs_restart(section: &str) -> bool {
        AT_START.contains(&section)
    }
}

#[cfg(test)]
mod tests {
    use settings::Tree;

    use super::*;

    #[test]
    fn settings_read_again_are_shown_but_for_those_of_the_start() {
        let read = |text: &str| InForce::read(&Tree::parse("a", text, []).root());
        let shown = read("[server]\nlisten = \"127.0.0.1:1\"\n[logs]\nretention = \"1d\"\n");
        shown.replace(&read("[server]\nlisten = \"127.0.0.1:2\"\n[logs]\nretention = \"2d\"\n"));
        let values: Vec<String> = shown.get().iter().map(|one| one.value.clone()).collect();
        assert_eq!(values, ["\"127.0.0.1:1\"", "\"2d\""]);
    }
}
