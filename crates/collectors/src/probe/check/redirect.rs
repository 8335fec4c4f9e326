//! Where an answer sends us (RFC 3986 §5.2, RFC 9110 §10.2.2).

use http::Uri;
use http::uri::Scheme;

/// The address that `location` means, told by what answers at `base`.
pub(in crate::probe) fn target(base: &Uri, location: &str) -> Result<Uri, String> {
    let unreadable = || format!("it redirects to {location:?}, which is no address");
    let location = location.split('#').next().unwrap_or_default().trim();
    let scheme = base.scheme_str().unwrap_or("http");
    let authority = base.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    let text = if has_scheme(location) {
        location.to_owned()
    } else if let Some(rest) = location.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else if location.starts_with('?') || location.is_empty() {
        format!("{scheme}://{authority}{}{location}", base.path())
    } else {
        let folder = base.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{authority}{folder}/{location}")
    };
    let target: Uri = text.parse().map_err(|_| unreadable())?;
    match target.scheme() {
        Some(scheme) if (*scheme == Scheme::HTTP || *scheme == Scheme::HTTPS) && target.host().is_some() => {
            Ok(target)
        }
        _ => Err(unreadable()),
    }
}

/// Whether two addresses have one scheme, host and port: what is meant for one may be told to the other.
pub(super) fn is_same_origin(a: &Uri, b: &Uri) -> bool {
    a.scheme() == b.scheme() && a.host() == b.host() && port(a) == port(b)
}

/// The port, or that of the scheme.
pub(super) fn port(url: &Uri) -> u16 {
    url.port_u16().unwrap_or(if url.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 })
}

fn has_scheme(location: &str) -> bool {
    let Some((scheme, _)) = location.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_read_from_where_they_stand() {
        let base: Uri = "https://shop.example:8443/a/b?q=1".parse().unwrap();
        let check = |location: &str, expected: Option<&str>| {
            let found = target(&base, location).ok().map(|target| target.to_string());
            assert_eq!(found.as_deref(), expected, "{location}");
        };
        check("http://other.example/x#top", Some("http://other.example/x"));
        check("//other.example/x", Some("https://other.example/x"));
        check("/login?next=/a:b", Some("https://shop.example:8443/login?next=/a:b"));
        check("c", Some("https://shop.example:8443/a/c"));
        check("?page=2", Some("https://shop.example:8443/a/b?page=2"));
        check("", Some("https://shop.example:8443/a/b"));
        check("ftp://other.example/x", None);
        check("mailto:somebody", None);
        check("http://", None);
        check("http://sp ace/", None);
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let check = |a: &str, b: &str, same: bool| {
            assert_eq!(is_same_origin(&a.parse().unwrap(), &b.parse().unwrap()), same, "{a} {b}");
        };
        check("http://a/x", "http://a:80/y", true);
        check("http://a/x", "https://a/x", false);
        check("http://a/x", "http://b/x", false);
        check("https://a/x", "https://a:8443/x", false);
    }
}
