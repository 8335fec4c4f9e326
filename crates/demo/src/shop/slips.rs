//! What should never be in a log, and is all the same: passwords, keys and cards that somebody's debugging left
//! there. All of them are made up.

use std::time::Duration;

use super::style::{celery, django, go};
use super::{Member, Simulation};
use crate::engine::Stream;

impl Simulation {
    pub(super) fn plan_slips(&mut self) {
        let pause = self.seconds(35..75);
        self.after(pause, |shop| {
            let slip = shop.pick(&[
                Self::print_address_of_database,
                Self::print_form,
                Self::print_card,
                Self::print_headers,
                Self::print_bucket,
            ]);
            slip(shop);
            shop.plan_slips();
        });
    }

    fn print_address_of_database(&mut self) {
        let password = self.hex(12);
        let fields = format!("dsn=postgres://billing:{password}@db:5432/billing pool=8 idle=2");
        let line = go::line(&self.stamp(), "DEBUG", "pool statistics", &fields);
        self.say(Member::Billing, Stream::Stderr, &line);
    }

    fn print_form(&mut self) {
        let (user, password) = (self.number(1..40_000), self.hex(10));
        let form = format!("email=user{user}@example.com&password={password}&next=%2Fcart%2F");
        let record = django::Record::new("shop.accounts", "DEBUG", "login form is valid").text("form", &form);
        self.print(record);
    }

    fn print_card(&mut self) {
        // Numbers that providers of payments publish for tests.
        let number = self.pick(&["4111 1111 1111 1111", "5555555555554444", "3782-822463-10005"]);
        let message = format!("charging card {number} of the saved method");
        self.print(django::Record::new("shop.payments", "DEBUG", &message));
    }

    fn print_headers(&mut self) {
        let (head, body, signature) = (self.hex(20), self.hex(60), self.hex(43));
        let headers = format!("Accept: */*; Authorization: Bearer eyJ{head}.eyJ{body}.{signature}");
        self.print(django::Record::new("shop.api", "DEBUG", "calling billing").text("headers", &headers));
    }

    fn print_bucket(&mut self) {
        let secret = self.hex(40);
        let text = format!("uploading report.csv, key=AKIAIOSFODNN7EXAMPLE aws_secret_access_key={secret}");
        let line = celery::line(&self.stamp(), "DEBUG", "ForkPoolWorker-2", &text);
        self.say(Member::Worker2, Stream::Stderr, &line);
    }

    fn print(&mut self, record: django::Record) {
        let web = self.pick(&[Member::Web1, Member::Web2]);
        let line = record.line(&self.stamp());
        self.say(web, Stream::Stdout, &line);
    }

    /// A handler of the billing service panics, and the server goes on.
    pub(super) fn plan_panics(&mut self) {
        self.after(Duration::from_secs(170), |shop| {
            let (port, goroutine) = (shop.number(32_768..60_000), shop.number(80..900));
            let trace = go::panic(&shop.stamp(), port, goroutine);
            shop.say(Member::Billing, Stream::Stderr, &trace);
            shop.plan_panics();
        });
    }
}
