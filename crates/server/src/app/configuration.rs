//! `GET configuration`: what is in force, where each value comes from, and what keeping things costs.

mod cost;
mod documented;

use api::{ConfigKey, ConfigSection, Configuration, KeyOrigin};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use settings::{Place, Shown};

use super::App;
use crate::InForce;
use documented::{Documented, documented};

/// `GET configuration`
pub(super) async fn show(State(app): State<App>) -> Response {
    let at = app.clock.now();
    let set = app.in_force.get();
    let kept = cost::Kept {
        logs: app.logs.status(),
        oldest_line: app.logs.oldest(),
        metrics: app.metrics.status(),
        issues: app.issues.status(),
    };
    let file = set.iter().find_map(|one| match &one.place {
        Place::File { file, .. } => Some(file.to_string()),
        Place::NoFile | Place::Environment { .. } => None,
    });
    let limits = |section: &str, key: &str| value_of(&set, section, key);
    let stores = cost::stores(&kept, limits, at);
    let answer = Configuration {
        file: file.unwrap_or_default(),
        disk: cost::disk(&kept, &stores),
        stores,
        sections: sections(&set),
    };
    Json(answer).into_response()
}

/// A value as it is in force: as it is set, or else the default that the settings' documentation tells.
fn value_of(set: &[Shown], section: &str, key: &str) -> String {
    let written =
        set.iter().find(|one| one.section == section && one.key == key).map(|one| one.value.clone());
    let default = || {
        let known = documented().iter().find(|one| one.section == section && one.key == key);
        known.map(|one| one.default.clone()).unwrap_or_default()
    };
    written.unwrap_or_else(default).trim_matches('"').to_owned()
}

/// Every section, documented ones in the documentation's order and then those that users name themselves.
fn sections(set: &[Shown]) -> Vec<ConfigSection> {
    let mut all: Vec<ConfigSection> = Vec::new();
    for known in documented() {
        let key = match set.iter().find(|one| one.section == known.section && one.key == known.key) {
            Some(written) => of_written(written, &known.default),
            None => of_default(known),
        };
        section(&mut all, &known.section, &known.what).keys.push(key);
    }
    for written in set {
        let is_known = |one: &Documented| one.section == written.section && one.key == written.key;
        if !documented().iter().any(is_known) {
            section(&mut all, &written.section, "").keys.push(of_written(written, ""));
        }
    }
    all
}

fn section<'a>(all: &'a mut Vec<ConfigSection>, name: &str, what: &str) -> &'a mut ConfigSection {
    let at = all.iter().position(|known| known.name == name).unwrap_or_else(|| {
        all.push(ConfigSection { name: name.to_owned(), what: what.to_owned(), keys: Vec::new() });
        all.len() - 1
    });
    &mut all[at]
}

fn of_default(known: &Documented) -> ConfigKey {
    ConfigKey {
        key: known.key.clone(),
        value: known.default.clone(),
        origin: KeyOrigin::Default,
        default: known.default.clone(),
        ..ConfigKey::default()
    }
}

fn of_written(written: &Shown, default: &str) -> ConfigKey {
    let (origin, place) = match &written.place {
        Place::File { file, line, .. } => (KeyOrigin::File, format!("{file}:{line}")),
        Place::Environment { variable } => (KeyOrigin::Environment, variable.to_string()),
        Place::NoFile => (KeyOrigin::Default, String::new()),
    };
    ConfigKey {
        key: written.key.clone(),
        value: written.value.clone(),
        origin,
        place,
        default: default.to_owned(),
        secret: written.secret,
        restart: InForce::needs_restart(&written.section),
    }
}

#[cfg(test)]
mod tests;
