//! Letters without their case, for searching in what is on the page. The library's tables for all the world's
//! scripts would be a fortieth of what the page loads.

/// The small letters of a text: Latin with its accents, Greek and Cyrillic; all else stays.
pub fn small(text: &str) -> String {
    text.chars().map(small_letter).collect()
}

fn small_letter(letter: char) -> char {
    let shift = match letter {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'Α'..='Ρ' | 'Σ'..='Ϋ' | 'А'..='Я' => 32,
        'Ѐ'..='Џ' => 80,
        _ => 0,
    };
    char::from_u32(u32::from(letter) + shift).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::small;

    #[test]
    fn letters_become_small() {
        for text in ["Web-1", "ÄÖÜ×ÀÞß", "ΑΒΓΣΩ", "ПРИВЕТ ЁЏ", "日本 Ok"] {
            assert_eq!(small(text), text.to_lowercase().replace('ς', "σ"));
        }
    }
}
