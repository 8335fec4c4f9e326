//! An event as the page shows it, made from the one that is stored: a pure function.

mod frames;
mod raw;
mod request;

use ::event::value::{Pair, Value};
use ::event::{Breadcrumb, Event, Exception, Thread};
use api::GroupedBy;

pub(super) use request::request_id;

/// What is known of an event besides what it says itself.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) issue: i64,
    pub(super) project: String,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
    pub(super) number: u64,
    pub(super) of: u64,
    pub(super) title: String,
    pub(super) message: String,
    pub(super) culprit: String,
    pub(super) attachments: Vec<api::Attachment>,
    pub(super) feedback: Vec<api::Feedback>,
    pub(super) why: GroupedBy,
}

/// The whole event.
pub(super) fn page(event: &Event, place: Place) -> api::Event {
    let text = event.message.as_ref();
    let template = text.and_then(|message| message.template.clone());
    api::Event {
        id: event.id.to_string(),
        issue: place.issue,
        project: place.project,
        previous: place.previous,
        next: place.next,
        number: place.number,
        of: place.of,
        time: event.timestamp.millis(),
        received: event.received.millis(),
        title: place.title,
        message: place.message,
        culprit: place.culprit,
        level: event.level.name().into(),
        platform: event.platform.clone(),
        logger: told(&event.logger),
        transaction: told(&event.transaction),
        server_name: told(&event.server_name),
        release: told(&event.release),
        dist: told(&event.dist),
        environment: told(&event.environment),
        sdk: event.sdk.as_ref().map(|sdk| format!("{} {}", sdk.name, sdk.version)).unwrap_or_default(),
        trace_id: event.trace_id().map(|id| id.to_string()).unwrap_or_default(),
        request_id: request_id(event).unwrap_or_default().to_owned(),
        text: text.map(|message| message.formatted.clone()).unwrap_or_default(),
        template: template
            .filter(|template| text.is_some_and(|text| text.formatted != *template))
            .unwrap_or_default(),
        exceptions: event.exceptions.iter().map(exception).collect(),
        frames: frames::all(&event.stacktrace),
        threads: threads(event),
        raw: raw::text(event),
        breadcrumbs: event.breadcrumbs.iter().map(breadcrumb).collect(),
        request: event.request.as_ref().map(request::page),
        user: event.user.as_ref().map(request::user).unwrap_or_default(),
        tags: event.tags.clone(),
        contexts: event.contexts.iter().map(context).collect(),
        extra: texts(&event.extra),
        modules: event.modules.clone(),
        csp: event.csp.as_ref().map(request::csp).unwrap_or_default(),
        attachments: place.attachments,
        feedback: place.feedback,
        faults: event.faults.iter().map(fault).collect(),
        masked: event.masked.clone(),
        why: place.why,
    }
}

fn told(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

fn exception(exception: &Exception) -> api::Exception {
    let mechanism = exception.mechanism.as_ref();
    let cut = exception.frames_cut;
    api::Exception {
        kind: told(&exception.ty),
        value: told(&exception.value),
        module: told(&exception.module),
        mechanism: mechanism.map(|mechanism| mechanism.ty.clone()).unwrap_or_default(),
        handled: mechanism.and_then(|mechanism| mechanism.handled),
        frames: frames::all(&exception.frames),
        // Both ends of a long stack are kept, as much of one as of the other.
        omitted: (cut > 0).then_some((exception.frames.len() as u32 / 2, cut)),
    }
}

/// Threads with a stack of their own; that of the exception is shown already.
fn threads(event: &Event) -> Vec<api::Thread> {
    let is_shown = |thread: &&Thread| {
        !thread.frames.is_empty()
            && event.exceptions.iter().all(|exception| exception.frames != thread.frames)
    };
    let thread = |thread: &Thread| api::Thread {
        id: told(&thread.id),
        name: told(&thread.name),
        crashed: thread.crashed,
        frames: frames::all(&thread.frames),
    };
    event.threads.iter().filter(is_shown).map(thread).collect()
}

fn breadcrumb(crumb: &Breadcrumb) -> api::Breadcrumb {
    api::Breadcrumb {
        time: crumb.timestamp.map(model::Timestamp::millis),
        kind: told(&crumb.ty),
        category: told(&crumb.category),
        level: crumb.level.map(|level| level.name().to_owned()).unwrap_or_default(),
        message: told(&crumb.message),
        data: texts(&crumb.data),
    }
}

fn context((name, value): &Pair<Value>) -> api::Context {
    let values = match value {
        Value::Object(pairs) => texts(pairs),
        other => vec![(String::new(), other.to_string())],
    };
    api::Context { name: name.clone(), values }
}

fn fault(fault: &::event::FieldFault) -> api::FieldFault {
    api::FieldFault { path: fault.path.clone(), message: fault.what.clone() }
}

/// Values as texts: a text as it is, anything else as JSON.
fn texts(pairs: &[Pair<Value>]) -> Vec<api::Pair> {
    pairs.iter().map(|(name, value)| (name.clone(), value.to_string())).collect()
}

#[cfg(test)]
mod tests;
