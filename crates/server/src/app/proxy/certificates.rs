//! `GET certificates`: what is served, and what is wanted.

use ::route::shown::{Certificate, Picture};
use api::{CertificateRow, Certificates};
use axum::Json;
use axum::extract::State;
use model::Timestamp;

use super::rows::covers;
use crate::app::App;

/// The handler.
pub(super) async fn list(State(app): State<App>) -> Json<Certificates> {
    let picture = app.proxy.picture();
    Json(Certificates { rows: picture.certificates.iter().map(|listed| row(&picture, listed)).collect() })
}

fn row(picture: &Picture, listed: &Certificate) -> CertificateRow {
    let millis = |at: Option<Timestamp>| at.map(Timestamp::millis);
    let failure = listed.last_failure.as_ref();
    CertificateRow {
        names: listed.names.clone(),
        source: listed.source.clone(),
        default: listed.default,
        issuer: listed.issuer.clone(),
        begins: listed.holds.map(|(begins, _)| begins.millis()),
        ends: listed.holds.map(|(_, ends)| ends.millis()),
        renew_at: millis(listed.renew_at),
        next_try: millis(listed.next_try),
        failures: listed.failures,
        problem: failure.map(|(_, what)| what.clone()).unwrap_or_default(),
        problem_at: failure.map(|(at, _)| at.millis()),
        routers: routers(picture, listed),
    }
}

/// Routers over TLS whose hosts it is for.
fn routers(picture: &Picture, listed: &Certificate) -> Vec<String> {
    let over_tls = picture.plan.routers.iter().filter(|router| router.tls.is_some());
    let served = over_tls.filter(|router| {
        let hosts = router.rule.as_ref().map(|rule| rule.hosts()).unwrap_or_default();
        hosts.iter().any(|host| listed.names.iter().any(|name| covers(name, host)))
    });
    served.map(|router| router.name.to_string()).collect()
}
