//! Which labels tell groups of series apart.

use model::Labels;

use crate::Rules;

/// Which labels tell groups apart. By default none do: there is one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// The listed labels.
    By(Vec<String>),
    /// All labels but the listed ones, and but the name of what is measured.
    Without(Vec<String>),
}

impl Default for Grouping {
    fn default() -> Self {
        Self::By(Vec::new())
    }
}

impl Grouping {
    /// The labels of the group that a series with `labels` belongs to.
    pub fn group(&self, labels: &Labels, rules: &Rules) -> Labels {
        match self {
            Self::By(listed) if listed.is_empty() => Labels::default(),
            _ => labels.filter(|name| self.tells_apart(name, rules)),
        }
    }

    /// Whether groups can differ in this label.
    pub fn tells_apart(&self, name: &str, rules: &Rules) -> bool {
        let is_in = |listed: &[String]| listed.iter().any(|other| other == name);
        match self {
            Self::By(listed) => is_in(listed),
            Self::Without(listed) => !is_in(listed) && !rules.is_name(name),
        }
    }
}
