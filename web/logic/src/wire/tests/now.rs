//! Incidents, what follows from them, the checklist and the configuration.

use super::*;

fn text(text: &str) -> String {
    text.to_owned()
}

fn step() -> Step {
    Step { text: text("Roll back"), command: text("docker compose up -d web"), href: text("/services/web") }
}

fn incident(severity: Severity, certainty: Certainty, kind: PartKind) -> Incident {
    Incident {
        id: text("web-1"),
        service: text("web"),
        project: text("shop"),
        environment: text("production"),
        severity,
        what: text("Checkout fails"),
        since: 5,
        ended: Some(9),
        how_bad: Harm {
            text: text("3.2 %"),
            requests: Some(40),
            share: Some(0.5),
            users: None,
            tasks: Some(2),
            against_usual: Some(32.5),
        },
        cause: Some(Cause {
            text: text("a deploy"),
            certainty,
            evidence: vec![Proof { text: text("p"), href: text("/logs") }],
        }),
        do_now: vec![step()],
        parts: vec![IncidentPart {
            kind,
            at: 5,
            service: text("db"),
            text: text("t"),
            href: text("/"),
            on: true,
        }],
    }
}

#[test]
fn a_situation_is_read_as_the_server_writes_it() {
    let severities = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    let certainties = [Certainty::Possible, Certainty::Likely, Certainty::Certain];
    let kinds = [
        PartKind::Container,
        PartKind::Errors,
        PartKind::Slow,
        PartKind::Issue,
        PartKind::Pattern,
        PartKind::Probe,
        PartKind::Target,
        PartKind::Queue,
        PartKind::Monitor,
        PartKind::Certificate,
        PartKind::Disk,
        PartKind::Alert,
        PartKind::Deploy,
    ];
    let incidents =
        kinds.into_iter().zip(severities.into_iter().cycle()).zip(certainties.into_iter().cycle());
    let tile = TileNumbers {
        service: text("web"),
        project: text("shop"),
        environment: text("production"),
        incident: text("web-1"),
        severity: Some(Severity::High),
        per_second: Some(1.5),
        error_share: Some(0.25),
        p95_ms: Some(120.5),
        cpu_cores: Some(0.5),
        memory_bytes: Some(1024.5),
        memory_limit_bytes: None,
        queue: Some(7),
        workers: Some(2),
        heartbeat: Some(true),
    };
    let change = |kind| Change {
        at: 1,
        kind,
        service: text("web"),
        project: text("shop"),
        text: text("t"),
        href: text("/"),
    };
    let changes = [ChangeKind::Deploy, ChangeKind::Issue, ChangeKind::Restart, ChangeKind::Incident];
    check(&Situation {
        at: 1,
        sentence: Sentence { text: text("s"), severity: None, incident: text("i") },
        incidents: incidents
            .map(|((kind, severity), certainty)| incident(severity, certainty, kind))
            .collect(),
        last: Some(Incident::default()),
        tiles: vec![tile, TileNumbers { heartbeat: Some(false), ..TileNumbers::default() }],
        changes: changes.map(change).to_vec(),
        week: vec![WeekNumber {
            name: text("Uptime"),
            unit: text("ratio"),
            now: Some(0.5),
            before: None,
            less_is_better: true,
            days: vec![Some(0.5), None],
            href: text("/uptime"),
        }],
    });
}

fn evidence() -> Evidence {
    Evidence {
        at: 3,
        lines: vec![EvidenceLine { at: 2, place: text("shop-web-1"), error: true, text: text("Traceback") }],
        issue: Some(EvidenceIssue {
            id: 4,
            short_id: text("SHOP-4"),
            title: text("ValueError"),
            culprit: text("shop.views"),
            turn: IssueSubstatus::Regressed,
            events: 5,
            users: 6,
            first_seen: 7,
            href: text("/issues/4"),
        }),
        deploy: Some(EvidenceDeploy {
            at: 8,
            image: text("web:2"),
            before: text("web:1"),
            href: text("/services/web/deploy?at=8"),
        }),
        sparkline: vec![None, Some(1.5)],
        links: vec![EvidenceLink { title: text("Logs"), path: text("/logs") }],
    }
}

#[test]
fn one_incident_one_service_and_one_deploy_are_read_as_the_server_writes_them() {
    let chart = Chart {
        title: text("t"),
        unit: text("1/s"),
        query: text("up"),
        legend: text("{{a}}"),
        limit: String::new(),
    };
    check(&IncidentPage {
        incident: incident(Severity::High, Certainty::Likely, PartKind::Errors),
        evidence: evidence(),
        charts: vec![chart],
        start: 1,
        end: 2,
    });
    check(&Lanes {
        start: 1,
        end: 2,
        lanes: vec![Lane {
            title: text("Requests"),
            unit: text("1/s"),
            numbers: Numbers { series: vec![], step: 5, warnings: vec![] },
            href: text("/requests"),
        }],
        marks: vec![LaneMark { at: 1, kind: text("oom"), text: text("t"), href: text("/") }],
        incidents: vec![Incident::default()],
    });
    check(&DeployPage {
        service: text("web"),
        project: text("shop"),
        environment: text("production"),
        at: 1,
        image: text("web:2"),
        before: text("web:1"),
        span: 60_000,
        verdict: text("worse"),
        severity: Some(Severity::Medium),
        numbers: vec![DeployNumber {
            name: text("p95"),
            unit: text("seconds"),
            before: Some(0.5),
            after: None,
            worse: true,
        }],
        issues: evidence().issue.into_iter().collect(),
        patterns: vec![DeployPattern { pattern: text("p"), example: text("e"), lines: 3, query: text("q") }],
        do_now: vec![step()],
    });
}

#[test]
fn the_checklist_and_the_configuration_are_read_as_the_server_writes_them() {
    let item = |state| CheckItem {
        title: text("Logs"),
        state,
        seen: text("s"),
        paste: text("p"),
        place: text("compose.yml"),
    };
    let states = [CheckState::Unmet, CheckState::Partly, CheckState::Met, CheckState::Unknown];
    check(&Checklist {
        at: 1,
        whole: states.map(item).to_vec(),
        services: vec![ServiceChecks {
            service: text("web"),
            project: text("shop"),
            environment: text("production"),
            items: vec![],
        }],
        met: 1,
        of: 4,
    });
    let key = |origin| ConfigKey {
        key: text("retention"),
        value: text("\"7d\""),
        origin,
        place: text("porthole.toml:2"),
        default: text("\"30d\""),
        secret: true,
        restart: true,
    };
    check(&Configuration {
        file: text("porthole.toml"),
        sections: vec![ConfigSection {
            name: text("logs"),
            what: text("w"),
            keys: [KeyOrigin::Default, KeyOrigin::File, KeyOrigin::Environment].map(key).to_vec(),
        }],
        stores: vec![StoreCost {
            store: text("Logs"),
            retention: text("30d"),
            max_bytes: 5,
            bytes: 4,
            oldest: Some(3),
            bytes_per_day: Some(1.5),
            full_in_days: None,
            note: text("n"),
        }],
        disk: Some(DiskCost { size_bytes: 1, free_bytes: 2, bytes_per_day: None, full_in_days: Some(43.5) }),
    });
}
