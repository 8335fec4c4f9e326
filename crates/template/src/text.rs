//! Cutting text by bytes, as Go does. Go keeps half a character as it is; here each byte that is no UTF-8 becomes
//! U+FFFD, which is what Go's JSON makes of it on the way out.

use std::borrow::Cow;
use std::ops::Range;

/// The bytes in `range` of `text`. Panics like slicing does if the range is outside.
pub(crate) fn cut<'a>(text: &Cow<'a, str>, range: Range<usize>) -> Cow<'a, str> {
    let whole = text.is_char_boundary(range.start) && text.is_char_boundary(range.end);
    match text {
        Cow::Borrowed(text) if whole => Cow::Borrowed(&text[range]),
        Cow::Owned(text) if whole => Cow::Owned(text[range].to_owned()),
        _ => Cow::Owned(from_bytes(&text.as_bytes()[range])),
    }
}

/// Text of bytes that need not be UTF-8.
pub(crate) fn from_bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}
