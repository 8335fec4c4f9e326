//! The settings while they are in effect: some of them can change at any time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::host::Host;
use crate::scrape::pool::Jobs;
use crate::{Config, containers, probe, queue};

/// Where new settings come in.
#[derive(Debug)]
pub(crate) struct Wishes {
    jobs: watch::Sender<Arc<Jobs>>,
    probes: watch::Sender<Arc<probe::Config>>,
    queues: watch::Sender<Arc<queue::Config>>,
    fixed: Fixed,
}

/// Where those who collect see them.
pub(crate) struct Wanted {
    pub(crate) jobs: watch::Receiver<Arc<Jobs>>,
    pub(crate) probes: watch::Receiver<Arc<probe::Config>>,
    pub(crate) queues: watch::Receiver<Arc<queue::Config>>,
    pub(crate) fixed: Fixed,
}

/// What takes effect at the next start.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fixed {
    pub(crate) interval: Duration,
    pub(crate) host: Option<Host>,
    pub(crate) containers: Option<containers::Config>,
}

impl Wishes {
    pub(crate) fn of(config: Config) -> (Self, Wanted) {
        let (jobs, probes, queues, fixed) = parts(config);
        let (jobs, wanted_jobs) = watch::channel(jobs);
        let (probes, wanted_probes) = watch::channel(probes);
        let (queues, wanted_queues) = watch::channel(queues);
        let wanted =
            Wanted { jobs: wanted_jobs, probes: wanted_probes, queues: wanted_queues, fixed: fixed.clone() };
        (Self { jobs, probes, queues, fixed }, wanted)
    }

    /// Tells which keys differ and take effect only at the next start.
    pub(crate) fn apply(&self, config: Config) -> Vec<&'static str> {
        let (jobs, probes, queues, fixed) = parts(config);
        self.jobs.send_replace(jobs);
        self.probes.send_replace(probes);
        self.queues.send_replace(queues);
        self.fixed.unlike(&fixed)
    }
}

fn parts(config: Config) -> (Arc<Jobs>, Arc<probe::Config>, Arc<queue::Config>, Fixed) {
    let Config { interval, host, jobs, discovery, containers, probes, queues } = config;
    let jobs = Jobs { written: jobs, discovery };
    (Arc::new(jobs), Arc::new(probes), Arc::new(queues), Fixed { interval, host, containers })
}

impl Fixed {
    fn unlike(&self, other: &Self) -> Vec<&'static str> {
        let place = |fixed: &Self| fixed.containers.as_ref().map(|containers| containers.host.clone());
        let host = self.host != other.host || place(self).zip(place(other)).is_some_and(|(a, b)| a != b);
        let differ = [
            (self.interval != other.interval, "[metrics] scrape_interval for the host and containers"),
            (self.containers.is_some() != other.containers.is_some(), "[metrics] containers"),
            (host, "[metrics.host]"),
        ];
        differ.into_iter().filter(|(differs, _)| *differs).map(|(_, key)| key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Config {
        let tree = settings::Tree::parse("porthole.toml", text, []);
        let config = Config::read(&tree.root());
        let faults = tree.finish();
        assert!(faults.is_empty(), "{faults:?}");
        config
    }

    #[test]
    fn what_takes_effect_only_at_the_next_start_is_told() {
        let begun = "[metrics]\nscrape_interval = \"15s\"\n[metrics.host]\nproc = \"/host/proc\"\n";
        let check = |text: &str, told: &[&str]| {
            let (wishes, wanted) = Wishes::of(config(begun));
            assert_eq!(wishes.apply(config(text)), told, "{text}");
            (wanted.jobs.borrow().written.len(), wanted.queues.borrow().queues.len())
        };
        check(begun, &[]);
        let more = format!(
            "{begun}[[metrics.scrape]]\njob = \"web\"\ntargets = [\"web:8000\"]\n\
             [[queue]]\nkind = \"celery\"\nurl = \"redis://redis:6379/0\"\n"
        );
        assert_eq!(check(&more, &[]), (1, 1));
        check("[metrics]\nscrape_interval = \"15s\"\n", &["[metrics.host]"]);
        check(
            "[metrics]\nscrape_interval = \"5s\"\ncontainers = false\n[metrics.host]\nproc = \"/host/proc\"\n",
            &["[metrics] scrape_interval for the host and containers", "[metrics] containers"],
        );
    }
}
