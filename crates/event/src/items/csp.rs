//! Browsers' reports about breaches of a page's security policy, made into events.
//!
//! They come in two forms: `{"csp-report": {…}}` of `report-uri`, and the list of reports of `report-to`, which may
//! hold other reports as well; these are passed over.

use crate::event::{Csp, Event, Request};
use crate::json;
use crate::normalise::{Arrival, Intake, NotAnEvent, Place};
use crate::scrub::Scrubber;
use crate::value::Value;

/// More reports of one delivery are not taken.
const REPORTS_MAX: usize = 50;

/// The events that a delivery of reports is. The release and the environment stand in the address that it was sent
/// to.
pub fn read(
    payload: &[u8],
    environment: Option<&str>,
    release: Option<&str>,
    arrival: &Arrival,
    scrubber: &Scrubber,
) -> Result<Vec<Event>, NotAnEvent> {
    let bodies = match json::read(payload)? {
        Value::List(reports) => reports.into_iter().take(REPORTS_MAX).filter_map(body).collect(),
        report @ Value::Object(_) => body(report).into_iter().collect::<Vec<_>>(),
        other => return Err(NotAnEvent::Kind(other.kind())),
    };
    let event = |body| event(body, environment, release, arrival, scrubber);
    Ok(bodies.into_iter().filter_map(event).collect())
}

/// The report itself, if it is about the policy.
fn body(report: Value) -> Option<Value> {
    let Value::Object(mut fields) = report else { return None };
    let mut take = |name: &str| {
        let place = fields.iter().position(|(known, _)| known == name)?;
        Some(fields.swap_remove(place).1)
    };
    take("csp-report").or_else(|| match take("type") {
        Some(Value::Text(kind)) if kind == "csp-violation" => take("body"),
        _ => None,
    })
}

fn event(
    body: Value,
    environment: Option<&str>,
    release: Option<&str>,
    arrival: &Arrival,
    scrubber: &Scrubber,
) -> Option<Event> {
    let mut intake = Intake::new(scrubber);
    let csp = of_value(&mut intake, body, &Place::top("csp"))?;
    let mut event = crate::normalise::of_fields(Vec::new(), arrival, scrubber);
    event.platform = "javascript".to_owned();
    event.logger = Some("csp".to_owned());
    let mut word = |name: &str, text: &str| intake.word(Value::Text(text.to_owned()), &Place::top(name));
    event.environment = environment.and_then(|text| word("environment", text));
    event.release = release.and_then(|text| word("release", text));
    event.request = Some(Request { url: Some(csp.document_uri.clone()), ..Request::default() });
    event.csp = Some(csp);
    (event.faults, event.masked) = intake.done();
    Some(event)
}

/// A report in either form's names.
pub(crate) fn of_value(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<Csp> {
    let mut csp = Csp::default();
    let mut effective = None;
    let fields = intake.object(value, at)?;
    let others = intake.within(fields, at, 40, |intake, name, value, at| {
        let text = intake.text(value, at)?;
        match name {
            "effective-directive" | "effective_directive" | "effectiveDirective" => effective = Some(text),
            "violated-directive" | "violated_directive" | "violatedDirective" => csp.directive = text,
            "blocked-uri" | "blocked_uri" | "blockedURL" => csp.blocked_uri = text,
            "document-uri" | "document_uri" | "documentURL" => csp.document_uri = text,
            _ => return Some(text),
        }
        None
    });
    csp.fields = others.into_iter().map(|(name, text)| (dashed(&name), text)).collect();
    csp.directive = first_word(&effective.filter(|text| !text.is_empty()).unwrap_or(csp.directive));
    // An inline script is blocked from nowhere.
    if csp.blocked_uri.is_empty() {
        csp.blocked_uri = "self".to_owned();
    }
    (!csp.directive.is_empty()).then_some(csp)
}

/// `script-src 'self'` is about `script-src`.
fn first_word(directive: &str) -> String {
    directive.split_whitespace().next().unwrap_or_default().to_owned()
}

/// `sourceFile` and `source_file` as `source-file`.
fn dashed(name: &str) -> String {
    let mut dashed = String::with_capacity(name.len() + 2);
    for sign in name.chars() {
        if sign.is_ascii_uppercase() {
            dashed.push('-');
        }
        dashed.push(if sign == '_' { '-' } else { sign.to_ascii_lowercase() });
    }
    dashed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(payload: &str, expected: &[(&str, &str, &str)]) {
        let events = read(payload.as_bytes(), Some("test"), None, &Arrival::default(), &Scrubber::off());
        let events = events.unwrap_or_else(|error| panic!("{payload}: {error}"));
        let found: Vec<_> = events
            .iter()
            .filter_map(|event| event.csp.as_ref())
            .map(|csp| (csp.directive.as_str(), csp.blocked_host(), csp.document_uri.as_str()))
            .collect();
        assert_eq!(found, expected, "{payload}");
        assert!(events.iter().all(|event| event.environment.as_deref() == Some("test")));
    }

    #[test]
    fn both_forms_are_read() {
        check(
            r#"{"csp-report":{"document-uri":"https://shop.example/cart","violated-directive":"script-src 'self'","blocked-uri":"https://evil.example:8443/x.js?a","source-file":"a.js"}}"#,
            &[("script-src", "evil.example:8443", "https://shop.example/cart")],
        );
        check(
            r#"[{"type":"csp-violation","url":"https://shop.example/","body":{"documentURL":"https://shop.example/","effectiveDirective":"style-src-elem","blockedURL":"inline"}},{"type":"network-error","body":{}}]"#,
            &[("style-src-elem", "inline", "https://shop.example/")],
        );
        check(
            r#"{"csp-report":{"effective-directive":"img-src","violated-directive":"default-src","blocked-uri":""}}"#,
            &[("img-src", "self", "")],
        );
        check(r#"{"csp-report":{}}"#, &[]);
        check(r#"{"other":1}"#, &[]);
        check("[]", &[]);
    }
}
