//! Projects: where the SDKs send, and how they are told.
//!
//! | call | answer | who |
//! |---|---|---|
//! | `GET projects` | list of [`ProjectRow`], by slug | everybody |
//! | `GET projects/{id}` | [`Project`]; 404 | everybody |
//! | `POST projects` [`NewProject`] | 201 [`Project`]; 409 for a slug that is taken | admins |
//! | `PUT projects/{id}` [`NewProject`] | [`Project`]; 403 for one of the settings | admins |
//! | `DELETE projects/{id}` | 204; 403 for one of the settings; its issues go with it | admins |
//! | `POST projects/{id}/keys` | 201 [`ProjectKey`] | admins |
//! | `DELETE projects/{id}/keys/{key}` | 204; 403 for the last one and for one of the settings | admins |
//! | `POST projects/{id}/test` | [`TestSent`] | editors |
//! | `GET projects/{id}/refused` | [`Refused`] | everybody |

use serde::{Deserialize, Serialize};

use crate::Millis;

/// One project in a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRow {
    /// Names it in the SDKs' addresses.
    pub id: u64,
    /// Names it to people: `shop`.
    pub slug: String,
    /// The service whose errors come here; empty: not told.
    pub service: String,
    /// Where it is set: `porthole.toml:12`; empty: it was made on the page, or is there by itself.
    pub origin: String,
    /// What an SDK is given, with the newest key.
    pub dsn: String,
    /// Events of the last 24 hours.
    pub events: u64,
    /// The same by hours, oldest first.
    pub spark: Vec<u64>,
    /// Transactions of the last 24 hours.
    pub transactions: u64,
    /// What was refused in the last 24 hours.
    pub refused: u64,
    /// Unresolved issues.
    pub issues: u64,
    /// When the last event came; `None`: none ever.
    pub last_event: Option<Millis>,
}

/// One project whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// As in the list.
    pub row: ProjectRow,
    /// Newest first.
    pub keys: Vec<ProjectKey>,
    /// What to paste into a program, one for each kind of program.
    pub setups: Vec<ProjectSetup>,
    /// The SDKs that sent something, most first.
    pub sdks: Vec<SdkRow>,
    /// The project as it would stand in the settings, to be pasted there.
    pub toml: String,
    /// How much is taken, and what is not just now, in words.
    pub limits: Vec<String>,
}

/// A key of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectKey {
    /// 32 hexadecimal digits. Not a secret: browsers carry it.
    pub key: String,
    /// What an SDK is given.
    pub dsn: String,
    /// When it was made; `None`: it stands in the settings.
    pub made: Option<Millis>,
    /// When it was last used since the start; `None`: it was not.
    pub last_used: Option<Millis>,
    /// It stands in the settings and cannot be revoked here.
    pub fixed: bool,
}

/// How a kind of program is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectSetup {
    /// `Django`, `Celery`, `Node`, `Browser`, `Go`, …
    pub name: String,
    /// What to install: `pip install sentry-sdk`.
    pub install: String,
    /// What to write, with the project's DSN in it.
    pub code: String,
    /// Where to write it: `settings.py`, as early as can be.
    pub place: String,
}

/// An SDK that sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SdkRow {
    /// `sentry.python/2.75.0`.
    pub name: String,
    /// Envelopes of the last 24 hours.
    pub envelopes: u64,
}

/// A project to make, or how it is to be from now on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProject {
    /// 1 to 50 lower-case letters, digits, `-` or `_`, not digits alone.
    pub slug: String,
    /// The service whose errors come here; empty: not told.
    #[serde(default)]
    pub service: String,
}

/// An event was sent through the project's own door.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestSent {
    /// Its id: ask `GET events/{id}` until it answers where it is.
    pub event: String,
}

/// What a project refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// How much, by reason and kind, in the last 24 hours; most first.
    pub counts: Vec<RefusedCount>,
    /// The last ones, newest first, at most 100.
    pub last: Vec<RefusedRow>,
    /// What the SDKs say that they did not send at all, by reason and kind, in the last 24 hours; most first.
    pub unsent: Vec<RefusedCount>,
}

/// How much was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedCount {
    /// Why: `too_large`, `rate_limit`, `unknown_item`, …
    pub reason: String,
    /// What: `error`, `transaction`, `attachment`, …; empty: whole envelopes.
    pub kind: String,
    /// How much.
    pub count: u64,
}

/// Something refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// When.
    pub time: Millis,
    /// Why, in words and with what to do.
    pub reason: String,
    /// How large it was.
    pub bytes: u64,
    /// Which SDK sent it; empty: not told.
    pub client: String,
}
