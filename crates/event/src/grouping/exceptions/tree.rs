//! Groups of exceptions: a tree by the numbers that SDKs give them.

use std::collections::HashMap;

use model::Ordered as _;

use super::super::Digest;
use crate::event::Mechanism;

/// What hangs on what, by the exceptions' places in the event.
pub(super) struct Tree {
    root: usize,
    nodes: Vec<Node>,
    /// Every place, none before those that hang on it.
    leaves_first: Vec<usize>,
}

#[derive(Clone, Default)]
struct Node {
    /// What led to it.
    causes: Vec<usize>,
    /// What it holds.
    members: Vec<usize>,
}

/// What counts of an exception with all that hangs on it.
#[derive(Clone, Default)]
pub(super) struct Counted {
    /// The keys, cause first.
    pub(super) keys: Vec<u128>,
    /// The places of the exceptions that they are made of.
    pub(super) places: Vec<usize>,
}

impl Counted {
    /// Every exception: a plain chain.
    pub(super) fn all(own: &[u128]) -> Self {
        Self { keys: own.to_vec(), places: (0..own.len()).collect() }
    }
}

impl Tree {
    /// The tree, or `None` where a number is missing or doubled, or names a parent that is missing or not older.
    pub(super) fn of(mechanisms: &[Option<&Mechanism>]) -> Option<Self> {
        let mut places = HashMap::new();
        for (at, mechanism) in mechanisms.iter().enumerate() {
            if places.insert((*mechanism)?.exception_id?, at).is_some() {
                return None;
            }
        }
        let mut nodes = vec![Node::default(); mechanisms.len()];
        let mut root = None;
        for (id, at) in &places {
            let mechanism = mechanisms[*at]?;
            let Some(parent) = mechanism.parent_id else {
                if root.replace(*at).is_some() {
                    return None;
                }
                continue;
            };
            let parent_at = *places.get(&parent).filter(|_| parent < *id)?;
            let source = mechanism.source.as_deref().unwrap_or_default();
            let is_member = mechanisms[parent_at]?.is_exception_group && !source.starts_with("__");
            let node = &mut nodes[parent_at];
            if is_member { node.members.push(*at) } else { node.causes.push(*at) }
        }
        nodes.iter_mut().for_each(|node| node.causes.order());
        let mut ids: Vec<(u32, usize)> = places.into_iter().collect();
        ids.order_by(|one, other| other.cmp(one));
        Some(Self { root: root?, nodes, leaves_first: ids.into_iter().map(|(_, at)| at).collect() })
    }

    /// What counts of the whole tree, given each exception's own key.
    pub(super) fn resolve(&self, own: &[u128]) -> Counted {
        let mut counted = vec![Counted::default(); own.len()];
        for at in &self.leaves_first {
            counted[*at] = self.nodes[*at].resolve(*at, own[*at], &counted);
        }
        std::mem::take(&mut counted[self.root])
    }
}

impl Node {
    fn resolve(&self, at: usize, own: u128, counted: &[Counted]) -> Counted {
        let members = self.distinct_members(counted);
        if let [(_, only)] = members[..] {
            return counted[only].clone();
        }
        let mut all = Counted::default();
        for cause in &self.causes {
            all.keys.extend(&counted[*cause].keys);
            all.places.extend(&counted[*cause].places);
        }
        for (_, member) in &members {
            all.places.extend(&counted[*member].places);
        }
        all.keys.push(if members.is_empty() { own } else { with_members(own, &members) });
        all.places.push(at);
        all
    }

    /// The members that are not alike, by their keys and so in no order of the program's.
    fn distinct_members(&self, counted: &[Counted]) -> Vec<(u128, usize)> {
        let mut members: Vec<(u128, usize)> =
            self.members.iter().map(|at| (counted[*at].key(), *at)).collect();
        members.order();
        members.dedup_by_key(|(key, _)| *key);
        members
    }
}

impl Counted {
    fn key(&self) -> u128 {
        let mut digest = Digest::new("member");
        digest.numbers(self.keys.iter().copied());
        digest.end()
    }
}

fn with_members(own: u128, members: &[(u128, usize)]) -> u128 {
    let mut digest = Digest::new("group");
    digest.number(own);
    digest.numbers(members.iter().map(|(key, _)| *key));
    digest.end()
}
