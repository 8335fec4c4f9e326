//! What a container's command says: `celery -A shop worker -Q mail -c 4`, `rq worker`, and how shells and Python wrap
//! them.

use std::collections::BTreeSet;

use crate::queue::Kind;

/// What a command says of queues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    /// Whose program it is; `None`: it is neither's.
    pub(crate) kind: Option<Kind>,
    /// It works on tasks.
    pub(crate) is_worker: bool,
    /// The broker, where the command names it.
    pub(crate) broker: Option<String>,
    /// The queues that it takes from, where the command names them.
    pub(crate) queues: BTreeSet<String>,
    /// Its processes, where the command says how many.
    pub(crate) processes: Option<u64>,
}

impl Command {
    /// Reads a command: its words, or one text that a shell reads.
    pub(crate) fn of(words: &[String]) -> Self {
        let words: Vec<&str> = words
            .iter()
            .flat_map(|word| word.split([' ', '\t', '\n', ';', '&', '|', '"', '\'', '(', ')']))
            .collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        for (at, word) in words.iter().enumerate() {
            let rest = &words[at + 1..];
            match word.rsplit('/').next().unwrap_or_default() {
                "celery" if !is_option_value(&words, at) => return Self::celery(rest),
                "rq" if !is_option_value(&words, at) => return Self::rq(rest),
                "rqworker" | "rqscheduler" => {
                    return Self { is_worker: *word != "rqscheduler", ..Self::rq(rest) };
                }
                _ => {}
            }
        }
        Self::default()
    }

    fn celery(words: &[&str]) -> Self {
        let queues = option(words, &["-Q", "--queues"]).map(|list| list.split(','));
        Self {
            kind: Some(Kind::Celery),
            is_worker: words.contains(&"worker"),
            broker: option(words, &["-b", "--broker"]).map(str::to_owned),
            queues: queues.into_iter().flatten().filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            processes: option(words, &["-c", "--concurrency"]).and_then(|count| count.parse().ok()),
        }
    }

    /// RQ keeps its queues in Redis, so their names are not read here.
    fn rq(words: &[&str]) -> Self {
        Self {
            kind: Some(Kind::Rq),
            is_worker: words.iter().any(|word| matches!(*word, "worker" | "worker-pool")),
            broker: option(words, &["-u", "--url"]).map(str::to_owned),
            ..Self::default()
        }
    }
}

/// `--app celery` names something of the application's.
fn is_option_value(words: &[&str], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| words.get(before));
    before.is_some_and(|before| {
        before.starts_with('-') && *before != "-m" && *before != "-c" && *before != "--"
    })
}

/// The value of an option: `-Q mail`, `-Qmail`, `--queues mail`, `--queues=mail`.
fn option<'a>(words: &[&'a str], names: &[&str]) -> Option<&'a str> {
    words.iter().enumerate().find_map(|(at, word)| {
        let name = names.iter().find(|name| word.starts_with(**name))?;
        let rest = &word[name.len()..];
        match (rest, name.starts_with("--")) {
            ("", _) => words.get(at + 1).copied(),
            (rest, true) => rest.strip_prefix('='),
            (rest, false) => Some(rest.trim_start_matches('=')),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], expected: &str) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let Command { kind, is_worker, broker, queues, processes } = Command::of(&words);
        let kind = kind.map_or("-", Kind::name);
        assert_eq!(format!("{kind} {is_worker} {broker:?} {queues:?} {processes:?}"), expected, "{words:?}");
    }

    #[test]
    fn commands() {
        check(&["celery", "-A", "shop", "worker"], "celery true None {} None");
        check(
            &["/venv/bin/celery", "--app=shop", "worker", "-Q", "mail,default", "--concurrency=4"],
            r#"celery true None {"default", "mail"} Some(4)"#,
        );
        check(&["python", "-m", "celery", "-A", "shop", "worker", "-c2"], "celery true None {} Some(2)");
        check(
            &["sh", "-c", "./wait.sh redis && exec celery -A shop -b redis://r/1 worker --queues=a"],
            r#"celery true Some("redis://r/1") {"a"} None"#,
        );
        check(&["celery", "-A", "shop", "beat", "-l", "info"], "celery false None {} None");
        check(&["gunicorn", "shop.wsgi", "--config", "celery"], "- false None {} None");
        check(
            &["rq", "worker", "--url", "redis://r/2", "high", "low"],
            r#"rq true Some("redis://r/2") {} None"#,
        );
        check(&["python", "manage.py", "rqworker", "default"], "rq true None {} None");
        check(&["rq", "worker-pool", "high", "-n", "3"], "rq true None {} None");
        check(&["redis-server", "--appendonly", "yes"], "- false None {} None");
        check(&[], "- false None {} None");
    }
}
