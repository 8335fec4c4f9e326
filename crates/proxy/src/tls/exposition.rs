//! Certificates as numbers: when they end, and how their renewal fares.

use super::{Certificates, Listed};
use crate::measure::Text;

impl Certificates {
    /// In Prometheus' text format: `porthole_certificate_*`, and the end of each under Traefik's name.
    pub fn exposition(&self) -> String {
        let list = self.list();
        let mut text = Text::default();
        let end = "porthole_certificate_not_after_seconds";
        text.family(
            end,
            "gauge",
            "When a certificate ends, in seconds since 1970; not there while it is to be had.",
        );
        each(&list, |listed, pairs| {
            if let Some(issued) = &listed.issued {
                text.sample(end, pairs, issued.not_after.seconds());
            }
        });
        let failures = "porthole_certificate_failures";
        text.family(
            failures,
            "gauge",
            "Tries to get or read a certificate that failed since the last that did not.",
        );
        each(&list, |listed, pairs| text.sample(failures, pairs, listed.failures));
        let next = "porthole_certificate_renewal_seconds";
        text.family(next, "gauge", "When a certificate is to be asked for, in seconds since 1970.");
        each(&list, |listed, pairs| {
            if let Some(at) = listed.next_try.or(listed.renew_at) {
                text.sample(next, pairs, at.seconds());
            }
        });
        let (ended, failed) = self.orders();
        let orders = "porthole_certificate_orders_total";
        text.family(orders, "counter", "Orders to CAs that ended.");
        text.sample(orders, &[("outcome", "obtained")], ended - failed);
        text.sample(orders, &[("outcome", "failed")], failed);
        traefik(&list, &mut text);
        text.0
    }
}

/// Each but the one that the proxy made for itself.
fn each(list: &[Listed], mut with: impl FnMut(&Listed, &[(&str, &str)])) {
    for listed in list.iter().filter(|listed| !listed.default) {
        let source = listed.source.to_string();
        let name = listed.names.first().map_or("", String::as_str);
        with(listed, &[("name", name), ("names", &listed.names.join(",")), ("source", &source)]);
    }
}

fn traefik(list: &[Listed], text: &mut Text) {
    let name = "traefik_tls_certs_not_after";
    text.family(name, "gauge", "When a certificate ends, as Traefik tells it.");
    for listed in list.iter().filter(|listed| !listed.default) {
        let Some(issued) = &listed.issued else { continue };
        let common = listed.names.first().map_or("", String::as_str);
        let pairs = [("cn", common), ("sans", &*listed.names.join(",")), ("serial", &*issued.serial)];
        text.sample(name, &pairs, issued.not_after.seconds());
    }
}
