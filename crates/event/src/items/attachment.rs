//! Files that come with an event.

use serde::{Deserialize, Serialize};

use crate::envelope::ItemHeader;

/// What the header of an attachment says. Its payload stays in the item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The file's name, without folders and control characters.
    pub filename: String,
    /// What the SDK says that it is; never to be believed by a browser.
    pub content_type: String,
    /// `event.attachment`, `event.minidump`, `event.view_hierarchy`, …
    pub ty: String,
}

/// Longer names are cut.
const NAME_CHARS_MAX: usize = 120;

impl Attachment {
    /// What the item's header says.
    pub fn of(header: &ItemHeader) -> Self {
        let filename = header.filename.as_deref().map(harmless).filter(|name| !name.is_empty());
        let word = |text: &Option<String>, default: &str| {
            let text = text.as_deref().unwrap_or(default);
            text.chars().filter(|sign| sign.is_ascii_graphic()).take(NAME_CHARS_MAX).collect()
        };
        Self {
            filename: filename.unwrap_or_else(|| "attachment".to_owned()),
            content_type: word(&header.content_type, "application/octet-stream"),
            ty: word(&header.attachment_type, "event.attachment"),
        }
    }
}

/// The last part of a path, of characters that harm nowhere.
fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let kept = last
        .chars()
        .filter(|sign| !sign.is_control() && !matches!(sign, '"' | '<' | '>' | '|' | ':' | '*' | '?'));
    kept.take(NAME_CHARS_MAX).collect::<String>().trim_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_harmless() {
        let check = |name: Option<&str>, expected: &str| {
            let header = ItemHeader { filename: name.map(str::to_owned), ..ItemHeader::default() };
            assert_eq!(Attachment::of(&header).filename, expected, "{name:?}");
        };
        check(Some("screen.png"), "screen.png");
        check(Some("../../etc/passwd"), "passwd");
        check(Some("C:\\temp\\a\r\n\".txt"), "a.txt");
        check(Some(".."), "attachment");
        check(None, "attachment");
    }
}
