//! Arithmetic: Sprig reads a number out of anything, and zero out of what is none.

use super::decimal::{self, Operation};
use crate::functions::{Args, Functions, Type};
use crate::literal;
use crate::value::Value;

const ANY: &[Type] = &[Type::Any];
const PAIR: &[Type] = &[Type::Any, Type::Any];
const REST: Option<Type> = Some(Type::Any);

pub(super) fn add_to(functions: &mut Functions) {
    functions.add("int", ANY, None, |_, args| Ok(Value::Int(integer(args.value(0)))));
    functions.add("float64", ANY, None, |_, args| Ok(Value::Float(float(args.value(0)))));
    integers(functions);
    floats(functions);
}

fn integers(functions: &mut Functions) {
    functions.add("add", &[], REST, |_, args| Ok(folded(args.from(0), i64::wrapping_add)));
    functions.add("mul", ANY, REST, |_, args| Ok(folded(args.from(0), i64::wrapping_mul)));
    functions.add("max", ANY, REST, |_, args| Ok(folded(args.from(0), i64::max)));
    functions.add("min", ANY, REST, |_, args| Ok(folded(args.from(0), i64::min)));
    functions.add("sub", PAIR, None, |_, args| Ok(folded(args.from(0), i64::wrapping_sub)));
    functions.add("div", PAIR, None, |_, args| divided(&args, i64::wrapping_div));
    functions.add("mod", PAIR, None, |_, args| divided(&args, i64::wrapping_rem));
}

fn floats(functions: &mut Functions) {
    functions.add("addf", &[], REST, |_, args| exact(&args, Operation::Add));
    functions.add("subf", ANY, REST, |_, args| exact(&args, Operation::Subtract));
    functions.add("mulf", ANY, REST, |_, args| exact(&args, Operation::Multiply));
    functions.add("divf", ANY, REST, |_, args| exact(&args, Operation::Divide));
    functions.add("maxf", ANY, REST, |_, args| {
        Ok(floats_folded(args.from(0), |one, other| if other.is_nan() || other > one { other } else { one }))
    });
    functions.add("minf", ANY, REST, |_, args| {
        Ok(floats_folded(args.from(0), |one, other| if other.is_nan() || other < one { other } else { one }))
    });
    functions.add("ceil", ANY, None, |_, args| Ok(Value::Float(float(args.value(0)).ceil())));
    functions.add("floor", ANY, None, |_, args| Ok(Value::Float(float(args.value(0)).floor())));
    functions.add("round", &[Type::Any, Type::Int], Some(Type::Float), |_, args| {
        Ok(Value::Float(rounded(float(args.value(0)), args.int(1), args.float(2).unwrap_or(0.5))))
    });
}

fn folded<'a>(values: &[Value<'a>], operation: fn(i64, i64) -> i64) -> Value<'a> {
    Value::Int64(values.iter().map(integer).reduce(operation).unwrap_or(0))
}

fn floats_folded<'a>(values: &[Value<'a>], operation: fn(f64, f64) -> f64) -> Value<'a> {
    Value::Float(values.iter().map(float).reduce(operation).unwrap_or(0.0))
}

fn divided<'a>(args: &Args<'a>, operation: fn(i64, i64) -> i64) -> Result<Value<'a>, String> {
    let (one, other) = (integer(args.value(0)), integer(args.value(1)));
    if other == 0 {
        return Err("runtime error: integer divide by zero".to_owned());
    }
    Ok(Value::Int64(operation(one, other)))
}

fn exact<'a>(args: &Args<'a>, operation: Operation) -> Result<Value<'a>, String> {
    let numbers: Vec<f64> = args.from(0).iter().map(float).collect();
    decimal::fold(&numbers, operation).map(Value::Float)
}

/// Rounds to so many places, up from `on` of the next on; numbers below zero too, as Sprig does.
fn rounded(number: f64, places: i64, on: f64) -> f64 {
    let power = 10_f64.powf(places as f64);
    let scaled = power * number;
    let rounded = if scaled.fract() >= on { scaled.ceil() } else { scaled.floor() };
    rounded / power
}

/// The integer in a value: text in any of Go's bases, decimals cut off.
fn integer(value: &Value<'_>) -> i64 {
    match value {
        Value::Bool(flag) => i64::from(*flag),
        // Beyond the integers Go gives the smallest on most machines.
        Value::Float(number) if number.abs() < 9.223_372_036_854_775e18 => *number as i64,
        Value::Float(_) => i64::MIN,
        Value::Text(text) => literal::parse_int(whole_part(text)).unwrap_or(0),
        other => other.as_integer().unwrap_or(0),
    }
}

/// `12.7` without its decimals; anything that is no plain decimal number stays as it is.
fn whole_part(text: &str) -> &str {
    let Some((whole, decimals)) = text.split_once('.') else { return text };
    let digits = whole.strip_prefix(['+', '-']).unwrap_or(whole);
    if !digits.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    if digits.is_empty() { "0" } else { whole }
}

/// The float in a value.
fn float(value: &Value<'_>) -> f64 {
    match value {
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Float(number) => *number,
        Value::Text(text) => literal::parse_float(text).unwrap_or(0.0),
        other => other.as_integer().unwrap_or(0) as f64,
    }
}
