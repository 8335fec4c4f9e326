//! What a set-up should have, told from what is seen of it: eight things, some of each service and some of the whole.
//! What is not met says what to paste, and where.

use api::{CheckItem, CheckState, Checklist, Millis, ServiceChecks};

use crate::seen::Who;
use crate::words::{percent, plural};

/// What is seen of the whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whole {
    /// Lines of the last hour.
    pub lines: u64,
    /// Entrypoints of the proxy.
    pub entrypoints: u64,
    /// Routers over TLS, and all.
    pub tls_routes: (u64, u64),
    /// Receivers of alerts by name.
    pub receivers: Vec<String>,
    /// Rules of alerts, and of these those whose card answers what, how bad, what to do.
    pub rules: (u64, u64),
    /// The address under which people reach the page; empty: not set.
    pub public_url: String,
    /// Where SDKs send to, as an example.
    pub dsn: String,
    /// Brokers of queues that are looked at.
    pub brokers: u64,
}

/// What is seen of a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// Whose.
    pub who: Who,
    /// Its image says that it is a program of somebody else: a database, a broker.
    pub is_bought: bool,
    /// Containers, and of these those with a health check and with a restart policy that starts them again.
    pub containers: u64,
    /// Containers with a health check.
    pub with_health: u64,
    /// Lines that were looked at.
    pub lines: u64,
    /// Of these, JSON.
    pub json: u64,
    /// Of these, with an id of their request or trace.
    pub with_id: u64,
    /// Error events of it ever came.
    pub has_errors: bool,
    /// It takes requests through the proxy.
    pub is_routed: bool,
    /// It runs workers of a queue.
    pub is_worker: bool,
    /// Its broker is looked at, and its workers tell what becomes of tasks.
    pub queue: Option<bool>,
    /// Deploys of it were seen, or its image has a tag of its own and not `latest`.
    pub has_version: bool,
    /// Its image.
    pub image: String,
}

/// Evaluates.
pub fn checklist(at: Millis, whole: &Whole, services: &[Observed]) -> Checklist {
    let whole_items = vec![access(whole), alerts(whole), proxy(whole), url(whole)];
    let services: Vec<ServiceChecks> =
        services.iter().filter(|one| one.containers > 0).map(|one| checks(one, whole)).collect();
    let all = || whole_items.iter().chain(services.iter().flat_map(|service| &service.items));
    let counts = |item: &&CheckItem| item.state != CheckState::Unknown;
    let of = all().filter(counts).count() as u32;
    let met = all().filter(|item| item.state == CheckState::Met).count() as u32;
    Checklist { at, whole: whole_items, services, met, of }
}

fn item(title: &str, state: CheckState, seen: String, paste: &str, place: &str) -> CheckItem {
    let is_met = matches!(state, CheckState::Met | CheckState::Unknown);
    let or_empty = |text: &str| if is_met { String::new() } else { text.to_owned() };
    CheckItem { title: title.to_owned(), state, seen, paste: or_empty(paste), place: or_empty(place) }
}

fn state(met: bool) -> CheckState {
    if met { CheckState::Met } else { CheckState::Unmet }
}

fn access(whole: &Whole) -> CheckItem {
    let seen = format!("{} of the last hour can be searched here", plural(whole.lines, "line"));
    let paste = "volumes:\n  - /var/run/docker.sock:/var/run/docker.sock:ro";
    item(
        "Logs in one place instead of SSH",
        state(whole.lines > 0),
        seen,
        paste,
        "compose.yml, service porthole",
    )
}

fn alerts(whole: &Whole) -> CheckItem {
    let (rules, whole_cards) = whole.rules;
    let seen = match (whole.receivers.is_empty(), rules) {
        (true, _) => "No receiver is set: alerts are shown here alone".to_owned(),
        (false, rules) => format!(
            "{whole_cards} of {} answer what broke, how bad it is and what to do; they go to {}",
            plural(rules, "rule"),
            whole.receivers.join(", ")
        ),
    };
    let met = match (whole.receivers.is_empty(), rules > 0 && whole_cards == rules) {
        (false, true) => CheckState::Met,
        (true, false) => CheckState::Unmet,
        _ => CheckState::Partly,
    };
    let paste = "[alerts.receivers.slack]\nwebhook_url_file = \"/run/secrets/slack\"";
    item("Alerts that answer the three questions", met, seen, paste, "porthole.toml")
}

fn proxy(whole: &Whole) -> CheckItem {
    let (tls, all) = whole.tls_routes;
    let (state, seen) = match (whole.entrypoints, tls, all) {
        (0, ..) => (CheckState::Unmet, "The proxy is off".to_owned()),
        (_, _, 0) => (CheckState::Partly, "The proxy is on, but no container has a route".to_owned()),
        (_, tls, all) if tls < all => {
            (CheckState::Partly, format!("{tls} of {} over TLS", plural(all, "route")))
        }
        (_, _, all) => (CheckState::Met, format!("{}, all over TLS", plural(all, "route"))),
    };
    let paste = "[proxy.entrypoints.web]\naddress = \":80\"\n\n[proxy.entrypoints.websecure]\naddress = \":443\"\n\n\
                 [proxy.acme.le]\nemail = \"ops@example.com\"\nchallenge = \"http-01\"";
    item("A reverse proxy that routes and does TLS", state, seen, paste, "porthole.toml")
}

fn url(whole: &Whole) -> CheckItem {
    let seen = if whole.public_url.is_empty() {
        "Links in messages lead nowhere".to_owned()
    } else {
        format!("Links in messages lead to {}", whole.public_url)
    };
    let paste = "[server]\npublic_url = \"https://ops.example.com\"";
    item(
        "Nothing that one person alone knows",
        state(!whole.public_url.is_empty()),
        seen,
        paste,
        "porthole.toml",
    )
}

fn checks(service: &Observed, whole: &Whole) -> ServiceChecks {
    let mut items = vec![structured(service), health(service)];
    if !service.is_bought {
        items.push(ids(service));
        items.push(errors(service, whole));
        items.push(version(service));
    }
    if service.is_worker {
        items.push(queue(service));
    }
    ServiceChecks {
        service: service.who.service.clone(),
        project: service.who.project.clone(),
        environment: service.who.environment.clone(),
        items,
    }
}

/// Shares at which a thing is held to be so, and to be so in part.
fn share(part: u64, all: u64) -> CheckState {
    match part as f64 / (all as f64).max(1.0) {
        _ if all == 0 => CheckState::Unknown,
        share if share >= 0.9 => CheckState::Met,
        share if share >= 0.1 => CheckState::Partly,
        _ => CheckState::Unmet,
    }
}

fn compose(service: &Observed) -> String {
    format!("compose.yml, service {}", service.who.service)
}

fn structured(service: &Observed) -> CheckItem {
    let state = if service.is_bought { CheckState::Unknown } else { share(service.json, service.lines) };
    let seen = match (service.is_bought, service.lines) {
        (true, _) => "A program of others writes as it likes".to_owned(),
        (_, 0) => "It wrote nothing within the last hour".to_owned(),
        (_, lines) => format!("{} of its lines are JSON", percent(service.json as f64 / lines as f64)),
    };
    let paste = "# pip install python-json-logger\nLOGGING = {\n    \"version\": 1,\n    \"disable_existing_loggers\": False,\n    \"formatters\": {\"json\": {\n        \"()\": \"pythonjsonlogger.json.JsonFormatter\",\n        \"format\": \"%(asctime)s %(levelname)s %(name)s %(message)s\",\n    }},\n    \"handlers\": {\"console\": {\"class\": \"logging.StreamHandler\", \"formatter\": \"json\"}},\n    \"root\": {\"handlers\": [\"console\"], \"level\": \"INFO\"},\n}";
    item("Structured logs", state, seen, paste, "settings.py")
}

fn ids(service: &Observed) -> CheckItem {
    let state = if service.is_routed || service.with_id > 0 {
        share(service.with_id, service.lines)
    } else {
        CheckState::Unknown
    };
    let seen = match state {
        CheckState::Unknown => "It takes no requests through the proxy".to_owned(),
        _ => format!(
            "{} of its lines name their request or trace",
            percent(service.with_id as f64 / (service.lines as f64).max(1.0))
        ),
    };
    let paste = "# pip install django-log-request-id\nMIDDLEWARE = [\"log_request_id.middleware.RequestIDMiddleware\", *MIDDLEWARE]\nLOG_REQUEST_ID_HEADER = \"HTTP_X_REQUEST_ID\"\n# and in LOGGING: \"filters\": {\"request_id\": {\"()\": \"log_request_id.filters.RequestIDFilter\"}}, %(request_id)s in the format";
    item("A request's id in every line", state, seen, paste, "settings.py")
}

fn errors(service: &Observed, whole: &Whole) -> CheckItem {
    let seen = if service.has_errors { "Its errors come here" } else { "No error event of it ever came" };
    let dsn = if whole.dsn.is_empty() { "http://<key>@porthole:4100/1" } else { &whole.dsn };
    let paste = format!(
        "import sentry_sdk\n\nsentry_sdk.init(dsn=\"{dsn}\", environment=\"production\", traces_sample_rate=0.1)"
    );
    item("Errors tracked", state(service.has_errors), seen.to_owned(), &paste, "settings.py")
}

fn health(service: &Observed) -> CheckItem {
    let (with, all) = (service.with_health, service.containers);
    let state = match with {
        with if with == all => CheckState::Met,
        0 => CheckState::Unmet,
        _ => CheckState::Partly,
    };
    let seen = format!("{with} of {} has a health check", plural(all, "container"));
    let paste = match (service.is_worker, service.is_routed) {
        (true, _) => {
            "healthcheck:\n  test: [\"CMD-SHELL\", \"celery -A app inspect ping -d celery@$$HOSTNAME\"]\n  interval: 60s\n  timeout: 20s\n  retries: 3\nrestart: unless-stopped"
        }
        _ => {
            "healthcheck:\n  test: [\"CMD\", \"curl\", \"-f\", \"http://localhost:8000/health/\"]\n  interval: 30s\n  timeout: 5s\n  retries: 3\nrestart: unless-stopped"
        }
    };
    item("A health check", state, seen, paste, &compose(service))
}

fn version(service: &Observed) -> CheckItem {
    let seen = if service.has_version {
        format!("It runs {}", service.image)
    } else {
        format!("{} tells no version: a deploy cannot be told from the one before", service.image)
    };
    let name = service.image.rsplit_once(':').map_or(service.image.as_str(), |(name, tag)| {
        if tag.contains('/') { service.image.as_str() } else { name }
    });
    let paste = format!("image: {name}:${{VERSION:?}}");
    item(
        "Deploys that can be told apart and taken back",
        state(service.has_version),
        seen,
        &paste,
        &compose(service),
    )
}

fn queue(service: &Observed) -> CheckItem {
    let (state, seen) = match service.queue {
        Some(true) => (CheckState::Met, "What waits, and what fails, is counted"),
        Some(false) => {
            (CheckState::Partly, "What waits is counted; its workers do not tell what becomes of tasks")
        }
        None => (CheckState::Unmet, "Its broker is not looked at"),
    };
    let paste = match state {
        CheckState::Partly => "app.conf.worker_send_task_events = True\napp.conf.task_send_sent_event = True",
        _ => "[[queue]]\nkind = \"celery\"\nurl = \"redis://redis:6379/0\"",
    };
    let place = if state == CheckState::Partly { "celery.py" } else { "porthole.toml" };
    item("Background jobs visible", state, seen.to_owned(), paste, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(service: &Observed) -> Vec<(String, CheckState)> {
        let found = checklist(0, &Whole::default(), std::slice::from_ref(service));
        found.services[0].items.iter().map(|item| (item.title.clone(), item.state)).collect()
    }

    #[test]
    fn what_is_not_met_says_what_to_paste() {
        let bare = Observed {
            containers: 1,
            lines: 100,
            is_routed: true,
            is_worker: true,
            image: "shop/web:latest".into(),
            ..Observed::default()
        };
        assert!(met(&bare).iter().all(|(_, state)| *state == CheckState::Unmet), "{:?}", met(&bare));
        let found = checklist(0, &Whole::default(), std::slice::from_ref(&bare));
        let all = found.whole.iter().chain(&found.services[0].items);
        assert!(all.clone().all(|item| !item.paste.is_empty() && !item.place.is_empty()));
        assert_eq!((found.met, found.of), (0, 4 + 6));
        let good = Observed {
            with_health: 1,
            json: 99,
            with_id: 95,
            has_errors: true,
            has_version: true,
            queue: Some(true),
            ..bare
        };
        assert!(met(&good).iter().all(|(_, state)| *state == CheckState::Met), "{:?}", met(&good));
        let bought =
            Observed { is_bought: true, is_worker: false, containers: 1, lines: 5, ..Observed::default() };
        let states: Vec<CheckState> = met(&bought).into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, [CheckState::Unknown, CheckState::Unmet]);
    }
}
