//! Paths as they are routed and sent on: escapes of letters that need none are undone, others are written with capital
//! letters, and dots and empty segments are worked out, so that a rule sees the path that the application will see.

/// What is no path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    /// `%` without two hex digits.
    #[error("the path has a % that no two hex digits follow")]
    Escape,
}

/// The path to route by; `None` where it is `path` itself. With `dots` empty segments, `.` and `..` are worked out.
pub(crate) fn normal(path: &str, dots: bool) -> Result<Option<String>, PathError> {
    let bytes = path.as_bytes();
    let has_escapes = memchr::memchr(b'%', bytes).is_some();
    let may_differ = has_escapes || (dots && has_dots(bytes));
    if !may_differ {
        return Ok(None);
    }
    let decoded = if has_escapes { unescaped(bytes)? } else { path.to_owned() };
    let clean = if dots && has_dots(decoded.as_bytes()) { without_dots(&decoded) } else { decoded };
    Ok((clean != path).then_some(clean))
}

/// Whether there may be a segment that is empty, `.` or `..`.
fn has_dots(path: &[u8]) -> bool {
    path.windows(2).any(|pair| pair[0] == b'/' && matches!(pair[1], b'/' | b'.'))
}

fn unescaped(path: &[u8]) -> Result<String, PathError> {
    let mut text = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = memchr::memchr(b'%', rest) {
        text.extend_from_slice(&rest[..at]);
        let [high, low] = rest.get(at + 1..at + 3).ok_or(PathError::Escape)? else {
            return Err(PathError::Escape);
        };
        let byte = hex(*high)? << 4 | hex(*low)?;
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(byte);
        } else {
            text.extend([b'%', high.to_ascii_uppercase(), low.to_ascii_uppercase()]);
        }
        rest = &rest[at + 3..];
    }
    text.extend_from_slice(rest);
    // A path of hyper's is text; taking out escapes of ASCII leaves it so.
    String::from_utf8(text).map_err(|_| PathError::Escape)
}

fn hex(digit: u8) -> Result<u8, PathError> {
    let value = char::from(digit).to_digit(16).ok_or(PathError::Escape)?;
    Ok(value as u8)
}

/// As RFC 3986 §5.2.4 says, and without empty segments; a slash at the end stays.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    let ends_in_slash = matches!(path.rsplit('/').next(), Some("" | "." | ".."));
    let mut clean = String::with_capacity(path.len());
    for segment in &kept {
        clean.push('/');
        clean.push_str(segment);
    }
    if kept.is_empty() || ends_in_slash {
        clean.push('/');
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_normal() {
        for (path, expected) in [
            ("/", "/"),
            ("/a/b.c", "/a/b.c"),
            ("/%61%2d%7E", "/a-~"),
            ("/a%2fb", "/a%2Fb"),
            ("/%c3%a4", "/%C3%A4"),
            ("/a//b", "/a/b"),
            ("//a/", "/a/"),
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/../../b", "/b"),
            ("/a/..", "/"),
            ("/a/.", "/a/"),
            ("/a/b/..", "/a/"),
            ("/%2e%2e/admin", "/admin"),
            ("/a/%2E./b", "/b"),
            ("/.well-known/x", "/.well-known/x"),
            ("/a/...", "/a/..."),
        ] {
            let normal = normal(path, true).unwrap();
            assert_eq!(normal.as_deref().unwrap_or(path), expected, "{path}");
            assert_eq!(super::normal(expected, true), Ok(None), "{expected} is normal already");
        }
    }

    #[test]
    fn dots_stay_where_they_are_wanted() {
        assert_eq!(normal("/a//b/../%61", false), Ok(Some("/a//b/../a".to_owned())));
        assert_eq!(normal("/a//b/..", false), Ok(None));
    }

    #[test]
    fn broken_escapes_are_faults() {
        for path in ["/%", "/%4", "/%zz", "/a%2"] {
            assert_eq!(normal(path, true), Err(PathError::Escape), "{path}");
        }
    }
}
