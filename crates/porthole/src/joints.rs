//! Where two engines meet: what the collectors find goes to the store of metrics, what containers use is asked of the
//! Docker engine where the kernel's own files cannot be read, log lines among what Sentry's SDKs send, and every request of
//! the proxy, go to the logs, deploys that Docker saw to the releases, and the proxy leads to the page.

use std::sync::{Arc, OnceLock};

use axum::response::IntoResponse as _;
use collectors::Appender;
use collectors::containers::Stats;
use docker::Docker;
use http_body_util::BodyExt as _;
use issues::releases::Rollout;
use issues::{Issues, Lines};
use logs::Logs;
use metrics::{Metrics, Scrape, Series};
use model::metric::{About, Exemplar};
use model::usage::Usage;
use model::{Batch, Identity, Labels, Timestamp, label};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// The store, as collectors see it.
#[derive(Clone)]
pub(crate) struct Samples(pub(crate) Metrics);

impl Appender for Samples {
    type Series = Arc<Series>;

    fn series(&self, labels: &Labels) -> Arc<Series> {
        self.0.series(labels)
    }

    async fn append(&self, target: &Arc<str>, at: Timestamp, samples: Vec<(Arc<Series>, f64)>) {
        let scrape = Scrape { target: target.clone(), at_ms: at.millis(), samples };
        // It fails only while the appliance ends, when the writer has gone.
        let _ = self.0.append(scrape).await;
    }

    fn describe(&self, target: &Arc<str>, family: &str, about: &About) {
        self.0.describe(target, family, about);
    }

    fn exemplar(&self, series: &Arc<Series>, exemplar: Exemplar) {
        self.0.exemplar(series, exemplar);
    }
}

/// The Docker engine, as the collectors see it.
#[derive(Clone)]
pub(crate) struct Engine(pub(crate) Docker);

impl Stats for Engine {
    async fn stats(&self, id: &str) -> Result<Usage, String> {
        self.0.stats(id).await.map_err(|error| error.to_string())
    }
}

/// Tells the errors of each deploy that Docker saw: their releases show when they came. What was told before is passed
/// over by `issues`.
pub(crate) async fn tell_deploys(
    mut deploys: watch::Receiver<Arc<[docker::Deploy]>>,
    issues: Issues,
    shutdown: CancellationToken,
) {
    let mut told: Arc<[docker::Deploy]> = Arc::from([]);
    loop {
        let now = deploys.borrow_and_update().clone();
        for deploy in now.iter().filter(|deploy| !told.contains(deploy)) {
            let rollout = Rollout {
                service: deploy.service.clone(),
                image: deploy.image.clone(),
                at_ms: deploy.at.millis(),
                environment: issues.config().environment.clone(),
            };
            if let Err(error) = issues.rolled_out(rollout).await {
                tracing::warn!("a deploy of {} was not told to the releases: {error}", deploy.service);
            }
        }
        told = now;
        tokio::select! {
            changed = deploys.changed() => if changed.is_err() { return },
            () = shutdown.cancelled() => return,
        }
    }
}

/// Envelopes whose lines share a commit.
const ENVELOPES_MAX: usize = 64;

/// Passes the lines of SDKs on until the end, and then those that are waiting, and tells when they are kept. What the logs
/// do not take is counted by `issues`.
pub(crate) async fn pass_on(mut lines: mpsc::Receiver<Lines>, logs: Logs, shutdown: CancellationToken) {
    loop {
        let mut waiting = Vec::new();
        tokio::select! {
            _ = lines.recv_many(&mut waiting, ENVELOPES_MAX) => {}
            () = shutdown.cancelled() => while let Ok(one) = lines.try_recv() {
                waiting.push(one);
            },
        }
        if waiting.is_empty() {
            return;
        }
        let (mut batches, mut senders) = (Vec::new(), Vec::new());
        for one in waiting {
            batches.extend(one.batches);
            senders.push(one.kept);
        }
        match logs.push(batches).await {
            // Whoever waited may have left.
            Ok(()) => senders.into_iter().for_each(|kept| _ = kept.send(())),
            Err(error) => tracing::warn!("lines of SDKs were dropped: {error}"),
        }
    }
}

/// Passes the proxy's entries on until the end, and then those that are waiting. The proxy drops and counts what finds no
/// room here.
pub(crate) async fn pass_requests(
    mut requests: mpsc::Receiver<Batch>,
    logs: mpsc::Sender<Batch>,
    shutdown: CancellationToken,
) {
    loop {
        let batch = tokio::select! {
            batch = requests.recv() => batch,
            () = shutdown.cancelled() => requests.try_recv().ok(),
        };
        let Some(batch) = batch else { return };
        if logs.send(batch).await.is_err() {
            return;
        }
    }
}

/// Whose the proxy's own entries are: this machine's.
pub(crate) fn owner(identity: &Labels) -> Identity {
    let named = |name: &str| identity.get(name).unwrap_or_default().to_owned();
    Identity { host: named(label::HOST), environment: named(label::ENVIRONMENT), ..Identity::default() }
}

/// The page and Traefik's API, as the proxy leads to them.
pub(crate) fn internal(inside: Arc<OnceLock<server::Indoors>>) -> proxy::Internal {
    Arc::new(move |knock| {
        let inside = inside.clone();
        Box::pin(async move {
            let knock = server::Knock {
                request: knock.request.map(axum::body::Body::new),
                client: knock.client,
                api: knock.what == route::plan::Internal::Api,
                guarded: knock.guarded,
            };
            let answer = match inside.get() {
                Some(server) => server.answer(knock).await,
                // The proxy listens before the server is put together, but serves only after.
                None => hyper::StatusCode::SERVICE_UNAVAILABLE.into_response(),
            };
            answer.map(|body| body.map_err(Into::into).boxed_unsync())
        })
    })
}
