//! From the path of a request to a path below the root.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;

/// Where a request's path points to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Relative, without `.` and `..`: joined to the root it can only leave it by a symbolic link.
    pub(super) path: PathBuf,
    /// Whether the path ends with a slash: it means the directory, not a file.
    pub(super) directory: bool,
}

/// Takes a path apart, or `None` if no file of ours can have it: it climbs, hides a separator in an escape, holds a NUL,
/// or names a hidden file. `.well-known` alone is not hidden.
pub(super) fn wanted(path: &str) -> Option<Wanted> {
    let mut found = PathBuf::new();
    let relative = path.strip_prefix('/')?;
    for segment in relative.split('/').filter(|segment| !segment.is_empty()) {
        let name: Vec<u8> = percent_decode_str(segment).collect();
        if name.iter().any(|byte| matches!(byte, b'/' | b'\\' | 0)) || is_hidden(&name) {
            return None;
        }
        found.push(OsString::from_vec(name));
    }
    Some(Wanted { path: found, directory: relative.is_empty() || relative.ends_with('/') })
}

/// Whether a file or directory of this name is never served.
pub(super) fn is_hidden(name: &[u8]) -> bool {
    name.starts_with(b".") && name != b".well-known"
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_taken_apart() {
        let table: &[(&str, Option<(&str, bool)>)] = &[
            ("/", Some(("", true))),
            ("/app.css", Some(("app.css", false))),
            ("/css/app.css", Some(("css/app.css", false))),
            ("/css/", Some(("css", true))),
            ("/a//b", Some(("a/b", false))),
            ("/a%20b.txt", Some(("a b.txt", false))),
            ("/%C3%BC.txt", Some(("ü.txt", false))),
            ("/a+b.txt", Some(("a+b.txt", false))),
            ("/100%.txt", Some(("100%.txt", false))),
            ("/.well-known/security.txt", Some((".well-known/security.txt", false))),
            ("/a..b/c...txt", Some(("a..b/c...txt", false))),
            ("", None),
            ("*", None),
            ("app.css", None),
            ("/..", None),
            ("/../etc/passwd", None),
            ("/a/../../etc/passwd", None),
            ("/a/./b", None),
            ("/%2e%2e/etc/passwd", None),
            ("/%2E%2e/etc/passwd", None),
            ("/.%2e/etc/passwd", None),
            ("/..%2fetc%2fpasswd", None),
            ("/a%2fb", None),
            ("/a%5cb", None),
            ("/..\\..\\etc", None),
            ("/a%00.txt", None),
            ("/.env", None),
            ("/%2eenv", None),
            ("/.git/config", None),
            ("/a/.htpasswd", None),
            ("/.well-known/.secret", None),
        ];
        for (path, expected) in table {
            let found = wanted(path).map(|found| (found.path, found.directory));
            assert_eq!(found, expected.map(|(path, directory)| (PathBuf::from(path), directory)), "{path}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_lies_below(path in "(/|\\.|%2[eEfF]|%5c|%00|[a-z]|\\\\|%){0,40}") {
            if let Some(found) = wanted(&path) {
                prop_assert!(found.path.components().all(|part| matches!(part, Component::Normal(_))));
                prop_assert!(Path::new("/root").join(&found.path).starts_with("/root"));
            }
        }
    }
}
