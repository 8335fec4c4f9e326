//! Texts that every match of a regular expression holds.

use regex_syntax::hir::{Class, Hir, HirKind};

/// More texts than these are no longer any of a few.
const TEXTS_MAX: usize = 16;

/// Longer ones are cut: they are as rare as can be.
const TEXT_BYTES_MAX: usize = 64;

/// So many characters of a class may stand at one place.
const CLASS_CHARACTERS_MAX: usize = 4;

/// At least one of these texts is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Required {
    /// Not empty, and none of them is.
    pub(crate) texts: Vec<String>,
    /// ASCII letters may be in either case; they stand here in lower case.
    pub(crate) folded: bool,
}

impl Required {
    /// The text itself; `None` if it is empty.
    pub(crate) fn text(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self { texts: vec![text.to_owned()], folded: false })
    }

    /// How much it tells: the length of its shortest text.
    pub(crate) fn strength(&self) -> usize {
        self.texts.iter().map(String::len).min().unwrap_or_default()
    }

    /// What is held if one of several things is: a text of one of them. Something must be known of each.
    pub(crate) fn any(alternatives: impl IntoIterator<Item = Vec<Self>>) -> Option<Self> {
        let mut all = Self { texts: Vec::new(), folded: false };
        for alternative in alternatives {
            let best = alternative.into_iter().max_by_key(Self::strength)?;
            all = all.or(best);
        }
        all.texts.sort_unstable();
        all.texts.dedup();
        (!all.texts.is_empty() && all.texts.len() <= TEXTS_MAX * 2).then_some(all)
    }

    fn or(mut self, mut other: Self) -> Self {
        if self.folded != other.folded && !self.texts.is_empty() {
            for text in self.texts.iter_mut().chain(&mut other.texts) {
                text.make_ascii_lowercase();
            }
        }
        self.folded |= other.folded;
        self.texts.append(&mut other.texts);
        self
    }
}

/// What every match of the expression holds: all of these.
pub(super) fn required(hir: &Hir) -> Vec<Required> {
    if let Some(exact) = exact(hir) {
        return exact.into_required().into_iter().collect();
    }
    match hir.kind() {
        HirKind::Literal(literal) => {
            std::str::from_utf8(&literal.0).ok().and_then(Required::text).into_iter().collect()
        }
        HirKind::Concat(parts) => of_parts(parts),
        HirKind::Capture(group) => required(&group.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Alternation(branches) => Required::any(branches.iter().map(required)).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Parts side by side: those that are exactly known are joined.
fn of_parts(parts: &[Hir]) -> Vec<Required> {
    let mut found = Vec::new();
    let mut open = Exact::empty();
    for part in parts {
        let next = exact(part);
        match next.as_ref().and_then(|next| open.then(next)) {
            Some(longer) => open = longer,
            None => {
                found.extend(std::mem::replace(&mut open, next.unwrap_or_else(Exact::empty)).into_required());
                found.extend(if exact(part).is_some() { Vec::new() } else { required(part) });
            }
        }
    }
    found.extend(open.into_required());
    found
}

/// Everything that an expression can match.
#[derive(Clone, Debug)]
struct Exact {
    texts: Vec<Vec<u8>>,
    folded: bool,
}

impl Exact {
    /// Nothing but the empty text.
    fn empty() -> Self {
        Self { texts: vec![Vec::new()], folded: false }
    }

    /// One after the other.
    fn then(&self, next: &Self) -> Option<Self> {
        let mut texts = Vec::new();
        for first in &self.texts {
            for second in &next.texts {
                texts.push([first.as_slice(), second].concat());
            }
        }
        Self { texts, folded: self.folded || next.folded }.checked()
    }

    fn or(mut self, mut other: Self) -> Option<Self> {
        self.texts.append(&mut other.texts);
        Self { texts: self.texts, folded: self.folded || other.folded }.checked()
    }

    fn checked(self) -> Option<Self> {
        let fits =
            self.texts.len() <= TEXTS_MAX && self.texts.iter().all(|text| text.len() <= TEXT_BYTES_MAX);
        fits.then_some(self)
    }

    fn into_required(self) -> Option<Required> {
        let text = |text: Vec<u8>| String::from_utf8(text).ok().filter(|text| !text.is_empty());
        let mut texts: Vec<String> = self.texts.into_iter().map(text).collect::<Option<_>>()?;
        if self.folded {
            texts.iter_mut().for_each(|text| text.make_ascii_lowercase());
        }
        texts.sort_unstable();
        texts.dedup();
        Some(Required { texts, folded: self.folded })
    }
}

fn exact(hir: &Hir) -> Option<Exact> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(Exact::empty()),
        HirKind::Literal(literal) => Exact { texts: vec![literal.0.to_vec()], folded: false }.checked(),
        HirKind::Class(Class::Unicode(class)) => {
            let characters: Vec<char> = class
                .iter()
                .flat_map(|range| range.start()..=range.end())
                .take(CLASS_CHARACTERS_MAX + 1)
                .collect();
            of_class(&characters)
        }
        HirKind::Class(Class::Bytes(_)) => None,
        HirKind::Capture(group) => exact(&group.sub),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.filter(|most| *most <= 4)?;
            let once = exact(&repetition.sub)?;
            let mut all: Option<Exact> = None;
            let mut times = Exact::empty();
            for count in 0..=most {
                if count >= repetition.min {
                    all = Some(match all {
                        None => times.clone(),
                        Some(all) => all.or(times.clone())?,
                    });
                }
                times = times.then(&once)?;
            }
            all
        }
        HirKind::Concat(parts) => {
            parts.iter().try_fold(Exact::empty(), |before, part| before.then(&exact(part)?))
        }
        HirKind::Alternation(branches) => {
            let mut exacts = branches.iter().map(exact);
            let first = exacts.next()??;
            exacts.try_fold(first, |all, branch| all.or(branch?))
        }
    }
}

/// A letter in both cases is one folded letter.
fn of_class(characters: &[char]) -> Option<Exact> {
    if characters.is_empty() || characters.len() > CLASS_CHARACTERS_MAX {
        return None;
    }
    let has_both = |c: &char| {
        characters.contains(&c.to_ascii_lowercase()) && characters.contains(&c.to_ascii_uppercase())
    };
    let letters = characters.iter().filter(|c| c.is_ascii_alphabetic());
    let folded = letters.clone().next().is_some() && letters.clone().all(has_both);
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for character in characters {
        let character = if folded { character.to_ascii_lowercase() } else { *character };
        let text = character.to_string().into_bytes();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Some(Exact { texts, folded })
}
