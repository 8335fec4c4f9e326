//! The request that was worked on.

use super::intake::TEXT_BYTES_MAX;
use super::{Intake, Place, tree};
use crate::event::Request;
use crate::json;
use crate::value::{Pair, Value};

/// More headers, cookies, names of a query are not kept.
const PAIRS_MAX: usize = 100;

pub(crate) fn request(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Option<Request> {
    let mut request = Request::default();
    let mut data = Value::Null;
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        match name.as_str() {
            "method" => request.method = intake.word(value, at),
            "url" => request.url = intake.plain(value, at, TEXT_BYTES_MAX),
            "query_string" => request.query = query(intake, value, at),
            "fragment" => request.fragment = intake.text(value, at),
            "headers" => request.headers = headers(intake, value, at),
            "cookies" => request.cookies = cookies(intake, value, at),
            "data" => data = value,
            "env" => request.env = tree::pairs(intake, value, at, tree::EXTRA),
            _ => {}
        }
    }
    split_url(intake, &mut request, at);
    let form = request.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form"));
    request.data = body(intake, data, form, &at.name("data"));
    Some(request)
}

/// Takes the query and the fragment off the address.
fn split_url(intake: &mut Intake<'_>, request: &mut Request, at: &Place<'_>) {
    let Some(mut url) = request.url.take() else { return };
    if let Some((address, fragment)) = url.split_once('#') {
        request.fragment = request.fragment.take().or_else(|| Some(intake.scrubbed(fragment.to_owned(), at)));
        url = address.to_owned();
    }
    if let Some((address, asked)) = url.split_once('?') {
        if request.query.is_empty() {
            request.query = query(intake, Value::Text(asked.to_owned()), &at.name("query_string"));
        }
        url = address.to_owned();
    }
    request.url = Some(intake.scrubbed(url, &at.name("url")));
}

/// A query as a text, an object, or pairs.
fn query(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Pair<String>> {
    let pairs = match value {
        Value::Text(text) => form(&text),
        other => intake.pairs(other, at),
    };
    texts(intake, pairs, at)
}

fn form(text: &str) -> Vec<Pair<Value>> {
    let pairs = form_urlencoded::parse(text.trim_start_matches('?').as_bytes());
    pairs.map(|(name, value)| (name.into_owned(), Value::Text(value.into_owned()))).collect()
}

/// Names with texts, masked. Of a list of values each has the name.
fn texts(intake: &mut Intake<'_>, pairs: Vec<Pair<Value>>, at: &Place<'_>) -> Vec<Pair<String>> {
    let mut flat = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        match value {
            Value::List(values) => flat.extend(values.into_iter().map(|value| (name.clone(), value))),
            value => flat.push((name, value)),
        }
    }
    intake.within(flat, at, PAIRS_MAX, |intake, name, value, at| {
        let text = intake.plain(value, at, TEXT_BYTES_MAX).unwrap_or_default();
        // A program's name says nothing secret, and there are many numbers in it.
        let is_agent = name.eq_ignore_ascii_case("user-agent");
        Some(if is_agent { text } else { intake.scrubbed_value(name, text, at) })
    })
}

fn headers(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Pair<String>> {
    let pairs = intake.pairs(value, at);
    texts(intake, pairs, at)
}

/// Cookies: their values open doors, so all of them are masked.
fn cookies(intake: &mut Intake<'_>, value: Value, at: &Place<'_>) -> Vec<Pair<String>> {
    let pairs = match value {
        Value::Text(text) => {
            let each = text.split(';').filter(|cookie| !cookie.trim().is_empty());
            let halves = each.map(|cookie| cookie.split_once('=').unwrap_or((cookie, "")));
            halves.map(|(name, value)| (name.trim().to_owned(), Value::Text(value.to_owned()))).collect()
        }
        other => intake.pairs(other, at),
    };
    intake.within(pairs, at, PAIRS_MAX, |intake, _, value, at| {
        let text = intake.plain(value, at, TEXT_BYTES_MAX).unwrap_or_default();
        Some(intake.scrubbed_value("cookie", text, at))
    })
}

/// The body, taken apart where it is JSON or a form, so that its keys can be seen.
fn body(intake: &mut Intake<'_>, value: Value, is_form: bool, at: &Place<'_>) -> Value {
    let Value::Text(text) = value else { return tree::branch(intake, value, at, tree::EXTRA) };
    let text = intake.fitting(text, at, TEXT_BYTES_MAX);
    if text.starts_with(['{', '['])
        && let Ok(parsed) = json::read(text.as_bytes())
    {
        return tree::branch(intake, parsed, at, tree::EXTRA);
    }
    if is_form {
        return tree::branch(intake, Value::Object(form(&text)), at, tree::EXTRA);
    }
    if text.is_empty() { Value::Null } else { Value::Text(intake.scrubbed(text, at)) }
}
