//! Services that are made of services; files only.

use super::Cookie;
use super::sticky::sticky;
use crate::declared::fields::Fields;

/// Services, each with a share of the requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighted {
    /// The services.
    pub services: Vec<WeightedService>,
    /// Whether a client stays with its service.
    pub sticky: Option<Cookie>,
}

/// A service with its share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightedService {
    /// A reference.
    pub name: String,
    /// Its share.
    pub weight: u32,
}

/// A service whose requests others get copies of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirroring {
    /// The service that answers.
    pub service: String,
    /// Whether bodies are copied too.
    pub mirror_body: bool,
    /// Larger bodies are not copied; none means all are.
    pub body_bytes_max: Option<u64>,
    /// Who gets copies.
    pub mirrors: Vec<Mirror>,
}

/// Who gets copies of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// A reference.
    pub name: String,
    /// Of how many in a hundred.
    pub percent: u8,
}

/// A service and another for when it is down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failover {
    /// The service.
    pub service: String,
    /// The other.
    pub fallback: String,
}

impl Weighted {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        health_of_children(fields);
        Self { services: fields.objects("services", WeightedService::read), sticky: sticky(fields) }
    }
}

impl WeightedService {
    pub(in crate::declared) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self { name: fields.text("name").unwrap_or_default(), weight: fields.number("weight").unwrap_or(1) }
    }
}

impl Mirroring {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        health_of_children(fields);
        Self {
            service: fields.text("service").unwrap_or_default(),
            mirror_body: fields.flag("mirrorBody").unwrap_or(true),
            body_bytes_max: fields.limit_bytes("maxBodySize"),
            mirrors: fields.objects("mirrors", Mirror::read),
        }
    }
}

impl Mirror {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            name: fields.text("name").unwrap_or_default(),
            percent: fields.number("percent").map_or(0, |percent: u8| percent.min(100)),
        }
    }
}

impl Failover {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        health_of_children(fields);
        fields.unsupported(
            "errors",
            "answers with errors do not make it fail over; only a service without servers does",
            "",
        );
        Self {
            service: fields.text("service").unwrap_or_default(),
            fallback: fields.text("fallback").unwrap_or_default(),
        }
    }
}

/// Whether health is passed on to the services that name this one: Porthole always does.
pub(super) fn health_of_children(fields: &mut Fields<'_, '_>) {
    let _ = fields.switch("healthCheck", |_| ());
}
