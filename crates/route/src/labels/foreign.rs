//! Labels that look as if they did something, and do nothing.

/// Parts behind `traefik.` with which labels of Traefik 1 began.
const OF_TRAEFIK_1: [&str; 8] =
    ["frontend", "backend", "port", "protocol", "weight", "domain", "redirect", "domains"];

/// Parts behind `traefik.` with which labels begin that do something.
const KNOWN: [&str; 6] = ["http", "tcp", "udp", "tls", "enable", "docker"];

/// What to say about a label that nobody reads, and what to write instead; `None` where it is nobody's slip.
pub(super) fn remark(key: &str) -> Option<(String, String)> {
    let lower = key.to_ascii_lowercase();
    let mut parts = lower.split('.');
    let root = parts.next()?;
    let second = parts.next()?;
    if root != "traefik" {
        let near =
            root != "porthole" && settings::nearest(root, ["traefik"]).is_some() && KNOWN.contains(&second);
        return near
            .then(|| ("the label does nothing".to_owned(), format!("did you mean traefik.{second}.…?")));
    }
    if OF_TRAEFIK_1.contains(&second) {
        let instead = instead_of_traefik_1(&lower);
        return Some(("the label is of Traefik 1 and does nothing".to_owned(), instead.to_owned()));
    }
    if second == "tls" {
        let what = "of TLS, labels can only say traefik.tls.stores.default";
        return Some((what.to_owned(), "write it in a dynamic file".to_owned()));
    }
    if second == "swarm" {
        let what = "Swarm is not supported; the label does nothing";
        return Some((what.to_owned(), "write traefik.docker.network".to_owned()));
    }
    let near = settings::nearest(second, KNOWN).filter(|near| slip(second, near))?;
    Some((format!("`{second}` does nothing"), format!("did you mean traefik.{near}?")))
}

/// `constraint-label` is no slip of anything; a word as long as the known one may be.
fn slip(written: &str, near: &str) -> bool {
    written.len().abs_diff(near.len()) <= 1
}

fn instead_of_traefik_1(lower: &str) -> &'static str {
    match lower {
        "traefik.port" => "write traefik.http.services.<name>.loadbalancer.server.port",
        "traefik.protocol" => "write traefik.http.services.<name>.loadbalancer.server.scheme",
        "traefik.frontend.rule" => "write traefik.http.routers.<name>.rule",
        "traefik.frontend.entrypoints" => "write traefik.http.routers.<name>.entrypoints",
        "traefik.frontend.priority" => "write traefik.http.routers.<name>.priority",
        _ => "write traefik.http.routers.<name>.… or traefik.http.services.<name>.…",
    }
}
