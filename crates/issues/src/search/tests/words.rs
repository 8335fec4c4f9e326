use proptest::prelude::*;

use crate::search::words::{sequence, whole, words};

#[test]
fn texts_are_cut_into_words() {
    for (text, expected) in [
        ("", ""),
        ("Hello, world!", "hello@0 world@1"),
        ("ReadTimeoutError", "(readtimeouterror@0) read@0 (timeouterror@1) timeout@1 error@2"),
        ("HTTPConnection", "(httpconnection@0) http@0 connection@1"),
        ("get_cart", "(get_cart@0) get@0 cart@1"),
        ("__init__", "init@0"),
        ("__all_of", "(all_of@0) all@0 of@1"),
        ("a.b c", "a@0 b@1 c@2"),
        ("utf8 x2Y", "utf8@0 (x2y@1) x2@1 y@2"),
        ("見つ", "見@0 つ@1"),
        ("Île-de-France", "île@0 de@1 france@2"),
        ("___", ""),
    ] {
        let found = words(text).into_iter().map(|word| match word.is_whole {
            true => format!("({}@{})", word.text, word.position),
            false => format!("{}@{}", word.text, word.position),
        });
        assert_eq!(found.collect::<Vec<_>>().join(" "), expected, "{text}");
    }
    assert_eq!(whole("getCart").as_deref(), Some("getcart"));
    assert_eq!(whole("cart"), None);
    assert_eq!(sequence("shop.getCart"), ["shop", "get", "cart"]);
}

proptest! {
    #[test]
    fn positions_never_go_back_and_words_are_short(text in "\\PC{0,200}|[a-zA-Z_0-9 ]{0,300}") {
        let words = words(&text);
        prop_assert!(words.windows(2).all(|two| two[0].position <= two[1].position));
        prop_assert!(words.iter().all(|word| !word.text.is_empty() && word.text.len() <= 200));
    }
}
