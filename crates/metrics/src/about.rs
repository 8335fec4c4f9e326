//! What targets say of their metric families.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::metric::About;

/// So many families of all targets together are remembered.
const FAMILIES_MAX: usize = 50_000;

/// Longer words are cut: they are shown to people.
const HELP_BYTES_MAX: usize = 2_000;

/// The newest word of each target on each family. In memory only: targets say it again.
#[derive(Debug, Default)]
pub(crate) struct Descriptions(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    targets: HashMap<Arc<str>, Target>,
    families: usize,
    calls: u64,
}

#[derive(Debug, Default)]
struct Target {
    families: HashMap<Box<str>, About>,
    /// The number of the call that came last.
    last: u64,
}

impl Descriptions {
    pub(crate) fn tell(&self, target: &Arc<str>, family: &str, about: &About) {
        let mut told = self.told();
        told.calls += 1;
        let calls = told.calls;
        if let Some(known) = told.targets.get_mut(target) {
            known.last = calls;
            if let Some(old) = known.families.get_mut(family) {
                if old != about {
                    *old = bounded(about);
                }
                return;
            }
        }
        if told.families >= FAMILIES_MAX {
            told.forget_oldest();
        }
        told.families += 1;
        let known = told.targets.entry(target.clone()).or_default();
        known.last = calls;
        known.families.insert(family.into(), bounded(about));
    }

    pub(crate) fn all(&self) -> Vec<(Arc<str>, String, About)> {
        let told = self.told();
        let all = told.targets.iter().flat_map(|(target, known)| {
            known.families.iter().map(|(family, about)| (target.clone(), family.to_string(), about.clone()))
        });
        let mut all: Vec<_> = all.collect();
        all.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        all
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    /// Forgets the target that said nothing for the longest time.
    fn forget_oldest(&mut self) {
        let oldest = self.targets.iter().min_by_key(|(_, known)| known.last);
        if let Some(known) = oldest.map(|(target, _)| target.clone()).and_then(|t| self.targets.remove(&t)) {
            self.families -= known.families.len();
        }
    }
}

fn bounded(about: &About) -> About {
    let end = about.help.floor_char_boundary(HELP_BYTES_MAX);
    About { help: about.help[..end].to_owned(), unit: about.unit.clone(), kind: about.kind }
}

#[cfg(test)]
mod tests {
    use model::metric::Kind;

    use super::*;

    fn about(help: &str) -> About {
        About { kind: Kind::Counter, help: help.to_owned(), unit: String::new() }
    }

    #[test]
    fn the_newest_word_counts() {
        let told = Descriptions::default();
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        told.tell(&b, "up", &about("one"));
        told.tell(&a, "x", &about("two"));
        told.tell(&b, "up", &about(&"é".repeat(1001)));
        let all = told.all();
        assert_eq!(all[0], (a, "x".to_owned(), about("two")));
        assert_eq!(all[1], (b, "up".to_owned(), about(&"é".repeat(1000))));
    }

    #[test]
    fn the_target_that_is_silent_longest_is_forgotten() {
        let told = Descriptions::default();
        let targets: Vec<Arc<str>> = (0..3).map(|number| number.to_string().into()).collect();
        for family in 0..FAMILIES_MAX / 3 {
            targets.iter().for_each(|target| told.tell(target, &family.to_string(), &about("")));
        }
        let more = "more".into();
        (0..3).for_each(|family| told.tell(&more, &family.to_string(), &about("")));
        let all = told.all();
        assert!(all.len() <= FAMILIES_MAX);
        assert!(all.iter().all(|(target, ..)| *target != targets[0]));
        assert!(all.iter().any(|(target, ..)| *target == targets[1]));
    }
}
