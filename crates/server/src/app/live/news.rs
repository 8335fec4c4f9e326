//! What happens to issues: told to every page that is open.

use api::{IssueSubstatus, LiveIssue};
use issues::{News, Turn};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// Waits for the next. Who is slow misses the oldest: the list of issues has them all.
pub(super) async fn next(news: &mut Receiver<News>) -> LiveIssue {
    loop {
        match news.recv().await {
            Ok(news) => return told(news),
            Err(RecvError::Lagged(_)) => {}
            // The store has ended, and so does the server.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

fn told(news: News) -> LiveIssue {
    let kind = match news.turn {
        Turn::New => IssueSubstatus::New,
        Turn::Regressed => IssueSubstatus::Regressed,
        Turn::Escalating => IssueSubstatus::Escalating,
        Turn::Woken => IssueSubstatus::Ongoing,
    };
    LiveIssue {
        kind,
        id: news.issue,
        short_id: news.short_id,
        title: news.title,
        project: news.project_name,
        level: news.level.name().to_owned(),
    }
}
