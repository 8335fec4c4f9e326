//! The text of an event, which SDKs write in two places and several shapes.

use super::intake::TEXT_BYTES_MAX;
use super::{Intake, Place, tree};
use crate::event::Message;
use crate::value::{Pair, Value, find};

/// What was sent of it.
#[derive(Default)]
pub(super) struct Parts {
    /// `message`, if it is a text.
    top: Option<String>,
    formatted: Option<String>,
    template: Option<String>,
    params: Vec<Value>,
    named: Vec<Pair<Value>>,
}

/// More values are not kept.
const PARAMS_MAX: usize = 50;

impl Parts {
    /// `"message": "…"`, or what belongs to `logentry`.
    pub(super) fn top(&mut self, intake: &mut Intake<'_>, value: Value, at: &Place<'_>) {
        match value {
            Value::Object(_) => self.logentry(intake, value, at),
            _ => self.top = intake.text(value, at),
        }
    }

    /// `"logentry": {"message": …, "formatted": …, "params": …}`, or a text.
    pub(super) fn logentry(&mut self, intake: &mut Intake<'_>, value: Value, at: &Place<'_>) {
        if let Value::Text(_) = value {
            self.formatted = intake.text(value, at);
            return;
        }
        for (name, value) in intake.object(value, at).unwrap_or_default() {
            let at = &at.name(&name);
            match name.as_str() {
                "formatted" => self.formatted = intake.text(value, at),
                "message" => self.template = intake.text(value, at),
                "params" => self.params(intake, value, at),
                _ => {}
            }
        }
    }

    fn params(&mut self, intake: &mut Intake<'_>, value: Value, at: &Place<'_>) {
        match tree::branch(intake, value, at, tree::Limits { breadth: PARAMS_MAX, ..tree::EXTRA }) {
            Value::List(values) => self.params = values,
            Value::Object(named) => self.named = named,
            Value::Null => {}
            other => self.params = vec![other],
        }
    }

    pub(super) fn settled(self, intake: &mut Intake<'_>) -> Option<Message> {
        let Self { top, formatted, template, params, named } = self;
        let has_values = !params.is_empty() || !named.is_empty();
        let formatted = match (formatted, &template) {
            (Some(formatted), _) => formatted,
            (None, Some(template)) if has_values => {
                let text = filled_in(template, &params, &named);
                intake.scrubbed(text, &Place::top("logentry").name("formatted"))
            }
            (None, Some(template)) => top.unwrap_or_else(|| template.clone()),
            (None, None) => top?,
        };
        // A text that has its values in it already is no template, wherever it stands.
        let template = template.filter(|template| has_values || *template != formatted);
        let mut params: Vec<Value> =
            if params.is_empty() { named.into_iter().map(|(_, value)| value).collect() } else { params };
        for param in &mut params {
            hide(intake, param, &formatted);
        }
        Some(Message { formatted, template, params })
    }
}

/// Masks a value that masking took out of the text: it is the secret that was found there.
fn hide(intake: &mut Intake<'_>, param: &mut Value, formatted: &str) {
    let is_one = match &*param {
        Value::Text(_) => true,
        Value::Number(number) => !number.is_f64(),
        _ => false,
    };
    if is_one && is_masked_in(formatted, &param.to_string()) {
        intake.masked(&Place::top("logentry").name("params"));
        *param = Value::Text(intake.scrubber.marker("secret"));
    }
}

/// Whether a text that was masked no longer shows a value that was put into it.
pub(crate) fn is_masked_in(text: &str, value: &str) -> bool {
    text.contains("[masked:") && !value.is_empty() && !text.contains(value)
}

/// Puts the values in for `%s`, `%(name)s` and `{}`, as far as that is easily done.
fn filled_in(template: &str, params: &[Value], named: &[Pair<Value>]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut params = params.iter();
    let mut rest = template;
    while let Some(at) = rest.find(['%', '{']) {
        text.push_str(&rest[..at]);
        let (value, length) = match placeholder(&rest[at..]) {
            Some((Some(name), length)) => (find(named, name), length),
            Some((None, length)) => (params.next(), length),
            None => (None, 1),
        };
        match value {
            Some(value) => text.push_str(&value.to_string()),
            None => text.push_str(&rest[at..at + length]),
        }
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    super::intake::cut(&mut text, TEXT_BYTES_MAX);
    text
}

/// The name in the place at the beginning, if it is one and has one, and its length.
fn placeholder(text: &str) -> Option<(Option<&str>, usize)> {
    if text.starts_with("{}") {
        return Some((None, 2));
    }
    let rest = text.strip_prefix('%')?;
    let (name, kind) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((name, kind)) => (Some(name), kind),
        None => (None, rest),
    };
    let flags =
        kind.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'#')).count();
    let is_kind = kind.as_bytes().get(flags).is_some_and(|byte| b"sdrifgxeaou".contains(byte));
    is_kind.then(|| (name, text.len() - kind.len() + flags + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_among_the_values_is_masked_in_both_places() {
        let scrubber = crate::Scrubber::new(Default::default());
        let check = |json: &str, formatted: &str, params: &[&str]| {
            let (mut parts, mut intake) = (Parts::default(), Intake::new(&scrubber));
            let value = crate::json::read(json.as_bytes()).expect(json);
            parts.logentry(&mut intake, value, &Place::top("logentry"));
            let message = parts.settled(&mut intake).expect(json);
            let shown: Vec<String> = message.params.iter().map(Value::to_string).collect();
            assert_eq!(message.formatted, formatted);
            assert_eq!(shown, params);
        };
        check(
            r#"{"message":"%s: password=%s","formatted":"ann: password=hunter2","params":["ann","hunter2"]}"#,
            "ann: password=[masked:password]",
            &["ann", "[masked:secret]"],
        );
        check(r#"{"message":"%s of %s","params":["ann","hunter2"]}"#, "ann of hunter2", &["ann", "hunter2"]);
    }

    #[test]
    fn values_are_put_in() {
        let text = |text: &str| Value::Text(text.to_owned());
        let params = [Value::Number(42.into()), text("shop")];
        let named = [("id".to_owned(), Value::Number(7.into()))];
        let check =
            |template: &str, expected: &str| assert_eq!(filled_in(template, &params, &named), expected);
        check("order %s of %s failed", "order 42 of shop failed");
        check("order %05d: %s %s", "order 42: shop %s");
        check("order %(id)s of %(who)s", "order 7 of %(who)s");
        check("{} of {} at 100%", "42 of shop at 100%");
        check("% {x} %", "% {x} %");
        check("é%é", "é%é");
    }
}
