//! The SDK in the shop's programs: what of the story they tell an error tracker.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::names::hex;
use super::requests::Request;
use super::routes::{Outcome, Route};
use super::{Member, Simulation};
use crate::reports::{Asked, CheckIn, Done, Outbox, Program, Raised, Report, Sessions, What, Work, envelope};

type Parts = &'static [(&'static str, &'static str, f64)];

const READ: &str = "SELECT \"shop_product\".\"id\", \"shop_product\".\"price\" FROM \"shop_product\" WHERE \"shop_product\".\"slug\" = %s LIMIT 21";
const SESSION: &str = "SELECT \"django_session\".\"session_key\" FROM \"django_session\" WHERE \"django_session\".\"session_key\" = %s";
const ORDER: &str = "SELECT \"shop_order\".\"id\", \"shop_order\".\"state\" FROM \"shop_order\" WHERE \"shop_order\".\"id\" = %s";
const INSERT: &str =
    "INSERT INTO \"shop_order\" (\"user_id\", \"amount_cents\", \"state\") VALUES (%s, %s, %s)";

/// The SDK's own state. Its numbers are drawn apart, so that what is told changes nothing in the story.
#[derive(Debug)]
pub(super) struct Reporting {
    outbox: Outbox,
    rng: StdRng,
    /// Of the two that answer requests, since they were told last.
    sessions: [(Member, Sessions); 2],
}

impl Reporting {
    pub(super) fn new(outbox: Outbox, seed: u64) -> Self {
        let sessions = [Member::Web1, Member::Web2].map(|web| (web, Sessions::default()));
        Self { outbox, rng: StdRng::seed_from_u64(!seed), sessions }
    }
}

impl Simulation {
    /// A request ended in an exception.
    pub(super) fn report_error(&mut self, web: Member, request: &Request, outcome: Outcome) {
        let Some((logger, _, traceback)) = outcome.failure() else { return };
        let order: u32 = self.reporting.rng.random_range(1_800..9_000);
        let locals = match outcome {
            Outcome::NoPayment => vec![
                ("order", format!("<Order: {order}>")),
                (
                    "payload",
                    format!(
                        "{{'order': {order}, 'card_number': '4111 1111 1111 1111', 'api_key': 'k-{order}'}}"
                    ),
                ),
                ("self", "<shop.payments.client.Client object at 0x7f3b2c1d9e80>".to_owned()),
            ],
            Outcome::BadRelease => vec![
                ("campaign", "{'name': 'autumn', 'percent': 12}".to_owned()),
                ("product", format!("<Product: {}>", request.path)),
            ],
            Outcome::Oddity => {
                vec![("order", format!("<Order: {order}>")), ("self", "<OrderView>".to_owned())]
            }
            _ => vec![("request", format!("<WSGIRequest: {} '{}'>", request.method, request.path))],
        };
        let raised = Raised { work: work_of(request), traceback, logger, locals };
        self.report(web, What::Error(raised));
    }

    /// A request was answered.
    pub(super) fn report_request(&mut self, web: Member, request: &Request, status: u16, took: Duration) {
        for (_, counted) in self.reporting.sessions.iter_mut().filter(|(member, _)| *member == web) {
            counted.crashed += u32::from(status >= 500);
            counted.exited += u32::from(status < 500);
        }
        if !self.is_sampled() {
            return;
        }
        let status = match status {
            500.. => "internal_error",
            404 => "not_found",
            403 => "permission_denied",
            _ => "ok",
        };
        let done = Done { work: work_of(request), took, status, parts: parts_of(request.route) };
        self.report(web, What::Transaction(done));
    }

    /// A task of Celery ended.
    pub(super) fn report_task(
        &mut self,
        worker: Member,
        task: &Tasked<'_>,
        took: Duration,
        status: &'static str,
    ) {
        if !self.is_sampled() {
            return;
        }
        const PARTS: Parts =
            &[("db", ORDER, 0.15), ("http.client", "POST http://billing:9000/", 0.6), ("db", INSERT, 0.1)];
        let done = Done { work: task.work(), took, status, parts: PARTS };
        self.report(worker, What::Transaction(done));
    }

    /// A task of Celery failed for the last time.
    pub(super) fn report_failure(&mut self, worker: Member, task: &Tasked<'_>, traceback: &'static str) {
        let locals =
            vec![("order", "<Order>".to_owned()), ("self", format!("<@task: {} of shop>", task.name))];
        let raised = Raised { work: task.work(), traceback, logger: "celery.app.trace", locals };
        self.report(worker, What::Error(raised));
    }

    /// A job of the clock began, or ended after some time.
    pub(super) fn report_run(
        &mut self,
        by: Member,
        (monitor, every_minutes): (&'static str, u32),
        run: &str,
        ended: Option<(bool, Duration)>,
    ) {
        let status = match ended {
            None => "in_progress",
            Some((true, _)) => "ok",
            Some((false, _)) => "error",
        };
        let took = ended.map(|(_, took)| took);
        let run = run.replace('-', "");
        self.report(by, What::CheckIn(CheckIn { monitor, run, status, took, every_minutes }));
    }

    /// The requests of the last minute.
    pub(super) fn report_sessions(&mut self) {
        for (web, counted) in self.reporting.sessions {
            if counted.exited + counted.crashed > 0 {
                self.report(web, What::Sessions(counted));
            }
        }
        self.reporting.sessions.iter_mut().for_each(|(_, counted)| *counted = Sessions::default());
    }

    /// The number of a run of a job that has none of its own.
    pub(super) fn fresh_run(&mut self) -> String {
        hex(&mut self.reporting.rng, 32)
    }

    fn report(&mut self, member: Member, what: What) {
        let place = self.place(member);
        let program = Program {
            server_name: place.id.chars().take(12).collect(),
            release: format!("shop@{}", place.tag),
        };
        let id = hex(&mut self.reporting.rng, 32);
        self.reporting.outbox.put(Report { at: self.now, id, program, what });
    }

    fn is_sampled(&mut self) -> bool {
        self.reporting.rng.random_range(0..100) < envelope::SAMPLED_PERCENT
    }
}

/// A task, as the SDK sees it.
pub(super) struct Tasked<'t> {
    pub(super) id: &'t str,
    pub(super) name: &'static str,
    /// The request that sent it.
    pub(super) request: Option<&'t str>,
}

impl Tasked<'_> {
    fn work(&self) -> Work {
        // Without a request the task begins a trace of its own.
        let own = || format!("{:0<32}", self.id.replace('-', ""));
        let trace = self.request.map_or_else(own, str::to_owned);
        Work { trace, name: self.name, request: None, task: Some(self.id.to_owned()) }
    }
}

fn work_of(request: &Request) -> Work {
    let asked = Asked {
        method: request.method,
        path: request.path.clone(),
        agent: request.agent,
        client: request.client,
        user: request.user,
    };
    Work { trace: request.id.clone(), name: pattern_of(request.route), request: Some(asked), task: None }
}

/// The route's pattern, by which Django's SDK names a request.
fn pattern_of(route: Route) -> &'static str {
    match route {
        Route::Static => "/static/{path}",
        Route::Home => "/",
        Route::Product => "/products/{slug}/",
        Route::Search => "/search/",
        Route::Cart => "/cart/add/",
        Route::Checkout => "/checkout/",
        Route::Order => "/orders/{id}/",
        Route::Login => "/login/",
        Route::Bot => "/{path}",
    }
}

/// What a request consists of.
fn parts_of(route: Route) -> Parts {
    match route {
        Route::Home => &[
            ("db", SESSION, 0.1),
            ("cache.get", "home:teasers", 0.1),
            ("db", READ, 0.3),
            ("template.render", "home.html", 0.4),
        ],
        Route::Product => &[
            ("db", SESSION, 0.08),
            ("db", READ, 0.42),
            ("cache.get", "prices", 0.05),
            ("template.render", "product.html", 0.35),
        ],
        Route::Search => &[
            ("db", SESSION, 0.05),
            ("http.client", "GET http://search:9300/query", 0.8),
            ("template.render", "hits.html", 0.1),
        ],
        Route::Checkout => &[
            ("db", SESSION, 0.03),
            ("http.client", "POST http://billing:9000/charges", 0.75),
            ("db", INSERT, 0.1),
            ("queue.submit.celery", "shop.tasks.capture_payment", 0.04),
        ],
        Route::Order => &[("db", SESSION, 0.1), ("db", ORDER, 0.5), ("template.render", "order.html", 0.3)],
        _ => &[("db", SESSION, 0.3), ("db", READ, 0.4)],
    }
}
