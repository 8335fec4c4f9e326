//! The parameter `filters`: `{"status":["running"]}`, or as older clients write it `{"status":{"running":true}}`.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::fault::Fault;
use super::parameters::Parameters;

/// Names with the values of which one has to match.
pub(super) struct Filters(HashMap<String, Vec<String>>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Wanted {
    List(Vec<String>),
    Set(HashMap<String, bool>),
}

impl Filters {
    /// Reads the parameter; a name that is not among `known` is refused.
    pub(super) fn read(parameters: &Parameters, known: &[&str]) -> Result<Self, Fault> {
        let text = parameters.text("filters").unwrap_or("{}");
        let wanted: HashMap<String, Wanted> =
            serde_json::from_str(text).map_err(|_| Fault::bad("invalid filter"))?;
        if let Some(name) = wanted.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Fault::bad(format!("invalid filter '{name}'")));
        }
        let lists = wanted.into_iter().map(|(name, wanted)| match wanted {
            Wanted::List(values) => (name, values),
            Wanted::Set(set) => {
                (name, set.into_iter().filter(|(_, on)| *on).map(|(value, _)| value).collect())
            }
        });
        Ok(Self(lists.collect()))
    }

    /// Whether one of the values for `name` fulfils `test`, or there are none.
    pub(super) fn pass(&self, name: &str, test: impl Fn(&str) -> bool) -> bool {
        match self.0.get(name) {
            Some(values) if !values.is_empty() => values.iter().any(|value| test(value)),
            _ => true,
        }
    }

    /// Like [`Filters::pass`] for labels, all of which have to be there: `name` or `name=value`.
    pub(super) fn pass_labels(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.get("label").into_iter().flatten().all(|wanted| match wanted.split_once('=') {
            Some((name, value)) => labels.get(name).is_some_and(|label| label == value),
            None => labels.contains_key(wanted),
        })
    }
}
