//! One target's task.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use model::{Labels, Timestamp};
use outbound::{Answer, Client, Request};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::report::{Health, Report};
use super::schedule::Schedule;
use super::session::Session;
use super::target::{Authorization, Target};
use crate::appender::{Appender, STALE};
use crate::exposition::Format;

/// What we read, the better first.
const FORMATS: &str =
    "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

/// Scrapes a target until `shutdown`, and tells how it does after each scrape. At the end its series are ended too:
/// whoever goes on scraping the target, this task does not.
pub async fn run<A: Appender>(
    target: Target,
    client: Client,
    appender: A,
    report: watch::Sender<Report>,
    shutdown: CancellationToken,
) {
    let mut worker = Worker::new(target, client, appender);
    let mut schedule = Schedule::new(now(), worker.target.interval);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(schedule.wait(now())) => {}
        }
        let at = schedule.begin(now());
        tokio::select! {
            // What is half done at the end is not done.
            () = shutdown.cancelled() => break,
            done = worker.scrape(at) => { report.send_replace(done); }
        }
    }
    worker.end(now()).await;
}

pub(super) struct Worker<A: Appender> {
    pub(super) target: Target,
    client: Client,
    appender: A,
    session: Session<A>,
    own: Own<A::Series>,
    /// The target's name for samples with timestamps of their own: they do not share those of the others.
    own_time: Arc<str>,
}

/// What is told of the scrape itself.
struct Own<S> {
    up: S,
    duration_seconds: S,
    samples_scraped: S,
    samples_post_metric_relabeling: S,
    series_added: S,
}

impl<A: Appender> Worker<A> {
    pub(super) fn new(target: Target, client: Client, appender: A) -> Self {
        let series = |name: &str| appender.series(&with_name(&target.labels, name));
        let own = Own {
            up: series("up"),
            duration_seconds: series("scrape_duration_seconds"),
            samples_scraped: series("scrape_samples_scraped"),
            samples_post_metric_relabeling: series("scrape_samples_post_metric_relabeling"),
            series_added: series("scrape_series_added"),
        };
        let own_time = format!("{}, timestamps of its own", target.name).into();
        Self { target, client, appender, session: Session::new(), own, own_time }
    }

    /// One scrape, which counts as made at `at`.
    pub(super) async fn scrape(&mut self, at: Timestamp) -> Report {
        let begin = Instant::now();
        let answered = self.fetch().await;
        let mut report = Report { at, took: begin.elapsed(), ..Report::default() };
        let mut samples = match answered {
            Ok(answer) => {
                report.health = Health::Up;
                let format = format_of(&answer);
                let body = String::from_utf8_lossy(&answer.body);
                let samples = self.session.take(&body, format, &self.target, &self.appender, &mut report);
                for (at_ms, samples) in samples.own_time {
                    self.appender.append(&self.own_time, Timestamp::from_millis(at_ms), samples).await;
                }
                samples.now
            }
            Err(why) => {
                report.health = Health::Down(why);
                self.session.end_all()
            }
        };
        samples.extend(self.told(&report));
        self.appender.append(&self.target.name, at, samples).await;
        report
    }

    /// `up` and `scrape_*`.
    fn told(&self, report: &Report) -> [(A::Series, f64); 5] {
        let Own { up, duration_seconds, samples_scraped, samples_post_metric_relabeling, series_added } =
            &self.own;
        [
            (up.clone(), f64::from(u8::from(report.health == Health::Up))),
            (duration_seconds.clone(), report.took.as_secs_f64()),
            (samples_scraped.clone(), report.scraped as f64),
            (samples_post_metric_relabeling.clone(), report.stored as f64),
            (series_added.clone(), report.added as f64),
        ]
    }

    async fn fetch(&self) -> Result<Answer, String> {
        let Target { url, timeout, limits, .. } = &self.target;
        let mut request = Request::get(url.clone(), *timeout, limits.body);
        request.headers = self.headers();
        let answer = self.client.send(request).await.map_err(|error| error.to_string())?;
        match answer.status.is_success() {
            true => Ok(answer),
            false => Err(format!("it answered {}", answer.status)),
        }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(FORMATS))]);
        headers.extend(
            seconds(self.target.timeout).map(|seconds| {
                (http::HeaderName::from_static("x-prometheus-scrape-timeout-seconds"), seconds)
            }),
        );
        let authorization = self.target.authorization.as_ref().and_then(authorization);
        headers.extend(authorization.map(|value| (AUTHORIZATION, value)));
        headers
    }

    /// Markers for everything that the target gave: it is no longer scraped.
    pub(super) async fn end(&mut self, at: Timestamp) {
        let mut samples = self.session.end_all();
        samples.extend(self.told(&Report::default()).map(|(series, _)| (series, STALE)));
        self.appender.append(&self.target.name, at, samples).await;
    }
}

fn seconds(timeout: Duration) -> Option<HeaderValue> {
    HeaderValue::from_str(&timeout.as_secs_f64().to_string()).ok()
}

fn authorization(authorization: &Authorization) -> Option<HeaderValue> {
    let text = match authorization {
        Authorization::Bearer(token) => format!("Bearer {}", token.expose()),
        Authorization::Basic { name, password } => {
            let pair =
                base64::engine::general_purpose::STANDARD.encode(format!("{name}:{}", password.expose()));
            format!("Basic {pair}")
        }
    };
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn format_of(answer: &Answer) -> Format {
    let content_type = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    Format::from_content_type(content_type.unwrap_or_default())
}

fn with_name(labels: &Labels, name: &str) -> Labels {
    labels.with("__name__", name)
}

fn now() -> Timestamp {
    SystemTime::now().into()
}
