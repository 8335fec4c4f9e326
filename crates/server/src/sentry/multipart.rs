//! Files in a body of `multipart/form-data`, which is in memory whole.

use bytes::Bytes;

/// More parts are not read.
const PARTS_MAX: usize = 50;
/// The longest head of a part.
const HEAD_BYTES_MAX: usize = 8 << 10;

/// A part of a form that is a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
}

/// What separates the parts, as `Content-Type` tells it.
pub(super) fn boundary(content_type: &str) -> Option<&str> {
    let (kind, rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let parameters = rest.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    let mut boundaries = parameters.filter(|(name, _)| name.eq_ignore_ascii_case("boundary"));
    let boundary = boundaries.next()?.1.trim_matches('"');
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The files in it. What is no part is left out; `None`: the body has not even one.
pub(super) fn files(body: &Bytes, boundary: &str) -> Option<Vec<File>> {
    let line = format!("--{boundary}");
    let mut places = memchr::memmem::find_iter(body, line.as_bytes()).take(PARTS_MAX + 1);
    let mut begins = places.next()? + line.len();
    let mut files = Vec::new();
    for ends in places {
        files.extend(file(&body.slice(begins..ends)));
        begins = ends + line.len();
    }
    Some(files)
}

/// `\r\n`, header lines, an empty line, the content, `\r\n`.
fn file(part: &Bytes) -> Option<File> {
    const BETWEEN: &[u8] = b"\r\n\r\n";
    let at = memchr::memmem::find(part.get(..HEAD_BYTES_MAX.min(part.len()))?, BETWEEN)?;
    let head = String::from_utf8_lossy(part.get(2..at)?);
    let end = part.len().checked_sub(2).filter(|end| part[*end..] == *b"\r\n")?;
    let header = |wanted: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
            .next()
    };
    let parameters = header("content-disposition")?.split(';').filter_map(|part| part.trim().split_once('='));
    let mut names = parameters.filter(|(name, _)| name.eq_ignore_ascii_case("filename"));
    let name = names.next()?.1.trim_matches('"').to_owned();
    let content_type = header("content-type").unwrap_or("application/octet-stream").to_owned();
    let begin = at + BETWEEN.len();
    (begin <= end).then(|| File { name, content_type, bytes: part.slice(begin..end) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries() {
        let check = |content_type: &str, expected: Option<&str>| {
            assert_eq!(boundary(content_type), expected, "{content_type}");
        };
        check("multipart/form-data; boundary=abc", Some("abc"));
        check("Multipart/Form-Data; charset=x; Boundary=\"a b\"", Some("a b"));
        check("multipart/form-data", None);
        check("multipart/form-data; boundary=", None);
        check("multipart/mixed; boundary=abc", None);
        check("", None);
    }

    #[test]
    fn files_are_found() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"x\"; filename=\"a.txt\"\r\n\
                    Content-Type: text/plain\r\n\r\none\r\ntwo\r\n--b\r\n\
                    content-disposition: form-data; name=field\r\n\r\nno file\r\n--b\r\n\
                    Content-Disposition: form-data; filename=b\r\n\r\n\r\n--b--\r\n";
        let file = |name: &str, content_type: &str, text: &'static str| File {
            name: name.into(),
            content_type: content_type.into(),
            bytes: Bytes::from_static(text.as_bytes()),
        };
        let expected =
            vec![file("a.txt", "text/plain", "one\r\ntwo"), file("b", "application/octet-stream", "")];
        assert_eq!(files(&Bytes::from_static(body.as_bytes()), "b"), Some(expected));
    }

    #[test]
    fn what_is_cut_off_or_none_gives_nothing() {
        let check = |body: &'static str, expected: Option<usize>| {
            let found = files(&Bytes::from_static(body.as_bytes()), "b");
            assert_eq!(found.map(|files| files.len()), expected, "{body}");
        };
        check("", None);
        check("no parts", None);
        check("--b", Some(0));
        check("--b\r\n--b--", Some(0));
        check("--b--b--b", Some(0));
        check("--b\r\nContent-Disposition: form-data; filename=a\r\n\r\ncut off", Some(0));
        check("--b\r\nContent-Disposition: form-data; filename=a\r\n\r\n--b", Some(0));
    }
}
