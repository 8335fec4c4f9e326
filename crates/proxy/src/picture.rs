//! The proxy's certificates, for whoever shows them.

use route::shown::Certificate;

use crate::tls::{Listed, Source};

/// As it is shown.
pub(crate) fn certificate(listed: Listed) -> Certificate {
    let issued = listed.issued.as_ref();
    Certificate {
        source: match &listed.source {
            Source::Own => "own".to_owned(),
            Source::File { .. } => "files".to_owned(),
            Source::Acme { resolver } => resolver.clone(),
        },
        default: listed.default,
        issuer: issued.map(|issued| issued.issuer.clone()).unwrap_or_default(),
        holds: issued.map(|issued| (issued.not_before, issued.not_after)),
        renew_at: listed.renew_at,
        next_try: listed.next_try,
        failures: listed.failures,
        last_failure: listed.last_failure.map(|failure| (failure.at, failure.what)),
        names: listed.names,
    }
}
