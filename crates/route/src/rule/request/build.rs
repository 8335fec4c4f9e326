//! From a function as it was written to what it looks for.

use http::HeaderName;
use regex::Regex;

use super::Remark;
use super::matcher::{Host, Matcher};
use crate::net::Cidr;
use crate::rule::expression::Call;
use crate::rule::template::{self, Part};
use crate::rule::{RuleError, Syntax};

/// The functions that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Host,
    HostHeader,
    HostRegexp,
    Path,
    PathPrefix,
    PathRegexp,
    Header,
    HeaderRegexp,
    Headers,
    HeadersRegexp,
    Method,
    Query,
    QueryRegexp,
    ClientIp,
}

use Function as F;

const V3: [(&str, Function); 11] = [
    ("Host", F::Host),
    ("HostRegexp", F::HostRegexp),
    ("Path", F::Path),
    ("PathPrefix", F::PathPrefix),
    ("PathRegexp", F::PathRegexp),
    ("Header", F::Header),
    ("HeaderRegexp", F::HeaderRegexp),
    ("Method", F::Method),
    ("Query", F::Query),
    ("QueryRegexp", F::QueryRegexp),
    ("ClientIP", F::ClientIp),
];

const V2: [(&str, Function); 10] = [
    ("Host", F::Host),
    ("HostHeader", F::HostHeader),
    ("HostRegexp", F::HostRegexp),
    ("Path", F::Path),
    ("PathPrefix", F::PathPrefix),
    ("Headers", F::Headers),
    ("HeadersRegexp", F::HeadersRegexp),
    ("Method", F::Method),
    ("Query", F::Query),
    ("ClientIP", F::ClientIp),
];

/// What `call` looks for. In v3, what only v2 has is read as v2, and a remark says how to write it in v3.
pub(super) fn matcher(call: &Call, syntax: Syntax, remarks: &mut Vec<Remark>) -> Result<Matcher, RuleError> {
    if let Some(empty) = call.values.iter().position(String::is_empty) {
        let what = format!("value {} of `{}` is empty", empty + 1, call.name);
        let instead = "write what it is to match; is a variable of compose not set?";
        return Err(RuleError::new(call.at, what, instead));
    }
    if call.values.is_empty() {
        let instead = format!("write {}(`…`)", call.name);
        return Err(RuleError::new(call.at, format!("`{}` has no value", call.name), instead));
    }
    if syntax == Syntax::V2 {
        return v2(call, function(call, &V2).map_err(|error| only_in_v3(call).unwrap_or(error))?);
    }
    let function = function(call, &V3).or_else(|error| function_of_v2(call).ok_or(error))?;
    if let Some(remark) = only_in_v2(call, function) {
        remarks.push(remark);
        return v2(call, function);
    }
    v3(call, function)
}

/// Names are known as they are written here, and in small, capital and title letters: `Pathprefix`.
pub(in crate::rule) fn is_spelling(written: &str, name: &str) -> bool {
    if !written.eq_ignore_ascii_case(name) {
        return false;
    }
    let title =
        |(at, byte): (usize, u8)| if at == 0 { byte.is_ascii_uppercase() } else { byte.is_ascii_lowercase() };
    written == name
        || written.bytes().all(|byte| byte.is_ascii_lowercase())
        || written.bytes().all(|byte| byte.is_ascii_uppercase())
        || written.bytes().enumerate().all(title)
}

fn function(call: &Call, known: &[(&str, Function)]) -> Result<Function, RuleError> {
    let found = known.iter().find(|(name, _)| is_spelling(&call.name, name));
    found.map(|(_, function)| *function).ok_or_else(|| unknown(call, known.iter().map(|(name, _)| *name)))
}

/// No function of this name, and which one was meant.
pub(in crate::rule) fn unknown<'a>(call: &Call, known: impl Iterator<Item = &'a str> + Clone) -> RuleError {
    let other_case = known.clone().find(|name| name.eq_ignore_ascii_case(&call.name));
    let instead = match other_case.or_else(|| settings::nearest(&call.name, known.clone())) {
        Some(near) => format!("write {near}"),
        None => format!("write one of {}", known.collect::<Vec<_>>().join(", ")),
    };
    RuleError::new(call.at, format!("there is no function `{}`", call.name), instead)
}

fn only_in_v3(call: &Call) -> Option<RuleError> {
    function(call, &V3).ok()?;
    let what = format!("syntax v2 has no function `{}`", call.name);
    Some(RuleError::new(call.at, what, "leave `rulesyntax` out: v3 understands what v2 has"))
}

fn function_of_v2(call: &Call) -> Option<Function> {
    function(call, &V2)
        .ok()
        .filter(|function| matches!(function, F::HostHeader | F::Headers | F::HeadersRegexp))
}

/// What to say where v2 means something by it and v3 nothing, or nothing of use.
fn only_in_v2(call: &Call, function: Function) -> Option<Remark> {
    let remark = |what: String, instead: String| Some(Remark { what, instead });
    let each = |function: &str| {
        let calls = call.values.iter().map(|value| format!("{function}(`{value}`)"));
        calls.collect::<Vec<_>>().join(" || ")
    };
    match function {
        F::HostHeader => remark("`HostHeader` is of Traefik 2".to_owned(), format!("write {}", each("Host"))),
        F::Headers => {
            remark("`Headers` is of Traefik 2".to_owned(), "write Header(`name`, `value`)".to_owned())
        }
        F::HeadersRegexp => remark(
            "`HeadersRegexp` is of Traefik 2".to_owned(),
            "write HeaderRegexp(`name`, `expression`)".to_owned(),
        ),
        F::Host | F::HostRegexp | F::Path | F::PathPrefix | F::Method | F::ClientIp => {
            let template = matches!(function, F::HostRegexp | F::Path | F::PathPrefix)
                && call.values.iter().any(|value| template::has_template(value));
            if template {
                let what = format!("the braces in `{}` are a template of Traefik 2", call.name);
                return remark(what, instead_of_template(function, &call.values));
            }
            let several = call.values.len() > 1;
            let what =
                || format!("several values in one `{}` are of Traefik 2; one of them will do", call.name);
            several.then(|| Remark { what: what(), instead: format!("write {}", each(&call.name)) })
        }
        F::Query if call.values.len() == 1 && call.values[0].contains('=') => {
            let (key, value) = call.values[0].split_once('=').unwrap_or_default();
            let what = "key and value in one text are of Traefik 2".to_owned();
            remark(what, format!("write Query(`{key}`, `{value}`)"))
        }
        F::PathRegexp | F::Header | F::HeaderRegexp | F::Query | F::QueryRegexp => None,
    }
}

fn instead_of_template(function: Function, values: &[String]) -> String {
    let (name, part) = match function {
        F::HostRegexp => ("HostRegexp", Part::Host),
        F::Path => ("PathRegexp", Part::Path),
        _ => ("PathRegexp", Part::PathPrefix),
    };
    let calls = values.iter().filter_map(|value| {
        let expression = template::expression(value, part).ok()?;
        let expression = expression.strip_prefix("(?i)").unwrap_or(&expression);
        Some(format!("{name}(`{expression}`)"))
    });
    format!("write {}", calls.collect::<Vec<_>>().join(" || "))
}

fn v3(call: &Call, function: Function) -> Result<Matcher, RuleError> {
    let most = match function {
        F::Header | F::HeaderRegexp | F::Query | F::QueryRegexp => 2,
        _ => 1,
    };
    let least = if matches!(function, F::Header | F::HeaderRegexp) { 2 } else { 1 };
    if !(least..=most).contains(&call.values.len()) {
        let what = format!("`{}` has {} values", call.name, call.values.len());
        let wanted = if least == most { format!("{most}") } else { format!("{least} or {most}") };
        return Err(RuleError::new(call.at, what, format!("give it {wanted}")));
    }
    let first = call.values[0].as_str();
    let second = call.values.get(1).map(String::as_str);
    Ok(match (function, second) {
        (F::Host | F::HostHeader, _) if first == "*" => Matcher::AnyHost,
        (F::Host | F::HostHeader, _) => Matcher::Host(vec![host(call, first, true)?]),
        (F::HostRegexp, _) => Matcher::HostPattern(vec![compile(call, demand_ascii(call, first)?)?]),
        (F::Path, _) => Matcher::Path(vec![path(call, first)?]),
        (F::PathPrefix, _) => Matcher::PathPrefix(vec![path(call, first)?]),
        (F::PathRegexp, _) => Matcher::PathPattern(vec![compile(call, first)?]),
        (F::Header | F::Headers, Some(value)) => Matcher::Header(header_name(call, first)?, value.to_owned()),
        (F::HeaderRegexp | F::HeadersRegexp, Some(value)) => {
            Matcher::HeaderPattern(header_name(call, first)?, compile(call, value)?)
        }
        (F::Method, _) => Matcher::Method(vec![first.to_uppercase()]),
        (F::QueryRegexp, Some(value)) => Matcher::QueryPattern(first.to_owned(), compile(call, value)?),
        (F::ClientIp, _) => Matcher::ClientIp(vec![range(call, first)?]),
        (F::Query | F::QueryRegexp | F::Header | F::Headers | F::HeaderRegexp | F::HeadersRegexp, _) => {
            Matcher::Query(first.to_owned(), second.unwrap_or_default().to_owned())
        }
    })
}

fn v2(call: &Call, function: Function) -> Result<Matcher, RuleError> {
    let values = &call.values;
    Ok(match function {
        F::Host if values.len() == 1 && values[0] == "*" => Matcher::AnyHost,
        F::Host | F::HostHeader => {
            let certified = function == F::Host;
            Matcher::Host(each(values, |value| host(call, value, certified))?)
        }
        F::HostRegexp => Matcher::HostPattern(each(values, |value| {
            compile_template(call, demand_ascii(call, value)?, Part::Host)
        })?),
        F::Path | F::PathPrefix => v2_paths(call, function)?,
        F::Method => Matcher::Method(values.iter().map(|value| value.to_uppercase()).collect()),
        F::ClientIp => Matcher::ClientIp(each(values, |value| range(call, value))?),
        F::Headers | F::Header => Matcher::All(pairs(call, values, |name, value| {
            Ok(Matcher::Header(header_name(call, name)?, value.to_owned()))
        })?),
        F::HeadersRegexp | F::HeaderRegexp => Matcher::All(pairs(call, values, |name, value| {
            Ok(Matcher::HeaderPattern(header_name(call, name)?, compile(call, value)?))
        })?),
        F::Query | F::QueryRegexp | F::PathRegexp => {
            let flat: Vec<String> =
                values.iter().flat_map(|value| value.splitn(2, '=').map(str::to_owned)).collect();
            Matcher::All(pairs(call, &flat, |key, value| {
                let pattern = compile_template(call, value, Part::Query)?;
                Ok(Matcher::FirstQueryPattern(key.to_owned(), pattern))
            })?)
        }
    })
}

/// Plain paths are compared, templates become expressions.
fn v2_paths(call: &Call, function: Function) -> Result<Matcher, RuleError> {
    let paths = each(&call.values, |value| path(call, value))?;
    let plain = !paths.iter().any(|path| path.contains(['{', '}']));
    Ok(match (function, plain) {
        (F::Path, true) => Matcher::Path(paths),
        (_, true) => Matcher::PathPrefix(paths),
        (F::Path, false) => {
            Matcher::PathPattern(each(&paths, |path| compile_template(call, path, Part::Path))?)
        }
        (_, false) => {
            Matcher::PathPattern(each(&paths, |path| compile_template(call, path, Part::PathPrefix))?)
        }
    })
}

fn each<T>(values: &[String], read: impl Fn(&str) -> Result<T, RuleError>) -> Result<Vec<T>, RuleError> {
    values.iter().map(|value| read(value)).collect()
}

fn pairs(
    call: &Call,
    values: &[String],
    read: impl Fn(&str, &str) -> Result<Matcher, RuleError>,
) -> Result<Vec<Matcher>, RuleError> {
    if !values.len().is_multiple_of(2) {
        let what = format!("`{}` takes pairs, and one value is left over", call.name);
        return Err(RuleError::new(call.at, what, format!("write {}(`name`, `value`)", call.name)));
    }
    values.chunks_exact(2).map(|pair| read(&pair[0], &pair[1])).collect()
}

fn demand_ascii<'v>(call: &Call, value: &'v str) -> Result<&'v str, RuleError> {
    if value.is_ascii() {
        return Ok(value);
    }
    let what = format!("`{value}` has letters that no host name has");
    Err(RuleError::new(call.at, what, "write the name as it is asked for (xn--…)"))
}

fn host(call: &Call, value: &str, certified: bool) -> Result<Host, RuleError> {
    let name = demand_ascii(call, value)?.to_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name).to_owned();
    Ok(Host { wildcard: name.starts_with('*'), certified, name })
}

fn path(call: &Call, value: &str) -> Result<String, RuleError> {
    if value.starts_with('/') {
        return Ok(value.to_owned());
    }
    let what = format!("the path `{value}` does not begin with a slash");
    Err(RuleError::new(call.at, what, format!("write {}(`/{value}`)", call.name)))
}

fn header_name(call: &Call, value: &str) -> Result<HeaderName, RuleError> {
    value.parse().map_err(|_| RuleError::new(call.at, format!("`{value}` is no name of a header"), ""))
}

pub(in crate::rule) fn range(call: &Call, value: &str) -> Result<Cidr, RuleError> {
    let what = || format!("`{value}` is no address and no range of addresses");
    Cidr::parse(value).ok_or_else(|| RuleError::new(call.at, what(), "write it as 10.0.0.0/8 or ::1"))
}

pub(in crate::rule) fn compile(call: &Call, expression: &str) -> Result<Regex, RuleError> {
    let pattern = crate::declared::Pattern::new(expression);
    let wrong = |why| RuleError::new(call.at, format!("`{expression}` is no regular expression: {why}"), "");
    pattern.map(|pattern| pattern.regex().clone()).map_err(wrong)
}

pub(in crate::rule) fn compile_template(call: &Call, value: &str, part: Part) -> Result<Regex, RuleError> {
    let wrong = |why| RuleError::new(call.at, format!("`{value}` is no template: {why}"), "");
    compile(call, &template::expression(value, part).map_err(wrong)?)
}
