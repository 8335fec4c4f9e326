//! The pages of numbers that the shop's programs and their exporters answer, by the names that those have.

use std::fmt::Write as _;

use model::Timestamp;

use crate::meters::{BOUNDS, Counts, Program};
use crate::shop::Member;

const CONNECTIONS_MAX: u32 = 40;
const CONNECTIONS_USUAL: u32 = 13;

/// A page in the text format, as it grows.
#[derive(Default)]
struct Sheet(String);

impl Sheet {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn put(&mut self, name: &str, labels: &str, value: f64) {
        let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.family(name, kind, help);
        self.put(name, "", value);
    }
}

/// The page of a member that has one; `None`: its process does not run.
pub(crate) fn page(member: Member, counts: &Counts) -> Option<String> {
    let program = counts.program(member)?;
    let mut sheet = Sheet::default();
    match member {
        Member::Edge => nginx(&mut sheet, program),
        Member::Web1 | Member::Web2 => django(&mut sheet, program, counts),
        Member::Redis => redis(&mut sheet, program, counts),
        Member::Db => postgres(&mut sheet, program, counts),
        _ => return None,
    }
    process(&mut sheet, program, counts.now);
    Some(sheet.0)
}

fn process(sheet: &mut Sheet, program: &Program, now: Timestamp) {
    let cpu = program.cpu_seconds(now);
    sheet.one("process_cpu_seconds_total", "counter", "User and system time spent.", cpu);
    let memory = program.memory_bytes() as f64;
    sheet.one("process_resident_memory_bytes", "gauge", "Resident memory size.", memory);
    let started = program.started.millis() as f64 / 1000.0;
    sheet.one("process_start_time_seconds", "gauge", "Start time of the process since 1970.", started);
}

/// As nginx-prometheus-exporter tells of stub_status, and requests by status.
fn nginx(sheet: &mut Sheet, program: &Program) {
    let requests: u64 = program.requests.values().map(|times| times.count).sum();
    sheet.one("nginx_up", "gauge", "Status of the last metric scrape.", 1.0);
    sheet.one("nginx_http_requests_total", "counter", "Requests.", requests as f64);
    sheet.one("nginx_connections_accepted", "counter", "Accepted connections.", (requests / 3) as f64);
    sheet.one("nginx_connections_handled", "counter", "Handled connections.", (requests / 3) as f64);
    sheet.one("nginx_connections_active", "gauge", "Active connections.", (4 + requests % 7) as f64);
    sheet.family("nginx_http_responses_total", "counter", "Responses by status.");
    for ((_, method, status), times) in &program.requests {
        let labels = format!("method=\"{method}\",status=\"{status}\"");
        sheet.put("nginx_http_responses_total", &labels, times.count as f64);
    }
}

/// As django-prometheus tells.
fn django(sheet: &mut Sheet, program: &Program, counts: &Counts) {
    let latency = "django_http_requests_latency_seconds_by_view_method";
    sheet.family(latency, "histogram", "Time from the start of a request to its end, by view and method.");
    for ((view, method, _), times) in &merged(program) {
        let labels = format!("method=\"{method}\",view=\"{view}\"");
        let mut sum = 0;
        for (bound, count) in BOUNDS.iter().zip(times.buckets) {
            sum += count;
            sheet.put(&format!("{latency}_bucket"), &format!("le=\"{bound:?}\",{labels}"), sum as f64);
        }
        sheet.put(&format!("{latency}_bucket"), &format!("le=\"+Inf\",{labels}"), times.count as f64);
        sheet.put(&format!("{latency}_sum"), &labels, times.seconds);
        sheet.put(&format!("{latency}_count"), &labels, times.count as f64);
    }
    let responses = "django_http_responses_total_by_status_view_method_total";
    sheet.family(responses, "counter", "Responses by status, view and method.");
    for ((view, method, status), times) in &program.requests {
        let labels = format!("method=\"{method}\",status=\"{status}\",view=\"{view}\"");
        sheet.put(responses, &labels, times.count as f64);
    }
    let by_method = "django_http_requests_total_by_method_total";
    sheet.family(by_method, "counter", "Requests by method.");
    for wanted in ["GET", "POST"] {
        let of_method = program.requests.iter().filter(|((_, method, _), _)| *method == wanted);
        let count: u64 = of_method.map(|(_, times)| times.count).sum();
        sheet.put(by_method, &format!("method=\"{wanted}\""), count as f64);
    }
    let failed = program.requests.iter().filter(|((_, _, status), _)| *status == 500);
    let failed: u64 = failed.map(|(_, times)| times.count).sum();
    sheet.one("django_http_exceptions_total_by_view_total", "counter", "Exceptions.", failed as f64);
    let all: u64 = program.requests.values().map(|times| times.count).sum();
    sheet.family("django_db_execute_total", "counter", "Statements that were executed.");
    sheet.put("django_db_execute_total", "alias=\"default\",vendor=\"postgresql\"", (all * 6) as f64);
    sheet.one("gunicorn_workers", "gauge", "Worker processes.", 3.0);
    let full = f64::from(u8::from(counts.database_is_full));
    sheet.one("django_db_connection_errors", "gauge", "Whether the last connection failed.", full);
}

/// Without the status, as the times of requests are told.
fn merged(
    program: &Program,
) -> std::collections::BTreeMap<(&'static str, &'static str, u16), crate::meters::Times> {
    let mut merged = std::collections::BTreeMap::new();
    for ((view, method, _), times) in &program.requests {
        let sum: &mut crate::meters::Times = merged.entry((*view, *method, 0)).or_default();
        sum.count += times.count;
        sum.seconds += times.seconds;
        sum.buckets.iter_mut().zip(times.buckets).for_each(|(sum, count)| *sum += count);
    }
    merged
}

/// As redis_exporter tells.
fn redis(sheet: &mut Sheet, program: &Program, counts: &Counts) {
    let up = counts.now.since(program.started).as_secs_f64();
    let memory = program.memory_bytes() as f64 + counts.queue.waiting as f64 * 2048.0;
    sheet.one("redis_up", "gauge", "Whether Redis answers.", 1.0);
    sheet.one("redis_uptime_in_seconds", "gauge", "Since its start.", up.floor());
    sheet.one("redis_connected_clients", "gauge", "Clients.", 11.0);
    sheet.one("redis_memory_used_bytes", "gauge", "Memory in use.", memory);
    sheet.one("redis_memory_max_bytes", "gauge", "Memory that may be used.", f64::from(200 << 20));
    sheet.one(
        "redis_commands_processed_total",
        "counter",
        "Commands.",
        (up * 41.0 + program.worked * 9e3).floor(),
    );
    sheet.one("redis_keyspace_hits_total", "counter", "Keys that were there.", (up * 17.0).floor());
    sheet.one("redis_keyspace_misses_total", "counter", "Keys that were not.", (up * 1.3).floor());
    sheet.one("redis_evicted_keys_total", "counter", "Keys that made room.", 0.0);
    sheet.family("redis_db_keys", "gauge", "Keys.");
    sheet.put("redis_db_keys", "db=\"db0\"", 5.0 + counts.queue.running as f64);
}

/// As postgres_exporter tells.
fn postgres(sheet: &mut Sheet, program: &Program, counts: &Counts) {
    let up = counts.now.since(program.started).as_secs_f64();
    let taken = if counts.database_is_full { CONNECTIONS_MAX } else { CONNECTIONS_USUAL };
    sheet.one("pg_up", "gauge", "Whether PostgreSQL answers.", 1.0);
    sheet.one("pg_settings_max_connections", "gauge", "Connections that may be.", f64::from(CONNECTIONS_MAX));
    sheet.family("pg_stat_activity_count", "gauge", "Connections by state.");
    for (state, count) in [("active", taken / 6), ("idle", taken - taken / 6)] {
        sheet.put("pg_stat_activity_count", &format!("datname=\"shop\",state=\"{state}\""), f64::from(count));
    }
    let shop = "datname=\"shop\"";
    for (name, help, value) in [
        (
            "pg_stat_database_xact_commit",
            "Transactions that were committed.",
            up * 9.0 + program.worked * 400.0,
        ),
        ("pg_stat_database_xact_rollback", "Transactions that were rolled back.", up * 0.02),
        ("pg_stat_database_blks_hit", "Blocks that were in memory.", up * 800.0 + program.worked * 9e4),
        ("pg_stat_database_blks_read", "Blocks that were read.", up * 2.0),
        ("pg_stat_database_tup_fetched", "Rows that were read.", up * 350.0 + program.worked * 4e4),
        ("pg_stat_database_tup_inserted", "Rows that were written.", up * 1.7),
        ("pg_stat_database_deadlocks", "Deadlocks.", 0.0),
    ] {
        sheet.family(name, "counter", help);
        sheet.put(name, shop, value.floor());
    }
    sheet.family("pg_database_size_bytes", "gauge", "Bytes on disk.");
    sheet.put("pg_database_size_bytes", shop, 734e6 + up.floor() * 60.0);
}
