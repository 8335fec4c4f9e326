//! The envelopes in which reports travel, as the SDK of Python writes them.

use model::Timestamp;
use serde_json::{Value, json};

use super::{Asked, CheckIn, Done, Raised, Report, Sessions, What, Work, python};

/// The SDK that the shop's programs have.
const SDK: &str = "sentry.python.django";

/// Its version.
const VERSION: &str = "2.75.0";

/// What the header says about it.
pub(crate) const CLIENT: &str = "sentry.python.django/2.75.0";

/// The share of requests and tasks whose times are told, in so many of a hundred.
pub(crate) const SAMPLED_PERCENT: u32 = 20;

/// The envelope of a report.
pub(crate) fn envelope(report: &Report, sent_at: Timestamp) -> Vec<u8> {
    let (kind, mut payload, trace) = match &report.what {
        What::Error(raised) => ("event", error(report, raised), Some(&raised.work.trace)),
        What::Transaction(done) => ("transaction", transaction(report, done), Some(&done.work.trace)),
        What::CheckIn(check_in) => ("check_in", self::check_in(check_in), None),
        What::Sessions(counted) => ("sessions", sessions(report, counted), None),
    };
    let mut header = json!({ "sent_at": sent_at.to_string() });
    if let Some(trace) = trace {
        header["event_id"] = json!(report.id);
        let rate = format!("{}", f64::from(SAMPLED_PERCENT) / 100.0);
        header["trace"] = json!({ "trace_id": trace, "sample_rate": rate, "environment": "production" });
        payload["event_id"] = json!(report.id);
        payload["sdk"] = json!({ "name": SDK, "version": VERSION });
        payload["platform"] = json!("python");
        payload["server_name"] = json!(report.program.server_name);
    }
    payload["release"] = json!(report.program.release);
    payload["environment"] = json!("production");
    let payload = payload.to_string();
    let item = json!({ "type": kind, "content_type": "application/json", "length": payload.len() });
    format!("{header}\n{item}\n{payload}\n").into_bytes()
}

fn error(report: &Report, raised: &Raised) -> Value {
    let is_task = raised.work.task.is_some();
    let mechanism = if is_task { "celery" } else { "django" };
    let mut event = json!({
        "timestamp": report.at.to_string(),
        "level": "error",
        "logger": raised.logger,
        "exception": { "values": [python::exception(raised.traceback, mechanism, &raised.locals)] },
        "breadcrumbs": { "values": breadcrumbs(report, &raised.work) },
        "modules": { "django": "5.2.8", "celery": "5.5.3", "psycopg": "3.2.12", "requests": "2.32.5", "sentry-sdk": VERSION },
        "extra": { "sys.argv": if is_task { ["celery", "worker"] } else { ["gunicorn", "shop.wsgi"] } },
    });
    add_work(&mut event, &raised.work, "internal_error");
    event
}

fn breadcrumbs(report: &Report, work: &Work) -> Value {
    let before = |millis: i64| Timestamp::from_nanos(report.at.nanos() - millis * 1_000_000).to_string();
    let query = "SELECT \"shop_order\".\"id\", \"shop_order\".\"state\" FROM \"shop_order\" WHERE \"shop_order\".\"id\" = %s";
    let key = if work.task.is_some() { "SISMEMBER 'celery:done'" } else { "GET 'session'" };
    json!([
        { "timestamp": before(31), "category": "redis", "message": key, "data": { "redis.is_cluster": false } },
        { "timestamp": before(22), "category": "query", "message": query, "data": { "db.system": "postgresql" } },
        { "timestamp": before(4), "category": "shop", "level": "info", "message": format!("working on {}", work.name) },
    ])
}

fn transaction(report: &Report, done: &Done) -> Value {
    let end = report.at;
    let start = end.minus(done.took);
    let mut event = json!({
        "type": "transaction",
        "start_timestamp": start.to_string(),
        "timestamp": end.to_string(),
        "transaction_info": { "source": if done.work.task.is_some() { "task" } else { "route" } },
    });
    add_work(&mut event, &done.work, done.status);
    let root = event["contexts"]["trace"]["span_id"].clone();
    let mut from = start;
    let mut spans = Vec::new();
    for (index, (op, description, share)) in done.parts.iter().enumerate() {
        let until = from.plus(done.took.mul_f64(*share));
        spans.push(json!({
            "trace_id": done.work.trace, "span_id": format!("{:016x}", index + 1), "parent_span_id": root,
            "op": op, "description": description, "start_timestamp": from.to_string(), "timestamp": until.to_string(),
            "status": "ok", "origin": "auto",
        }));
        from = until;
    }
    event["spans"] = Value::Array(spans);
    event
}

/// Adds what the program was at: the trace, the request with its user, or the task.
fn add_work(event: &mut Value, work: &Work, status: &str) {
    let op = if work.task.is_some() { "queue.task.celery" } else { "http.server" };
    let span = work.trace.get(16..).unwrap_or_default();
    event["transaction"] = json!(work.name);
    event["contexts"] = json!({
        "trace": { "trace_id": work.trace, "span_id": span, "op": op, "status": status, "origin": "auto" },
        "runtime": { "name": "CPython", "version": "3.12.12" },
    });
    if let Some(asked) = &work.request {
        event["request"] = request(asked, work);
        event["user"] = match asked.user {
            Some(user) => {
                json!({ "id": user.to_string(), "email": format!("user{user}@example.com"), "ip_address": asked.client })
            }
            None => json!({ "ip_address": asked.client }),
        };
    }
    if let Some(task) = &work.task {
        event["contexts"]["celery-job"] = json!({ "task_name": work.name, "args": [], "kwargs": {} });
        event["tags"] = json!({ "celery_task_id": task });
    }
}

fn request(asked: &Asked, work: &Work) -> Value {
    let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
    json!({
        "url": format!("https://shop.example.com{path}"),
        "query_string": query,
        "method": asked.method,
        "headers": {
            "Host": "shop.example.com", "User-Agent": asked.agent, "X-Request-ID": work.trace,
            "Cookie": "sessionid=5f1c0d7e9b3a; csrftoken=Zk81hQ2v",
        },
        "env": { "SERVER_NAME": "web", "SERVER_PORT": "8000", "REMOTE_ADDR": asked.client },
    })
}

fn sessions(report: &Report, counted: &Sessions) -> Value {
    let Sessions { exited, crashed } = counted;
    json!({
        "aggregates": [{ "started": report.at.to_string(), "exited": exited, "crashed": crashed }],
        "attrs": { "release": report.program.release, "environment": "production" },
    })
}

fn check_in(check_in: &CheckIn) -> Value {
    let mut payload = json!({
        "check_in_id": check_in.run,
        "monitor_slug": check_in.monitor,
        "status": check_in.status,
        "monitor_config": {
            "schedule": { "type": "interval", "value": check_in.every_minutes, "unit": "minute" },
            "checkin_margin": 2, "max_runtime": 5, "timezone": "UTC",
        },
    });
    if let Some(took) = check_in.took {
        payload["duration"] = json!(took.as_secs_f64());
    }
    payload
}
