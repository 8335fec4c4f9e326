//! What stands on what: when a host is down, so is everything on it, and nobody needs to be told of each.

use model::Labels;
use model::label::{CONTAINER, ENVIRONMENT, HOST, PROJECT, SERVICE};
use serde::{Deserialize, Serialize};

/// What an alert says is down, from the ground up. One of a lower layer explains those above that share its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The machine.
    Host,
    /// A container.
    Container,
    /// A probe of an address.
    Probe,
    /// What is answered: errors, slowness. Explains nothing.
    Errors,
}

impl Layer {
    /// All of them with the words of the settings, from the ground up.
    pub const WORDS: [(&str, Self); 4] = [
        ("host", Self::Host),
        ("container", Self::Container),
        ("probe", Self::Probe),
        ("errors", Self::Errors),
    ];
}

/// Whether an alert explains another, by their layers and labels.
pub fn explains(source: (Layer, &Labels), target: (Layer, &Labels)) -> bool {
    if source.0 >= target.0 {
        return false;
    }
    let names: &[&str] = match source.0 {
        Layer::Host => &[HOST],
        _ => &[HOST, CONTAINER, SERVICE, PROJECT, ENVIRONMENT],
    };
    // A label that one of them lacks says nothing against it; one that both have must be the same.
    let agrees = |name: &&str| match (source.1.get(name), target.1.get(name)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    let shared = |name: &str| source.1.get(name).is_some() && source.1.get(name) == target.1.get(name);
    let has_place = source.0 == Layer::Host || shared(SERVICE) || shared(CONTAINER);
    has_place && names.iter().all(agrees)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether what is down at `source` explains what is wrong at `target`.
    fn check(source: (Layer, &str), target: (Layer, &str), expected: bool) {
        let labels = |text: &str| {
            Labels::from_pairs(text.split_whitespace().map(|pair| pair.split_once('=').expect("a pair")))
        };
        let (from, to) = (labels(source.1), labels(target.1));
        assert_eq!(explains((source.0, &from), (target.0, &to)), expected, "{source:?} {target:?}");
    }

    #[test]
    fn what_stands_on_it_shares_its_place() {
        use Layer::{Container, Errors, Host, Probe};
        let web = "service=web project=shop host=a";
        check((Host, "host=a"), (Container, web), true);
        check((Host, "host=b"), (Container, web), false);
        check((Host, ""), (Errors, "service=web"), true);
        check((Container, "service=web project=shop host=a container=web-1"), (Probe, web), true);
        check((Container, web), (Errors, "service=web"), true);
        check((Container, web), (Errors, "service=web project=blog"), false);
        check((Container, web), (Errors, "service=worker project=shop"), false);
        check((Container, "project=shop"), (Errors, "project=shop"), false);
        check((Container, "container=web-1"), (Errors, "container=web-2 service=web"), false);
        check((Probe, "service=web"), (Errors, web), true);
        check((Probe, "instance=x"), (Errors, web), false);
        check((Container, web), (Container, web), false);
        check((Errors, web), (Host, "host=a"), false);
    }
}
