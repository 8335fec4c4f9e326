//! The functions of Prometheus's templates, by its names, beside Go's own and those of Loki's lines.

use model::Ordered as _;
use model::parse_duration;
use template::time::Time;
use template::{Args, Functions, Type, Value};

use super::humanize;

/// Before a query, as a name of the data: the one thing that a function can ask.
pub(super) const QUERY: &str = "query ";

const TEXT: &[Type] = &[Type::Text];
const ANY: &[Type] = &[Type::Any];

pub(super) fn all() -> Functions {
    let mut functions = Functions::loki();
    numbers(&mut functions);
    samples(&mut functions);
    texts(&mut functions);
    links(&mut functions);
    functions
}

fn numbers(functions: &mut Functions) {
    for (name, write) in humanize::ALL {
        functions.add(name, ANY, None, move |_, args| Ok(write(number(args.value(0))?).into()));
    }
    functions.add("humanizeTimestamp", ANY, None, |_, args| {
        let seconds = number(args.value(0))?;
        if !seconds.is_finite() {
            return Ok(humanize::short(seconds).into());
        }
        Ok(Time::from_nanos((seconds * 1e9) as i64).format("2006-01-02 15:04:05.999999999 -0700 MST").into())
    });
    functions.add("toTime", ANY, None, |_, args| {
        let nanos = number(args.value(0))? * 1e9;
        Ok(Value::Time(Box::new(Time::from_nanos(nanos as i64))))
    });
    functions
        .add("toDuration", ANY, None, |_, args| Ok(Value::Duration((number(args.value(0))? * 1e9) as i64)));
    functions.add("parseDuration", TEXT, None, |_, args| {
        let duration = parse_duration(args.text(0)).map_err(|error| error.to_string())?;
        Ok(Value::Float(duration.as_secs_f64()))
    });
    functions.add("now", &[], None, |call, _| Ok(Value::Float(call.data.now() as f64 / 1e9)));
}

fn samples(functions: &mut Functions) {
    functions.add("query", TEXT, None, |call, args| {
        match call.data.get(&format!("{QUERY}{}", args.text(0))) {
            Value::Text(why) => Err(why.into_owned()),
            samples => Ok(samples),
        }
    });
    functions.add("first", ANY, None, |_, args| match args.value(0) {
        Value::List(items) => {
            items.first().cloned().ok_or_else(|| "first() called on vector with no elements".to_owned())
        }
        other => Err(format!("first wants the answer of a query, not {}", other.type_name())),
    });
    // Without an argument the alert's own value; with a sample that one's.
    functions.add("value", &[], Some(Type::Any), |call, args| match args.from(0) {
        [] => Ok(call.data.get("Value")),
        [sample] => field(sample, "Value"),
        _ => Err("value takes one sample at most".to_owned()),
    });
    functions.add("label", &[Type::Text, Type::Any], None, |_, args| match field(args.value(1), "Labels")? {
        Value::Map(labels) => Ok(labels.get(args.text(0))),
        _ => Ok("".into()),
    });
    functions.add("strvalue", ANY, None, |_, args| match field(args.value(0), "Labels")? {
        Value::Map(labels) => Ok(labels.get("__value__")),
        _ => Ok("".into()),
    });
    functions.add("sortByLabel", &[Type::Text, Type::Any], None, |_, args| sorted(&args));
}

fn texts(functions: &mut Functions) {
    // What a template that is called by another gets: arg0, arg1, …
    functions.add("args", &[], Some(Type::Any), |_, args| {
        let named = args.from(0).iter().enumerate().map(|(at, value)| (format!("arg{at}"), value.clone()));
        Ok(Value::map(named))
    });
    functions.add("toUpper", TEXT, None, |_, args| Ok(args.text(0).to_uppercase().into()));
    functions.add("toLower", TEXT, None, |_, args| Ok(args.text(0).to_lowercase().into()));
    functions.add("title", TEXT, None, |_, args| Ok(title(args.text(0)).into()));
    functions.add("safeHtml", TEXT, None, |_, mut args| Ok(Value::Text(args.take_text(0))));
    functions.add("match", &[Type::Text, Type::Text], None, |call, args| {
        Ok(Value::Bool(call.regex(args.text(0))?.is_match(args.text(1))))
    });
    functions.add("reReplaceAll", &[Type::Text, Type::Text, Type::Text], None, |call, args| {
        let regex = call.regex(args.text(0))?;
        Ok(regex.replace_all(args.text(2), args.text(1)).into_owned().into())
    });
    functions.add("stripPort", TEXT, None, |_, args| Ok(strip_port(args.text(0)).to_owned().into()));
    functions.add("stripDomain", TEXT, None, |_, args| {
        let (host, port) = match strip_port(args.text(0)) {
            host if host.len() < args.text(0).len() => (host, &args.text(0)[host.len()..]),
            host => (host, ""),
        };
        let short = if host.parse::<std::net::IpAddr>().is_ok() { host } else { first_part(host) };
        Ok(format!("{short}{port}").into())
    });
}

fn links(functions: &mut Functions) {
    functions.add("externalURL", &[], None, |call, _| Ok(call.data.get("ExternalURL")));
    functions.add("pathPrefix", &[], None, |_, _| Ok("".into()));
    for (name, tab) in [("graphLink", "0"), ("tableLink", "1")] {
        functions.add(name, TEXT, None, move |_, args| {
            Ok(format!("/graph?g0.expr={}&g0.tab={tab}", escaped(args.text(0))).into())
        });
    }
}

/// A field of a sample.
fn field<'a>(sample: &Value<'a>, name: &str) -> Result<Value<'a>, String> {
    match sample {
        Value::Map(map) if map.entries.contains_key(name) => Ok(map.get(name)),
        other => Err(format!("wants a sample of a query, not {}", other.type_name())),
    }
}

fn sorted<'a>(args: &Args<'a>) -> Result<Value<'a>, String> {
    let Value::List(items) = args.value(1) else {
        return Err(format!("wants the answer of a query, not {}", args.value(1).type_name()));
    };
    let mut keyed = Vec::new();
    for item in items.iter() {
        let key = match field(item, "Labels")? {
            Value::Map(labels) => format!("{:?}", labels.get(args.text(0))),
            _ => String::new(),
        };
        keyed.push((key, item.clone()));
    }
    keyed.order_by(|(one, _), (other, _)| one.cmp(other));
    Ok(Value::list(keyed.into_iter().map(|(_, item)| item)))
}

/// A number, or text that is one.
fn number(value: &Value<'_>) -> Result<f64, String> {
    match value {
        Value::Float(number) => Ok(*number),
        Value::Int(number) | Value::Int64(number) => Ok(*number as f64),
        Value::Duration(nanos) => Ok(*nanos as f64 / 1e9),
        Value::Text(text) => match text.trim_start_matches('+').parse() {
            Ok(number) => Ok(number),
            Err(_) => Err(format!("{text:?} is no number")),
        },
        other => Err(format!("can't convert {} to float", other.type_name())),
    }
}

fn title(text: &str) -> String {
    let mut begins = true;
    let letters = text.chars().map(|letter| {
        let now = if begins { letter.to_uppercase().next().unwrap_or(letter) } else { letter };
        begins = !letter.is_alphanumeric() && letter != '\'';
        now
    });
    letters.collect()
}

/// `web:8000` → `web`, `[::1]:80` → `::1`; anything else as it is.
fn strip_port(text: &str) -> &str {
    if let Some(rest) = text.strip_prefix('[') {
        return rest.split_once("]:").map_or(text, |(host, _)| host);
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => host,
        _ => text,
    }
}

fn first_part(host: &str) -> &str {
    host.split_once('.').map_or(host, |(first, _)| first)
}

/// As in the query of an address.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => escaped.push(byte as char),
            b' ' => escaped.push('+'),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}
