//! Texts that stand in JSON or quoted logfmt.
//!
//! A character may be written as itself or as an escape. If a text of ordinary characters does not stand there as it
//! is, one of its characters stands there as `\uXXXX`, in hexadecimal digits of either case.

use crate::operand::Required;

/// More different characters than these are cut off: each may be escaped.
const CHARACTERS_MAX: usize = 24;

/// What a line holds in which one of the texts is written with escapes; `None` if nothing can be said.
pub(super) fn escaped(required: &Required) -> Option<Required> {
    let mut texts: Vec<String> = Vec::new();
    for text in &required.texts {
        let part = longest_ordinary(text)?;
        for character in part.chars() {
            let letters = match required.folded {
                true => vec![character.to_ascii_lowercase(), character.to_ascii_uppercase()],
                false => vec![character],
            };
            for letter in letters {
                let mut units = [0; 2];
                let first = letter.encode_utf16(&mut units)[0];
                texts.push(format!("\\u{first:04x}"));
            }
        }
        texts.push(part.to_owned());
    }
    texts.sort_unstable();
    texts.dedup();
    // The digits of escapes may be in either case, and so may then be the letters of the texts.
    texts.iter_mut().for_each(|text| text.make_ascii_lowercase());
    Some(Required { texts, folded: true })
}

/// The longest part of a text without characters that have escapes of their own.
fn longest_ordinary(text: &str) -> Option<&str> {
    let has_own =
        |c: char| matches!(c, '"' | '\\' | '/' | '\'' | char::REPLACEMENT_CHARACTER) || c.is_control();
    let longest = text.split(has_own).max_by_key(|part| part.len())?;
    let mut seen: Vec<char> = Vec::new();
    for (at, character) in longest.char_indices() {
        if !seen.contains(&character) {
            if seen.len() == CHARACTERS_MAX {
                return Some(&longest[..at]);
            }
            seen.push(character);
        }
    }
    (!longest.is_empty()).then_some(longest)
}
