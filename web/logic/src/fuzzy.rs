//! Finding an entry of the palette by a few of its letters.

/// How well `text` matches `pattern`, and which of its characters did; `None` if they do not stand in it in
/// this order. The case of ASCII letters does not count.
pub fn find(pattern: &str, text: &str) -> Option<Match> {
    let wanted: Vec<char> = pattern.chars().filter(|c| *c != ' ').map(lower).collect();
    let letters: Vec<char> = text.chars().map(lower).collect();
    let mut best: Option<Match> = None;
    // Starting at each occurrence of the first letter finds `ls` at the start of a word before one inside.
    for start in 0..=letters.len() {
        if wanted.first().is_some_and(|first| letters.get(start) != Some(first)) {
            continue;
        }
        let Some(found) = from(start, &wanted, &letters) else { continue };
        if best.as_ref().is_none_or(|best| found.score > best.score) {
            best = Some(found);
        }
        if wanted.is_empty() {
            break;
        }
    }
    best
}

/// A match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The higher the better.
    pub score: i32,
    /// Which characters matched.
    pub at: Vec<usize>,
}

/// ASCII alone: the tables for the rest would be a tenth of all that the page says.
fn lower(character: char) -> char {
    character.to_ascii_lowercase()
}

fn from(start: usize, wanted: &[char], letters: &[char]) -> Option<Match> {
    // Short texts first among equals.
    let mut found = Match { score: -(letters.len() as i32) / 8, at: Vec::with_capacity(wanted.len()) };
    let mut next = start;
    for letter in wanted {
        let place = next + letters[next..].iter().position(|other| other == letter)?;
        let skipped = (place - next) as i32;
        found.score -= skipped.min(8);
        if skipped == 0 && !found.at.is_empty() {
            found.score += 12;
        }
        if place == 0 || letters[place - 1].is_ascii() && !letters[place - 1].is_ascii_alphanumeric() {
            found.score += 10;
        }
        found.at.push(place);
        next = place + 1;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_best_entry_comes_first() {
        let check = |pattern: &str, entries: &[&str], wanted: &str| {
            let best =
                entries.iter().max_by_key(|entry| find(pattern, entry).map(|found| found.score)).unwrap();
            assert_eq!(*best, wanted, "{pattern}");
        };
        check("log", &["Catalogue", "Go to Logs", "loading"], "Go to Logs");
        check("gtl", &["goatlog", "Go to Logs"], "Go to Logs");
        check("web", &["Logs of celery-web-beat", "Logs of web", "Logs of website-renderer"], "Logs of web");
        check("15", &["Last 15 minutes", "1 … 5"], "Last 15 minutes");
        assert_eq!(find("x", "Logs"), None);
        assert_eq!(find("éA", "éa").map(|found| found.at), Some(vec![0, 1]));
        assert_eq!(find("", "Logs").map(|found| found.at), Some(vec![]));
    }

    proptest! {
        #[test]
        fn matched_characters_are_the_pattern(pattern in "[a-c]{0,4}", text in "[a-cA-C ]{0,12}") {
            if let Some(found) = find(&pattern, &text) {
                let letters: Vec<char> = text.chars().collect();
                let matched: String = found.at.iter().map(|at| letters[*at].to_ascii_lowercase()).collect();
                prop_assert_eq!(matched, pattern);
                prop_assert!(found.at.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }
    }
}
