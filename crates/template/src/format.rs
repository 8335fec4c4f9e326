//! Go's `fmt`: how values print, and `printf`.

mod float;
mod integer;
mod printf;
mod quote;
mod spec;

pub(crate) use printf::printf;
pub(crate) use quote::{Quoting, is_printable, quote};
use spec::Spec;

use crate::value::Value;

/// Appends the value as `%v` prints it.
pub(crate) fn value(value: &Value<'_>, out: &mut String) {
    Spec::default().print(value, 'v', out);
}

/// The value as `%s` prints it.
pub(crate) fn as_text(value: &Value<'_>) -> String {
    let mut out = String::new();
    Spec::default().print(value, 's', &mut out);
    out
}

/// Go's `fmt.Sprint`: a space between two values of which neither is text. Stops where there is more than `room`.
pub(crate) fn print(values: &[Value<'_>], room: usize) -> String {
    let mut out = String::new();
    let mut after_text = true;
    for item in values {
        let is_text = matches!(item, Value::Text(_));
        if !is_text && !after_text {
            out.push(' ');
        }
        if out.len() > room {
            break;
        }
        value(item, &mut out);
        after_text = is_text;
    }
    out
}

/// Go's `fmt.Sprintln`: a space between all values and a newline. Stops where there is more than `room`.
pub(crate) fn println(values: &[Value<'_>], room: usize) -> String {
    let mut out = String::new();
    for (index, item) in values.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if out.len() > room {
            break;
        }
        value(item, &mut out);
    }
    out.push('\n');
    out
}
