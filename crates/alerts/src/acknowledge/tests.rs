use super::*;

fn link() -> Link {
    Link { incident: "0193-ab".to_owned(), receiver: "slack".to_owned(), expires_ms: 1_000 }
}

#[test]
fn a_link_is_good_until_it_expires() {
    let links = Links::new(&[7; 32]);
    let token = links.make(&link());
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{token}");
    assert_eq!(links.verify(&token, 999), Ok(link()));
    assert_eq!(links.verify(&token, 1_000), Err(LinkError::Expired));
}

#[test]
fn nobody_else_can_make_one() {
    let links = Links::new(&[7; 32]);
    let token = links.make(&link());
    let forged = |token: &str| assert_eq!(links.verify(token, 0), Err(LinkError::Forged), "{token}");
    forged(&Links::new(&[8; 32]).make(&link()));
    forged("");
    forged(".");
    forged(&"a".repeat(10_000));
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).expect("letters");
        // The last letter of base64 has bits that mean nothing.
        if links.verify(&changed, 0) != Ok(link()) {
            forged(&changed);
        }
    }
    let other = links.make(&Link { incident: "other".to_owned(), ..link() });
    let (payload, _) = other.split_once('.').expect("two parts");
    let (_, signature) = token.split_once('.').expect("two parts");
    forged(&format!("{payload}.{signature}"));
}

#[test]
fn it_does_not_show_its_key() {
    assert_eq!(format!("{:?}", Links::new(&[7; 32])), "Links(…)");
}
