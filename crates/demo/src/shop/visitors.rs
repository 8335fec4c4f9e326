//! Who comes to the shop, and what for.

use std::time::Duration;

use rand::RngExt;

use super::requests::Request;
use super::routes::Route;
use super::{Simulation, names};

/// Requests a second, on average over the swell of the day, which takes forty minutes here.
const RATE: f64 = 1.4;
const SWELL: Duration = Duration::from_secs(2400);

impl Simulation {
    /// The next visitor comes after a while, and then the next.
    pub(super) fn expect_visitors(&mut self) {
        let phase = (self.now.millis() as f64 / SWELL.as_millis() as f64).fract();
        let rate = RATE * (1.0 + 0.45 * (phase * std::f64::consts::TAU).sin());
        // Visitors know nothing of each other: the gaps between them are distributed exponentially.
        let gap = -(1.0 - self.rng.random::<f64>()).ln() / rate;
        self.after(Duration::from_secs_f64(gap), |shop| {
            let request = shop.visit();
            shop.arrive(request);
            shop.expect_visitors();
        });
    }

    fn visit(&mut self) -> Request {
        let route = Route::WEIGHTED[self.number(0..Route::WEIGHTED.len() as u32) as usize];
        let knows_user = !matches!(route, Route::Static | Route::Bot | Route::Login) && self.chance(0.4);
        Request {
            id: self.hex(32),
            client: self.pick(&names::CLIENTS),
            agent: if route == Route::Bot { "python-requests/2.32.3" } else { self.pick(&names::AGENTS) },
            method: route.method(),
            path: self.path(route),
            user: knows_user.then(|| self.number(100..940)),
            route,
            connection: self.number(1000..99_000),
        }
    }

    fn path(&mut self, route: Route) -> String {
        match route {
            Route::Static => {
                self.pick(&["/static/app.3f1c.css", "/static/app.9a02.js", "/static/logo.svg"]).to_owned()
            }
            Route::Home => "/".to_owned(),
            Route::Product => format!("/products/{}/", self.pick(&names::PRODUCTS)),
            Route::Search => format!("/search/?q={}", self.pick(&names::QUERIES)),
            Route::Cart => "/cart/".to_owned(),
            Route::Checkout => "/checkout/".to_owned(),
            Route::Order => format!("/orders/{}/", self.number(1800..9000)),
            Route::Login => "/login/".to_owned(),
            Route::Bot => self.pick(&["/wp-login.php", "/.env", "/.git/config", "/phpmyadmin/"]).to_owned(),
        }
    }
}
