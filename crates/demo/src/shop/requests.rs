//! A request's way through the shop: nginx, the application, and what stands behind it. Its id is in every
//! line that it causes.

use std::time::Duration;

use super::jobs::{Job, Task};
use super::routes::{Outcome, Route};
use super::style::{django, go, java, nginx, postgres};
use super::{Member, Simulation};
use crate::engine::Stream;
use crate::incident::Kind;
use crate::visits::{HOST, STRANGE_HOST, Visit};

/// What a visitor asks for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Made by nginx, carried as `X-Request-ID` from there on.
    pub(crate) id: String,
    pub(crate) client: &'static str,
    pub(crate) agent: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) user: Option<u32>,
    pub(crate) route: Route,
    /// nginx's number of the connection.
    pub(crate) connection: u32,
}

impl Simulation {
    pub(super) fn arrive(&mut self, request: Request) {
        if !matches!(request.route, Route::Static | Route::Bot) {
            self.hand_on(request);
            return;
        }
        let took = self.millis(request.route.millis());
        let status =
            if request.route == Route::Static && self.chance(0.5) { 304 } else { request.route.status() };
        self.visit_really(&request, status, took);
        self.after(took, move |shop| shop.answer(&request, status, took, None));
    }

    /// nginx asks one of those that are up.
    fn hand_on(&mut self, request: Request) {
        let ready: Vec<Member> =
            [Member::Web1, Member::Web2].into_iter().filter(|web| self.place(*web).ready).collect();
        if ready.is_empty() {
            self.visit_really(&request, 502, Duration::ZERO);
            self.edge_error(&request, Member::Web1, "no live upstreams while connecting to upstream");
            self.answer(&request, 502, Duration::ZERO, Some(Duration::ZERO));
            return;
        }
        let web = self.pick(&ready);
        let outcome = self.outcome(web, &request);
        let took = self.time(outcome, request.route);
        self.visit_really(&request, outcome.status(request.route), took);
        let run = self.place(web).run;
        self.after(took, move |shop| {
            if shop.place(web).is_alive(run) {
                shop.respond(web, &request, outcome, took);
            } else {
                let what =
                    "upstream prematurely closed connection while reading response header from upstream";
                shop.edge_error(&request, web, what);
                shop.answer(&request, 502, took, Some(took));
            }
        });
    }

    /// Sends the request on its way, through whatever proxy there is; the application answers it so.
    fn visit_really(&self, request: &Request, status: u16, took: Duration) {
        self.visits.put(Visit {
            at: self.now,
            id: request.id.clone(),
            host: if request.route == Route::Bot { STRANGE_HOST } else { HOST },
            method: request.method,
            path: request.path.replace(' ', "+"),
            client: request.client,
            agent: request.agent,
            status,
            took,
        });
    }

    fn outcome(&mut self, web: Member, request: &Request) -> Outcome {
        let search_is_up = self.place(Member::Search).ready && !self.is_on(Kind::Search);
        let billing_is_up = self.place(Member::Billing).ready;
        match request.route {
            _ if self.is_on(Kind::Database) && self.chance(0.55) => Outcome::NoDatabase,
            Route::Product if self.is_bad_release(web) && self.chance(0.6) => Outcome::BadRelease,
            Route::Product if self.chance(0.02) => Outcome::Missing,
            Route::Search if !search_is_up => Outcome::NoSearch,
            Route::Checkout if !billing_is_up => Outcome::NoPayment,
            Route::Checkout if self.is_on(Kind::Payments) && self.chance(0.85) => Outcome::NoPayment,
            Route::Login if self.chance(0.2) => Outcome::Denied,
            Route::Order if self.chance(0.03) => Outcome::Oddity,
            _ => Outcome::Fine,
        }
    }

    fn time(&mut self, outcome: Outcome, route: Route) -> Duration {
        match outcome {
            Outcome::NoPayment => self.millis(10_000..10_060),
            Outcome::NoSearch => self.millis(2_000..2_040),
            Outcome::NoDatabase => self.millis(35..120),
            // Now and then something takes its time.
            _ if self.chance(0.01) => self.millis(1_200..3_800),
            _ => self.millis(route.millis()),
        }
    }

    /// The application is done: what it and those behind it write, and nginx's line at the end.
    fn respond(&mut self, web: Member, request: &Request, outcome: Outcome, took: Duration) {
        match outcome {
            Outcome::Fine => self.succeed(web, request, took),
            _ => self.fail(web, request, outcome, took),
        }
        let status = outcome.status(request.route);
        let level = match status {
            500.. => "ERROR",
            400.. => "WARNING",
            _ => "INFO",
        };
        let message = format!("{} {} {status}", request.method, request.path);
        let record = django::Record::new("shop.access", level, &message)
            .number("status", status.into())
            .number("duration_ms", took.as_millis() as u64);
        self.record(web, request, record);
        self.meters.answered(web, (request.route.view(), request.method, status), took, 9_000);
        self.meters.worked(web, took.min(Duration::from_millis(400)) / 2);
        self.meters.worked(Member::Db, Duration::from_millis(4));
        self.report_request(web, request, status, took);
        self.answer(request, status, took, Some(took));
    }

    fn succeed(&mut self, web: Member, request: &Request, took: Duration) {
        if took > Duration::from_secs(1) {
            let line = postgres::slow(&self.stamp(), took);
            self.say(Member::Db, Stream::Stderr, &line);
        }
        match request.route {
            Route::Search => {
                let (hits, millis) = (self.number(0..240), took.as_millis());
                let query = request.path.split_once("q=").map_or("", |(_, query)| query);
                let text = format!("query=\"{query}\" hits={hits} took={millis}ms request_id={}", request.id);
                let line = java::line(&self.stamp(), "INFO", "c.e.shop.search.QueryHandler", &text);
                self.say(Member::Search, Stream::Stdout, &line);
            }
            Route::Cart => {
                let record = django::Record::new("shop.cart", "INFO", "item added to cart");
                let items = self.number(1..7).into();
                self.record(web, request, record.number("items", items));
            }
            Route::Checkout => self.check_out(web, request),
            _ => {}
        }
    }

    fn check_out(&mut self, web: Member, request: &Request) {
        let (order, cents) = (self.sales.next_order(), self.number(900..24_000));
        let fields = format!("order={order} amount_cents={cents} currency=EUR request_id={}", request.id);
        let line = go::line(&self.stamp(), "INFO", "payment authorised", &fields);
        self.say(Member::Billing, Stream::Stderr, &line);
        let record = django::Record::new("shop.orders", "INFO", "order placed");
        let record = record.number("order_id", order.into()).number("amount_cents", cents.into());
        self.record(web, request, record);
        for task in [Task::CapturePayment, Task::SendReceipt] {
            let job = Job::new(self.uuid(), task).of_order(order, &request.id);
            self.enqueue(web, job);
        }
    }

    fn fail(&mut self, web: Member, request: &Request, outcome: Outcome, took: Duration) {
        match outcome {
            Outcome::NoDatabase => {
                let line = postgres::line(&self.stamp(), "FATAL", "sorry, too many clients already");
                self.say(Member::Db, Stream::Stderr, &line);
            }
            Outcome::NoPayment => self.keep_unpaid(web, request, took),
            Outcome::Denied => {
                let record = django::Record::new("shop.accounts", "WARNING", "login failed");
                self.record(web, request, record.text("reason", "wrong password"));
            }
            _ => {}
        }
        let Some((logger, message, traceback)) = outcome.failure() else { return };
        self.sales.note_error();
        let record = django::Record::new(logger, "ERROR", message).text("exc_info", traceback);
        self.record(web, request, record);
        self.report_error(web, request, outcome);
    }

    /// The provider did not answer: the order waits, and a job tries again.
    fn keep_unpaid(&mut self, web: Member, request: &Request, took: Duration) {
        let fields = format!(
            "err=\"Post \\\"https://api.payments.example/v1/charges\\\": context deadline exceeded\" \
             attempts=3 took={}ms request_id={}",
            took.as_millis(),
            request.id
        );
        let line = go::line(&self.stamp(), "ERROR", "charge failed", &fields);
        self.say(Member::Billing, Stream::Stderr, &line);
        let order = self.sales.next_order();
        let record = django::Record::new("shop.orders", "WARNING", "order is kept unpaid");
        self.record(web, request, record.number("order_id", order.into()));
        let job = Job::new(self.uuid(), Task::CapturePayment).of_order(order, &request.id);
        self.enqueue(web, job);
    }

    fn record(&mut self, web: Member, request: &Request, record: django::Record) {
        let line = record.of_request(&request.id, request.user).line(&self.stamp());
        self.say(web, Stream::Stdout, &line);
    }

    /// nginx's line in the access log.
    fn answer(&mut self, request: &Request, status: u16, took: Duration, upstream: Option<Duration>) {
        let bytes = match status {
            304 => 0,
            200 => self.number(1_800..48_000),
            302 => 0,
            _ => self.number(140..600),
        };
        self.meters.answered(Member::Edge, ("", request.method, status), took, bytes.into());
        self.meters.worked(Member::Edge, Duration::from_micros(300));
        let line = nginx::access(&self.stamp(), request, status, bytes, took, upstream);
        self.say(Member::Edge, Stream::Stdout, &line);
    }

    fn edge_error(&mut self, request: &Request, web: Member, what: &str) {
        let line = nginx::error(&self.stamp(), request, self.doors.address(web), what);
        self.say(Member::Edge, Stream::Stderr, &line);
    }
}
