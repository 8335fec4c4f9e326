//! Names made of other names, as Traefik makes them: `shop_web.1` becomes `shop-web-1`.

/// The letters and digits of `text`, with one dash for whatever stands between them.
pub(crate) fn normalize(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}
