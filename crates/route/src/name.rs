//! Names of routers, services and middlewares, and who provides them: `web@docker`.

use std::fmt;

/// Who declared an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Provider {
    /// Porthole itself: `api@internal`, `ping@internal`, `noop@internal`.
    Internal,
    /// `[[proxy.route]]` and `[proxy.middlewares.*]` of the settings.
    Porthole,
    /// A dynamic file.
    File,
    /// Labels of containers.
    Docker,
}

impl Provider {
    /// All of them, in the order in which equals precede one another.
    pub const ALL: [Self; 4] = [Self::Internal, Self::Porthole, Self::File, Self::Docker];

    /// The word after the `@`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Porthole => "porthole",
            Self::File => "file",
            Self::Docker => "docker",
        }
    }

    /// The provider that a word after the `@` means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.word() == word)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The whole name of an object; sorts by the name first, so that `a@file` stands beside `a@docker`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// What its author calls it; case matters.
    pub name: Box<str>,
    /// Who declared it.
    pub provider: Provider,
}

impl Name {
    /// `name@provider`.
    pub fn new(name: impl Into<Box<str>>, provider: Provider) -> Self {
        Self { name: name.into(), provider }
    }

    /// What [`Name`] prints: `web@docker`. `None` without a provider, or with one that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, provider) = text.rsplit_once('@')?;
        Some(Self::new(name, Provider::parse(provider)?))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.provider)
    }
}
