//! What a reference means: `limit@file`, or `limit`, which is looked for where the reference is written first.

use std::collections::BTreeMap;

use crate::name::{Name, Provider};

/// What a reference leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// To this.
    Here(Name),
    /// To this, of another provider, though none is written.
    Elsewhere(Name),
    /// To nothing: why, and what to write instead.
    Nowhere(String, String),
}

/// Looks for what `reference`, which `home` has written, leads to among things called `kind`.
pub(super) fn find<T>(kind: &str, reference: &str, home: Provider, known: &BTreeMap<Name, T>) -> Found {
    let Some((name, word)) = reference.rsplit_once('@') else {
        return find_bare(kind, reference, home, known);
    };
    let Some(provider) = Provider::parse(word) else {
        let words = Provider::ALL.map(Provider::word).join(", ");
        let what = format!("the {kind} `{reference}` has no provider that there is");
        return Found::Nowhere(what, format!("write one of {words} after the @"));
    };
    let whole = Name::new(name, provider);
    if known.contains_key(&whole) { Found::Here(whole) } else { nowhere(kind, reference, name, known) }
}

fn find_bare<T>(kind: &str, name: &str, home: Provider, known: &BTreeMap<Name, T>) -> Found {
    let own = Name::new(name, home);
    if known.contains_key(&own) {
        return Found::Here(own);
    }
    let mut others = elsewhere(name, known);
    match (others.pop(), others.is_empty()) {
        (Some(other), true) => Found::Elsewhere(other),
        _ => nowhere(kind, name, name, known),
    }
}

/// The things of this name, whoever provides them. What is internal is always asked for by its whole name.
fn elsewhere<T>(name: &str, known: &BTreeMap<Name, T>) -> Vec<Name> {
    let own = Provider::ALL.into_iter().filter(|provider| *provider != Provider::Internal);
    own.map(|provider| Name::new(name, provider)).filter(|whole| known.contains_key(whole)).collect()
}

fn nowhere<T>(kind: &str, reference: &str, name: &str, known: &BTreeMap<Name, T>) -> Found {
    let what = format!("there is no {kind} `{reference}`");
    let others = elsewhere(name, known);
    let instead = match others.as_slice() {
        [] => match settings::nearest(name, known.keys().map(|known| &*known.name)) {
            Some(near) => {
                let meant = known.keys().find(|known| &*known.name == near);
                format!("did you mean `{}`?", meant.map_or_else(|| near.to_owned(), Name::to_string))
            }
            None => format!("declare the {kind}, or leave it out"),
        },
        others => {
            let names: Vec<String> = others.iter().map(|name| format!("`{name}`")).collect();
            format!("did you mean {}?", names.join(" or "))
        }
    };
    Found::Nowhere(what, instead)
}
