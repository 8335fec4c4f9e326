//! How Celery names its keys and channels in Redis.

use super::super::redis::{Command, literal};

/// Fields of a binding, and a queue and its priority, stand on either side of it.
pub(crate) const SEPARATOR: &str = "\u{6}\u{16}";
/// The steps that priorities are rounded down to.
pub(crate) const PRIORITY_STEPS: [u8; 4] = [0, 3, 6, 9];

/// Exchanges that workers talk to each other through; their queues hold no tasks.
const NOT_OF_TASKS: [&str; 2] = ["celeryev", "pidbox"];

/// How one application names its keys: `broker_transport_options` of its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// `global_keyprefix`: before every key and channel.
    pub prefix: String,
    /// `priority_steps`.
    pub steps: Vec<u8>,
    /// `sep`.
    pub separator: String,
}

impl Default for Keys {
    fn default() -> Self {
        Self { prefix: String::new(), steps: PRIORITY_STEPS.to_vec(), separator: SEPARATOR.to_owned() }
    }
}

impl Keys {
    /// How many messages of one priority wait.
    pub(crate) fn length(&self, queue: &str, step: u8) -> Command {
        let Self { prefix, separator, .. } = self;
        match step {
            0 => Command::llen(&format!("{prefix}{queue}")),
            step => Command::llen(&format!("{prefix}{queue}{separator}{step}")),
        }
    }

    /// How many messages workers hold and have not acknowledged.
    pub(crate) fn unacked(&self) -> Command {
        Command::hlen(&format!("{}unacked", self.prefix))
    }

    /// Which of those was delivered first, and when.
    pub(crate) fn oldest_unacked(&self) -> Command {
        Command::first_with_score(&format!("{}unacked_index", self.prefix))
    }

    /// The next part of a walk over all exchanges.
    pub(crate) fn exchanges(&self, cursor: &str, count: u32) -> Command {
        Command::scan(cursor, &format!("{}_kombu.binding.*", literal(&self.prefix)), count)
    }

    /// Whether a key that the walk found is an exchange of tasks.
    pub(crate) fn is_of_tasks(&self, key: &str) -> bool {
        let exchange = key.strip_prefix(&self.prefix).and_then(|key| key.strip_prefix("_kombu.binding."));
        exchange.is_some_and(|exchange| !NOT_OF_TASKS.iter().any(|other| exchange.ends_with(other)))
    }

    /// The queue of a binding: routing key, pattern and queue, each of which may be empty.
    pub(crate) fn bound_queue<'a>(&self, binding: &'a str) -> Option<&'a str> {
        binding.split(self.separator.as_str()).nth(2).filter(|queue| !queue.is_empty())
    }

    /// The channels that events are published on, as a pattern.
    pub(crate) fn events(&self, db: u32) -> String {
        format!("{}/{db}.celeryev/*", literal(&self.prefix))
    }

    /// The channel that every worker takes orders from.
    pub(crate) fn pidbox(&self, db: u32) -> String {
        format!("{}/{db}.celery.pidbox", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_prefix_and_priorities() {
        let check = |found: Command, expected: &str| assert_eq!(format!("{found:?}"), expected);
        let keys = Keys { prefix: "app*:".to_owned(), ..Keys::default() };
        check(keys.length("celery", 0), &format!("{:?}", Command::llen("app*:celery")));
        check(keys.length("celery", 6), &format!("{:?}", Command::llen("app*:celery\u{6}\u{16}6")));
        check(keys.unacked(), &format!("{:?}", Command::hlen("app*:unacked")));
        check(keys.exchanges("0", 10), &format!("{:?}", Command::scan("0", r"app\*:_kombu.binding.*", 10)));
        assert_eq!(keys.events(3), r"app\*:/3.celeryev/*");
        assert_eq!(keys.pidbox(3), "app*:/3.celery.pidbox");
        let dashed = Keys { separator: ":".to_owned(), ..Keys::default() };
        check(dashed.length("mail", 9), &format!("{:?}", Command::llen("mail:9")));
    }

    #[test]
    fn exchanges_of_tasks_and_their_queues() {
        let keys = Keys { prefix: "a:".to_owned(), ..Keys::default() };
        for (key, expected) in [
            ("a:_kombu.binding.celery", true),
            ("a:_kombu.binding.reply.celery.pidbox", false),
            ("a:_kombu.binding.celeryev", false),
            ("a:_kombu.binding.celery.pidbox", false),
            ("_kombu.binding.celery", false),
        ] {
            assert_eq!(keys.is_of_tasks(key), expected, "{key}");
        }
        for (binding, expected) in [
            ("celery\u{6}\u{16}\u{6}\u{16}celery", Some("celery")),
            ("media.*\u{6}\u{16}^media\\..*?$\u{6}\u{16}media", Some("media")),
            ("x\u{6}\u{16}\u{6}\u{16}", None),
            ("celery", None),
        ] {
            assert_eq!(keys.bound_queue(binding), expected, "{binding:?}");
        }
    }
}
