//! Which types are read, and their members: a member that is forgotten here does not compile.

use super::reader::{Read, Value};

macro_rules! structs {
    ($($name:ident { $($member:ident),* $(,)? })*) => {$(
        impl Read for api::$name {
            fn of(value: &Value<'_>) -> Self {
                Self { $($member: Read::of(value.member(stringify!($member)))),* }
            }
        }
    )*};
}

/// The first variant is what an unknown word counts as.
macro_rules! enums {
    ($($name:ident { $first_word:literal => $first:ident $(, $word:literal => $variant:ident)* $(,)? })*) => {$(
        impl Read for api::$name {
            fn of(value: &Value<'_>) -> Self {
                match value.text() {
                    $($word => Self::$variant,)*
                    _ => Self::$first,
                }
            }
        }
    )*};
}

structs! {
    Session { user, setup_needed, open, build }
    SessionUser { name, role }
    User { name, role, created, last_seen }
    Token { id, name, scopes, created, last_used }
    TokenSecret { token, secret }
    LogPage { streams, rows, next, warnings }
    LogRow { id, time, stream, level, line, marks, metadata, fields, context }
    Histogram { start, step, buckets, warnings }
    HistogramBucket { counts }
    Facets { facets, total }
    Facet { name, values }
    FacetValue { value, lines }
    QueryFault { message, at }
    QueryCheck { fault, kind, formatted }
    Names { labels, fields }
    FieldName { name, from }
    Values { values }
    FieldStats { fields, sampled, warnings }
    Field { name, from, kind, lines, distinct, values }
    Patterns { patterns, start, step, sampled, one_in, warnings }
    Pattern { pattern, level, lines, buckets, example }
    Mark { at, kind, service, container, text }
    Numbers { series, step, warnings }
    NumberSeries { labels, points }
    View { id, name, page, state, by, made }
    LiveLines { page, one_in }
    LivePaused { skipped }
    Now { at, services, docker, intake, faults }
    Situation { at, sentence, incidents, last, tiles, changes, week }
    Sentence { text, severity, incident }
    Incident {
        id, service, project, environment, severity, what, since, ended, how_bad, cause, do_now, parts,
    }
    Harm { text, requests, share, users, tasks, against_usual }
    Cause { text, certainty, evidence }
    Proof { text, href }
    Step { text, command, href }
    IncidentPart { kind, at, service, text, href, on }
    Evidence { at, lines, issue, deploy, sparkline, links }
    EvidenceLine { at, place, error, text }
    EvidenceIssue { id, short_id, title, culprit, turn, events, users, first_seen, href }
    EvidenceDeploy { at, image, before, href }
    EvidenceLink { title, path }
    IncidentPage { incident, evidence, charts, start, end }
    TileNumbers {
        service, project, environment, incident, severity, per_second, error_share, p95_ms, cpu_cores, memory_bytes,
        memory_limit_bytes, queue, workers, heartbeat,
    }
    Change { at, kind, service, project, text, href }
    WeekNumber { name, unit, now, before, less_is_better, days, href }
    Lanes { start, end, lanes, marks, incidents }
    Lane { title, unit, numbers, href }
    LaneMark { at, kind, text, href }
    DeployPage {
        service, project, environment, at, image, before, span, verdict, severity, numbers, issues, patterns, do_now,
    }
    DeployNumber { name, unit, before, after, worse }
    DeployPattern { pattern, example, lines, query }
    Checklist { at, whole, services, met, of }
    ServiceChecks { service, project, environment, items }
    CheckItem { title, state, seen, paste, place }
    Configuration { file, sections, stores, disk }
    ConfigSection { name, what, keys }
    ConfigKey { key, value, origin, place, default, secret, restart }
    StoreCost { store, retention, max_bytes, bytes, oldest, bytes_per_day, full_in_days, note }
    DiskCost { size_bytes, free_bytes, bytes_per_day, full_in_days }
    DockerStatus { state, host, version, problem, since, unreadable }
    Intake { lines, bytes, newest, disk_bytes, dropped, masked }
    Fault { subject, message }
    ServiceTile {
        service, project, environment, state, health, workloads, lines, error_lines, restarts, last_deploy,
        issues,
    }
    WorkloadRow {
        container, id, state, health, image, exit_code, oom_killed, started, finished, restarts,
    }
    ServiceRow {
        service, project, environment, state, health, running, containers, cpu_cores, cpu_trend, memory_bytes,
        memory_limit_bytes, error_lines, restarts, last_deploy, targets_up, targets_down, probes_up, probes_down, queue_length,
    }
    ServicePage { service, workloads, targets, probes, queues, charts, jobs, log_selector }
    Chart { title, unit, query, legend, limit }
    JobMetrics { job, matchers, names }
    MetricName { name, kind, help, unit }
    DashboardRow { id, title, ready_made, by, changed }
    Dashboard { id, title, ready_made, panels, by, changed }
    Panel { title, kind, language, queries, unit, width }
    PanelQuery { query, legend }
    Targets { targets, dropped, faults }
    TargetRow {
        job, instance, url, service, project, environment, labels, health, problem, last, seconds, scraped, stored,
        added, bad_lines, cut, interval, timeout, origin,
    }
    DroppedTargetRow { name, why, discovered }
    Uptime { probes, start, step, faults }
    ProbeRow {
        name, url, service, project, environment, state, since, last, seconds, status, problem, certificate_ends,
        interval, origin, day, week, month, strip,
    }
    Queues { brokers, queues, workers, tasks, faults }
    BrokerRow {
        broker, name, kind, services, problem, last, hint, unacked, oldest_unacked_seconds, workers_online, origin,
    }
    QueueRow {
        broker, kind, queue, services, length, trend, oldest_seconds, failed, ended_per_second, failed_per_second,
    }
    WorkerRow { broker, worker, online, active, last }
    TaskRow { task, sent, received, succeeded, failed, retried, runtime_p95 }
    IssuePage { rows, next, total, start, step, any, latest, projects, environments, releases, tags, people, warnings }
    ProjectName { id, slug, dsn }
    IssueRow {
        id, short_id, project, title, message, culprit, level, status, substatus, first_seen, last_seen, events, users,
        spark, assignee, unhandled, release, comments,
    }
    IssuesChanged { changed }
    Issue {
        row, start, step, events_ever, events_kept, marks, first_release, condition, facets, activity, why, merged,
        people, latest,
    }
    TagFacet { name, events, values }
    TagValue { value, events, last_seen }
    Activity { at, by, kind, text }
    MergedHash { hash, title, events, last_seen }
    EventList { rows, next }
    EventRow {
        id, issue, time, title, message, level, transaction, environment, release, user, server_name,
    }
    EventPlace { issue, event, project }
    Event {
        id, issue, project, previous, next, number, of, time, received, title, message, culprit, level, platform,
        logger, transaction, server_name, release, dist, environment, sdk, trace_id, request_id, text, template,
        exceptions, frames, threads, raw, breadcrumbs, request, user, tags, contexts, extra, modules, csp, attachments,
        feedback, faults, masked, why,
    }
    Exception { kind, value, module, mechanism, handled, frames, omitted }
    Frame { function, file, path, module, line, column, in_app, source, locals }
    Thread { id, name, crashed, frames }
    Breadcrumb { time, kind, category, level, message, data }
    WebRequest { method, url, query, headers, cookies, body, environment }
    Context { name, values }
    Attachment { id, name, content_type, bytes }
    Feedback { time, name, email, message }
    FieldFault { path, message }
    GroupedBy { variant, version, parts }
    GroupPart { what, used, hint }
    Around { joined, how, missing, lines, at, query, start, end, container, deploy, request }
    ContainerThen {
        container, id, service, project, environment, image, cpu_cores, cpu_limit_cores, memory_bytes,
        memory_limit_bytes, restarts, oom_killed, happened, charts,
    }
    Happened { at, text }
    DeployBefore { at, what, before, told }
    Performance { rows, start, step, projects, environments, warnings }
    TransactionRow {
        project, name, op, count, per_minute, failure_rate, p50_ms, p75_ms, p95_ms, p99_ms, total_ms, share, operations,
        spark,
    }
    Transaction { row, start, step, counts, failures, p50_ms, p95_ms, marks, operations, examples }
    SpanOperation { op, total_ms, share, each }
    ExampleRow { id, time, duration_ms, status, failed, trace_id, environment, release, spans }
    Example { row, project, name, op, server_name, spans, tags, events, warnings }
    Span { id, depth, op, description, start_ms, duration_ms, status, failed, data }
    Releases { rows, next, projects, environments }
    ReleaseRow {
        version, project, first_seen, last_seen, released, deployed, deployed_to, new_issues, regressed_issues, events,
        sessions, crash_free_sessions, crash_free_users,
    }
    Release { row, new_issues, regressed_issues, deploys, start, step, events, about, previous }
    Deploy { environment, at, name, url }
    Routes { rows, findings, entrypoints, faults }
    RouteRow {
        name, rule, entrypoints, middlewares, target, priority, tls, resolver, certificate_ends, state, reasons, service,
        project, issues, servers, findings, place, per_second, error_rate, p50_ms, p95_ms, p99_ms, in_flight, trend,
    }
    RouteServer { name, address, ready, state }
    RouteFinding { severity, place, object, what, instead }
    EntrypointRow { name, address, connections, in_flight, per_second }
    RoutePage { row, middlewares, charts, failing, slowest, access_query }
    Certificates { rows }
    CertificateRow {
        names, source, default, issuer, begins, ends, renew_at, next_try, failures, problem, problem_at, routers,
    }
    Requests { total, failed, failing, refused, slowest, warnings }
    RequestRow {
        id, trace_id, time, method, domain, path, status, duration_ms, upstream_ms, bytes_in, bytes_out, client,
        user_agent, service, project, environment, container, entrypoint, router, target, server, retries, why, detail,
    }
    RequestPage { row, what, advice, moments, lines_query, missing }
    Moment { kind, offset_ms, duration_ms, failed, place, text, href }
    Monitors { rows, start, step, projects, environments }
    MonitorRow { slug, project, environment, state, since, schedule, last, next, duration_ms, issue, strip }
    Monitor { rows, start, step, margin_minutes, runtime_minutes, failures, recoveries, check_ins }
    CheckIn { time, state, duration_ms, environment, id, release }
    ProjectRow {
        id, slug, service, origin, dsn, events, spark, transactions, refused, issues, last_event,
    }
    Project { row, keys, setups, sdks, toml, limits }
    ProjectKey { key, dsn, made, last_used, fixed }
    ProjectSetup { name, install, code, place }
    SdkRow { name, envelopes }
    TestSent { event }
    Refused { counts, last, unsent }
    RefusedCount { reason, kind, count }
    RefusedRow { time, reason, bytes, client }
    Alerts { rows, rules, receivers, evaluated, faults }
    AlertRow {
        id, rule, tier, state, service, labels, what, how_bad, do_now, runbook, value, since, changed, owner,
        owned_until, silenced_by, inhibited_by, receivers, drill, external,
    }
    AlertPage { row, query, language, evidence, changes }
    AlertHistory { rows, cut }
    AlertChange { at, id, rule, tier, state, labels, what, value, by, lasted_ms }
    Silences { rows }
    SilenceRow { id, state, matchers, reason, by, start, end, alerts }
    AlertRules { rows, faults }
    RuleRow {
        name, tier, state, query, language, for_ms, interval_ms, origin, place, what, do_now, fault, evaluated,
        took_ms, firing, pending,
    }
    RulePage { row, toml, alerts, changes }
    RuleSaved { name, warnings }
    Backtest { start, end, step, fired, values, threshold, notes }
    BacktestSpan { from, to, labels, peak }
    Told { ok, message }
    Receivers { rows, faults, heartbeat }
    ReceiverRow { name, kind, place, tiers, last, ok, message, waiting, dead, sent }
    AlertReport { start, end, fired, ignored, acknowledged_ms, recovered_ms, rules }
    ReportRow { rule, tier, fired, ignored, messages, acknowledged_ms, recovered_ms }
    CriticalAlert { id, what, since, owner }
}

enums! {
    AlertState {
        "firing" => Firing, "pending" => Pending, "flapping" => Flapping, "acknowledged" => Acknowledged,
        "blind" => Blind, "resolved" => Resolved,
    }
    SilenceState { "expired" => Expired, "pending" => Pending, "active" => Active }
    RuleState {
        "quiet" => Quiet, "pending" => Pending, "firing" => Firing, "failing" => Failing, "waiting" => Waiting,
        "off" => Off,
    }
    RuleOrigin { "builtin" => Builtin, "settings" => Settings, "file" => File, "page" => Page }
    Severity { "low" => Low, "medium" => Medium, "high" => High, "critical" => Critical }
    Certainty { "possible" => Possible, "likely" => Likely, "certain" => Certain }
    PartKind {
        "container" => Container, "errors" => Errors, "slow" => Slow, "issue" => Issue, "pattern" => Pattern,
        "probe" => Probe, "target" => Target, "queue" => Queue, "monitor" => Monitor, "certificate" => Certificate,
        "disk" => Disk, "alert" => Alert, "deploy" => Deploy,
    }
    ChangeKind { "deploy" => Deploy, "issue" => Issue, "restart" => Restart, "incident" => Incident }
    CheckState { "unmet" => Unmet, "partly" => Partly, "met" => Met, "unknown" => Unknown }
    KeyOrigin { "default" => Default, "file" => File, "environment" => Environment }
    RouteState { "working" => Working, "partly" => Partly, "unavailable" => Unavailable, "broken" => Broken }
    MomentKind {
        "proxy" => Proxy, "line" => Line, "nearby" => Nearby, "error" => Error, "transaction" => Transaction,
        "span" => Span, "event" => Event,
    }
    Role { "viewer" => Viewer, "editor" => Editor, "admin" => Admin }
    TokenScope { "ingest" => Ingest, "read" => Read, "release" => Release }
    QueryKind { "lines" => Lines, "numbers" => Numbers }
    FieldSource { "label" => Label, "metadata" => Metadata, "json" => Json, "logfmt" => Logfmt, "query" => Query }
    FieldKind {
        "string" => String, "integer" => Integer, "float" => Float, "boolean" => Boolean, "duration" => Duration,
        "bytes" => Bytes,
    }
    MarkKind {
        "gap" => Gap, "start" => Start, "restart" => Restart, "exit" => Exit, "oom" => Oom, "deploy" => Deploy,
        "health" => Health,
    }
    DockerState { "connecting" => Connecting, "connected" => Connected, "away" => Away }
    RunState {
        "running" => Running, "finished" => Finished, "created" => Created, "paused" => Paused,
        "restarting" => Restarting, "failed" => Failed,
    }
    PanelKind { "line" => Line, "stat" => Stat, "table" => Table, "lines" => Lines }
    QueryLanguage { "promql" => Promql, "logql" => Logql }
    TargetHealth { "unknown" => Unknown, "up" => Up, "down" => Down }
    ProbeHealth { "unknown" => Unknown, "up" => Up, "down" => Down }
    IssueStatus { "unresolved" => Unresolved, "resolved" => Resolved, "archived" => Archived }
    IssueSubstatus { "ongoing" => Ongoing, "new" => New, "escalating" => Escalating, "regressed" => Regressed }
    ActivityKind {
        "first" => First, "comment" => Comment, "resolved" => Resolved, "archived" => Archived,
        "unresolved" => Unresolved, "regressed" => Regressed, "escalated" => Escalated, "assigned" => Assigned,
        "merged" => Merged, "unmerged" => Unmerged,
    }
    JoinedBy {
        "nothing" => Nothing, "container" => Container, "trace" => Trace, "request" => Request, "service" => Service,
    }
    CheckInState {
        "unknown" => Unknown, "ok" => Ok, "in_progress" => InProgress, "missed" => Missed, "timeout" => Timeout,
        "error" => Error,
    }
    HealthState {
        "none" => None, "healthy" => Healthy, "starting" => Starting, "unhealthy" => Unhealthy,
    }
}
