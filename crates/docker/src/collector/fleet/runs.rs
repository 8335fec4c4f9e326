//! Which run of a container is meant.

use model::Timestamp;

/// Tells one run of a container from the next. The engine notes a start (which a look shows) just before it
/// sends the event, and either may come first here, or alone.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Runs {
    told_at: Option<Timestamp>,
    seen_at: Option<Timestamp>,
}

impl Runs {
    /// Takes note of an event; tells whether its run is news.
    pub(super) fn told(&mut self, at: Timestamp) -> bool {
        if self.told_at.is_some_and(|known| at <= known) {
            return false;
        }
        let seen = self.seen_at > self.told_at && self.seen_at <= Some(at);
        self.told_at = Some(at);
        !seen
    }

    /// Takes note of what a look shows; tells whether that run is news.
    pub(super) fn seen(&mut self, at: Timestamp) -> bool {
        let news = Some(at) > self.told_at && Some(at) > self.seen_at;
        self.seen_at = self.seen_at.max(Some(at));
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_run_is_news_once() {
        let check = |marks: &[(char, i64)], expected: &[bool]| {
            let mut runs = Runs::default();
            let news: Vec<bool> = marks
                .iter()
                .map(|(kind, at)| match kind {
                    'e' => runs.told(Timestamp::from_nanos(*at)),
                    _ => runs.seen(Timestamp::from_nanos(*at)),
                })
                .collect();
            assert_eq!(news, expected, "{marks:?}");
        };
        check(&[('e', 11), ('s', 10)], &[true, false]);
        check(&[('s', 10), ('e', 11)], &[true, false]);
        check(&[('s', 10), ('s', 10), ('e', 11), ('s', 10), ('e', 11)], &[true, false, false, false, false]);
        check(&[('e', 11), ('s', 10), ('e', 21), ('s', 20)], &[true, false, true, false]);
        check(&[('e', 11), ('s', 20), ('e', 21), ('e', 31)], &[true, true, false, true]);
        check(&[('s', 10), ('s', 20), ('e', 21), ('s', 30)], &[true, true, false, true]);
    }
}
