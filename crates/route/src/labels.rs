//! From the labels of one container to what they declare, as Traefik's decoder reads them.
//!
//! Which labels count is decided by how they begin; all others are left alone. The root is `traefik` in small letters,
//! every other part is compared without case, and of names that differ only in case the first of the sorted keys gives
//! the spelling. What Traefik would refuse the whole container for is a finding here, and the rest counts;
//! [`decode_strictly`] refuses too.

mod foreign;
mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::declared::fields::Fields;
use crate::declared::notes::Notes;
use crate::declared::{self, Declared};
use crate::finding::Finding;
use crate::name::Provider;
use crate::node::Place;

/// What one container's labels say.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// Its routers, services and middlewares.
    pub declared: Declared,
    /// What is said about the container itself.
    pub options: Options,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
}

/// What labels say about the container itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `traefik.enable`: whether it is exposed, where that is said.
    pub enable: Option<bool>,
    /// `traefik.docker.network`: the network in which it is reached.
    pub network: Option<String>,
    /// `traefik.docker.allownonrunning`: whether its routers stay while it is stopped.
    pub allow_non_running: bool,
    /// `traefik.docker.lbswarm`: whether Swarm is to balance.
    pub lb_swarm: bool,
}

/// How labels begin that declare something.
const DECLARING: [&str; 4] = ["traefik.http", "traefik.tcp", "traefik.udp", "traefik.tls.stores.default"];
/// How labels begin that are about the container itself.
const OPTIONS: [&str; 2] = ["traefik.docker.", "traefik.enable"];

/// Reads the labels of the container of this name.
pub fn decode(container: &str, labels: &BTreeMap<String, String>) -> Decoded {
    decode_noting(container, labels).0
}

/// Likewise, but refuses what Traefik refuses: for the first such fault the whole container.
pub fn decode_strictly(container: &str, labels: &BTreeMap<String, String>) -> Result<Decoded, Finding> {
    let (decoded, refusal) = decode_noting(container, labels);
    match refusal {
        Some(number) => Err(decoded.findings[number].clone()),
        None => Ok(decoded),
    }
}

/// Whether a label is one that [`decode`] looks at: of the others a change changes nothing.
pub fn is_ours(key: &str) -> bool {
    begins_with_one_of(key, &DECLARING) || begins_with_one_of(key, &OPTIONS)
}

fn begins_with_one_of(key: &str, prefixes: &[&str]) -> bool {
    let begins =
        |prefix: &&str| key.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix));
    prefixes.iter().any(begins)
}

fn decode_noting(container: &str, labels: &BTreeMap<String, String>) -> (Decoded, Option<usize>) {
    let container: Arc<str> = container.into();
    let mut notes = Notes::default();
    let options = tree::build(&container, labels, &OPTIONS, &mut notes);
    let options = Fields::read(&options, &mut notes, Options::read);
    let declaring = tree::build(&container, labels, &DECLARING, &mut notes);
    let declared = declared::read_noting(&declaring, Provider::Docker, &mut notes);
    for key in labels.keys().filter(|key| !is_ours(key)) {
        if let Some((what, instead)) = foreign::remark(key) {
            let place = Place::label(container.clone(), key.as_str());
            notes.findings.push(Finding::warning(place, what, instead));
        }
    }
    (Decoded { declared, options, findings: notes.findings }, notes.refusal)
}

impl Options {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let enable = enable(fields);
        let docker = |docker: &mut Fields<'_, '_>| Self {
            enable,
            network: docker.text("network"),
            allow_non_running: docker.flag("allowNonRunning").unwrap_or_default(),
            lb_swarm: docker.flag("lbSwarm").unwrap_or_default(),
        };
        fields.object("docker", docker).unwrap_or(Self { enable, ..Self::default() })
    }
}

/// What cannot be read, or is misspelt and does not say `true`, exposes nothing.
fn enable(fields: &mut Fields<'_, '_>) -> Option<bool> {
    let written = fields.child("enable").is_some();
    let enable = fields.flag("enable");
    let slips = fields.misspelt(&["enable"]);
    let slip_exposes =
        |key: &str| fields.node.child(key).and_then(|slip| slip.value.as_deref()) == Some("true");
    if (written && enable.is_none()) || !slips.into_iter().all(slip_exposes) {
        return Some(false);
    }
    enable
}

#[cfg(test)]
mod tests;
