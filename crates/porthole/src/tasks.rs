//! The appliance's long-running tasks, by name. None may end before it is told to: one that does is a fault
//! that stops the appliance, so that the restart policy starts it again instead of leaving it half alive.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Tasks that run until they are told to stop, all at once.
#[derive(Default)]
pub(crate) struct Tasks {
    running: JoinSet<(&'static str, anyhow::Result<()>)>,
    stop: CancellationToken,
}

impl Tasks {
    /// Runs a task that cannot fail.
    pub(crate) fn spawn<F>(&mut self, name: &'static str, task: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = task(self.stop.clone());
        self.running.spawn(async move {
            task.await;
            (name, Ok(()))
        });
    }

    /// Runs a task that can.
    pub(crate) fn spawn_fallible<F, E>(
        &mut self,
        name: &'static str,
        task: impl FnOnce(CancellationToken) -> F,
    ) where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<anyhow::Error>,
    {
        let task = task(self.stop.clone());
        self.running.spawn(async move { (name, task.await.map_err(Into::into)) });
    }

    /// Waits until a task ends although nobody told it to, and says which and why.
    pub(crate) async fn first_to_end(&mut self) -> anyhow::Error {
        match self.running.join_next().await {
            Some(Ok((name, Ok(())))) => anyhow::anyhow!("{name} ended by itself"),
            Some(Ok((name, Err(error)))) => error.context(format!("{name} failed")),
            Some(Err(panic)) => anyhow::Error::new(panic).context("a task broke down"),
            None => std::future::pending().await,
        }
    }

    /// Tells all to stop and waits for their end, at most `grace` long. Errors on the way out are told, not returned: everything
    /// else must still be drained.
    pub(crate) async fn finish(&mut self, grace: Duration) {
        self.stop.cancel();
        let drained = tokio::time::timeout(grace, async {
            while let Some(ended) = self.running.join_next().await {
                match ended {
                    Ok((_, Ok(()))) => {}
                    Ok((name, Err(error))) => tracing::error!("{name}: {error:#}"),
                    Err(panic) => tracing::error!("a task broke down: {panic}"),
                }
            }
        });
        if drained.await.is_err() {
            tracing::warn!(
                "{} tasks did not end within {grace:?}; going on without them",
                self.running.len()
            );
            self.running.abort_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_ends_is_named() {
        let mut tasks = Tasks::default();
        tasks.spawn("the sleeper", |_| std::future::pending());
        tasks.spawn("the quitter", |_| async {});
        assert_eq!(tasks.first_to_end().await.to_string(), "the quitter ended by itself");
        tasks.spawn_fallible("the faulty one", |_| async { anyhow::bail!("no disk") });
        assert_eq!(format!("{:#}", tasks.first_to_end().await), "the faulty one failed: no disk");
    }

    #[tokio::test(start_paused = true)]
    async fn the_grace_is_bounded() {
        let mut tasks = Tasks::default();
        tasks.spawn("the sleeper", |_| std::future::pending());
        tasks.finish(Duration::from_secs(5)).await;
    }
}
