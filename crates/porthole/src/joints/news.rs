//! What happens to issues is told to alerts the moment it does. What is missed here they find again when they look.

use alerts::Alerts;
use issues::{Issues, News};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::senses::heard;

/// Tells until the end.
pub(crate) async fn tell_alerts(
    mut news: broadcast::Receiver<News>,
    issues: Issues,
    alerts: Alerts,
    shutdown: CancellationToken,
) {
    loop {
        let one = tokio::select! {
            one = news.recv() => one,
            () = shutdown.cancelled() => return,
        };
        match one {
            Ok(one) => tell(one, issues.clone(), alerts.clone()).await,
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// The issue is read off the runtime's threads.
async fn tell(one: News, issues: Issues, alerts: Alerts) {
    let found = tokio::task::spawn_blocking(move || heard(&issues, one)).await;
    if let Ok(Some(news)) = found {
        alerts.heard(news);
    }
}
