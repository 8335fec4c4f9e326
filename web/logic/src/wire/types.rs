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
    DockerStatus { state, host, version, problem, since, unreadable }
    Intake { lines, bytes, newest, disk_bytes, dropped }
    Fault { subject, message }
    ServiceTile {
        service, project, environment, state, health, workloads, lines, error_lines, restarts, last_deploy,
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
}

enums! {
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
    HealthState {
        "none" => None, "healthy" => Healthy, "starting" => Starting, "unhealthy" => Unhealthy,
    }
}
