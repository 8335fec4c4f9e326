//! What was around an event: what happened before, the request, the user, who sent it.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::Level;
use crate::value::{Pair, Value, find};

/// Something that happened before the event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Breadcrumb {
    /// When.
    #[serde(default, with = "crate::time::maybe_nanos", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
    /// How it is to be shown: `default`, `http`, `navigation`, `query`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ty: Option<String>,
    /// Where it comes from: a logger, `redis`, `ui.click`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How severe it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// What happened, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Facts about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Pair<Value>>,
}

/// A request of HTTP.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// `GET`, `POST`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The address, without query and fragment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The query's names and values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<Pair<String>>,
    /// What follows `#`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fragment: Option<String>,
    /// Header lines, names as sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Pair<String>>,
    /// Cookies. Their values are always masked; that there was one helps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cookies: Vec<Pair<String>>,
    /// The body, taken apart if it is JSON or a form.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// What the server knew: `REMOTE_ADDR`, `SERVER_NAME`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<Pair<Value>>,
}

impl Request {
    /// A header's value, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Whom an event happened to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The program's own id for the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name to log in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The address that the user came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// Whatever else is known, as texts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<Pair<String>>,
}

impl User {
    /// What users are told apart by: the id, else the name, else the e-mail address, else the IP address, as `id:42`.
    pub fn identity(&self) -> Option<String> {
        let known = [
            ("id", &self.id),
            ("username", &self.username),
            ("email", &self.email),
            ("ip", &self.ip_address),
        ];
        known.into_iter().find_map(|(kind, value)| Some(format!("{kind}:{}", value.as_ref()?)))
    }
}

/// The SDK that sent an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sdk {
    /// `sentry.python.django`, …
    pub name: String,
    /// Its version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// What it is connected to: `django`, `celery`, `redis`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub integrations: Vec<String>,
}

/// A file that frames come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DebugImage {
    /// `sourcemap`, `elf`, …
    pub ty: String,
    /// The id that the file and its map share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debug_id: Option<String>,
    /// The file: its address or path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_file: Option<String>,
}

/// A browser's report about a breach of a page's content security policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Csp {
    /// The directive that was breached, without its values: `script-src`.
    pub directive: String,
    /// What was blocked: an address, or a word such as `inline`, `eval`.
    pub blocked_uri: String,
    /// The page.
    pub document_uri: String,
    /// The other fields of the report, named as in `report-uri`: `original-policy`, `source-file`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Pair<String>>,
}

impl Csp {
    /// The host of what was blocked, or the word that stands there.
    pub fn blocked_host(&self) -> &str {
        let rest = self.blocked_uri.split_once("://").map_or(self.blocked_uri.as_str(), |(_, rest)| rest);
        rest.split(['/', '?', '#']).next().unwrap_or(rest)
    }

    /// Another field of the report.
    pub fn field(&self, name: &str) -> Option<&str> {
        find(&self.fields, name).map(String::as_str)
    }
}
