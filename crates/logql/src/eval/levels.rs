//! Sets of levels.

use std::fmt;

use model::Level;

/// Some of the levels.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Levels(u8);

impl Levels {
    /// Every level.
    pub const ALL: Self = Self(u8::MAX);

    /// Whether `level` is one of them.
    pub const fn contains(self, level: Level) -> bool {
        self.0 & (1 << level.number()) != 0
    }

    /// Those that are in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Default for Levels {
    fn default() -> Self {
        Self::ALL
    }
}

impl FromIterator<Level> for Levels {
    fn from_iter<T: IntoIterator<Item = Level>>(levels: T) -> Self {
        Self(levels.into_iter().fold(0, |bits, level| bits | 1 << level.number()))
    }
}

impl fmt::Debug for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(Level::ALL.iter().filter(|level| self.contains(**level))).finish()
    }
}
