//! `GET routes`: one row for each router.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::issues::{Issues, Project};
use ::route::declared::Scheme;
use ::route::finding::Finding;
use ::route::name::Name;
use ::route::plan::{Host, LoadBalancer, Plan, Router, Server, ServerState, ServiceKind, State};
use ::route::shown::{Entrance, Picture};
use api::{EntrypointRow, RouteFinding, RouteRow, RouteServer, RouteState, Routes, RoutesRequest};
use axum::Json;
use axum::extract::State as Held;

use super::{HOUR, numbers};
use crate::app::App;
use crate::app::errors::range;
use crate::app::evaluator::Evaluator;
use crate::app::extract::Asked;
use crate::fault::Fault;

/// Services that pass requests on to services that pass requests on are followed so far.
const DEPTH_MAX: u32 = 8;
/// Findings that belong to no router.
const FINDINGS_MAX: usize = 500;

/// The handler.
pub(super) async fn list(
    Held(app): Held<App>,
    Asked(request): Asked<RoutesRequest>,
) -> Result<Json<Routes>, Fault> {
    let range = range(request.start, request.end, HOUR, app.clock.now())?;
    let picture = app.proxy.picture();
    let metrics = app.metrics.clone();
    let measured = app
        .queries
        .run(move |allowance| numbers::of_all(&Evaluator { metrics: &metrics, allowance }, range))
        .await??;
    let mut routes = routes(&picture);
    for row in &mut routes.rows {
        row.issues = project_of(&app.issues, &row.service);
        numbers::fill(row, measured.get(&row.name), picture.live_routers.get(&row.name));
    }
    Ok(Json(routes))
}

/// The project that the errors of a service go to.
pub(super) fn project_of(issues: &Issues, service: &str) -> String {
    let of_service =
        |project: &&Arc<Project>| !service.is_empty() && project.service.as_deref() == Some(service);
    issues.projects().iter().find(of_service).map(|project| project.name.clone()).unwrap_or_default()
}

/// All routers as they are, without numbers over time.
pub(super) fn routes(picture: &Picture) -> Routes {
    let (plan, mut told) = (&*picture.plan, BTreeSet::new());
    let rows: Vec<RouteRow> = plan.routers.iter().map(|router| row(picture, router, &mut told)).collect();
    let rest = plan.findings.iter().enumerate().filter(|(at, _)| !told.contains(at));
    Routes {
        rows,
        findings: rest.take(FINDINGS_MAX).map(|(_, finding)| finding_row(finding)).collect(),
        entrypoints: picture.entrypoints.iter().map(|one| entrypoint(picture, one)).collect(),
        faults: Vec::new(),
    }
}

fn entrypoint(picture: &Picture, entrance: &Entrance) -> EntrypointRow {
    let live = picture.live_entrypoints.get(&entrance.name).cloned().unwrap_or_default();
    let seconds = live.window.span.as_secs_f64();
    EntrypointRow {
        name: entrance.name.clone(),
        address: entrance.address.clone(),
        connections: live.connections,
        in_flight: live.in_flight,
        per_second: (seconds > 0.0).then(|| live.window.requests() as f64 / seconds),
    }
}

/// A router; the places of its findings are added to `told`.
pub(super) fn row(picture: &Picture, router: &Router, told: &mut BTreeSet<usize>) -> RouteRow {
    let plan = &*picture.plan;
    let servers = servers(picture, &router.service);
    let (state, reasons) = standing(plan, router, &servers);
    let tls = router.tls.as_ref();
    let mut row = RouteRow {
        name: router.name.to_string(),
        rule: router.text.clone(),
        entrypoints: router.entrypoints.clone(),
        middlewares: router.middlewares.iter().map(ToString::to_string).collect(),
        target: router.service.to_string(),
        priority: router.priority,
        tls: tls.is_some(),
        resolver: tls.and_then(|tls| tls.resolver.clone()).unwrap_or_default(),
        certificate_ends: tls.and_then(|_| certificate_ends(picture, router)),
        state,
        reasons,
        service: router.target.service.clone(),
        project: router.target.project.clone(),
        servers,
        place: router.place.to_string(),
        ..RouteRow::default()
    };
    for (at, finding) in plan.findings.iter().enumerate() {
        if is_about(finding, router) {
            told.insert(at);
            row.findings.push(finding_row(finding));
        }
    }
    row
}

fn is_about(finding: &Finding, router: &Router) -> bool {
    let about = |object: &Name| {
        *object == router.name || *object == router.service || router.middlewares.contains(object)
    };
    finding.object.as_ref().is_some_and(about)
}

fn finding_row(finding: &Finding) -> RouteFinding {
    RouteFinding {
        severity: finding.severity.word().to_owned(),
        place: finding.place.to_string(),
        object: finding.object.as_ref().map(ToString::to_string).unwrap_or_default(),
        what: finding.what.clone(),
        instead: finding.instead.clone(),
    }
}

fn standing(plan: &Plan, router: &Router, servers: &[RouteServer]) -> (RouteState, Vec<String>) {
    if let State::Broken(reasons) = &router.state {
        return (RouteState::Broken, reasons.clone());
    }
    let bad = servers.iter().filter(|server| !server.ready);
    let reasons: Vec<String> = bad
        .map(|server| format!("{} is {}: {}", server.name, server.state, answers::remedy(&server.state)))
        .collect();
    let has_servers =
        plan.services.get(&router.service).is_some_and(|service| !answers_itself(&service.kind));
    match (servers.len(), reasons.len()) {
        (0, _) if has_servers => (
            RouteState::Unavailable,
            vec!["No container belongs to it: start one, or mend its labels.".to_owned()],
        ),
        (_, 0) => (RouteState::Working, reasons),
        (all, bad) if all == bad => (RouteState::Unavailable, reasons),
        _ => (RouteState::Partly, reasons),
    }
}

fn answers_itself(kind: &ServiceKind) -> bool {
    matches!(kind, ServiceKind::Files(_) | ServiceKind::Internal(_))
}

/// All servers that the service's requests may come to.
fn servers(picture: &Picture, service: &Name) -> Vec<RouteServer> {
    let mut found = Vec::new();
    gather(picture, service, DEPTH_MAX, &mut found);
    found
}

fn gather(picture: &Picture, name: &Name, depth: u32, found: &mut Vec<RouteServer>) {
    let Some(service) = picture.plan.services.get(name).filter(|_| depth > 0) else { return };
    let mut further = |name: &Name| gather(picture, name, depth - 1, found);
    match &service.kind {
        ServiceKind::LoadBalancer(balancer) => found.extend(balanced(picture, name, balancer)),
        ServiceKind::Weighted(weighted) => weighted.services.iter().for_each(|share| further(&share.service)),
        ServiceKind::HighestRandomWeight(shares) => shares.iter().for_each(|share| further(&share.service)),
        ServiceKind::Failover { service, fallback } => [service, fallback].into_iter().for_each(further),
        ServiceKind::Mirroring(mirroring) => further(&mirroring.service),
        ServiceKind::Files(_) | ServiceKind::Internal(_) => {}
    }
}

fn balanced<'a>(
    picture: &'a Picture,
    name: &'a Name,
    balancer: &'a LoadBalancer,
) -> impl Iterator<Item = RouteServer> + 'a {
    balancer.servers.iter().map(move |server| {
        let address = address(server);
        let fails = address.as_ref().is_some_and(|at| picture.failing.contains(&(name.clone(), at.clone())));
        let (ready, state) = match server.state {
            ServerState::Ready if fails => (false, "failing its checks"),
            state => (state == ServerState::Ready, word(state)),
        };
        RouteServer {
            name: server.label.clone(),
            address: address.map(|at| format!("{}://{at}", scheme(server.scheme))).unwrap_or_default(),
            ready,
            state: state.to_owned(),
        }
    })
}

/// `172.18.0.3:8000`; none while it has no address.
pub(crate) fn address(server: &Server) -> Option<String> {
    match &server.host {
        Host::Address(address) => Some(std::net::SocketAddr::new(*address, server.port).to_string()),
        Host::Name(name) => Some(format!("{name}:{}", server.port)),
        Host::Nowhere => None,
    }
}

pub(crate) fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
        Scheme::H2c => "h2c",
    }
}

fn word(state: ServerState) -> &'static str {
    match state {
        ServerState::Ready => "ready",
        ServerState::Starting => "starting",
        ServerState::Unhealthy => "unhealthy",
        ServerState::Unreachable => "unreachable",
        ServerState::Stopping => "stopping",
        ServerState::Stopped => "stopped",
    }
}

/// When the certificate that the router's first name gets ends.
fn certificate_ends(picture: &Picture, router: &Router) -> Option<api::Millis> {
    let host = router.rule.as_ref()?.hosts().first()?.to_ascii_lowercase();
    let served =
        picture.certificates.iter().filter(|listed| listed.names.iter().any(|name| covers(name, &host)));
    served.filter_map(|listed| listed.holds).map(|(_, ends)| ends.millis()).max()
}

/// Whether a certificate's name, perhaps with a star for its first part, is for a host.
pub(in crate::app) fn covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(_, parent)| parent.eq_ignore_ascii_case(rest)),
        None => name.eq_ignore_ascii_case(host),
    }
}
