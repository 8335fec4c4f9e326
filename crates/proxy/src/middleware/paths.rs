//! Changing the path: `addPrefix`, `stripPrefix`, `stripPrefixRegex`, `replacePath`, `replacePathRegex`.
//!
//! A path is matched by what it means and changed as it was escaped, so that `%2F` in it reaches the service.

use http::{HeaderName, Request, StatusCode};
use route::declared::{AddPrefix, ReplacePath, ReplacePathRegex, StripPrefix, StripPrefixRegex};

use super::answer::{Answered, text};
use super::target::{BadPath, header_value, is_normal, prefix_length, set_path, unescaped};

/// Which prefix was taken off.
const FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");
/// The path before it was replaced.
const REPLACED_PATH: HeaderName = HeaderName::from_static("x-replaced-path");

pub(super) fn add_prefix<B>(options: &AddPrefix, request: &mut Request<B>) -> Result<(), Box<Answered>> {
    let path = format!("{}{}", options.prefix, request.uri().path());
    set_path(request, &path).map_err(bad)
}

pub(super) fn strip_prefix<B>(options: &StripPrefix, request: &mut Request<B>) -> Result<(), Box<Answered>> {
    let path = request.uri().path();
    let found =
        options.prefixes.iter().find_map(|prefix| Some((prefix, prefix_length(path, prefix.trim())?)));
    match found {
        Some((prefix, length)) => strip(request, prefix.trim(), length),
        None => Ok(()),
    }
}

pub(super) fn strip_prefix_regex<B>(
    options: &StripPrefixRegex,
    request: &mut Request<B>,
) -> Result<(), Box<Answered>> {
    let path = request.uri().path();
    let meaning = String::from_utf8_lossy(&unescaped(path)).into_owned();
    for pattern in &options.patterns {
        let Some(found) = pattern.regex().find(&meaning).filter(|found| !found.is_empty()) else { continue };
        // Of a match somewhere in the path the text counts, if the path begins with it too.
        if let Some(length) = prefix_length(path, found.as_str()) {
            return strip(request, found.as_str(), length);
        }
    }
    Ok(())
}

/// Takes `length` bytes off the path, which mean `prefix`.
fn strip<B>(request: &mut Request<B>, prefix: &str, length: usize) -> Result<(), Box<Answered>> {
    let rest = &request.uri().path()[length..];
    let rest = if rest.is_empty() || rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    if !is_normal(&rest) {
        return Err(text(StatusCode::BAD_REQUEST, format!("without {prefix} the path would lead elsewhere")));
    }
    set_path(request, &rest).map_err(bad)?;
    request.headers_mut().append(FORWARDED_PREFIX, header_value(prefix));
    Ok(())
}

pub(super) fn replace_path<B>(options: &ReplacePath, request: &mut Request<B>) -> Result<(), Box<Answered>> {
    let before = header_value(request.uri().path());
    set_path(request, &options.path).map_err(bad)?;
    request.headers_mut().append(REPLACED_PATH, before);
    Ok(())
}

pub(super) fn replace_path_regex<B>(
    options: &ReplacePathRegex,
    request: &mut Request<B>,
) -> Result<(), Box<Answered>> {
    let path = request.uri().path();
    if !options.pattern.regex().is_match(path) {
        return Ok(());
    }
    let before = header_value(path);
    let after = options.pattern.regex().replace_all(path, options.replacement.trim()).into_owned();
    let after = if after.is_empty() || after.starts_with('/') { after } else { format!("/{after}") };
    if !is_normal(&after) {
        return Err(text(StatusCode::BAD_REQUEST, "the replaced path would lead elsewhere"));
    }
    set_path(request, &after).map_err(bad)?;
    request.headers_mut().append(REPLACED_PATH, before);
    Ok(())
}

fn bad(_: BadPath) -> Box<Answered> {
    text(StatusCode::INTERNAL_SERVER_ERROR, "the path that the request would get is not valid")
}
