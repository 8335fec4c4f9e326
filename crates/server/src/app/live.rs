//! `GET live`: one stream of events per tab.

mod critical;
mod lines;
mod news;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use api::{LivePaused, Now, Situation};
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use http::HeaderMap;
use issues::News;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, broadcast, watch};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::App;
use super::extract::Asked;
use super::logs::log_query;
use super::now::NowFeed;
use super::refusal::QueryRefusal;
use crate::fault::Fault;
use critical::Critical;
use lines::LineFeed;

/// Between two looks at Now.
const NOW_EVERY: Duration = Duration::from_secs(1);
/// Between two handfuls of lines.
const LINES_EVERY: Duration = Duration::from_millis(100);
/// Proxies close what is silent for half a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How soon a browser tries again.
const RETRY: Duration = Duration::from_secs(2);

/// What the tab wants to see.
#[derive(Deserialize)]
pub(super) struct LiveRequest {
    /// Lines of this query; none: no lines.
    #[serde(default)]
    query: String,
    /// Only lines of these levels; none: all.
    #[serde(default)]
    levels: String,
}

/// The handler.
pub(super) async fn open(
    State(app): State<App>,
    headers: HeaderMap,
    Asked(request): Asked<LiveRequest>,
) -> Result<Response, QueryRefusal> {
    let place = app
        .tabs
        .clone()
        .try_acquire_owned()
        .map_err(|_| Fault::too_many("too many pages are open; close some", 30))?;
    let lines = match request.query.as_str() {
        "" => None,
        query => {
            let query = log_query(query, &request.levels)?;
            Some(LineFeed::open(&app, query, lines::resume_from(&headers)).await?)
        }
    };
    let stream = Live {
        now: app.now.clone(),
        shown: None,
        situation: fresh(app.situation.subscribe()),
        critical: Critical::new(app.alerts.clone()),
        lines,
        news: app.issues.news(),
        now_ticks: ticks(NOW_EVERY),
        line_ticks: ticks(LINES_EVERY),
        closing: app.closing.clone(),
        _place: place,
    };
    let events = Sse::new(stream.events()).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // nginx would hold events back.
    Ok(([("x-accel-buffering", "no")], events).into_response())
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// One open stream.
struct Live {
    now: NowFeed,
    shown: Option<Arc<Now>>,
    situation: watch::Receiver<Option<Arc<Situation>>>,
    critical: Critical,
    lines: Option<LineFeed>,
    news: broadcast::Receiver<News>,
    now_ticks: Interval,
    line_ticks: Interval,
    closing: CancellationToken,
    _place: OwnedSemaphorePermit,
}

impl Live {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        unfold(self, |mut live| async move { live.next().await.map(|event| (Ok(event), live)) })
    }

    /// The next event; `None` when the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                biased;
                () = self.closing.cancelled() => return None,
                _ = self.now_ticks.tick() => {
                    if let Some(now) = self.changed() {
                        return Some(event("now", &*now).retry(RETRY));
                    }
                }
                _ = self.line_ticks.tick(), if self.lines.is_some() => {
                    if let Some(event) = self.lines.as_mut().and_then(line_event) {
                        return Some(event);
                    }
                }
                situation = seen(&mut self.situation), if self.shown.is_some() => return Some(event("situation", &*situation)),
                alerts = self.critical.next(), if self.shown.is_some() => return Some(event("alerts", &alerts)),
                issue = news::next(&mut self.news) => return Some(event("issue", &issue)),
                () = receive(&mut self.lines) => {}
            }
        }
    }

    /// Now, if it is not what was shown last, but for the time.
    fn changed(&mut self) -> Option<Arc<Now>> {
        let now = self.now.current();
        let is_shown = self
            .shown
            .as_ref()
            .is_some_and(|shown| Arc::ptr_eq(shown, &now) || Now { at: now.at, ..(**shown).clone() } == *now);
        if is_shown {
            return None;
        }
        self.shown = Some(now.clone());
        Some(now)
    }
}

/// One that has not been shown anything yet.
fn fresh(mut latest: watch::Receiver<Option<Arc<Situation>>>) -> watch::Receiver<Option<Arc<Situation>>> {
    latest.mark_changed();
    latest
}

/// The next situation that is another than the one before.
async fn seen(latest: &mut watch::Receiver<Option<Arc<Situation>>>) -> Arc<Situation> {
    loop {
        if latest.changed().await.is_err() {
            // The server has ended, and so does the stream.
            return std::future::pending().await;
        }
        if let Some(situation) = latest.borrow_and_update().clone() {
            return situation;
        }
    }
}

/// Takes lines in as they come; without a query nothing ever comes.
async fn receive(lines: &mut Option<LineFeed>) {
    match lines {
        Some(lines) => lines.receive().await,
        None => std::future::pending().await,
    }
}

/// What has gathered since the last time.
fn line_event(lines: &mut LineFeed) -> Option<Event> {
    if let Some(skipped) = lines.take_skipped() {
        return Some(event("paused", &LivePaused { skipped }));
    }
    let (id, lines) = lines.take()?;
    Some(event("lines", &lines).id(id))
}

fn event(name: &str, data: &impl Serialize) -> Event {
    let event = Event::default().event(name);
    event.json_data(data).expect("these types are JSON without fail")
}

#[cfg(test)]
mod tests;
