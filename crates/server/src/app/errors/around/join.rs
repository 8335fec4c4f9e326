//! Which container, or which service, an event belongs to.

use api::JoinedBy;
use logql::Row;
use model::label::{CONTAINER_ID, ENVIRONMENT, SERVICE, STREAM};

use super::container::{Container, LINES, is_container_id};
use super::lines::nearest;
use super::{Look, Sought};
use crate::app::evaluator::quoted;
use crate::app::refusal::QueryRefusal;
use crate::app::who::Owner;

/// What an event was joined to.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) by: JoinedBy,
    pub(super) how: String,
    pub(super) owner: Owner,
    /// LogQL of its lines.
    pub(super) query: String,
    /// `None`: the service alone is known.
    pub(super) container: Option<Container>,
}

/// By what tells most, first. What was looked for in vain is added to `missing`.
pub(super) fn join(
    look: &Look<'_>,
    sought: &Sought,
    missing: &mut Vec<String>,
) -> Result<Option<Joined>, QueryRefusal> {
    if let Some(joined) = by_container(look, sought, missing)? {
        return Ok(Some(joined));
    }
    let ids = [
        (JoinedBy::Trace, "trace id", "trace_id", &sought.trace_id),
        (JoinedBy::Request, "request id", "request_id", &sought.request_id),
    ];
    for (by, what, field, id) in ids {
        let Some(id) = id else {
            missing.push(format!("The event tells no {what}."));
            continue;
        };
        match by_id(look, sought, field, id)? {
            Some(row) => return Ok(Some(joined_by_line(by, what, id, &row))),
            None => missing.push(format!("Its {what} {id} stands in no line of that time.")),
        }
    }
    let service = by_service(look, sought);
    if service.is_none() {
        missing.push("Its project names no service; set one, and lines of that service are shown.".into());
    }
    Ok(service)
}

/// A program in a container tells Docker's name for it, unless it is given another.
fn by_container(
    look: &Look<'_>,
    sought: &Sought,
    missing: &mut Vec<String>,
) -> Result<Option<Joined>, QueryRefusal> {
    let Some(name) = &sought.server_name else {
        missing.push("The event does not tell the host that it happened on (server_name).".into());
        return Ok(None);
    };
    let is_id = is_container_id(name);
    let is_it = |id: &str, container: &str| (is_id && id.starts_with(name.as_str())) || container == name;
    let found = look.workloads.iter().find(|workload| is_it(&workload.id, &workload.identity.container));
    if let Some(workload) = found {
        return Ok(Some(joined(Container::of(workload), "there is")));
    }
    if is_id && let Some(container) = gone(look, sought, name)? {
        return Ok(Some(joined(container, "is gone by now")));
    }
    missing.push(match is_id {
        true => format!("No container {name} is known, and no line of that time is one's of that id."),
        false => format!("Its server_name `{name}` is no container's id or name."),
    });
    Ok(None)
}

fn joined(container: Container, how: &str) -> Joined {
    let how = format!(
        "Lines of the container that the event names: {} ({}), which {how}.",
        container.name,
        container.short_id()
    );
    Joined {
        by: JoinedBy::Container,
        how,
        owner: container.owner.clone(),
        query: container.query(),
        container: Some(container),
    }
}

/// A container that was removed: its lines tell who it was.
fn gone(look: &Look<'_>, sought: &Sought, id: &str) -> Result<Option<Container>, QueryRefusal> {
    let query = format!("{{{STREAM}=~\".+\"}} | {CONTAINER_ID}=~{}", quoted(&format!("{id}.*")));
    Ok(nearest(look, &query, sought.at)?.and_then(|row| Container::of_line(&row.labels, container_id(&row))))
}

/// A line with the id in it or beside it.
fn by_id(look: &Look<'_>, sought: &Sought, field: &str, id: &str) -> Result<Option<Row>, QueryRefusal> {
    let streams = match &sought.service {
        Some(service) => format!("{{{SERVICE}={}}}", quoted(service)),
        None => format!("{{{STREAM}=~\".+\"}}"),
    };
    let within = nearest(look, &format!("{streams} |= {}", quoted(id)), sought.at)?;
    match within {
        Some(row) => Ok(Some(row)),
        // Programs that log through an SDK or OpenTelemetry tell it beside the line.
        None => nearest(look, &format!("{streams} | {field}={}", quoted(id)), sought.at),
    }
}

fn joined_by_line(by: JoinedBy, what: &str, id: &str, row: &Row) -> Joined {
    let container = Container::of_line(&row.labels, container_id(row));
    let owner = Owner::of(&row.labels);
    let (of, query) = match &container {
        Some(container) => (format!("the container {}", container.name), container.query()),
        None => {
            let labels: Vec<String> =
                row.labels.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
            ("the stream".to_owned(), format!("{{{}}}", labels.join(",")))
        }
    };
    let how = format!("Lines of {of} in which the event's {what} {id} stands.");
    Joined { by, how, owner, query, container }
}

/// All lines of the project's service at that time.
fn by_service(look: &Look<'_>, sought: &Sought) -> Option<Joined> {
    let service = sought.service.clone()?;
    let mut matchers = format!("{SERVICE}={}", quoted(&service));
    let owners = look.workloads.iter().map(|workload| &workload.identity);
    let environments: Vec<&str> =
        owners.filter(|who| who.service == service).map(|who| who.environment.as_str()).collect();
    // The program may call its environment by another name than the containers do.
    let environment = sought.environment.as_deref().filter(|name| environments.contains(name));
    if let Some(environment) = environment {
        matchers.push_str(&format!(",{ENVIRONMENT}={}", quoted(environment)));
    }
    let how =
        format!("Lines of the project's service {service} at that time; nothing ties them to the event.");
    let environment = environment.unwrap_or_default().to_owned();
    let owner = Owner { service, environment, project: String::new() };
    Some(Joined {
        by: JoinedBy::Service,
        how,
        owner,
        query: format!("{{{matchers},{LINES}}}"),
        container: None,
    })
}

fn container_id(row: &Row) -> &str {
    let id = row.metadata.iter().find(|(name, _)| &**name == CONTAINER_ID);
    id.map(|(_, id)| &**id).unwrap_or_default()
}
