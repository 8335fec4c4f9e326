//! An event in Sentry's JSON.

use ::event::value::Pair;
use ::event::{Breadcrumb, Event, Exception, Frame, Request, title};
use serde_json::{Map, Value, json};

use super::answer::instant;

/// An event in a list.
pub(super) fn summary(event: &Event, project: u64, issue: i64) -> Value {
    let name = title(event);
    let mut tags: Vec<Value> =
        event.tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    let told = [
        ("environment", &event.environment),
        ("release", &event.release),
        ("server_name", &event.server_name),
        ("transaction", &event.transaction),
    ];
    tags.extend(told.iter().filter_map(|(key, value)| Some(json!({ "key": key, "value": value.as_ref()? }))));
    tags.push(json!({ "key": "level", "value": event.level.name() }));
    let user = event.user.as_ref();
    let user = user.map(|user| {
        json!({ "id": user.id, "email": user.email, "username": user.username, "ip_address": user.ip_address })
    });
    json!({
        "id": event.id, "eventID": event.id, "groupID": issue.to_string(), "projectID": project.to_string(),
        "dateCreated": instant(event.timestamp), "dateReceived": instant(event.received),
        "event.type": "error", "type": "error", "title": name.title, "message": event.message.as_ref().map(|message| &message.formatted),
        "culprit": name.culprit, "location": null, "platform": event.platform, "user": user, "tags": tags,
        "metadata": { "type": name.ty, "value": name.value },
    })
}

/// An event whole.
pub(super) fn whole(event: &Event, project: u64, issue: i64) -> Value {
    let mut json = summary(event, project, issue);
    json["entries"] = Value::Array(entries(event));
    json["contexts"] = object(&event.contexts);
    json["context"] = object(&event.extra);
    json["packages"] = event.modules.iter().map(|(name, version)| (name.clone(), json!(version))).collect();
    json["sdk"] = json!(event.sdk.as_ref().map(|sdk| json!({ "name": sdk.name, "version": sdk.version })));
    json["errors"] = event
        .faults
        .iter()
        .map(|fault| json!({ "type": "invalid_data", "message": fault.what, "data": { "name": fault.path } }))
        .collect();
    json["release"] = json!(event.release.as_ref().map(|version| json!({ "version": version })));
    json["dist"] = json!(event.dist);
    json["fingerprints"] = json!(event.fingerprint);
    json
}

fn entries(event: &Event) -> Vec<Value> {
    let mut entries = Vec::new();
    if let Some(message) = &event.message {
        let data =
            json!({ "formatted": message.formatted, "message": message.template, "params": message.params });
        entries.push(json!({ "type": "message", "data": data }));
    }
    if !event.exceptions.is_empty() {
        let values: Vec<Value> = event.exceptions.iter().map(exception).collect();
        entries.push(json!({ "type": "exception", "data": { "values": values, "excOmitted": null } }));
    }
    if !event.stacktrace.is_empty() {
        entries.push(json!({ "type": "stacktrace", "data": stacktrace(&event.stacktrace) }));
    }
    if !event.breadcrumbs.is_empty() {
        let values: Vec<Value> = event.breadcrumbs.iter().map(breadcrumb).collect();
        entries.push(json!({ "type": "breadcrumbs", "data": { "values": values } }));
    }
    if let Some(sent) = &event.request {
        entries.push(json!({ "type": "request", "data": request(sent) }));
    }
    entries
}

fn exception(exception: &Exception) -> Value {
    let mechanism = exception.mechanism.as_ref();
    let mechanism = mechanism.map(|mechanism| json!({ "type": mechanism.ty, "handled": mechanism.handled }));
    json!({
        "type": exception.ty, "value": exception.value, "module": exception.module, "threadId": exception.thread_id,
        "mechanism": mechanism, "stacktrace": stacktrace(&exception.frames), "rawStacktrace": null,
    })
}

fn stacktrace(frames: &[Frame]) -> Value {
    let has_own = frames.iter().any(|frame| frame.in_app == Some(true));
    json!({ "frames": frames.iter().map(frame).collect::<Vec<_>>(), "framesOmitted": null, "hasSystemFrames": !has_own })
}

fn frame(frame: &Frame) -> Value {
    let first = u64::from(frame.lineno.unwrap_or_default()).saturating_sub(frame.pre_context.len() as u64);
    let lines = frame.pre_context.iter().chain(&frame.context_line).chain(&frame.post_context);
    let context: Vec<(u64, &String)> = (first..).zip(lines).collect();
    json!({
        "filename": frame.filename, "absPath": frame.abs_path, "module": frame.module, "function": frame.function,
        "lineNo": frame.lineno, "colNo": frame.colno, "inApp": frame.in_app.unwrap_or(false), "package": frame.package,
        "platform": frame.platform, "context": context, "vars": object(&frame.vars),
    })
}

fn breadcrumb(crumb: &Breadcrumb) -> Value {
    json!({
        "timestamp": crumb.timestamp.map(instant), "type": crumb.ty, "category": crumb.category,
        "level": crumb.level.map(|level| level.name()), "message": crumb.message, "data": object(&crumb.data),
    })
}

fn request(request: &Request) -> Value {
    json!({
        "method": request.method, "url": request.url, "query": request.query, "headers": request.headers,
        "cookies": request.cookies, "data": request.data, "env": object(&request.env), "fragment": request.fragment,
    })
}

fn object(pairs: &[Pair<::event::Value>]) -> Value {
    let member = |(name, value): &Pair<::event::Value>| (name.clone(), json!(value));
    Value::Object(pairs.iter().map(member).collect::<Map<_, _>>())
}
