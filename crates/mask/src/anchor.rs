//! The short way of texts without secrets: one search for literals of which every secret has one in or beside
//! it, letters of either case alike.

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, MatchKind};

/// What may be where a literal was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// A key whose value is a secret.
    Key,
    /// A token with a beginning of its own.
    Token,
    Jwt,
    Bearer,
    Basic,
    PrivateKey,
    /// A webhook's address.
    Webhook,
    /// The `:AA` in a Telegram bot's token.
    Telegram,
}

/// Literals in lower case, each of at least three bytes: the search looks at three bytes at once.
const LITERALS: &[(&str, Anchor)] = &[
    ("pass", Anchor::Key),
    ("pwd", Anchor::Key),
    ("ecret", Anchor::Key),
    ("token", Anchor::Key),
    ("apik", Anchor::Key),
    ("api_k", Anchor::Key),
    ("api-k", Anchor::Key),
    ("ivatek", Anchor::Key),
    ("ivate_k", Anchor::Key),
    ("ivate-k", Anchor::Key),
    ("accesske", Anchor::Key),
    ("access_ke", Anchor::Key),
    ("access-ke", Anchor::Key),
    ("accountkey", Anchor::Key),
    ("ing_key", Anchor::Key),
    ("ption_key", Anchor::Key),
    ("horiza", Anchor::Key),
    ("redential", Anchor::Key),
    ("cookie", Anchor::Key),
    ("sessionid", Anchor::Key),
    ("session_id", Anchor::Key),
    ("session-id", Anchor::Key),
    ("sessid", Anchor::Key),
    ("connect.sid", Anchor::Key),
    ("csrf", Anchor::Key),
    ("xsrf", Anchor::Key),
    ("signature", Anchor::Key),
    ("sig=", Anchor::Key),
    ("cvv", Anchor::Key),
    ("cvc", Anchor::Key),
    ("bearer ", Anchor::Bearer),
    ("basic ", Anchor::Basic),
    ("eyj", Anchor::Jwt),
    ("-----begin", Anchor::PrivateKey),
    ("age-secret-key-1", Anchor::PrivateKey),
    ("akia", Anchor::Token),
    ("asia", Anchor::Token),
    ("aiza", Anchor::Token),
    ("ya29.", Anchor::Token),
    ("gocspx-", Anchor::Token),
    ("ghp_", Anchor::Token),
    ("gho_", Anchor::Token),
    ("ghu_", Anchor::Token),
    ("ghs_", Anchor::Token),
    ("ghr_", Anchor::Token),
    ("github_pat_", Anchor::Token),
    ("glpat-", Anchor::Token),
    ("gldt-", Anchor::Token),
    ("glrt-", Anchor::Token),
    ("xox", Anchor::Token),
    ("xapp-", Anchor::Token),
    ("sk-", Anchor::Token),
    ("sk_live_", Anchor::Token),
    ("sk_test_", Anchor::Token),
    ("rk_live_", Anchor::Token),
    ("whsec_", Anchor::Token),
    ("sg.", Anchor::Token),
    ("npm_", Anchor::Token),
    ("pypi-", Anchor::Token),
    ("hf_", Anchor::Token),
    ("hvs.", Anchor::Token),
    ("glsa_", Anchor::Token),
    ("hooks.slack.com/", Anchor::Webhook),
    (":aa", Anchor::Telegram),
];

/// The longest literal less one: so much of two chunks is the same, so that each literal lies in one as a whole.
const OVERLAP: usize = 16;

/// How much is turned into lower case at once.
const CHUNK: usize = 512;

/// Searches for all literals at once.
#[derive(Clone, Debug)]
pub(crate) struct Anchors(Search);

#[derive(Clone, Debug)]
enum Search {
    /// With the processor's vectors.
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Anchors {
    pub(crate) fn new() -> Self {
        let literals = LITERALS.iter().map(|(literal, _)| literal);
        let packed = packed::Config::new()
            .match_kind(packed::MatchKind::LeftmostFirst)
            .builder()
            .extend(literals.clone())
            .build();
        Self(packed.map_or_else(|| Search::Automaton(automaton(literals)), Search::Packed))
    }

    /// Goes through the places of literals. `look` gives the place from which to go on.
    pub(crate) fn each(&self, text: &[u8], mut look: impl FnMut(Anchor, usize) -> usize) {
        let mut lower = [0; CHUNK];
        let (mut start, mut resume) = (0, 0);
        while start < text.len() {
            let chunk = &text[start..text.len().min(start + CHUNK)];
            let lower = &mut lower[..chunk.len()];
            lower.copy_from_slice(chunk);
            lower.make_ascii_lowercase();
            while resume < start + lower.len()
                && let Some((literal, from, to)) = self.0.find(lower, resume.saturating_sub(start))
            {
                let (_, anchor) = LITERALS[literal];
                resume = look(anchor, start + from).max(start + to);
            }
            if start + chunk.len() == text.len() {
                return;
            }
            start += CHUNK - OVERLAP;
        }
    }
}

impl Search {
    fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize, usize)> {
        let found = match self {
            Self::Packed(search) => search.find_in(text, (from..text.len()).into()),
            Self::Automaton(search) => search.find(aho_corasick::Input::new(text).range(from..)),
        };
        found.map(|found| (found.pattern().as_usize(), found.start(), found.end()))
    }
}

fn automaton<'l>(literals: impl Iterator<Item = &'l &'l str>) -> AhoCorasick {
    let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(literals);
    built.expect("a few dozen literals make no large automaton")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each search finds, and where.
    fn found(search: Search, text: &str) -> Vec<(Anchor, usize)> {
        let mut found = Vec::new();
        Anchors(search).each(text.as_bytes(), |anchor, at| {
            found.push((anchor, at));
            at
        });
        found
    }

    #[test]
    fn every_literal_is_found_wherever_it_stands() {
        let searches =
            || [Anchors::new().0, Search::Automaton(automaton(LITERALS.iter().map(|(text, _)| text)))];
        for (literal, anchor) in LITERALS {
            assert!(literal.len() >= 3 && literal.len() <= OVERLAP + 1, "{literal}");
            for before in [0, 1, 7, CHUNK - OVERLAP - 1, CHUNK - 2, CHUNK, 3 * CHUNK] {
                let text = format!("{}{}{}", "é".repeat(before / 2), literal.to_uppercase(), ".".repeat(700));
                for search in searches() {
                    assert_eq!(
                        found(search, &text),
                        [(*anchor, before / 2 * 2)],
                        "{literal} behind {before}"
                    );
                }
            }
        }
    }
}
