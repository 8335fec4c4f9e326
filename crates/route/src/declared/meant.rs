//! What was most likely meant by a key that nobody knows.

/// Keys that are often written one level too high.
const MISPLACED: [(&str, &str); 12] = [
    ("certresolver", "tls.certResolver"),
    ("domains", "tls.domains[0].main"),
    ("options", "tls.options"),
    ("passthrough", "tls.passthrough"),
    ("port", "server.port"),
    ("scheme", "server.scheme"),
    ("url", "server.url"),
    ("cookie", "sticky.cookie"),
    ("interval", "healthCheck.interval"),
    ("path", "healthCheck.path"),
    ("server", "loadBalancer.server"),
    ("servers", "loadBalancer.servers"),
];

/// What to write instead of an unknown key among `known` ones.
pub(super) fn instead(written: &str, known: &[&'static str]) -> String {
    match (elsewhere(written, known), nearest(written, known)) {
        (Some(place), _) => format!("write {place}"),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => format!("known here: {}", known.join(", ")),
    }
}

/// The known key that looks most like it, whatever its case.
pub(super) fn nearest(written: &str, known: &[&'static str]) -> Option<&'static str> {
    let lower: Vec<String> = known.iter().map(|key| key.to_lowercase()).collect();
    let alike = lower.iter().map(String::as_str).filter(|key| key.len() <= 2 * written.len());
    let near = settings::nearest(&written.to_lowercase(), alike)?;
    known.iter().copied().find(|key| key.eq_ignore_ascii_case(near))
}

/// Where a key belongs that was written one level too high.
fn elsewhere(written: &str, known: &[&'static str]) -> Option<&'static str> {
    let (_, place) = MISPLACED.iter().find(|(key, place)| {
        let (below, _) = place.split_once('.').unwrap_or((place, ""));
        key.eq_ignore_ascii_case(written) && known.contains(&below)
    })?;
    Some(place)
}
