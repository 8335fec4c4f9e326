//! Numbers with units: `bytes "2MB"`, `duration "1m30s"`.

use crate::format::{Quoting, quote};
use crate::functions::{Functions, Type};
use crate::literal;
use crate::time::parse_duration;
use crate::value::Value;

const TEXT: &[Type] = &[Type::Text];

pub(super) fn add_to(functions: &mut Functions) {
    functions.add("bytes", TEXT, None, |_, args| parse_bytes(args.text(0)).map(Value::Float));
    for name in ["duration", "duration_seconds"] {
        functions.add(name, TEXT, None, |_, args| {
            parse_duration(args.text(0)).map(|nanos| Value::Float(seconds(nanos)))
        });
    }
}

/// Go's `Duration.Seconds`: the whole part and the rest apart, so that no digit is lost.
fn seconds(nanos: i64) -> f64 {
    (nanos / 1_000_000_000) as f64 + (nanos % 1_000_000_000) as f64 / 1e9
}

/// A number of bytes: `1.5kB`, `2 MiB`, `1,024`; letters of any case, decimal and binary units.
fn parse_bytes(text: &str) -> Result<f64, String> {
    let end = text
        .find(|character: char| !(character.is_numeric() || character == '.' || character == ','))
        .unwrap_or(text.len());
    let number = text[..end].replace(',', "");
    let value = literal::parse_float(&number).ok_or_else(|| {
        format!("strconv.ParseFloat: parsing {}: invalid syntax", quote(&number, Quoting::Plain))
    })?;
    let unit = text[end..].trim().to_lowercase();
    let factor = factor(&unit).ok_or_else(|| format!("unhandled size name: {unit}"))?;
    let bytes = value * factor;
    if bytes >= u64::MAX as f64 {
        return Err(format!("too large: {text}"));
    }
    Ok(bytes.trunc())
}

fn factor(unit: &str) -> Option<f64> {
    let (prefix, base) = match unit.strip_suffix('b').unwrap_or(unit) {
        "" => return Some(1.0),
        prefix => match prefix.strip_suffix('i') {
            Some(prefix) => (prefix, 1024_f64),
            None => (prefix, 1000.0),
        },
    };
    let power = ["k", "m", "g", "t", "p", "e"].iter().position(|known| *known == prefix)?;
    Some(base.powi(power as i32 + 1))
}
