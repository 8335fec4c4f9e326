//! One tree for all that routes are written in: labels, YAML, TOML and our own settings become [`Node`]s, which
//! `declared` reads. A list is a node whose children are called `[0]`, `[1]`, … in the order in which they count.

use std::fmt;
use std::sync::Arc;

/// Where something was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// A label of a container; the key as it was written, or the beginning that several labels share.
    Label {
        /// The container's name.
        container: Arc<str>,
        /// `traefik.http.routers.web.rule`
        key: Arc<str>,
    },
    /// A line of a dynamic file.
    File {
        /// The file as the settings name it.
        path: Arc<str>,
        /// Counted from 1.
        line: u32,
    },
    /// A key of `porthole.toml`.
    Setting {
        /// `proxy.route[0].rule`
        key: Arc<str>,
        /// Counted from 1; 0 where it was not written in the file.
        line: u32,
    },
}

impl Place {
    /// A label of a container.
    pub fn label(container: impl Into<Arc<str>>, key: impl Into<Arc<str>>) -> Self {
        Self::Label { container: container.into(), key: key.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label { container, key } => write!(f, "container {container}: {key}"),
            Self::File { path, line } => write!(f, "{path}:{line}"),
            Self::Setting { key, line: 0 } => f.write_str(key),
            Self::Setting { key, line } => write!(f, "line {line}: {key}"),
        }
    }
}

/// A value, or fields with values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Scalars as text; `None` for what only has children, `{}` and null.
    pub value: Option<String>,
    /// In the order in which they count; names as written, compared without case.
    pub children: Vec<(String, Node)>,
    /// Where it was first written.
    pub place: Place,
}

impl Node {
    /// A node without value and children.
    pub fn empty(place: Place) -> Self {
        Self { value: None, children: Vec::new(), place }
    }

    /// A scalar.
    pub fn text(value: impl Into<String>, place: Place) -> Self {
        Self { value: Some(value.into()), children: Vec::new(), place }
    }

    /// The child of this name, whatever its case.
    pub fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, node)| node)
    }

    /// The place of the deepest part of `path` (`tls.certresolver`) that was written.
    pub fn place_of(&self, path: &str) -> &Place {
        let deepest = path.split('.').try_fold(self, |node, part| node.child(part).ok_or(node));
        match deepest {
            Ok(node) | Err(node) => &node.place,
        }
    }

    /// Whether it is a list: all its children are called `[…]`.
    pub fn is_list(&self) -> bool {
        !self.children.is_empty() && self.children.iter().all(|(name, _)| name.starts_with('['))
    }
}
