//! Passwords in addresses: `scheme://user:password@host`.

use memchr::{memchr, memchr_iter, memmem, memrchr};

use crate::edit::{Edit, MARKER};
use crate::find::key;
use crate::rule::Rule;
use crate::text::run_end;

/// Adds the password of every address. One that has none has no `@` either, and most texts have no `@` at all.
pub(crate) fn find(text: &str, edits: &mut Vec<Edit<'_>>) {
    let bytes = text.as_bytes();
    if memchr(b'@', bytes).is_none() {
        return;
    }
    // PHP writes JSON with escaped slashes.
    for separator in ["://", r":\/\/"] {
        for at in memmem::find_iter(bytes, separator) {
            let start = at + separator.len();
            let end = run_end(bytes, start, |byte| !b"/?#\"'`<>\\ \t\r\n".contains(&byte));
            let Some(user_end) = memrchr(b'@', &bytes[start..end]) else { continue };
            let userinfo = &bytes[start..start + user_end];
            let own = |colon: &usize| !userinfo[..=*colon].ends_with(MARKER.as_bytes());
            let Some(colon) = memchr_iter(b':', userinfo).find(own) else { continue };
            let (from, to) = (start + colon + 1, start + user_end);
            if at > 0 && bytes[at - 1].is_ascii_alphanumeric() && !key::is_harmless(&bytes[from..to]) {
                edits.push(Edit::new(from, to, Rule::Url));
            }
        }
    }
}
