//! What a label does, in a sentence for its author.

mod middleware;
mod router;
mod service;

/// An option behind `traefik.http.<kind>.<name>.`, in small letters, and what it says.
type Table = [(&'static str, &'static str)];

/// Labels that are not about one object.
const WHOLE: [(&str, &str); 4] = [
    ("traefik.enable", "whether the container is routed to"),
    ("traefik.docker.network", "the network in which the container is reached"),
    ("traefik.docker.allownonrunning", "nothing: containers that do not run keep their routers always"),
    ("traefik.docker.lbswarm", "nothing: Swarm is not supported"),
];

/// What the label does, in a few words: `the router shop: which requests it takes`. `None` for labels that are not
/// Traefik's, or that do nothing.
pub fn explain(label: &str) -> Option<String> {
    let lower = label.to_ascii_lowercase();
    if let Some((_, what)) = WHOLE.iter().find(|(key, _)| *key == lower) {
        return Some((*what).to_owned());
    }
    let mut parts = label.splitn(5, '.');
    let (_, _, kind, name) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let option = parts.next()?.to_ascii_lowercase();
    let (word, table): (&str, &Table) = match kind.to_ascii_lowercase().as_str() {
        _ if !lower.starts_with("traefik.http.") => return None,
        "routers" => ("router", &router::OPTIONS),
        "services" => ("service", &service::OPTIONS),
        "middlewares" => ("middleware", &middleware::OPTIONS),
        _ => return None,
    };
    let (_, what) = nearest(&option, table)?;
    Some(format!("the {word} {name}: {what}"))
}

/// The entry that covers most of the option: `tls.domains[0].main` is covered by `tls.domains`.
fn nearest(option: &str, table: &Table) -> Option<(&'static str, &'static str)> {
    let covers = |key: &str| {
        option.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    table.iter().filter(|(key, _)| covers(key)).max_by_key(|(key, _)| key.len()).copied()
}

#[cfg(test)]
mod tests;
