//! Pairs of texts in one text. Lengths stand before what they count, six bits to a character, so that they are text too.

use std::sync::Arc;

/// Set where more of a length follows.
const MORE: u8 = 0x40;

/// The pairs, in their order.
pub(super) fn of<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Arc<str> {
    let (count, bytes) = pairs.clone().fold((0, 0), |(count, bytes), (name, value)| {
        (count + 1, bytes + name.len() + value.len() + length_bytes(name.len()) + length_bytes(value.len()))
    });
    if count == 0 {
        return Arc::default();
    }
    let mut text = String::with_capacity(bytes + length_bytes(count));
    put_length(&mut text, count);
    for (name, value) in pairs {
        for part in [name, value] {
            put_length(&mut text, part.len());
            text.push_str(part);
        }
    }
    text.into()
}

fn length_bytes(length: usize) -> usize {
    let bits = usize::BITS - length.leading_zeros();
    bits.div_ceil(6).max(1) as usize
}

fn put_length(text: &mut String, mut length: usize) {
    while length >= MORE.into() {
        text.push(char::from((length as u8 & (MORE - 1)) | MORE));
        length >>= 6;
    }
    text.push(char::from(length as u8));
}

/// The pairs in such a text.
#[derive(Clone, Debug)]
pub(super) struct Pairs<'a> {
    left: usize,
    text: &'a str,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut pairs = Self { left: 0, text };
        if !text.is_empty() {
            pairs.left = pairs.length();
        }
        pairs
    }

    fn length(&mut self) -> usize {
        let bytes = self.text.as_bytes();
        let (mut length, mut at) = (0, 0);
        loop {
            let byte = bytes[at];
            length |= usize::from(byte & (MORE - 1)) << (6 * at);
            at += 1;
            if byte & MORE == 0 {
                self.text = &self.text[at..];
                return length;
            }
        }
    }

    fn part(&mut self) -> &'a str {
        let length = self.length();
        let (part, rest) = self.text.split_at(length);
        self.text = rest;
        part
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        Some((self.part(), self.part()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Pairs<'_> {}
