//! The routers of Porthole's own page, where it has a public address. They go before all others: whatever routes there
//! are, the page that shows what is wrong with them stays reachable.

use super::draft::{Draft, RouterDraft, Written};
use super::inputs::{Inputs, PageAddress};
use crate::declared::{Middleware, RedirectScheme, Router, RouterTls};
use crate::name::{Name, Provider};
use crate::node::{Node, Place};

/// Only challenges of a CA come before.
pub(super) const PRIORITY: i64 = i64::MAX - 1;

/// Adds the page's routers.
pub(super) fn add(draft: &mut Draft, inputs: &Inputs<'_>) {
    let Some(page) = inputs.page else { return };
    let tls = page.https.then(|| RouterTls { resolver: resolver(inputs), ..RouterTls::default() });
    draft.routers.insert(name("page"), router(page, "page@internal", tls, Vec::new()));
    if page.https {
        let redirect = RedirectScheme { scheme: "https".to_owned(), port: None, permanent: true };
        let middleware = Written { value: Middleware::RedirectScheme(redirect), node: node() };
        draft.middlewares.insert(name("page-to-https"), middleware);
        let to_https = vec!["page-to-https@internal".to_owned()];
        draft.routers.insert(name("page-plain"), router(page, "noop@internal", None, to_https));
    }
}

fn router(
    page: PageAddress<'_>,
    service: &str,
    tls: Option<RouterTls>,
    middlewares: Vec<String>,
) -> RouterDraft {
    let value = Router {
        rule: format!("Host(`{}`)", page.host),
        service: Some(service.to_owned()),
        priority: PRIORITY,
        middlewares,
        tls,
        ..Router::default()
    };
    RouterDraft { written: Written { value, node: node() }, at_rest: false, implicit: false }
}

/// That of an entrypoint, else the only one there is.
fn resolver(inputs: &Inputs<'_>) -> Option<String> {
    let of_entrypoint = inputs.entrypoints.iter().find_map(|facts| facts.tls.as_ref()?.resolver.clone());
    of_entrypoint.or_else(|| match inputs.resolvers {
        [only] => Some(only.clone()),
        _ => None,
    })
}

fn name(name: &str) -> Name {
    Name::new(name, Provider::Internal)
}

fn node() -> Node {
    Node::empty(Place::Setting { key: "server.public_url".into(), line: 0 })
}
