//! No text panics, and what is shown reads back.

use super::*;

/// Text that is nearly TOML, so that more than the first character is read.
fn nearly_toml() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "[",
        "]",
        "[[",
        "]]",
        "=",
        ".",
        ",",
        "{",
        "}",
        "\"",
        "'",
        "'''",
        "\n",
        " ",
        "#",
        "\\",
        "logs",
        "class",
        "name",
        "server",
        "listen",
        "1",
        "-",
        "0x",
        "1979-05-27",
        "true",
        "inf",
        "\r\n",
        "é",
        "\u{0}",
        "a = 1\n",
        "[logs]\n",
        "[[logs.class]]\n",
        "[logs.class]\n",
        "logs.class = []\n",
        "logs = {}\n",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

fn variable() -> impl Strategy<Value = (String, String)> {
    ("PORTHOLE_(_|LOGS|CLASS|NAME|MAX_SIZE|é){0,6}", any::<String>())
}

proptest! {
    #[test]
    fn no_text_panics(text in prop_oneof![any::<String>(), nearly_toml()], variable in variable()) {
        let tree = Tree::parse("x", &text, [variable]);
        read_logs(tree.root());
        for fault in tree.finish() {
            prop_assert!(!fault.to_string().contains('\n'), "{}", fault);
        }
        tree.set_keys();
    }

    #[test]
    fn every_size_survives_its_text(bytes in prop_oneof![any::<u64>(), (0_u64..1 << 20).prop_map(|n| n << 30)]) {
        prop_assert_eq!(ByteSize::parse(&ByteSize(bytes).to_string()), Ok(ByteSize(bytes)));
    }

    #[test]
    fn no_size_panics(text in prop_oneof![any::<String>(), "[0-9]{0,25} ?[kKMGT]?i?B?"]) {
        let _ = ByteSize::parse(&text);
    }
}
