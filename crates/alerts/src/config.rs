//! `[alerts]` of the settings: rules, whom they are told to, and how patient that is.
//!
//! ```ignore
//! let config = Config::read(&tree.root());       // faults are recorded in the tree
//! for warning in &config.warnings { … }           // what works otherwise than its author may think
//! ```

mod names;
pub mod policy;
mod receivers;
mod rules;
mod tiers;

use std::path::PathBuf;

use settings::Section;

use crate::Tier;
use crate::group::Group;
use crate::heartbeat;
use crate::receivers::Receivers;
use crate::rule::{Rule, Usual, Warning, interval};

pub use policy::Policy;
pub use tiers::Tiers;

/// What may be set about alerts.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Rules that are built in, of rule files, and of the settings, in this order.
    pub groups: Vec<Group>,
    /// Built-in rules, and rules of the settings, that are turned off.
    pub off: Vec<Rule>,
    /// Who is told of what.
    pub tiers: Tiers,
    /// How patient that is.
    pub policy: Policy,
    /// Where messages go.
    pub receivers: Receivers,
    /// Who is told each minute that all is well.
    pub heartbeat: Option<heartbeat::Config>,
    /// What to look at again; nothing is refused for it.
    pub warnings: Vec<Warning>,
    /// The rule files that were read, to be watched for changes.
    pub rule_files: Vec<PathBuf>,
    /// `[server] public_url`, for links; empty where it is not set.
    pub public_url: String,
    /// How often rules of the page are evaluated that do not say it.
    pub(crate) usual: Usual,
}

impl Config {
    /// Reads `[alerts]` below `root`; what is faulty is recorded there and counts as not written.
    pub fn read(root: &Section<'_>) -> Self {
        let alerts = root.section("alerts");
        let mut usual = Usual::default();
        if let Some(interval) = interval(&alerts, "interval") {
            usual.interval_ms = interval;
        }
        let mut config = Self { usual, ..Self::default() };
        rules::read(&alerts, &mut config);
        config.receivers = receivers::read(&alerts);
        config.heartbeat = heartbeat::Config::read(&alerts);
        config.tiers = tiers::read(&alerts, &mut config.warnings);
        config.policy = Policy::read(&alerts, &alerts.section("receivers").keys());
        for (_, tier) in Tier::WORDS {
            config.policy.tier_mut(tier).receivers = config.tiers.of(tier).to_vec();
        }
        config.public_url = root.section("server").string("public_url").unwrap_or_default();
        names::keep_apart(&alerts, &mut config.groups);
        config
    }

    /// All rules that make alerts.
    pub fn rules(&self) -> impl Iterator<Item = &std::sync::Arc<Rule>> {
        self.groups.iter().flat_map(Group::rules)
    }
}

#[cfg(test)]
mod tests;
