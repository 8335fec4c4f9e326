//! `encodedCharacters`: refuses paths with escapes that services read in different ways.

use http::{Request, StatusCode};
use route::declared::EncodedCharacters;

use super::answer::{Answered, text};

pub(super) fn check<B>(options: &EncodedCharacters, request: &Request<B>) -> Result<(), Box<Answered>> {
    let mut rest = request.uri().path().as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        let Some(escape) = rest.get(at + 1..at + 3) else {
            return Err(text(StatusCode::BAD_REQUEST, "the path ends within an escape"));
        };
        let allowed = match escape.to_ascii_uppercase().as_slice() {
            b"2F" => options.slash,
            b"5C" => options.backslash,
            b"00" => options.null,
            b"3B" => options.semicolon,
            b"25" => options.percent,
            b"3F" => options.question_mark,
            b"23" => options.hash,
            _ => true,
        };
        if !allowed {
            let escape = String::from_utf8_lossy(escape).into_owned();
            return Err(text(StatusCode::BAD_REQUEST, format!("the path has the escape %{escape} in it")));
        }
        rest = &rest[at + 3..];
    }
    Ok(())
}
