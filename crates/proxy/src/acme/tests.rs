//! Orders against a CA of the tests, and the rules of when to ask.

mod fake;
mod import;
mod orders;
mod rules;
mod settings;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use model::Timestamp;
use tempfile::TempDir;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::config::LETS_ENCRYPT;
use super::stored::{self, Tries};
use super::{ChallengeKind, Config, Keeper, Resolver, Wanted};
use crate::tls::{Certificates, Listed};
use fake::Fake;

fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

fn resolver(name: &str, directory: &str) -> Resolver {
    Resolver {
        name: name.to_owned(),
        email: None,
        challenge: ChallengeKind::Http01,
        directory: directory.to_owned(),
        staging: None,
        ca_file: None,
        external_account: None,
        profile: None,
        import_file: None,
    }
}

fn config(resolvers: impl IntoIterator<Item = Resolver>) -> Config {
    Config { resolvers: resolvers.into_iter().map(|one| (one.name.clone(), one)).collect::<BTreeMap<_, _>>() }
}

fn wanted(names: &[&str]) -> Wanted {
    Wanted { resolver: "le".to_owned(), names: names.iter().map(|name| (*name).to_owned()).collect() }
}

fn tries(directory: &Path) -> Tries {
    stored::read(&directory.join("tries.json")).unwrap().unwrap_or_default()
}

/// A keeper at work on a directory that outlives it.
struct Bench {
    certificates: Certificates,
    wanted: watch::Sender<Vec<Wanted>>,
    _end: DropGuard,
}

impl Bench {
    /// Begins on `directory`, with its challenges seen by `fake`.
    fn new(config: &Config, directory: &TempDir, fake: Option<&Fake>, names: &[Wanted]) -> Self {
        let certificates = Certificates::new().unwrap();
        let keeper = Keeper::open(config, directory.path(), certificates.clone()).unwrap();
        let keeper = keeper.settling(Duration::from_millis(1));
        if let Some(fake) = fake {
            fake.script(|script| script.challenges = Some(keeper.challenges()));
        }
        let (wanted, receiver) = watch::channel(names.to_vec());
        let end = CancellationToken::new();
        tokio::spawn(keeper.run(receiver, end.clone()));
        Self { certificates, wanted, _end: end.drop_guard() }
    }

    /// What is listed for `name`, as soon as `good` says yes.
    async fn until(&self, name: &str, good: impl Fn(&Listed) -> bool) -> Listed {
        let mut changes = self.certificates.changes();
        let waiting = async {
            loop {
                let list = self.certificates.list();
                let found = list.into_iter().find(|listed| listed.names.iter().any(|own| own == name));
                if let Some(listed) = found.filter(|listed| good(listed)) {
                    return listed;
                }
                changes.changed().await.unwrap();
            }
        };
        let listed = tokio::time::timeout(Duration::from_secs(20), waiting).await;
        listed.unwrap_or_else(|_| panic!("{name}: {:#?}", self.certificates.list()))
    }

    async fn issued(&self, name: &str) -> Listed {
        self.until(name, |listed| listed.issued.is_some() && listed.failures == 0).await
    }

    async fn failed(&self, name: &str) -> Listed {
        self.until(name, |listed| listed.last_failure.is_some()).await
    }
}
