//! Masking: no text panics, and a masked text masked again stays as it is.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mask::{Config, Masker};

static MASKER: LazyLock<Masker> = LazyLock::new(|| Masker::new(Config::default()));

fuzz_target!(|text: &str| {
    let scope = MASKER.of("web");
    let once = scope.mask(text);
    assert_eq!(once.text == text, once.hits.is_empty());
    let twice = scope.mask(&once.text);
    assert_eq!(twice.text, once.text);
    let middle = (0..=text.len() / 2).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (key, value) = text.split_at(middle);
    let _ = scope.mask_value(key, value);
});
