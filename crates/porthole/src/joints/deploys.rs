//! Deploys that Docker saw go to the releases of errors.

use std::sync::Arc;

use issues::Issues;
use issues::releases::Rollout;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

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
