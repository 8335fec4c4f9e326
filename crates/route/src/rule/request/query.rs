//! The parameters of a query as Go reads them.

use std::borrow::Cow;

/// The values of a parameter, in their order. Parts with a broken escape, or with a semicolon, do not count.
pub(super) fn values<'q>(query: &'q str, key: &str) -> impl Iterator<Item = Cow<'q, str>> {
    query.split('&').filter_map(move |part| {
        if part.is_empty() || part.contains(';') {
            return None;
        }
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (unescape(name)? == key).then(|| unescape(value))?
    })
}

fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(['%', '+']) {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? << 4 | digit()?).ok()?
            }
            other => other,
        });
    }
    Some(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))
}
