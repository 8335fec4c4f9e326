//! A plan as text, for people who compare it with what they expect.

use std::fmt::Write;

use crate::declared::{Domain, Middleware};
use crate::name::{Name, Provider};
use crate::plan::{Host, Plan, Router, Server, Service, ServiceKind, State, Tls};

pub(super) fn plan(plan: &Plan) -> String {
    let mut text = String::new();
    for printed in plan.routers.iter().map(router) {
        let _ = writeln!(text, "{printed}");
    }
    for (name, service) in plan.services.iter().filter(|(name, _)| name.provider != Provider::Internal) {
        let _ = writeln!(text, "service {name}: {}", self::service(service));
    }
    for (name, middleware) in &plan.middlewares {
        let _ = writeln!(text, "middleware {name}: {}", self::middleware(middleware));
    }
    for name in plan.tls_options.keys() {
        let _ = writeln!(text, "tls options {name}");
    }
    for name in plan.transports.keys() {
        let _ = writeln!(text, "transport {name}");
    }
    for files in &plan.certificates {
        let _ = writeln!(text, "certificate {} {}", files.certificate, files.key);
    }
    if let Some(files) = &plan.tls_store.default_certificate {
        let _ = writeln!(text, "default certificate {} {}", files.certificate, files.key);
    }
    for finding in &plan.findings {
        let object = finding.object.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let _ = writeln!(text, "{}{object}: {finding}", finding.severity.word());
    }
    text
}

fn router(router: &Router) -> String {
    let mut text = format!("router {} {} on {}", router.name, router.priority, router.entrypoints.join("+"));
    if let Some(tls) = &router.tls {
        let _ = write!(text, " {}", self::tls(tls));
    }
    let _ = write!(text, ": {}", router.text);
    for name in &router.middlewares {
        let _ = write!(text, " > {name}");
    }
    let _ = write!(text, " -> {}", router.service);
    if let State::Broken(reasons) = &router.state {
        let _ = write!(text, "\n  broken: {}", reasons.join("\n  broken: "));
    }
    text
}

fn tls(tls: &Tls) -> String {
    let mut words = Vec::new();
    words.extend(tls.resolver.clone());
    words.extend(tls.domains.iter().map(domain));
    words.extend(tls.options.as_ref().map(|name| format!("options {name}")));
    format!("tls({})", words.join("; "))
}

fn domain(domain: &Domain) -> String {
    let names: Vec<&str> = std::iter::once(&domain.main).chain(&domain.sans).map(String::as_str).collect();
    names.join(" ")
}

fn service(service: &Service) -> String {
    let names = |names: &[Name]| names.iter().map(Name::to_string).collect::<Vec<_>>().join(" ");
    let kind = match &service.kind {
        ServiceKind::LoadBalancer(balancer) => {
            let mut words: Vec<String> = balancer.servers.iter().map(server).collect();
            words.extend((!balancer.pass_host_header).then(|| "own host".to_owned()));
            words.extend(balancer.sticky.as_ref().map(|_| "sticky".to_owned()));
            words.extend(balancer.health_check.as_ref().map(|check| format!("asks {}", check.path)));
            words.extend(balancer.transport.as_ref().map(|name| format!("by {name}")));
            if words.is_empty() { "no server".to_owned() } else { words.join(", ") }
        }
        ServiceKind::Weighted(weighted) => {
            let shares = weighted.services.iter().map(|share| format!("{} x{}", share.service, share.weight));
            shares.collect::<Vec<_>>().join(", ")
        }
        ServiceKind::HighestRandomWeight(shares) => {
            let services: Vec<Name> = shares.iter().map(|share| share.service.clone()).collect();
            format!("by address {}", names(&services))
        }
        ServiceKind::Failover { service, fallback } => format!("{service} else {fallback}"),
        ServiceKind::Mirroring(mirroring) => {
            let mirrors = mirroring.mirrors.iter().map(|(name, percent)| format!("{name} {percent}%"));
            format!("{} mirrored to {}", mirroring.service, mirrors.collect::<Vec<_>>().join(", "))
        }
        ServiceKind::Files(files) => format!("folder {} below `{}`", files.folder.display(), files.prefix),
        ServiceKind::Internal(internal) => format!("{internal:?}"),
    };
    let target = &service.target;
    let mut text = kind;
    if !service.middlewares.is_empty() {
        let _ = write!(text, " > {}", names(&service.middlewares));
    }
    let _ = write!(text, " [{}/{}]", target.project, target.service);
    text
}

fn server(server: &Server) -> String {
    let host = match &server.host {
        Host::Address(address) => address.to_string(),
        Host::Name(name) => name.clone(),
        Host::Nowhere => "nowhere".to_owned(),
    };
    let mut text = format!("{}://{host}:{}{}", server.scheme.word(), server.port, server.path);
    if server.weight != 1 {
        let _ = write!(text, " x{}", server.weight);
    }
    let who = if server.container.is_some() { server.label.as_str() } else { "-" };
    let _ = write!(text, " {who} {}", format!("{:?}", server.state).to_lowercase());
    text
}

fn middleware(middleware: &Middleware) -> String {
    match middleware {
        Middleware::Chain(links) => format!("chain of {}", links.join(", ")),
        Middleware::Errors(pages) => format!("errors to {}", pages.service),
        other => other.kind().to_owned(),
    }
}
