//! Routes, certificates and requests.

use super::*;

#[test]
fn types_of_the_proxy_are_read_as_the_server_writes_them() {
    let text = |text: &str| text.to_owned();
    let finding = RouteFinding {
        severity: text("error"),
        place: text("p"),
        object: text("o"),
        what: text("w"),
        instead: text("i"),
    };
    let server = RouteServer { name: text("n"), address: text("a"), ready: true, state: text("ready") };
    let states = [RouteState::Working, RouteState::Partly, RouteState::Unavailable, RouteState::Broken];
    let rows = states.map(|state| RouteRow {
        name: text("web@docker"),
        rule: text("Host(`a`)"),
        entrypoints: vec![text("web")],
        middlewares: vec![text("m@file")],
        target: text("t"),
        priority: -7,
        tls: true,
        resolver: text("le"),
        certificate_ends: Some(5),
        state,
        reasons: vec![text("r")],
        service: text("web"),
        project: text("shop"),
        issues: text("i"),
        servers: vec![server.clone()],
        findings: vec![finding.clone()],
        place: text("p"),
        per_second: Some(0.5),
        error_rate: Some(0.25),
        p50_ms: Some(1.5),
        p95_ms: None,
        p99_ms: Some(3.5),
        in_flight: 4,
        trend: vec![Some(0.5), None],
    });
    let entrypoint = EntrypointRow {
        name: text("web"),
        address: text(":80"),
        connections: 1,
        in_flight: 2,
        per_second: Some(0.5),
    };
    let request = RequestRow {
        id: text("r-1"),
        trace_id: text("t"),
        time: 5,
        method: text("GET"),
        domain: text("d"),
        path: text("/"),
        status: 502,
        duration_ms: 1.5,
        upstream_ms: Some(0.5),
        bytes_in: 1,
        bytes_out: 2,
        client: text("c"),
        user_agent: text("u"),
        service: text("s"),
        project: text("p"),
        environment: text("e"),
        container: text("c"),
        entrypoint: text("web"),
        router: text("r"),
        target: text("t"),
        server: text("s"),
        retries: 3,
        why: text("w"),
        detail: text("d"),
    };
    check(&Routes {
        rows: rows.to_vec(),
        findings: vec![finding],
        entrypoints: vec![entrypoint],
        faults: vec![Fault { subject: text("s"), message: text("m") }],
    });
    check(&RoutePage {
        row: rows[0].clone(),
        middlewares: vec![(text("m"), text("does"))],
        charts: vec![Chart::default()],
        failing: vec![request.clone()],
        slowest: Vec::new(),
        access_query: text("{}"),
    });
    let certificate = CertificateRow {
        names: vec![text("a")],
        source: text("le"),
        default: true,
        issuer: text("i"),
        begins: Some(1),
        ends: None,
        renew_at: Some(2),
        next_try: Some(3),
        failures: 4,
        problem: text("p"),
        problem_at: Some(5),
        routers: vec![text("r")],
    };
    check(&Certificates { rows: vec![certificate] });
    check(&Requests {
        total: 5,
        failed: 1,
        failing: vec![request.clone()],
        refused: Vec::new(),
        slowest: vec![request.clone()],
        warnings: vec![text("w")],
    });
    let kinds = [
        MomentKind::Proxy,
        MomentKind::Line,
        MomentKind::Nearby,
        MomentKind::Error,
        MomentKind::Transaction,
        MomentKind::Span,
        MomentKind::Event,
    ];
    let moments = kinds.map(|kind| Moment {
        kind,
        offset_ms: -1.5,
        duration_ms: Some(2.5),
        failed: true,
        place: text("p"),
        text: text("t"),
        href: text("/h"),
    });
    check(&RequestPage {
        row: request,
        what: text("w"),
        advice: vec![text("a")],
        moments: moments.to_vec(),
        lines_query: text("{}"),
        missing: vec![text("m")],
    });
}
