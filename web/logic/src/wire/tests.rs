mod alerts;
mod issues;
mod now;
mod performance;
mod proxy;

use std::collections::BTreeMap;

use api::*;
use proptest::prelude::*;

use super::{Object, Read, read};

/// What the server writes is read as what it meant.
fn check<T: Read + serde::Serialize>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    let found: T = read(&text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    assert_eq!(serde_json::to_string(&found).unwrap(), text);
}

#[test]
fn every_type_is_read_as_the_server_writes_it() {
    let text = |text: &str| text.to_owned();
    let user = SessionUser { name: text("ada"), role: Role::Editor };
    check(&Session { user: Some(user), setup_needed: true, open: false, build: text("1") });
    check(&Session { user: None, setup_needed: false, open: true, build: String::new() });
    check(&[User { name: text("a"), role: Role::Admin, created: 5, last_seen: None }].to_vec());
    let token = Token {
        id: -4,
        name: text("t"),
        scopes: vec![TokenScope::Ingest, TokenScope::Read, TokenScope::Release],
        created: 1,
        last_used: Some(2),
    };
    check(&TokenSecret { token, secret: text("s") });
    let row = LogRow {
        id: text("1.a.0"),
        time: 1_764_000_000_000_000_001,
        stream: 0,
        level: 5,
        line: text("a \"quoted\" \\ line\n\t\u{1}é🦀"),
        marks: vec![(1, 2), (3, 9)],
        metadata: BTreeMap::from([(text("a"), text("b"))]),
        fields: BTreeMap::from([(text("c"), text(""))]),
        context: true,
    };
    let page = LogPage {
        streams: vec![StreamLabels::from([(text("service"), text("web"))])],
        rows: vec![row],
        next: Some(text("cursor")),
        warnings: vec![text("w")],
    };
    check(&page);
    check(&LiveLines { page, one_in: 3 });
    check(&LivePaused { skipped: 7 });
    check(&Histogram {
        start: -1,
        step: 2,
        buckets: vec![HistogramBucket { counts: [0, 1, 2, 3, 4, 5, 6, 1 << 40] }],
        warnings: Vec::new(),
    });
    let values = vec![FacetValue { value: text("v"), lines: 3 }];
    check(&Facets { facets: vec![Facet { name: text("level"), values: values.clone() }], total: 9 });
    check(&Values { values: values.clone() });
    for kind in [None, Some(QueryKind::Lines), Some(QueryKind::Numbers)] {
        let fault = kind.is_none().then(|| QueryFault { message: text("m"), at: Some((1, 2)) });
        check(&QueryCheck { fault, kind, formatted: text("{}") });
    }
    check(&QueryFault { message: text("m"), at: None });
    let sources = [
        FieldSource::Label,
        FieldSource::Metadata,
        FieldSource::Json,
        FieldSource::Logfmt,
        FieldSource::Query,
    ];
    let fields = [
        FieldKind::String,
        FieldKind::Integer,
        FieldKind::Float,
        FieldKind::Boolean,
        FieldKind::Duration,
        FieldKind::Bytes,
    ]
    .into_iter()
    .enumerate();
    let fields = fields.map(|(at, kind)| Field {
        name: text("f"),
        from: sources[at % 5],
        kind,
        lines: 4,
        distinct: 2,
        values: values.clone(),
    });
    check(&FieldStats { fields: fields.collect(), sampled: 10, warnings: Vec::new() });
    check(&Names {
        labels: vec![text("a")],
        fields: sources.map(|from| FieldName { name: text("f"), from }).to_vec(),
    });
    let pattern =
        Pattern { pattern: text("a <_>"), level: 2, lines: 5, buckets: vec![1, 0, 4], example: text("a b") };
    check(&Patterns {
        patterns: vec![pattern],
        start: 1,
        step: 2,
        sampled: 3,
        one_in: 4,
        warnings: Vec::new(),
    });
    use MarkKind::*;
    let mark = |kind| Mark { at: 1, kind, service: text("s"), container: text("c"), text: text("t") };
    check(&[Gap, Start, Restart, Exit, Oom, Deploy, Health].map(mark).to_vec());
    let series = NumberSeries { labels: BTreeMap::new(), points: vec![(1, 0.5), (2, -3e-9), (3, 1e30)] };
    check(&Numbers { series: vec![series], step: 60_000, warnings: vec![text("w")] });
    check(&vec![View {
        id: 1,
        name: text("n"),
        page: text("logs"),
        state: text("q=a"),
        by: text("b"),
        made: 3,
    }]);
}

#[test]
fn services_probes_queues_and_targets_are_read_too() {
    let text = |text: &str| text.to_owned();
    let texts = |all: &[&str]| all.iter().map(|one| text(one)).collect::<Vec<_>>();
    let labels = StreamLabels::from([(text("job"), text("web"))]);
    let fault = Fault { subject: text("s"), message: text("m") };
    let targets: Vec<TargetRow> = [TargetHealth::Unknown, TargetHealth::Up, TargetHealth::Down]
        .map(|health| TargetRow {
            job: text("web"),
            instance: text("web:8000"),
            url: text("http://web:8000/metrics"),
            service: text("web"),
            project: text("shop"),
            environment: text("production"),
            labels: labels.clone(),
            health,
            problem: text("p"),
            last: Some(5),
            seconds: 0.25,
            scraped: 6,
            stored: 7,
            added: 8,
            bad_lines: 9,
            cut: 10,
            interval: 11,
            timeout: 12,
            origin: text("porthole.toml:1"),
        })
        .to_vec();
    let dropped = vec![DroppedTargetRow { name: text("n"), why: text("w"), discovered: labels }];
    check(&Targets { targets: targets.clone(), dropped, faults: vec![fault.clone()] });
    let probes: Vec<ProbeRow> = [ProbeHealth::Unknown, ProbeHealth::Up, ProbeHealth::Down]
        .map(|state| ProbeRow {
            name: text("site"),
            url: text("https://a/"),
            service: text("web"),
            project: text("shop"),
            environment: text("production"),
            state,
            since: Some(1),
            last: None,
            seconds: Some(0.5),
            status: Some(502),
            problem: text("p"),
            certificate_ends: Some(2),
            interval: 3,
            origin: text("o"),
            day: Some(0.75),
            week: None,
            month: Some(0.5),
            strip: vec![Some(0.5), None],
        })
        .to_vec();
    check(&Uptime { probes: probes.clone(), start: 1, step: 2, faults: vec![fault.clone()] });
    let broker = BrokerRow {
        broker: text("redis://r"),
        name: text("r"),
        kind: text("celery"),
        services: texts(&["web", "worker"]),
        problem: text("p"),
        last: Some(1),
        hint: text("h"),
        unacked: Some(2),
        oldest_unacked_seconds: Some(3.5),
        workers_online: 4,
        origin: text("o"),
    };
    let queue = QueueRow {
        broker: text("redis://r"),
        kind: text("rq"),
        queue: text("q"),
        services: texts(&["worker"]),
        length: 5,
        trend: vec![None, Some(6.5)],
        oldest_seconds: None,
        failed: Some(7),
        ended_per_second: Some(8.5),
        failed_per_second: Some(0.5),
    };
    let worker =
        WorkerRow { broker: text("b"), worker: text("w"), online: true, active: Some(1), last: Some(2) };
    let task = TaskRow {
        task: text("t"),
        sent: 1.5,
        received: 2.5,
        succeeded: 3.5,
        failed: 4.5,
        retried: 5.5,
        runtime_p95: Some(6.5),
    };
    check(&Queues {
        brokers: vec![broker],
        queues: vec![queue.clone()],
        workers: vec![worker],
        tasks: vec![task],
        faults: vec![fault],
    });
    let service = ServiceRow {
        service: text("web"),
        project: text("shop"),
        environment: text("production"),
        state: RunState::Running,
        health: HealthState::Healthy,
        running: 1,
        containers: 2,
        cpu_cores: Some(0.5),
        cpu_trend: vec![None, Some(1.5)],
        memory_bytes: Some(2.5),
        memory_limit_bytes: Some(3.5),
        error_lines: 4,
        restarts: 5,
        last_deploy: Some(6),
        targets_up: 7,
        targets_down: 8,
        probes_up: 9,
        probes_down: 10,
        queue_length: Some(11),
    };
    check(&vec![service.clone()]);
    let chart = Chart {
        title: text("t"),
        unit: text("bytes"),
        query: text("q"),
        legend: text("{{a}}"),
        limit: text("l"),
    };
    let name = MetricName { name: text("n"), kind: text("counter"), help: text("h"), unit: text("u") };
    let job = JobMetrics { job: text("j"), matchers: text("job=\"j\""), names: vec![name] };
    check(&ServicePage {
        service,
        workloads: Vec::new(),
        targets,
        probes,
        queues: vec![queue],
        charts: vec![chart],
        jobs: vec![job],
        log_selector: text("{}"),
    });
}

#[test]
fn the_state_of_the_services_is_read_too() {
    let text = |text: &str| text.to_owned();
    use HealthState::*;
    use RunState::*;
    let states = [Running, Finished, Created, Paused, Restarting, Failed];
    let healths = [HealthState::None, Healthy, Starting, Unhealthy];
    let workloads = states.into_iter().enumerate().map(|(at, state)| WorkloadRow {
        container: text("web-1"),
        id: text("abc"),
        state,
        health: healths[at % 4],
        image: text("shop:2"),
        exit_code: Some(137),
        oom_killed: true,
        started: Some(1),
        finished: Option::None,
        restarts: 2,
    });
    let tile = ServiceTile {
        service: text("web"),
        project: text("shop"),
        environment: text("production"),
        state: Running,
        health: Healthy,
        workloads: workloads.collect(),
        lines: vec![1, 2],
        error_lines: vec![0, 1],
        restarts: 3,
        last_deploy: Some(9),
        issues: 4,
    };
    let fault = Fault { subject: text("web"), message: text("m") };
    for state in [DockerState::Connecting, DockerState::Connected, DockerState::Away] {
        let docker = DockerStatus {
            state,
            host: text("unix:///x"),
            version: Some(text("26")),
            problem: Option::None,
            since: 4,
            unreadable: vec![fault.clone()],
        };
        let intake = Intake {
            dropped: vec![(text("late"), 4)],
            masked: vec![(text("password (web)"), 2)],
            newest: Some(1),
            ..Intake::default()
        };
        check(&Now { at: 1, services: vec![tile.clone()], docker, intake, faults: vec![fault.clone()] });
    }
}

#[test]
fn what_is_unknown_is_skipped_and_what_is_missing_is_empty() {
    let values: Values =
        read(r#" { "new": [1, {"a": [null, "}]"]}, -2e5], "values" : [ {"value":"a"} ] } "#).unwrap();
    assert_eq!(values.values, [FacetValue { value: "a".to_owned(), lines: 0 }]);
}

#[test]
fn faults_are_told_with_their_place() {
    let check = |text: &str, told: &str| {
        assert_eq!(read::<FacetValue>(text).unwrap_err().to_string(), told, "{text}");
    };
    check("", "a value is missing at byte 0");
    check("{", "a name is missing at byte 1");
    check(r#"{"lines""#, "a colon is missing at byte 8");
    check(r#"{"value":"a}"#, "a closing quote is missing at byte 10");
    check(r#"{"value":"\x"}"#, "an escape is missing at byte 11");
    check(r#"{"value":"a"} x"#, "the end is missing at byte 14");
    check(r#"{"value":"a" "b"}"#, "a comma is missing at byte 13");
    check(&"[".repeat(100), "less depth is missing at byte 65");
}

#[test]
fn what_has_another_shape_counts_as_empty() {
    let check = |text: &str| {
        assert_eq!(read(text), Ok(FacetValue { value: String::new(), lines: 0 }), "{text}");
    };
    check("[]");
    check("null");
    check(r#"{"value":7,"lines":"a"}"#);
    check(r#"{"value":null,"lines":-1}"#);
}

#[test]
fn objects_are_written_as_json() {
    let written = Object::default().text("a\"", "b\\\n").list("c", &["d", "é"]).list("e", &[]).end();
    let expected = serde_json::json!({ "a\"": "b\\\n", "c": ["d", "é"], "e": [] });
    assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), expected);
    assert_eq!(Object::default().end(), "{}");
}

proptest! {
    #[test]
    fn every_text_is_read(value in any::<String>()) {
        let text = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(&read::<String>(&text).unwrap(), &value);
        let object = Object::default().text("a", &value).end();
        let object: BTreeMap<String, String> = read(&object).unwrap();
        prop_assert_eq!(&object["a"], &value);
    }

    #[test]
    fn no_text_panics(text in "[{}\\[\\]\":,\\\\ a-u0-9.é-]{0,24}") {
        let _ = read::<LogPage>(&text);
        let _ = read::<Now>(&format!("{{\"at\":1,\"services\":{text}}}"));
    }
}
