//! One target's task.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use model::{Labels, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::asker::{Asker, Body};
use super::report::{Health, Report};
use super::schedule::Schedule;
use super::session::Session;
use super::target::{Source, Target};
use crate::appender::{Appender, STALE};
use crate::exposition::Format;

/// What a task needs besides the target.
pub(super) struct Task<A: Appender> {
    pub(super) asker: Arc<Asker>,
    pub(super) appender: A,
    pub(super) report: watch::Sender<Report>,
    /// Whoever had these series before is done.
    pub(super) before: CancellationToken,
    /// Tells whoever comes after that this task is done.
    pub(super) done: DropGuard,
}

/// Scrapes a target, and tells how it does after each scrape. When the target is gone (nobody holds the other end of
/// `target`) its series are ended; at `shutdown` they are not, since they go on after a restart.
pub(super) async fn run<A: Appender>(
    mut target: watch::Receiver<Arc<Target>>,
    task: Task<A>,
    shutdown: CancellationToken,
) {
    let Task { asker, appender, report, before, done: _done } = task;
    tokio::select! {
        () = shutdown.cancelled() => return,
        () = before.cancelled() => {}
    }
    let first = target.borrow_and_update().clone();
    // A moment later than whatever was said of these series before.
    let begin = now().plus(Duration::from_millis(1));
    let mut schedule = Schedule::spread(begin, first.interval, first.labels.fingerprint());
    let mut worker = Worker::new(first, asker, appender);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = target.changed() => match changed {
                Ok(()) => {
                    worker.target = target.borrow_and_update().clone();
                    schedule.set_interval(worker.target.interval);
                    continue;
                }
                Err(_) => break,
            },
            () = tokio::time::sleep(schedule.wait(now())) => {}
        }
        let at = schedule.begin(now());
        tokio::select! {
            // What is half done at the end is not done.
            () = shutdown.cancelled() => return,
            done = worker.scrape(at) => { report.send_replace(done); }
        }
    }
    worker.end(now()).await;
}

pub(super) struct Worker<A: Appender> {
    pub(super) target: Arc<Target>,
    asker: Arc<Asker>,
    appender: A,
    session: Session<A>,
    /// A look that was begun, of a target within Porthole.
    making: Option<JoinHandle<String>>,
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
    pub(super) fn new(target: Arc<Target>, asker: Arc<Asker>, appender: A) -> Self {
        let labels = target.all_labels();
        let series = |name: &str| appender.series(&with_name(&labels, name));
        let own = Own {
            up: series("up"),
            duration_seconds: series("scrape_duration_seconds"),
            samples_scraped: series("scrape_samples_scraped"),
            samples_post_metric_relabeling: series("scrape_samples_post_metric_relabeling"),
            series_added: series("scrape_series_added"),
        };
        let own_time = format!("{}, timestamps of its own", target.name).into();
        Self { target, asker, appender, session: Session::new(), making: None, own, own_time }
    }

    /// One scrape, which counts as made at `at`.
    pub(super) async fn scrape(&mut self, at: Timestamp) -> Report {
        let begin = Instant::now();
        let answered = self.ask().await;
        let mut report = Report { at, took: begin.elapsed(), ..Report::default() };
        let mut samples = match answered {
            Ok(body) => self.read(&body, &mut report).await,
            Err(why) => {
                report.health = Health::Down(self.hinted(why));
                self.session.end_all()
            }
        };
        samples.extend(self.told(&report));
        self.appender.append(&self.target.name, at, samples).await;
        report
    }

    fn hinted(&self, why: String) -> String {
        match &self.target.hint {
            Some(hint) => format!("{why}; {hint}"),
            None => why,
        }
    }

    /// The samples of an answer.
    async fn read(&mut self, body: &Body, report: &mut Report) -> Vec<(A::Series, f64)> {
        report.health = Health::Up;
        let text = text(&body.text, report);
        let samples = self.session.take(&text, body.format, &self.target, &self.appender, report);
        if let (0, Some(fault)) = (report.scraped, &report.first_fault) {
            report.health = Health::Down(format!("the answer holds no sample that can be read; {fault}"));
        }
        for (at_ms, samples) in samples.own_time {
            self.appender.append(&self.own_time, Timestamp::from_millis(at_ms), samples).await;
        }
        samples.now
    }

    async fn ask(&mut self) -> Result<Body, String> {
        let target = self.target.clone();
        match &target.source {
            Source::Address => self.asker.ask(&target.url, target.timeout).await,
            Source::Within(make) => self.make(make, target.timeout).await,
        }
    }

    /// What a part of Porthole tells. Reading the machine's files can take as long as its slowest disk: while one look
    /// goes on no other begins.
    async fn make(
        &mut self,
        make: &Arc<dyn Fn() -> String + Send + Sync>,
        timeout: Duration,
    ) -> Result<Body, String> {
        let make = make.clone();
        let making = self.making.get_or_insert_with(|| tokio::task::spawn_blocking(move || make()));
        let Ok(made) = tokio::time::timeout(timeout, &mut *making).await else {
            let timeout = model::format_duration(timeout);
            return Err(format!("a file of the machine cannot be read within {timeout}: does a disk hang?"));
        };
        self.making = None;
        let text = made.map_err(|_| "it broke down; please report this".to_owned())?;
        Ok(Body { text: text.into_bytes(), format: Format::Text })
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

    /// Markers for everything that the target gave: it is no longer scraped.
    pub(super) async fn end(&mut self, at: Timestamp) {
        let mut samples = self.session.end_all();
        samples.extend(self.told(&Report::default()).map(|(series, _)| (series, STALE)));
        self.appender.append(&self.target.name, at, samples).await;
    }
}

/// The answer as text. What is no UTF-8 is replaced, and told.
fn text<'b>(body: &'b [u8], report: &mut Report) -> Cow<'b, str> {
    let text = String::from_utf8_lossy(body);
    if let Cow::Owned(_) = &text {
        report.first_fault =
            Some("the answer holds bytes that are no UTF-8; they are replaced by \u{fffd}".to_owned());
    }
    text
}

fn with_name(labels: &Labels, name: &str) -> Labels {
    labels.with("__name__", name)
}

fn now() -> Timestamp {
    SystemTime::now().into()
}
