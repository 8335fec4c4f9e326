//! Names of labels in places that take only letters, digits and underscores: `U__my_2e_name` for `my.name`.

/// What a name begins with that is written so.
const MARK: &str = "U__";

/// Reads a name, escaped or plain. One that is not escaped right is plain.
pub(super) fn read(text: &str) -> String {
    text.strip_prefix(MARK).and_then(unescape).unwrap_or_else(|| text.to_owned())
}

fn unescape(text: &str) -> Option<String> {
    let (mut name, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('_') {
        name.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.find('_')?;
        match &rest[..end] {
            // Two underscores are one.
            "" => name.push('_'),
            digits if digits.len() <= 6 => name.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?),
            _ => return None,
        }
        rest = &rest[end + 1..];
    }
    name.push_str(rest);
    Some(name)
}

/// Whether a name can stand without quotes in the text format; metrics' names may have colons.
pub(super) fn is_plain(name: &str, with_colons: bool) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || (with_colons && byte == b':');
    !name.is_empty() && !name.as_bytes()[0].is_ascii_digit() && name.bytes().all(fits)
}

/// A name for readers that know no others than plain ones: underscores for all else.
pub(super) fn plain(name: &str, with_colons: bool) -> String {
    if is_plain(name, with_colons) {
        return name.to_owned();
    }
    let fits = |character: char| character.is_ascii_alphanumeric() || (with_colons && character == ':');
    let mut plain: String = name.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    if plain.starts_with(|first: char| first.is_ascii_digit()) {
        plain.replace_range(..1, "_");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_names() {
        for (text, expected) in [
            ("job", "job"),
            ("U__my_2e_name", "my.name"),
            ("U__a__b", "a_b"),
            ("U___1F600_", "😀"),
            ("U__plain", "plain"),
            ("U__bad_", "U__bad_"),
            ("U__bad_zz_", "U__bad_zz_"),
            ("U__bad_d800_", "U__bad_d800_"),
            ("U__bad_00000041_", "U__bad_00000041_"),
        ] {
            assert_eq!(read(text), expected);
        }
    }

    #[test]
    fn plain_names() {
        for (name, expected) in [("a:b", "a:b"), ("my.name", "my_name"), ("9x", "_x"), ("größe", "gr__e")] {
            assert_eq!(plain(name, true), expected);
        }
        assert_eq!(plain("a:b", false), "a_b");
    }
}
