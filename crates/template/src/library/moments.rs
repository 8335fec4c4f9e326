//! Dates. Where Go means the machine's own zone, this means UTC.

use crate::format::{Quoting, quote};
use crate::functions::{Functions, Type};
use crate::time::{Time, Zone};
use crate::value::Value;

const TIME: &[Type] = &[Type::Time];

pub(super) fn add_to(functions: &mut Functions) {
    functions.add("now", &[], None, |call, _| Ok(time(Time::from_nanos(call.data.now()))));
    functions.add("__line__", &[], None, |call, _| Ok(Value::from(call.data.line())));
    functions.add("__timestamp__", &[], None, |call, _| Ok(time(Time::from_nanos(call.data.timestamp()))));
    functions.add("date", &[Type::Text, Type::Any], None, |call, args| {
        let moment = match args.value(1) {
            Value::Time(time) => (**time).clone(),
            Value::Int(seconds) | Value::Int64(seconds) => Time::from_seconds(*seconds),
            _ => Time::from_nanos(call.data.now()),
        };
        Ok(Value::from(moment.in_zone(Zone::Utc).format(args.text(0))))
    });
    // A text that does not fit the layout is the zero time, as in Sprig.
    functions.add("toDate", &[Type::Text, Type::Text], None, |_, args| {
        Ok(time(Time::parse(args.text(0), args.text(1), &Zone::Utc).unwrap_or(Time::ZERO)))
    });
    functions.add("toDateInZone", &[Type::Text, Type::Text, Type::Text], None, |_, args| {
        let zone = Zone::named(args.text(1)).unwrap_or(Zone::Utc);
        Ok(time(Time::parse(args.text(0), args.text(2), &zone).unwrap_or(Time::ZERO)))
    });
    functions.add("unixToTime", &[Type::Text], None, |_, args| unix_to_time(args.text(0)).map(time));
    functions.add("unixEpoch", TIME, None, |_, args| Ok(Value::from(args.time(0).seconds().to_string())));
    functions.add("unixEpochMillis", TIME, None, |_, args| {
        Ok(Value::from((args.time(0).nanos_wide().div_euclid(1_000_000)).to_string()))
    });
    functions.add("unixEpochNanos", TIME, None, |_, args| {
        Ok(Value::from((args.time(0).nanos_wide() as i64).to_string()))
    });
}

fn time<'a>(time: Time) -> Value<'a> {
    Value::Time(Box::new(time))
}

/// Days, seconds, milli-, micro- or nanoseconds since the epoch; how many digits there are tells which.
fn unix_to_time(text: &str) -> Result<Time, String> {
    let number: i64 = text.parse().map_err(|error: std::num::ParseIntError| {
        let what = match error.kind() {
            std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow => "value out of range",
            _ => "invalid syntax",
        };
        let parsing = quote(text, Quoting::Plain);
        format!("unable to parse time '{text}': strconv.ParseInt: parsing {parsing}: {what}")
    })?;
    let wide = i128::from(number);
    match text.len() {
        5 => Ok(Time::from_seconds(number * 86_400)),
        10 => Ok(Time::from_seconds(number)),
        13 => Ok(Time::from_nanos_wide(wide * 1_000_000)),
        16 => Ok(Time::from_nanos_wide(wide * 1000)),
        19 => Ok(Time::from_nanos_wide(wide)),
        _ => Err(format!("unable to parse time '{text}': %!w(<nil>)")),
    }
}
