//! What was around an event: breadcrumbs, the user, tags, contexts, the SDK.

use std::net::IpAddr;

use super::intake::WORD_BYTES_MAX;
use super::{Intake, Place, tree};
use crate::agent;
use crate::event::{Breadcrumb, DebugImage, Event, Sdk, User};
use crate::value::{Pair, Value, find};

/// Of more breadcrumbs the oldest are dropped.
const BREADCRUMBS_MAX: usize = 100;

/// More tags are not kept.
const TAGS_MAX: usize = 100;

/// More parts of a fingerprint are not kept.
const FINGERPRINT_MAX: usize = 32;

/// More files are not kept.
const IMAGES_MAX: usize = 100;

pub(super) fn breadcrumbs(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Breadcrumb> {
    let mut sent = intake.list(value, at);
    if sent.len() > BREADCRUMBS_MAX {
        sent.drain(..sent.len() - BREADCRUMBS_MAX);
    }
    let each = sent.into_iter().enumerate();
    each.filter_map(|(index, value)| breadcrumb(intake, value, &at.index(index))).collect()
}

fn breadcrumb(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<Breadcrumb> {
    let mut crumb = Breadcrumb::default();
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "timestamp" => crumb.timestamp = intake.time(value, at),
            "type" => crumb.ty = intake.word(value, at),
            "category" => crumb.category = intake.word(value, at),
            "level" => crumb.level = intake.level(value, at),
            "message" => crumb.message = intake.text(value, at),
            "data" => crumb.data = tree::pairs(intake, value, at, tree::VARS),
            _ => {}
        }
    }
    Some(crumb)
}

pub(crate) fn user(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<User> {
    let mut user = User::default();
    let mut more = Vec::new();
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "id" => user.id = intake.text(value, at),
            "email" => user.email = intake.text(value, at),
            "username" => user.username = intake.text(value, at),
            "ip_address" => user.ip_address = intake.word(value, at),
            "data" => more.extend(intake.pairs(value, at)),
            _ => more.push((name, value)),
        }
    }
    user.data = user_data(intake, more, at);
    (user != User::default()).then_some(user)
}

fn user_data(intake: &mut Intake<'_>, pairs: Vec<Pair<Value>>, at: &Place<'_>) -> Vec<Pair<String>> {
    intake.within(pairs, at, TAGS_MAX, |intake, name, value, at| {
        let is_known = !value.is_null();
        is_known.then(|| tree::value_of(intake, name, value, at, tree::VARS).to_string())
    })
}

/// The user's address: what the SDK says, or where the delivery came from if it asks for that.
pub(crate) fn settle_address(
    user: &mut Option<User>,
    infers: bool,
    intake: &mut Intake<'_>,
    remote: Option<IpAddr>,
) {
    let said = user.as_ref().and_then(|user| user.ip_address.as_deref());
    if said == Some("{{auto}}") || said.is_none() && infers {
        user.get_or_insert_default().ip_address = remote.map(|address| address.to_string());
    }
    let is_hidden = intake.scrubber.masks_addresses();
    if let Some(user) = user.as_mut().filter(|user| is_hidden && user.ip_address.is_some()) {
        user.ip_address = None;
        intake.masked(&Place::top("user").name("ip_address"));
    }
    if user.as_ref().is_some_and(|user| *user == User::default()) {
        *user = None;
    }
}

pub(crate) fn tags(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Pair<String>> {
    let mut pairs = intake.pairs(value, at);
    for (name, _) in &mut pairs {
        if name.trim().len() < name.len() {
            *name = name.trim().to_owned();
        }
    }
    pairs.retain(|(name, value)| !value.is_null() && !name.is_empty());
    intake.within(pairs, at, TAGS_MAX, |intake, name, value, at| {
        let text = match value {
            tree @ (Value::List(_) | Value::Object(_)) => Value::Text(tree.to_string()),
            value => value,
        };
        let text = intake.plain(text, at, WORD_BYTES_MAX)?;
        Some(intake.scrubbed_value(name, text, at).replace(['\n', '\r'], " "))
    })
}

/// Groups of facts. One that is no object is no group.
pub(super) fn contexts(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Pair<Value>> {
    let groups = intake.pairs(value, at);
    intake.within(groups, at, tree::EXTRA.breadth, |intake, _, value, at| match value {
        Value::Null => None,
        Value::Object(_) => Some(tree::branch(intake, value, at, tree::EXTRA)),
        other => {
            intake.fault(at, format!("{}, where an object was expected", other.kind()));
            None
        }
    })
}

/// The SDK, and whether it wants the user's address to be taken from where the event came from.
pub(crate) fn sdk(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> (Option<Sdk>, bool) {
    let mut sdk = Sdk::default();
    let mut infers_ip = false;
    for (name, value) in intake.object(value, at).unwrap_or_default() {
        let at = &at.name(&name);
        match name.as_str() {
            "name" => sdk.name = intake.word(value, at).unwrap_or_default(),
            "version" => sdk.version = intake.word(value, at).unwrap_or_default(),
            "integrations" => {
                let names = intake.list(value, at).into_iter().take(TAGS_MAX);
                sdk.integrations = names.filter_map(|name| intake.word(name, at)).collect();
            }
            "settings" => infers_ip = value.text_of("infer_ip") == Some("auto"),
            _ => {}
        }
    }
    ((!sdk.name.is_empty()).then_some(sdk), infers_ip)
}

/// `sentry.python/2.75.0`
pub(super) fn sdk_of_client(client: &str) -> Option<Sdk> {
    let (name, version) = client.split_once('/').unwrap_or((client, ""));
    let sdk = Sdk { name: name.to_owned(), version: version.to_owned(), integrations: Vec::new() };
    (!name.is_empty()).then_some(sdk)
}

/// The parts of a fingerprint as texts; a single one may stand without a list.
pub(super) fn fingerprint(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<String> {
    let parts = match value {
        Value::List(parts) => parts,
        Value::Object(_) | Value::Null => intake.list(value, at),
        single => vec![single],
    };
    let parts = parts.into_iter().filter(|part| !part.is_null()).take(FINGERPRINT_MAX).enumerate();
    parts
        .filter_map(|(index, part)| {
            let text = match part {
                Value::List(_) | Value::Object(_) => Value::Text(part.to_string()),
                scalar => scalar,
            };
            let at = &at.index(index);
            let text = intake.plain(text, at, WORD_BYTES_MAX)?;
            Some(intake.scrubbed(text, at))
        })
        .collect()
}

pub(super) fn images(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<DebugImage> {
    let fields = intake.object(value, at).unwrap_or_default();
    let images = fields.into_iter().find(|(name, _)| name == "images").map(|(_, value)| value);
    let images = images.map(|images| intake.list(images, at)).unwrap_or_default();
    let image = |value: Value| {
        let text = |name| {
            let mut text = value.text_of(name)?.to_owned();
            super::intake::cut(&mut text, super::intake::PATH_BYTES_MAX);
            Some(text)
        };
        let debug_id = text("debug_id").or_else(|| text("uuid"));
        DebugImage { ty: text("type").unwrap_or_default(), debug_id, code_file: text("code_file") }
    };
    images.into_iter().take(IMAGES_MAX).map(image).collect()
}

/// Adds the browser and the system that the `User-Agent` names, where the SDK did not tell them.
pub(super) fn add_agent(event: &mut Event, sender: Option<&str>) {
    let of_request = event.request.as_ref().and_then(|request| request.header("user-agent"));
    // The sender of a browser's event is the browser; that of a server's is a library.
    let text = of_request.or_else(|| sender.filter(|_| event.platform == "javascript"));
    let Some(agent) = text.map(agent::read) else { return };
    let mut add = |group: &str, name: &str, version: &str| {
        if name.is_empty() || find(&event.contexts, group).is_some() {
            return;
        }
        let mut facts = vec![("name".to_owned(), Value::Text(name.to_owned()))];
        if !version.is_empty() {
            facts.push(("version".to_owned(), Value::Text(version.replace('_', "."))));
        }
        event.contexts.push((group.to_owned(), Value::Object(facts)));
    };
    add("browser", agent.browser, agent.browser_version);
    add("client_os", agent.system, agent.system_version);
}
