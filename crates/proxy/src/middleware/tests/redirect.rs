use route::declared::{RedirectRegex, RedirectScheme};

use super::{outcome, pattern, request};
use crate::middleware::redirect::{by_regex, to_scheme};

#[test]
fn schemes_are_redirected() {
    let proto = |value: &'static str| vec![("x-forwarded-proto", value)];
    // scheme, port, permanent, method, address, headers, status, location
    for (scheme, port, permanent, method, address, headers, status, location) in [
        ("https", None, false, "GET", "http://foo", vec![], 302, "https://foo/"),
        ("https", None, false, "GET", "http://foo/a?b=c", vec![], 302, "https://foo/a?b=c"),
        ("https", None, false, "GET", "https://foo", vec![], 200, ""),
        ("https", None, false, "GET", "http://foo", proto("http"), 302, "https://foo/"),
        ("https", None, false, "GET", "http://foo", proto("https"), 200, ""),
        ("https", None, false, "GET", "http://foo", proto("HTTPS"), 200, ""),
        ("https", None, false, "GET", "http://foo", proto("bar"), 302, "https://foo/"),
        ("https", None, false, "GET", "https://foo", proto("bar"), 200, ""),
        ("https", None, false, "GET", "http://foo", proto("ws"), 302, "https://foo/"),
        ("https", None, false, "GET", "http://foo", proto("wss"), 200, ""),
        ("https", None, false, "GET", "https://foo", proto("http"), 302, "https://foo/"),
        ("https", None, false, "GET", "http://foo:8080", vec![], 302, "https://foo/"),
        ("https", Some(8443), false, "GET", "http://foo", vec![], 302, "https://foo:8443/"),
        ("https", Some(8443), false, "GET", "http://foo:8000", vec![], 302, "https://foo:8443/"),
        ("https", Some(8443), false, "GET", "https://foo:8000", vec![], 302, "https://foo:8443/"),
        ("https", Some(8443), false, "GET", "https://foo:8443", vec![], 200, ""),
        ("https", None, false, "GET", "https://foo:8000", vec![], 302, "https://foo/"),
        ("https", None, false, "GET", "https://foo:8000/theother", vec![], 302, "https://foo/theother"),
        ("https", Some(443), false, "GET", "http://foo", vec![], 302, "https://foo/"),
        ("https", Some(443), false, "GET", "https://foo", vec![], 200, ""),
        ("https", None, true, "GET", "http://foo", vec![], 301, "https://foo/"),
        ("https", None, true, "POST", "http://foo", vec![], 308, "https://foo/"),
        ("https", None, false, "POST", "http://foo", vec![], 307, "https://foo/"),
        ("https", None, false, "HEAD", "http://foo", vec![], 307, "https://foo/"),
        ("http", Some(80), false, "GET", "http://foo:80", vec![], 200, ""),
        ("https", Some(443), false, "GET", "https://foo:443", vec![], 200, ""),
        ("http", None, false, "GET", "https://foo", vec![], 302, "http://foo/"),
        ("http", Some(81), false, "GET", "http://foo:80", vec![], 302, "http://foo:81/"),
        ("wss", Some(9443), false, "GET", "http://foo", vec![], 302, "wss://foo:9443/"),
        ("wss", None, false, "GET", "http://foo", vec![], 302, "wss://foo/"),
        ("https", None, false, "GET", "http://[::1]", vec![], 302, "https://[::1]/"),
        ("https", None, false, "GET", "http://[::1]:8080/x", vec![], 302, "https://[::1]/x"),
    ] {
        let options = RedirectScheme { scheme: scheme.to_owned(), port, permanent };
        let asked = request(method, address, &headers);
        let found = outcome(to_scheme(&options, &asked, address.starts_with("https")));
        assert_eq!(found, (status, location.to_owned()), "{options:?}: {method} {address} {headers:?}");
    }
}

#[test]
fn addresses_are_redirected_by_expressions() {
    let www = r"^(https?)://(?:www\.)?(.+)";
    for (text, replacement, permanent, method, address, status, location) in [
        (
            r"^(?:http?:\/\/)(foo)(\.com)(:\d+)(.*)$",
            "https://${1}bar$2:443$4",
            false,
            "GET",
            "http://foo.com:80",
            302,
            "https://foobar.com:443/",
        ),
        (
            r"^(?:http?:\/\/)(foo)(\.com)(:\d+)(.*)$",
            "https://${1}bar$2:443$4",
            false,
            "GET",
            "http://bar.com:80",
            200,
            "",
        ),
        (
            r"^(?:https?:\/\/)(foo)(\.com)(:\d+)(.*)$",
            "http://${1}bar$2:80$4",
            false,
            "GET",
            "https://foo.com:443",
            302,
            "http://foobar.com:80/",
        ),
        (r"^http://", "https://", true, "GET", "http://foo", 301, "https://foo/"),
        (r"^http://", "https://", true, "POST", "http://foo", 308, "https://foo/"),
        (r"^http://", "https://", false, "POST", "http://foo", 307, "https://foo/"),
        (r"^http://", "https://", false, "GET", "https://foo", 200, ""),
        (r"^https://", "http://", true, "GET", "https://foo", 301, "http://foo/"),
        (
            r"^(http|https)://(?:www\.)?(.+)",
            "https://www.${2}",
            true,
            "GET",
            "http://example.com/a?b=c",
            301,
            "https://www.example.com/a?b=c",
        ),
        (
            r"^(http|https)://(?:www\.)?(.+)",
            "https://www.${2}",
            true,
            "GET",
            "https://www.example.com/a",
            200,
            "",
        ),
        (
            www,
            "$1://$2",
            true,
            "GET",
            "http://www.example.com:8080/path",
            301,
            "http://example.com:8080/path",
        ),
        (www, "$1://$2", true, "GET", "http://www.example.com/", 301, "http://example.com/"),
        (www, "$1://$2", true, "GET", "https://www.example.com/path", 301, "https://example.com/path"),
        (www, "$1://$2", true, "GET", "https://example.com/path", 200, ""),
        (
            r"^http://localhost/(.*)",
            "http://mydomain/${1}",
            false,
            "GET",
            "http://localhost/a%20b",
            302,
            "http://mydomain/a%20b",
        ),
        (r"/old$", "/new page", false, "GET", "http://foo/old", 302, "http://foo/new%20page"),
        (r"/old$", "/\u{fc}", false, "GET", "http://foo/old", 302, "http://foo/%C3%BC"),
        (r"^.*$", "/relative", false, "GET", "http://foo/x", 302, "/relative"),
        (r"^.*$", "https://a b/", false, "GET", "http://foo/x", 502, ""),
        (
            r"^(?P<scheme>\w+)://(?P<rest>.*)$",
            "https://${rest}",
            false,
            "GET",
            "http://foo/x",
            302,
            "https://foo/x",
        ),
    ] {
        let options =
            RedirectRegex { pattern: pattern(text), replacement: replacement.to_owned(), permanent };
        let asked = request(method, address, &[("x-forwarded-proto", "https")]);
        let found = outcome(by_regex(&options, &asked, address.starts_with("https")));
        assert_eq!(found, (status, location.to_owned()), "{text} to {replacement}: {method} {address}");
    }
}
