//! The tags of an event by which issues are counted and searched: its own and those that follow from its fields.

use std::borrow::Cow;

use crate::event::Event;
use crate::title::main_exception;
use crate::value::{Value, find};

/// A tag: borrowed from the event where that is possible.
pub type Facet<'e> = (Cow<'e, str>, Cow<'e, str>);

/// The event's tags. What the program sent goes before what follows from other fields; each name stands once.
pub fn facets<'e>(event: &'e Event) -> Vec<Facet<'e>> {
    let sent = event.tags.iter().map(|(name, value)| (Cow::from(name), Cow::from(value)));
    let mut facets: Vec<Facet<'e>> = sent.collect();
    let mut add = |name: &'static str, value: Option<Cow<'e, str>>| {
        let value = value.filter(|value| !value.is_empty() && event.tag(name).is_none());
        facets.extend(value.map(|value| (name.into(), value)));
    };
    let field = |field: &'e Option<String>| field.as_deref().map(Cow::from);
    add("level", Some(event.level.name().into()));
    add("environment", field(&event.environment));
    add("release", field(&event.release));
    add("dist", field(&event.dist));
    add("server_name", field(&event.server_name));
    add("logger", field(&event.logger));
    add("transaction", field(&event.transaction));
    add("handled", event.is_handled().map(|handled| if handled { "yes" } else { "no" }.into()));
    let exception = main_exception(&event.exceptions);
    let mechanism = exception.and_then(|exception| exception.mechanism.as_ref());
    add("mechanism", mechanism.map(|mechanism| mechanism.ty.as_str().into()));
    if let Some(request) = &event.request {
        add("url", field(&request.url));
        add("method", field(&request.method));
    }
    if let Some(user) = &event.user {
        add("user", user.identity().map(Cow::Owned));
        add("user.id", field(&user.id));
        add("user.email", field(&user.email));
        add("user.username", field(&user.username));
        add("user.ip", field(&user.ip_address));
    }
    add("browser", named(event, "browser"));
    add("os", named(event, "client_os").or_else(|| named(event, "os")));
    add("device", text(event, "device", "model").or_else(|| text(event, "device", "family")));
    add("runtime", named(event, "runtime"));
    facets
}

/// `Chrome 130`
fn named<'e>(event: &'e Event, group: &str) -> Option<Cow<'e, str>> {
    let name = text(event, group, "name")?;
    Some(match text(event, group, "version") {
        Some(version) => format!("{name} {version}").into(),
        None => name,
    })
}

fn text<'e>(event: &'e Event, group: &str, name: &str) -> Option<Cow<'e, str>> {
    find(&event.contexts, group)?.get(name).and_then(Value::as_text).map(Cow::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Arrival, Scrubber, normalise};

    #[test]
    fn fields_become_tags_and_sent_ones_go_first() {
        let raw =
            br#"{"release":"shop@1.2","environment":"production","tags":{"release":"mine","payment":"card"},
            "exception":{"values":[{"type":"E","mechanism":{"type":"django","handled":false}}]},
            "request":{"url":"https://shop.example/cart?x=1","method":"GET"},"user":{"id":7,"email":"a@b.c"},
            "contexts":{"browser":{"name":"Firefox","version":"131"}}}"#;
        let event = normalise(raw, &Arrival::default(), &Scrubber::off()).expect("an event");
        let written: Vec<String> =
            facets(&event).iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            written.join("; "),
            "release=mine; payment=card; level=error; environment=production; handled=no; mechanism=django; \
             url=https://shop.example/cart; method=GET; user=id:7; user.id=7; user.email=a@b.c; browser=Firefox 131"
        );
    }
}
