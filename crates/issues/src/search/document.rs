//! What of an event is found again: its tags and fields as pairs, its texts as words.

use std::borrow::Cow;
use std::collections::HashSet;

use event::Event;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};

use super::field::indexed;
use crate::database::EventPlace;

pub(super) const ROW: &str = "row";
pub(super) const PROJECT: &str = "project";
pub(super) const FINGERPRINT: &str = "fingerprint";
pub(super) const RECEIVED: &str = "received";
const PAIR: &str = "pair";
const KEY: &str = "key";
const TEXT: &str = "text";

/// The name under which an event's trace is found.
pub(super) const TRACE: &str = "trace";

/// The name under which [`super::words::Words`] is known to tantivy.
pub(super) const WORDS: &str = "words";

/// Longer values are found by how they begin.
const VALUE_BYTES_MAX: usize = 256;

/// Of a text, no more is looked at.
const TEXT_BYTES_MAX: usize = 8192;

/// What a text of a document takes beside its bytes.
const TEXT_OVERHEAD: usize = 16;

/// The fields of a document.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    pub(super) row: Field,
    pub(super) project: Field,
    fingerprint: Field,
    received: Field,
    pub(super) pair: Field,
    pub(super) key: Field,
    pub(super) text: Field,
}

impl Fields {
    pub(super) fn new() -> Self {
        let mut schema = Schema::builder();
        let words = TextFieldIndexing::default()
            .set_tokenizer(WORDS)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        Self {
            row: schema.add_u64_field(ROW, INDEXED),
            project: schema.add_u64_field(PROJECT, INDEXED),
            fingerprint: schema.add_u64_field(FINGERPRINT, FAST),
            received: schema.add_i64_field(RECEIVED, FAST),
            pair: schema.add_text_field(PAIR, STRING),
            key: schema.add_text_field(KEY, STRING),
            text: schema.add_text_field(TEXT, TextOptions::default().set_indexing_options(words)),
            schema: schema.build(),
        }
    }

    /// The term of a tag or a field with its value.
    pub(super) fn pair(&self, key: &str, value: &str) -> Term {
        Term::from_field_text(self.pair, &pair_text(key, value))
    }

    /// What an event says, as a document, and about how many bytes it takes.
    pub(super) fn words(&self, event: &Event) -> (TantivyDocument, usize) {
        let mut document = TantivyDocument::default();
        let mut bytes = 0;
        let mut add = |field: Field, text: &str| {
            bytes += text.len() + TEXT_OVERHEAD;
            document.add_text(field, text);
        };
        let mut keys = HashSet::new();
        for (key, value) in pairs(event) {
            let key = key.to_lowercase();
            add(self.pair, &pair_text(&key, &value));
            if !keys.contains(&key) {
                add(self.key, &key);
                keys.insert(key);
            }
        }
        for text in texts(event) {
            add(self.text, &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]);
        }
        (document, bytes)
    }

    /// Adds where the event is kept.
    pub(super) fn place(&self, document: &mut TantivyDocument, place: &EventPlace) {
        document.add_u64(self.row, place.row as u64);
        document.add_u64(self.project, place.project as u64);
        document.add_u64(self.fingerprint, place.fingerprint as u64);
        document.add_i64(self.received, place.received_ms);
    }
}

/// Upper and lower case count as the same; nothing stands between the key and a zero byte.
pub(super) fn pair_text(key: &str, value: &str) -> String {
    let value = &value[..value.floor_char_boundary(VALUE_BYTES_MAX)];
    format!("{key}\0{}", value.to_lowercase())
}

/// Names and values to find the event by: its facets, and what is like one.
fn pairs(event: &Event) -> HashSet<(Cow<'_, str>, Cow<'_, str>)> {
    let mut pairs: HashSet<(Cow<'_, str>, Cow<'_, str>)> = event::facets(event).into_iter().collect();
    let mut add = |key: &'static str, value: Option<Cow<'_, str>>| {
        let value = value.filter(|value| !value.is_empty()).map(|value| Cow::Owned(value.into_owned()));
        pairs.extend(value.map(|value| (key.into(), value)));
    };
    let field = |field: &'_ Option<String>| field.clone().map(Cow::from);
    add(indexed::RELEASE, field(&event.release));
    add(indexed::ENVIRONMENT, field(&event.environment));
    add("platform", Some(event.platform.clone().into()));
    add(TRACE, event.trace_id().map(|id| id.to_string().into()));
    add("sdk.name", event.sdk.as_ref().map(|sdk| sdk.name.clone().into()));
    add("message", event.message.as_ref().map(|message| message.formatted.clone().into()));
    for (key, context) in [("browser.name", "browser"), ("os.name", "os"), ("runtime.name", "runtime")] {
        let name = event::value::find(&event.contexts, context).and_then(|context| context.text_of("name"));
        add(key, name.map(|name| name.to_owned().into()));
    }
    for exception in &event.exceptions {
        add("error.type", field(&exception.ty));
        add("error.value", field(&exception.value));
    }
    for frame in event.exceptions.iter().flat_map(|exception| &exception.frames) {
        add("stack.function", field(&frame.function));
        add("stack.module", field(&frame.module));
        add("stack.filename", field(&frame.filename));
    }
    pairs
}

/// What free text is looked for in, each text once.
fn texts(event: &Event) -> HashSet<&str> {
    let mut texts: HashSet<&str> = HashSet::new();
    if let Some(message) = &event.message {
        texts.insert(&message.formatted);
        texts.extend(message.template.as_deref());
    }
    for exception in &event.exceptions {
        texts.extend(exception.ty.as_deref());
        texts.extend(exception.value.as_deref());
        texts.extend(exception.module.as_deref());
    }
    for frame in event.exceptions.iter().flat_map(|one| &one.frames).chain(&event.stacktrace) {
        texts.extend(frame.function.as_deref());
        texts.extend(frame.module.as_deref().or(frame.filename.as_deref()));
    }
    if let Some(user) = &event.user {
        texts.extend(
            [&user.id, &user.email, &user.username, &user.ip_address]
                .into_iter()
                .flatten()
                .map(String::as_str),
        );
    }
    if let Some(csp) = &event.csp {
        texts.extend([csp.directive.as_str(), &csp.blocked_uri, &csp.document_uri]);
    }
    texts.extend(event.transaction.as_deref());
    texts.extend(event.request.as_ref().and_then(|request| request.url.as_deref()));
    texts.extend(event.tags.iter().map(|(_, value)| value.as_str()));
    texts
}
