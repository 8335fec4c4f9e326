//! Sessions: how many runs, requests or visits a release had, and how they ended.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::normalise::{self, Arrival, Clock, Intake, Place};
use crate::prepare::Unreadable;
use crate::scrub::Scrubber;
use crate::value::{Pair, Value};

/// Sessions of one release and environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sessions {
    /// The version of the program.
    pub release: String,
    /// `production`, `staging`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What single sessions say about themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub updates: Vec<SessionUpdate>,
    /// Sessions that the SDK has counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aggregates: Vec<SessionAggregate>,
}

/// What one session says about itself. It may say more than once: each time all of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionUpdate {
    /// Its id. Empty if it has none; then it says only this.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Whether this is the first that it says.
    #[serde(default)]
    pub init: bool,
    /// When it began.
    #[serde(with = "crate::time::nanos")]
    pub started: Timestamp,
    /// When it said this.
    #[serde(with = "crate::time::nanos")]
    pub timestamp: Timestamp,
    /// How it stands.
    pub status: SessionStatus,
    /// How many errors it has seen until now.
    #[serde(default)]
    pub errors: u32,
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// It goes on.
    Ok,
    /// It ended.
    Exited,
    /// It ended by an error that nothing caught.
    Crashed,
    /// It ended without saying so.
    Abnormal,
    /// It saw an error that nothing caught, and went on.
    Unhandled,
}

/// How many sessions that began in one minute ended how. A session is in one of the numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SessionAggregate {
    /// The minute.
    #[serde(with = "crate::time::nanos")]
    pub started: Timestamp,
    /// The user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Ended well.
    #[serde(default)]
    pub exited: u32,
    /// Saw an error and went on.
    #[serde(default)]
    pub errored: u32,
    /// Saw an error that nothing caught, and went on.
    #[serde(default)]
    pub unhandled: u32,
    /// Ended by an error that nothing caught.
    #[serde(default)]
    pub crashed: u32,
    /// Ended without saying so.
    #[serde(default)]
    pub abnormal: u32,
}

/// More sums of one item are not taken.
const AGGREGATES_MAX: usize = 1_000;

/// Reads an item `session`.
pub fn read_one(payload: &[u8], arrival: &Arrival, scrubber: &Scrubber) -> Result<Sessions, Unreadable> {
    let intake = &mut Intake::new(scrubber);
    let clock = Clock::new(arrival);
    let fields = normalise::fields(payload)?;
    let mut sessions = attributes(intake, &fields)?;
    let mut update = SessionUpdate {
        id: String::new(),
        init: false,
        started: arrival.received,
        timestamp: arrival.received,
        status: SessionStatus::Ok,
        errors: 0,
        user: None,
    };
    for (name, value) in fields {
        let at = &Place::top(&name);
        match name.as_str() {
            "sid" => update.id = intake.word(value, at).unwrap_or_default(),
            "did" => update.user = intake.text(value, at),
            "init" => update.init = intake.boolean(value, at).unwrap_or_default(),
            "started" => {
                update.started = intake.time(value, at).map_or(update.started, |at| clock.corrected(at));
            }
            "timestamp" => {
                update.timestamp = intake.time(value, at).map_or(update.timestamp, |at| clock.corrected(at));
            }
            "status" => update.status = intake.word(value, at).as_deref().map_or(update.status, status),
            "errors" => update.errors = intake.count(value, at).unwrap_or_default(),
            _ => {}
        }
    }
    sessions.updates.push(update);
    Ok(sessions)
}

/// Reads an item `sessions`.
pub fn read(payload: &[u8], arrival: &Arrival, scrubber: &Scrubber) -> Result<Sessions, Unreadable> {
    let intake = &mut Intake::new(scrubber);
    let clock = Clock::new(arrival);
    let fields = normalise::fields(payload)?;
    let mut sessions = attributes(intake, &fields)?;
    let at = &Place::top("aggregates");
    let sent = fields.into_iter().find(|(name, _)| name == "aggregates").map(|(_, value)| value);
    let sent = intake.list(sent.unwrap_or_default(), at);
    for (index, value) in sent.into_iter().take(AGGREGATES_MAX).enumerate() {
        sessions.aggregates.extend(aggregate(intake, value, &at.index(index), clock));
    }
    Ok(sessions)
}

/// The release and the environment, without which sessions say nothing.
fn attributes(intake: &mut Intake<'_>, fields: &[Pair<Value>]) -> Result<Sessions, Unreadable> {
    let attributes = crate::value::find(fields, "attrs");
    let mut word = |name: &str| {
        let value = attributes?.get(name)?.clone();
        intake.word(value, &Place::top("attrs").name(name))
    };
    let (release, environment) = (word("release"), word("environment"));
    let release = release.ok_or(Unreadable::Missing("attrs.release"))?;
    Ok(Sessions { release, environment, updates: Vec::new(), aggregates: Vec::new() })
}

fn aggregate(
    intake: &mut Intake<'_>,
    value: Value,
    at: &Place<'_>,
    clock: Clock,
) -> Option<SessionAggregate> {
    let mut aggregate = SessionAggregate::default();
    let mut started = None;
    for (name, value) in intake.object(value, at)? {
        let at = &at.name(&name);
        let count = |intake: &mut Intake<'_>, value| intake.count(value, at).unwrap_or_default();
        match name.as_str() {
            "started" => started = intake.time(value, at),
            "did" => aggregate.user = intake.text(value, at),
            "exited" => aggregate.exited = count(intake, value),
            "errored" => aggregate.errored = count(intake, value),
            "unhandled" => aggregate.unhandled = count(intake, value),
            "crashed" => aggregate.crashed = count(intake, value),
            "abnormal" => aggregate.abnormal = count(intake, value),
            _ => {}
        }
    }
    aggregate.started = clock.corrected(started?);
    Some(aggregate)
}

fn status(word: &str) -> SessionStatus {
    match word {
        "exited" => SessionStatus::Exited,
        "crashed" => SessionStatus::Crashed,
        "abnormal" => SessionStatus::Abnormal,
        "unhandled" => SessionStatus::Unhandled,
        _ => SessionStatus::Ok,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(read: Result<Sessions, Unreadable>, expected: &str) {
        let short = read.map_or_else(
            |error| error.to_string(),
            |sessions| serde_json::to_string(&sessions).expect("JSON"),
        );
        assert_eq!(short, expected);
    }

    #[test]
    fn sessions_are_read() {
        let arrival = Arrival { received: Timestamp::from_seconds(1_795_428_000), ..Arrival::default() };
        let scrubber = Scrubber::off();
        check(
            read_one(
                br#"{"sid":"a1","did":"7","init":true,"started":"2026-11-23T09:00:00Z","timestamp":"2026-11-23T09:30:00Z",
                "status":"crashed","errors":1,"attrs":{"release":"shop@1","environment":"test"}}"#,
                &arrival,
                &scrubber,
            ),
            r#"{"release":"shop@1","environment":"test","updates":[{"id":"a1","init":true,"started":1795424400000000000,"timestamp":1795426200000000000,"status":"crashed","errors":1,"user":"7"}]}"#,
        );
        check(
            read(
                br#"{"aggregates":[{"started":"2026-11-23T09:00:00Z","exited":3,"errored":1},{"exited":1},7],"attrs":{"release":"shop@1"}}"#,
                &arrival,
                &scrubber,
            ),
            r#"{"release":"shop@1","aggregates":[{"started":1795424400000000000,"exited":3,"errored":1,"unhandled":0,"crashed":0,"abnormal":0}]}"#,
        );
        check(read(b"{}", &arrival, &scrubber), "attrs.release is missing");
    }
}
