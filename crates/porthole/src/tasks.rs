//! The appliance's long-running tasks, by name. None may end before it is told to: one that does is a fault
//! that stops the appliance, so that the restart policy starts it again instead of leaving it half alive.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinSet;

/// Tasks that run until they are told to stop.
#[derive(Default)]
pub(crate) struct Tasks {
    running: JoinSet<(&'static str, anyhow::Result<()>)>,
}

impl Tasks {
    pub(crate) fn spawn(
        &mut self,
        name: &'static str,
        task: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        self.running.spawn(async move { (name, task.await) });
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

    /// Waits for all to end, at most `grace` long. Errors on the way out are told, not returned: everything
    /// else must still be drained.
    pub(crate) async fn finish(&mut self, grace: Duration) {
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
        tasks.spawn("the sleeper", std::future::pending());
        tasks.spawn("the quitter", async { Ok(()) });
        assert_eq!(tasks.first_to_end().await.to_string(), "the quitter ended by itself");
        tasks.spawn("the faulty one", async { anyhow::bail!("no disk") });
        assert_eq!(format!("{:#}", tasks.first_to_end().await), "the faulty one failed: no disk");
    }

    #[tokio::test(start_paused = true)]
    async fn the_grace_is_bounded() {
        let mut tasks = Tasks::default();
        tasks.spawn("the sleeper", std::future::pending());
        tasks.finish(Duration::from_secs(5)).await;
    }
}
