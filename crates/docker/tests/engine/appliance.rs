//! The rest of Porthole, as far as the collector sees it: a store that keeps entries and positions together.

use std::collections::BTreeMap;
use std::future::Future;

use docker::{Collector, Config, Docker};
use model::{Batch, Labels, Position};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Engine, PATIENCE};

/// What was stored. Survives the appliance.
#[derive(Clone, Default)]
pub(crate) struct Store {
    pub(crate) entries: Vec<(Labels, String)>,
    pub(crate) metadata: Vec<(String, String)>,
    pub(crate) positions: BTreeMap<String, Vec<u8>>,
}

impl Store {
    fn commit(&mut self, batch: Batch) {
        for entry in batch.entries {
            self.entries.push((batch.labels.clone(), entry.line));
            self.metadata.extend(entry.metadata.into_iter().map(|(name, value)| (name.into(), value.into())));
        }
        for Position { key, value } in batch.positions {
            match value {
                Some(value) => _ = self.positions.insert(key, value),
                None => _ = self.positions.remove(&key),
            }
        }
    }

    /// The lines of one stream of one container.
    pub(crate) fn lines(&self, container: &str, stream: &str) -> Vec<&str> {
        let of = |labels: &Labels| {
            labels.get("container") == Some(container) && labels.get("stream") == Some(stream)
        };
        self.entries.iter().filter(|(labels, _)| of(labels)).map(|(_, line)| line.as_str()).collect()
    }

    /// What the entries of the stream `event` tell, in order: `event` and container.
    pub(crate) fn events(&self) -> Vec<String> {
        let told = self.entries.iter().filter(|(labels, _)| labels.get("stream") == Some("event"));
        told.map(|(labels, line)| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            format!("{} {}", record["event"].as_str().unwrap(), labels.get("container").unwrap_or("-"))
        })
        .collect()
    }
}

/// A collector that runs, and the store it fills.
pub(crate) struct Appliance {
    pub(crate) store: Store,
    pub(crate) docker: Docker,
    batches: mpsc::Receiver<Batch>,
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

impl Appliance {
    pub(crate) fn start(engine: &Engine, store: Store) -> Self {
        Self::start_with(engine, store, 16, |_| {})
    }

    pub(crate) fn start_with(
        engine: &Engine,
        store: Store,
        capacity: usize,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let address = format!("unix://{}", engine.socket().display());
        let mut config = Config { host: Some("h".to_owned()), ..Config::default() };
        config.address = docker::Address::parse(&address).unwrap();
        change(&mut config);
        let positions = store
            .positions
            .iter()
            .map(|(key, value)| Position { key: key.clone(), value: Some(value.clone()) });
        let (lines, batches) = mpsc::channel(capacity);
        let (docker, collector): (Docker, Collector) = docker::connect(config, positions.collect(), lines);
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(collector.run(shutdown.clone()));
        Self { store, docker, batches, shutdown, task }
    }

    /// Stores batches until `enough`.
    pub(crate) async fn until(&mut self, what: &str, enough: impl Fn(&Store) -> bool) {
        let waiting = async {
            while !enough(&self.store) {
                let batch = self.batches.recv().await.expect("the collector ended");
                self.store.commit(batch);
            }
        };
        let late = timeout(PATIENCE, waiting).await.is_err();
        assert!(!late, "waiting for {what}; there are {:#?}", self.store.entries);
    }

    /// Stores batches while waiting for something else.
    pub(crate) async fn meanwhile<T>(&mut self, what: &str, other: impl Future<Output = T>) -> T {
        let mut other = std::pin::pin!(timeout(PATIENCE, other));
        loop {
            tokio::select! {
                done = &mut other => return done.unwrap_or_else(|_| panic!("waiting for {what}")),
                Some(batch) = self.batches.recv() => self.store.commit(batch),
            }
        }
    }

    /// As `kill -9` does: what was not stored is lost.
    pub(crate) async fn kill(self) -> Store {
        self.task.abort();
        let _ = self.task.await;
        self.store
    }

    /// As SIGTERM does: what was read is stored.
    pub(crate) async fn stop(mut self) -> Store {
        self.shutdown.cancel();
        let draining = async {
            while let Some(batch) = self.batches.recv().await {
                self.store.commit(batch);
            }
        };
        timeout(PATIENCE, draining).await.expect("the collector did not end");
        self.task.await.unwrap();
        self.store
    }
}
