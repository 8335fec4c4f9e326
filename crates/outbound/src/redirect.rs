//! Where a redirect leads.

use http::Uri;

/// Where an answer to `from` leads that has this `Location`; `None` where that is no address of HTTP.
pub fn redirect(from: &Uri, location: &str) -> Option<Uri> {
    let (scheme, host) = (from.scheme_str()?, from.authority()?);
    let location = location.trim().split('#').next().unwrap_or_default();
    let text = if let Some(rest) = location.strip_prefix("//") {
        format!("{scheme}://{rest}")
    } else if location.starts_with('/') {
        format!("{scheme}://{host}{location}")
    } else if location.starts_with('?') {
        format!("{scheme}://{host}{}{location}", from.path())
    } else if has_scheme(location) {
        location.to_owned()
    } else {
        let folder = &from.path()[..=from.path().rfind('/').unwrap_or(0)];
        format!("{scheme}://{host}{folder}{location}")
    };
    let url: Uri = text.parse().ok()?;
    matches!(url.scheme_str(), Some("http" | "https")).then_some(url)
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

/// Whether what is meant for one may be sent to the other: scheme, host and port are the same.
pub fn same_origin(a: &Uri, b: &Uri) -> bool {
    let port = |url: &Uri| {
        url.port_u16().or(match url.scheme_str() {
            Some("http") => Some(80),
            Some("https") => Some(443),
            _ => None,
        })
    };
    let host = |url: &Uri| url.host().map(str::to_ascii_lowercase);
    a.scheme() == b.scheme() && host(a) == host(b) && port(a) == port(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_of_every_form() {
        let check = |location: &str, expected: Option<&str>| {
            let from = "http://web:8000/app/metrics?x=1".parse().unwrap();
            let found = redirect(&from, location).map(|url| url.to_string());
            assert_eq!(found.as_deref(), expected, "{location}");
        };
        check("/metrics/", Some("http://web:8000/metrics/"));
        check("metrics/", Some("http://web:8000/app/metrics/"));
        check("?y=2", Some("http://web:8000/app/metrics?y=2"));
        check("//other/m#part", Some("http://other/m"));
        check("https://other:1/m", Some("https://other:1/m"));
        check("ftp://other/m", None);
        check("http://", None);
    }

    #[test]
    fn origins() {
        let check = |a: &str, b: &str, same: bool| {
            assert_eq!(same_origin(&a.parse().unwrap(), &b.parse().unwrap()), same, "{a} {b}");
        };
        check("http://web/a", "http://WEB:80/b", true);
        check("http://web/a", "https://web/a", false);
        check("http://web:1/a", "http://web:2/a", false);
        check("http://web/a", "http://evil/a", false);
    }
}
