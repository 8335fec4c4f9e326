//! Instants as they are stored: nanoseconds since the epoch.

/// For `#[serde(with)]`.
pub(crate) mod nanos {
    use model::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.nanos())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        i64::deserialize(deserializer).map(Timestamp::from_nanos)
    }
}

/// Likewise for an instant that may be missing.
pub(crate) mod maybe_nanos {
    use model::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        at.map(Timestamp::nanos).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<i64>::deserialize(deserializer)?.map(Timestamp::from_nanos))
    }
}

use model::Timestamp;

use crate::value::Value;

/// Reads an instant as SDKs write it: seconds since the epoch as a number or text, or RFC 3339 with or without a
/// zone (UTC then), with a space for the `T`, with `+0000`.
pub(crate) fn read(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => {
            number.as_i64().map(Timestamp::from_seconds).or_else(|| seconds(number.as_f64()?))
        }
        Value::Text(text) => of_text(text.trim()),
        _ => None,
    }
}

/// Microseconds are all that a number of 64 bits can tell of an instant of today.
fn seconds(seconds: f64) -> Option<Timestamp> {
    let fits = seconds.is_finite() && seconds.abs() < 9e9;
    fits.then(|| Timestamp::from_nanos((seconds * 1e6).round() as i64 * 1_000))
}

fn of_text(text: &str) -> Option<Timestamp> {
    if let Ok(at) = Timestamp::parse_rfc3339(text) {
        return Some(at);
    }
    if let Ok(number) = text.parse() {
        return seconds(number);
    }
    let at = text.char_indices().skip(19).find(|(_, sign)| !matches!(sign, '.' | '0'..='9'));
    match at {
        None => Timestamp::parse_rfc3339(&format!("{text}Z")).ok(),
        Some((at, _)) => {
            let (time, zone) = text.split_at(at);
            let zone = zone.trim().trim_start_matches("UTC");
            let (hours, minutes) = zone.split_at_checked(3).unwrap_or((zone, ""));
            let zone = match (hours, minutes) {
                ("", _) => "Z".to_owned(),
                (_, "") => format!("{hours}:00"),
                _ => format!("{hours}:{}", minutes.trim_start_matches(':')),
            };
            Timestamp::parse_rfc3339(&format!("{time}{zone}")).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_sdks_write_them() {
        let check = |json: &str, expected: &str| {
            let value = crate::json::read(json.as_bytes()).expect(json);
            assert_eq!(read(&value).map(|at| at.to_string()), Some(expected.to_owned()), "{json}");
        };
        let expected = "2026-11-23T10:00:00.250000000Z";
        for same in [
            "1795428000.25",
            r#""1795428000.25""#,
            r#""2026-11-23T10:00:00.25Z""#,
            r#""2026-11-23T10:00:00.25""#,
            r#""2026-11-23 10:00:00.250000+00:00""#,
            r#"" 2026-11-23T12:00:00.25+0200""#,
            r#""2026-11-23T05:00:00.25-05""#,
            r#""2026-11-23 10:00:00.25 UTC""#,
        ] {
            check(same, expected);
        }
        check("1795428000", "2026-11-23T10:00:00.000000000Z");
        for none in [
            "null",
            "[]",
            "true",
            r#""""#,
            r#""now""#,
            "1e300",
            r#""2026-13-01T00:00:00Z""#,
            r#""éééééééééééééééééééééé""#,
        ] {
            let value = crate::json::read(none.as_bytes()).expect(none);
            assert_eq!(read(&value), None, "{none}");
        }
    }
}
