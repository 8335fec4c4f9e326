//! What a level looks like: its glyph, its class, its place in the sidebar.

use api::LEVELS;

/// A set of levels, one bit for each place in [`LEVELS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LevelSet(u8);

/// Levels that are drawn alike, most severe last: the stack of a histogram's bar from the bottom up.
pub const TIERS: [Tier; 5] = [
    Tier { name: "unknown", levels: &[0] },
    Tier { name: "debug", levels: &[1, 2] },
    Tier { name: "info", levels: &[3] },
    Tier { name: "warn", levels: &[4] },
    Tier { name: "error", levels: &[5, 6, 7] },
];

/// Levels that are drawn alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Ends the class `level-…` and the custom property `--level-…`.
    pub name: &'static str,
    /// Places in [`LEVELS`].
    pub levels: &'static [u8],
}

/// The tier of a level; unknown numbers are of the unknown level.
pub fn tier(level: u8) -> usize {
    TIERS.iter().position(|tier| tier.levels.contains(&level)).unwrap_or(0)
}

/// One letter, so that colour is never alone: `E`, `W`, `·`.
pub fn glyph(level: u8) -> &'static str {
    ["·", "T", "D", "I", "W", "E", "C", "F"].get(usize::from(level)).copied().unwrap_or("·")
}

/// The level's name; unknown numbers are of the unknown level.
pub fn name(level: u8) -> &'static str {
    LEVELS.get(usize::from(level)).copied().unwrap_or(LEVELS[0])
}

impl LevelSet {
    /// `error`, `critical` and `fatal`.
    pub const ERRORS: Self = Self(0b1110_0000);

    /// All eight.
    pub const ALL: Self = Self(u8::MAX);

    /// Whether it holds none; as a filter that means all.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many it holds.
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether it holds a level.
    pub fn contains(self, level: u8) -> bool {
        level < 8 && self.0 & (1 << level) != 0
    }

    /// With a level added, or taken away if it is there.
    #[must_use]
    pub fn toggled(self, level: u8) -> Self {
        if level < 8 { Self(self.0 ^ (1 << level)) } else { self }
    }

    /// All but one level.
    pub fn without(level: u8) -> Self {
        Self(u8::MAX).toggled(level)
    }

    /// The names, most severe first, with commas between: as the address and the server write it.
    pub fn to_text(self) -> String {
        let names: Vec<&str> = (0..8).rev().filter(|level| self.contains(*level)).map(name).collect();
        names.join(",")
    }

    /// The reverse of [`LevelSet::to_text`]; words that are no level are left out.
    pub fn from_text(text: &str) -> Self {
        let place = |word: &str| LEVELS.iter().position(|known| *known == word);
        Self(text.split(',').filter_map(place).fold(0, |set, level| set | 1 << level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_is_drawn() {
        for level in 0..8 {
            assert!(TIERS[tier(level)].levels.contains(&level));
            assert_eq!(LevelSet::from_text(name(level)), LevelSet::default().toggled(level));
        }
        assert_eq!((tier(8), glyph(8), name(8)), (0, "·", "unknown"));
    }

    #[test]
    fn sets_survive_their_text() {
        for bits in 0..=u8::MAX {
            assert_eq!(LevelSet::from_text(&LevelSet(bits).to_text()), LevelSet(bits));
        }
        assert_eq!(LevelSet::ERRORS.to_text(), "fatal,critical,error");
        assert_eq!((LevelSet::ERRORS.len(), LevelSet::default().len(), LevelSet::ALL.len()), (3, 0, 8));
        assert_eq!(LevelSet::from_text("error,nonsense,,warn").to_text(), "error,warn");
        assert!(!LevelSet::without(5).contains(5) && LevelSet::without(5).contains(4));
    }
}
