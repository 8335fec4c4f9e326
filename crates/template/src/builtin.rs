//! The functions of Go's text/template itself.

mod compare;
mod escape;
mod index;

use crate::format;
use crate::functions::{Args, Body, Call, Functions, Signature, Type};
use crate::value::Value;

const ANY: Option<Type> = Some(Type::Any);

pub(crate) fn add_to(functions: &mut Functions) {
    functions.insert("and", Signature { fixed: &[Type::Any], rest: ANY }, Body::And);
    functions.insert("or", Signature { fixed: &[Type::Any], rest: ANY }, Body::Or);
    functions.add("not", &[Type::Any], None, |_, args| Ok(Value::Bool(!args.value(0).is_true())));
    functions.add("eq", &[Type::Any], ANY, |_, args| compare::equal_any(args.value(0), args.from(1)));
    functions.add("ne", &[Type::Any; 2], None, |_, args| {
        Ok(Value::Bool(!compare::equal(args.value(0), args.value(1))?))
    });
    functions.add("lt", &[Type::Any; 2], None, |_, args| compared(&args, |less, _| less));
    functions.add("le", &[Type::Any; 2], None, |_, args| compared(&args, |less, equal| less || equal));
    functions.add("gt", &[Type::Any; 2], None, |_, args| compared(&args, |less, equal| !(less || equal)));
    functions.add("ge", &[Type::Any; 2], None, |_, args| compared(&args, |less, _| !less));
    functions.add("index", &[Type::Any], ANY, |_, args| index::index(args.value(0), args.from(1)));
    functions.add("slice", &[Type::Any], ANY, |_, args| index::slice(args.value(0), args.from(1)));
    functions.add("len", &[Type::Any], None, |_, args| index::length(args.value(0)));
    functions.add("call", &[Type::Any], ANY, |_, args| match args.value(0) {
        Value::Nil => Err("call of nil".to_owned()),
        other => Err(format!("non-function of type {}", other.type_name())),
    });
    functions.add("print", &[], ANY, |call, args| printed(call, format::print(args.from(0), call.room)));
    functions.add("println", &[], ANY, |call, args| printed(call, format::println(args.from(0), call.room)));
    functions.add("printf", &[Type::Text], ANY, |call, args| {
        printed(call, format::printf(args.text(0), args.from(1), call.room)?)
    });
    functions.add("html", &[], ANY, |call, args| printed(call, escape::html(&joined(&args, call.room))));
    functions.add("js", &[], ANY, |call, args| printed(call, escape::js(&joined(&args, call.room))));
    functions.add("urlquery", &[], ANY, |call, args| printed(call, escape::query(&joined(&args, call.room))));
}

pub(crate) use escape::query as query_escape;

fn printed<'a>(call: &Call<'_, 'a>, text: String) -> Result<Value<'a>, String> {
    call.fits(text.len())?;
    Ok(Value::from(text))
}

/// What the escaping functions print of their arguments.
fn joined(args: &Args<'_>, room: usize) -> String {
    match args.from(0) {
        [] => String::new(),
        [Value::Nil] => "<no value>".to_owned(),
        values => format::print(values, room),
    }
}

/// `choose` is told whether the first is less and whether both are equal.
fn compared<'a>(args: &Args<'a>, choose: fn(bool, bool) -> bool) -> Result<Value<'a>, String> {
    let less = compare::less(args.value(0), args.value(1))?;
    let equal = !less && compare::equal(args.value(0), args.value(1))?;
    Ok(Value::Bool(choose(less, equal)))
}
