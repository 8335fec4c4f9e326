//! Names and values in an address: `name=value&name=value`, percent-encoded.

/// Writes pairs. Values are readable where an address allows it: `:`, `/`, `,` and `!` stand as they are.
pub fn write(pairs: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        encode(value, &mut text);
    }
    text
}

/// Reads pairs, with or without the leading `?`. Faulty escapes stand as they are.
pub fn read(text: &str) -> Vec<(String, String)> {
    let text = text.strip_prefix('?').unwrap_or(text);
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn encode(value: &str, text: &mut String) {
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b':'
            | b'/'
            | b','
            | b'!'
            | b'@' => {
                text.push(char::from(byte));
            }
            b' ' => text.push('+'),
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
}

/// A part of a path: a slash or a point in it does not take it apart.
pub fn segment(text: &str) -> String {
    let mut written = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                written.push(char::from(byte));
            }
            other => written.push_str(&format!("%{other:02X}")),
        }
    }
    written
}

/// What a part of a path stands for.
pub fn of_segment(segment: &str) -> String {
    decode(&segment.replace('+', "%2B"))
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex_pair(bytes, at + 1)) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                at += 2;
            }
            (b'+', _) => decoded.push(b' '),
            (other, _) => decoded.push(other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex_pair(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |offset: usize| char::from(*bytes.get(at + offset)?).to_digit(16);
    Some((digit(0)? * 16 + digit(1)?) as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_stay_readable() {
        let pairs =
            [("from", "now-1d/d".to_owned()), ("svc", "web,!nginx".to_owned()), ("q", "a b&c=é".to_owned())];
        assert_eq!(write(&pairs), "from=now-1d/d&svc=web,!nginx&q=a+b%26c%3D%C3%A9");
    }

    #[test]
    fn odd_addresses_are_read_as_far_as_they_go() {
        let check = |text: &str, pairs: &[(&str, &str)]| {
            let owned: Vec<_> =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(read(text), owned, "{text}");
        };
        check("", &[]);
        check("?", &[]);
        check("?a", &[("a", "")]);
        check("&&a=1&", &[("a", "1")]);
        check("a=b=c", &[("a", "b=c")]);
        check("a=%zz%4", &[("a", "%zz%4")]);
        check("a=%ff", &[("a", "\u{fffd}")]);
    }

    proptest! {
        #[test]
        fn every_value_survives(value in any::<String>()) {
            prop_assert_eq!(read(&write(&[("q", value.clone())])), vec![("q".to_owned(), value)]);
        }

        #[test]
        fn every_part_of_a_path_survives(text in any::<String>()) {
            let segment = segment(&text);
            prop_assert!(!segment.contains('/'));
            prop_assert_eq!(of_segment(&segment), text);
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = read(&text);
        }
    }
}
