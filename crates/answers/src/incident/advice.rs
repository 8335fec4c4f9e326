//! What to do now. Porthole itself changes nothing: every step is for somebody to take.

use api::{PartKind, Step};

use super::cause::{Found, Kind};
use super::{Case, cause};
use crate::links;
use crate::seen::Who;
use crate::symptom::Detail;

/// The steps, the first thing first.
pub(super) fn steps(case: &Case<'_>, found: Option<&Found>) -> Vec<Step> {
    let mut steps = match found.map(|found| found.kind) {
        Some(Kind::Deploy) => roll_back(case),
        Some(Kind::Down | Kind::Worker) => start_again(case),
        Some(Kind::Memory) => more_memory(case),
        Some(Kind::Crash) => crash(case),
        Some(Kind::Query) => vec![say("Look at the step that takes the time, and what it does."), analyse()],
        Some(Kind::More) => more_workers(case),
        Some(Kind::Renewal) => renew(case),
        Some(Kind::Disk) => make_room(case),
        Some(Kind::Slower) => {
            vec![say("Find out who sends so much more, and limit them with a rateLimit middleware.")]
        }
        Some(Kind::Proxy | Kind::Error) | None => Vec::new(),
    };
    steps.extend(of_alerts(case));
    steps.extend(look(case));
    steps
}

fn say(text: &str) -> Step {
    Step { text: text.to_owned(), ..Step::default() }
}

fn run(text: String, command: String) -> Step {
    Step { text, command, href: String::new() }
}

fn see(text: String, href: String) -> Step {
    Step { text, command: String::new(), href }
}

/// The beginning of every command of compose.
fn compose(who: &Who) -> String {
    if who.project.is_empty() {
        "docker compose".to_owned()
    } else {
        format!("docker compose -p {}", who.project)
    }
}

/// What is done to a service: by compose where it is of a project, else to its container.
fn with_compose(who: &Who, compose_verb: &str, docker_verb: &str) -> String {
    match who.project.as_str() {
        "" => format!("docker {docker_verb} {}", who.service),
        _ => format!("{} {compose_verb} {}", compose(who), who.service),
    }
}

fn lines(who: &Who) -> Step {
    let text = format!("Read the last lines of {}", who.service);
    let command = with_compose(who, "logs --since 15m --tail 200", "logs --since 15m --tail 200");
    run(text, command)
}

fn roll_back(case: &Case<'_>) -> Vec<Step> {
    let (who, Some(deploy)) = (&case.group.who, case.deploy) else { return Vec::new() };
    let up = with_compose(who, "up -d", "restart");
    let back = if deploy.before.is_empty() || deploy.before == deploy.image {
        let text = format!(
            "Roll {} back: check out the revision before, build {} again, and start it",
            who.service, deploy.image
        );
        run(text, format!("{} up -d --build {}", compose(who), who.service))
    } else {
        let text = format!(
            "Roll {} back: write `image: {}` to its service in the compose file, then",
            who.service, deploy.before
        );
        run(text, up)
    };
    let compare = see("Compare before and after the deploy".to_owned(), links::deploy(who, deploy.at));
    vec![back, compare]
}

fn start_again(case: &Case<'_>) -> Vec<Step> {
    let who = &case.group.who;
    let is_dead = |detail: &Detail| matches!(detail, Detail::Died(..) | Detail::Stopped);
    let dead = case.own().any(|part| is_dead(&part.symptom.detail));
    let mut steps = vec![if dead {
        let paused = case.own().any(|part| part.symptom.key.starts_with("paused"));
        let (verb, word) = if paused { ("unpause", "Let it go on") } else { ("start", "Start it again") };
        run(format!("{word}: {}", who.service), with_compose(who, verb, verb))
    } else {
        run(format!("Start {} anew", who.service), with_compose(who, "restart", "restart"))
    }];
    steps.push(lines(who));
    if dead {
        steps.push(say(
            "Give it `restart: unless-stopped` in the compose file, so that it comes back by itself.",
        ));
    }
    let suffer = cause::sufferers(case);
    if !suffer.is_empty() {
        steps.push(say(&format!(
            "{} should recover by itself once it is there.",
            crate::words::list(&suffer)
        )));
    }
    steps
}

fn more_memory(case: &Case<'_>) -> Vec<Step> {
    let who = &case.group.who;
    vec![
        run(
            format!(
                "Give {} more memory (`mem_limit` or `deploy.resources.limits.memory` in the compose file), then",
                who.service
            ),
            with_compose(who, "up -d", "restart"),
        ),
        see(
            "Look at its memory over the last hours: a steady rise is a leak".to_owned(),
            links::service(who),
        ),
    ]
}

fn crash(case: &Case<'_>) -> Vec<Step> {
    let who = &case.group.who;
    let mut steps = vec![lines(who)];
    if case.deploy.is_some() {
        steps.splice(0..0, roll_back(case));
    }
    steps.push(run(
        "See what it is started with: a setting or a file that is missing ends most programs at once"
            .to_owned(),
        format!("{} config {}", compose(who), who.service),
    ));
    steps
}

fn analyse() -> Step {
    say(
        "Run EXPLAIN ANALYZE on the query: a missing index, or a table that has grown, makes it read every row.",
    )
}

fn more_workers(case: &Case<'_>) -> Vec<Step> {
    let who = &case.group.who;
    vec![
        see("See which tasks take longest and which are sent most".to_owned(), "/queues".to_owned()),
        run(
            format!("Start one more worker of {}", who.service),
            format!("{} up -d --scale {}=2", compose(who), who.service),
        ),
        say("If it is one kind of task, stop what sends it."),
    ]
}

fn renew(case: &Case<'_>) -> Vec<Step> {
    let detail =
        case.own().map(|part| &part.symptom.detail).find(|one| matches!(one, Detail::Certificate { .. }));
    let Some(Detail::Certificate { name, resolver, place, .. }) = detail else { return Vec::new() };
    let first = match (resolver.as_str(), place.as_str()) {
        ("", "proxy") => say(&format!(
            "Put a newer certificate in its file (it is read again by itself), or let Porthole get it: `tls = \"le\"` at the route of {name}.",
        )),
        ("", _) => say(&format!("Renew the certificate of {name} where it is served.")),
        _ => say(&format!(
            "See that {name} leads to this machine, and that port 80 or 443 is open to the world."
        )),
    };
    vec![first, see("All certificates, and what renewing said".to_owned(), "/certificates".to_owned())]
}

fn make_room(case: &Case<'_>) -> Vec<Step> {
    let detail = case.own().map(|part| &part.symptom.detail).find(|one| matches!(one, Detail::Disk { .. }));
    let Some(Detail::Disk { mount, .. }) = detail else { return Vec::new() };
    vec![
        run(
            "See what takes the room".to_owned(),
            format!("du -xh --max-depth=2 {mount} | sort -h | tail -n 20"),
        ),
        run(
            "Throw away images and build caches that nothing uses".to_owned(),
            "docker system prune".to_owned(),
        ),
        say(
            "Log files of containers grow for ever unless `max-size` and `max-file` of their logging driver are set.",
        ),
    ]
}

/// What the rules' authors wrote.
fn of_alerts<'a>(case: &'a Case<'_>) -> impl Iterator<Item = Step> + 'a {
    case.parts.iter().filter_map(|part| match &part.symptom.detail {
        Detail::Alert(do_now) if !do_now.is_empty() => Some(say(do_now)),
        _ => None,
    })
}

/// Where to look, whatever the cause.
fn look(case: &Case<'_>) -> Vec<Step> {
    let who = &case.group.who;
    let mut steps = Vec::new();
    let issue = case.parts.iter().find(|part| matches!(part.symptom.detail, Detail::Issue { .. }));
    if let Some(part) = issue {
        steps.push(see(format!("Open the error: {}", part.symptom.text), part.symptom.href.clone()));
    }
    let of_kind = |kind: PartKind| case.parts.iter().find(|part| part.symptom.kind == kind);
    if let Some(part) = of_kind(PartKind::Errors) {
        steps.push(see("Look at the requests that fail".to_owned(), part.symptom.href.clone()));
    }
    if case.service.is_some() {
        steps.push(see(format!("Read what {} said then", who.service), links::lines(who, case.since)));
    }
    steps
}
