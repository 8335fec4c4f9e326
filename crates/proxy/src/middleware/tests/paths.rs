use proptest::prelude::*;
use route::declared::{
    AddPrefix, EncodedCharacters, ReplacePath, ReplacePathRegex, StripPrefix, StripPrefixRegex,
};

use super::{line, outcome, pattern, request, strings};
use crate::middleware::encoded;
use crate::middleware::paths::{
    add_prefix, replace_path, replace_path_regex, strip_prefix, strip_prefix_regex,
};

/// What the service gets, or the status: `/us` and `X-Forwarded-Prefix`.
type Stripped<'s> = Result<(&'s str, Option<&'s str>), u16>;

fn check_stripped(options: &StripPrefix, target: &str, expected: Stripped<'_>) {
    let mut request = request("GET", &format!("http://localhost{target}"), &[]);
    let (status, _) = outcome(strip_prefix(options, &mut request));
    let expected = expected.map(|(target, prefix)| (target.to_owned(), prefix.map(str::to_owned)));
    let prefix = line(request.headers(), "x-forwarded-prefix");
    let found = if status == 200 { Ok((request.uri().to_string(), prefix)) } else { Err(status) };
    assert_eq!(found, expected, "{target} without {:?}", options.prefixes);
}

#[test]
fn prefixes_are_stripped() {
    for (prefixes, target, expected) in [
        (&[][..], "/noprefixes", Ok(("/noprefixes", None))),
        (&["/"], "/", Ok(("/", Some("/")))),
        (&["/stat"], "/stat", Ok(("/", Some("/stat")))),
        (&["/stat/"], "/stat/", Ok(("/", Some("/stat/")))),
        (&["/stat/"], "/stat/us", Ok(("/us", Some("/stat/")))),
        (&["/stat/"], "/status", Ok(("/status", None))),
        (&["/stat"], "/stat/", Ok(("/", Some("/stat")))),
        (&["/mismatch", "/stat"], "/stat/us", Ok(("/us", Some("/stat")))),
        (&["/stat", "/stat/us"], "/stat/us", Ok(("/us", Some("/stat")))),
        (&["/stat/us", "/stat"], "/stat/us/x", Ok(("/x", Some("/stat/us")))),
        (&["/mismatch"], "/stat", Ok(("/stat", None))),
        (&["/stat"], "/status", Ok(("/us", Some("/stat")))),
        (&["/stat"], "/stat/a%2Fb", Ok(("/a%2Fb", Some("/stat")))),
        (&["/api"], "/ap%69/a%2Fb", Ok(("/a%2Fb", Some("/api")))),
        (&[" /stat "], "/stat/us", Ok(("/us", Some("/stat")))),
        (&["/stat"], "/stat/us?a=/stat", Ok(("/us?a=/stat", Some("/stat")))),
        (&["/stat"], "/stat?a=b", Ok(("/?a=b", Some("/stat")))),
        (&["/api"], "/api./foo", Err(400)),
        (&["/api"], "/api../foo", Err(400)),
        (&["/api"], "/api..", Err(400)),
        (&["/api"], "/api%2e%2e/foo", Err(400)),
        (&["/api"], "/api..%2Ffoo", Err(400)),
        (&["/api/"], "/api//foo", Ok(("/foo", Some("/api/")))),
        (&["/api"], "/api//foo", Err(400)),
        (&["/api"], "/api.../foo", Ok(("/.../foo", Some("/api")))),
        (&["/t x"], "/t%20x/y", Ok(("/y", Some("/t x")))),
        (&["/"], "/a/b", Ok(("/a/b", Some("/")))),
        (&[""], "/a", Ok(("/a", Some("")))),
    ] {
        check_stripped(&StripPrefix { prefixes: strings(prefixes), force_slash: true }, target, expected);
        check_stripped(&StripPrefix { prefixes: strings(prefixes), force_slash: false }, target, expected);
    }
}

#[test]
fn prefixes_are_stripped_by_expressions() {
    let options = StripPrefixRegex {
        patterns: [r"/a/api/", r"/b/([a-z0-9]+)/", r"/c/[a-z0-9]+/[0-9]+/", r"^/t /test"].map(pattern).into(),
    };
    for (target, expected) in [
        ("/a/test", Ok(("/a/test", None))),
        ("/a/test/", Ok(("/a/test/", None))),
        ("/a/api/", Ok(("/", Some("/a/api/")))),
        ("/a/api/test", Ok(("/test", Some("/a/api/")))),
        ("/a/api/test/", Ok(("/test/", Some("/a/api/")))),
        ("/b/api/", Ok(("/", Some("/b/api/")))),
        ("/b/api", Ok(("/b/api", None))),
        ("/b/api/test1", Ok(("/test1", Some("/b/api/")))),
        ("/b/api2/test2", Ok(("/test2", Some("/b/api2/")))),
        ("/c/api/123/", Ok(("/", Some("/c/api/123/")))),
        ("/c/api/123", Ok(("/c/api/123", None))),
        ("/c/api/123/test3", Ok(("/test3", Some("/c/api/123/")))),
        ("/c/api/abc/test4", Ok(("/c/api/abc/test4", None))),
        ("/a/api/a%2Fb", Ok(("/a%2Fb", Some("/a/api/")))),
        ("/b/ap%69/test", Ok(("/test", Some("/b/api/")))),
        ("/b/ap%69/a%2Fb", Ok(("/a%2Fb", Some("/b/api/")))),
        ("/t%20/test/a%2Fb", Ok(("/a%2Fb", Some("/t /test")))),
        // A match in the middle of the path is no prefix.
        ("/x/a/api/test", Ok(("/x/a/api/test", None))),
        ("/b/api/?q=1", Ok(("/?q=1", Some("/b/api/")))),
        ("/b/api/../x", Err(400)),
        ("/b/api/./x", Err(400)),
    ] {
        let mut request = request("GET", &format!("http://localhost{target}"), &[]);
        let (status, _) = outcome(strip_prefix_regex(&options, &mut request));
        let prefix = line(request.headers(), "x-forwarded-prefix");
        let found = if status == 200 { Ok((request.uri().to_string(), prefix)) } else { Err(status) };
        assert_eq!(
            found,
            expected.map(|(path, prefix)| (path.to_owned(), prefix.map(str::to_owned))),
            "{target}"
        );
    }
}

#[test]
fn a_prefix_of_a_client_or_a_step_before_is_kept() {
    let mut request = request("GET", "http://localhost/a/b/c", &[("x-forwarded-prefix", "/before")]);
    for prefix in ["/a", "/b"] {
        let options = StripPrefix { prefixes: strings(&[prefix]), force_slash: true };
        assert_eq!(outcome(strip_prefix(&options, &mut request)).0, 200);
    }
    assert_eq!(line(request.headers(), "x-forwarded-prefix").as_deref(), Some("/before|/a|/b"));
    assert_eq!(request.uri(), "/c");
}

#[test]
fn prefixes_are_added() {
    for (prefix, target, expected) in [
        ("/a", "/b", "/a/b"),
        ("/a", "/", "/a/"),
        ("/a/", "/b", "/a//b"),
        ("/a", "/b%2Fc?d=e", "/a/b%2Fc?d=e"),
        ("/a b", "/c", "/a%20b/c"),
    ] {
        let mut request = request("GET", &format!("http://localhost{target}"), &[]);
        assert_eq!(outcome(add_prefix(&AddPrefix { prefix: prefix.to_owned() }, &mut request)).0, 200);
        assert_eq!(request.uri(), expected, "{prefix} before {target}");
    }
}

#[test]
fn paths_are_replaced() {
    for (path, target, expected, before) in [
        ("/new", "/old", "/new", "/old"),
        ("/new", "/old?a=b", "/new?a=b", "/old"),
        ("/new%2Fx", "/old%2Fpath", "/new%2Fx", "/old%2Fpath"),
        ("/a b?c", "/old", "/a%20b%3Fc", "/old"),
        ("", "/old", "/", "/old"),
    ] {
        let mut request = request("GET", &format!("http://localhost{target}"), &[]);
        assert_eq!(outcome(replace_path(&ReplacePath { path: path.to_owned() }, &mut request)).0, 200);
        assert_eq!(request.uri(), expected, "{path} for {target}");
        assert_eq!(line(request.headers(), "x-replaced-path").as_deref(), Some(before));
    }
}

#[test]
fn paths_are_replaced_by_expressions() {
    for (text, replacement, target, expected) in [
        (r"^/whoami/(.*)", "/who-am-i/$1", "/whoami/and/whoami", Ok(("/who-am-i/and/whoami", true))),
        (r"^/who(.+)", "/${1}", "/whoami", Ok(("/ami", true))),
        (r"^/nomatch", "/x", "/whoami", Ok(("/whoami", false))),
        (r"^(?i)/Download/(\w+)", "/downloads/$1-x", "/download/a", Ok(("/downloads/a-x", true))),
        (r"(.*)", "/api$1", "/a%2Fb?c=d", Ok(("/api/a%2Fb?c=d", true))),
        (r"^/a/(\d+)", "/b/$1/$1", "/a/7", Ok(("/b/7/7", true))),
        (r"^/old", "new", "/old/x", Ok(("/new/x", true))),
        (r"^/old", "", "/old", Ok(("/", true))),
        (r"^/old", "/a b", "/old", Ok(("/a%20b", true))),
        (r"^/api", "", "/api/../secret", Err(400)),
        (r"^/api", "/..", "/api/x", Err(400)),
        (r"^/api/?", "//", "/api/x", Err(400)),
    ] {
        let mut request = request("GET", &format!("http://localhost{target}"), &[]);
        let options = ReplacePathRegex { pattern: pattern(text), replacement: replacement.to_owned() };
        let (status, _) = outcome(replace_path_regex(&options, &mut request));
        let told = request.headers().contains_key("x-replaced-path");
        let found = if status == 200 { Ok((request.uri().to_string(), told)) } else { Err(status) };
        assert_eq!(found, expected.map(|(path, told)| (path.to_owned(), told)), "{text} for {target}");
    }
}

#[test]
fn escapes_are_refused() {
    let none = EncodedCharacters::default();
    let slash = EncodedCharacters { slash: true, ..none };
    for (options, target, expected) in [
        (none, "/a", 200),
        (none, "/a%20b", 200),
        (none, "/a%2Fb", 400),
        (none, "/a%2fb", 400),
        (none, "/a%5Cb", 400),
        (none, "/a%00b", 400),
        (none, "/a%3Bb", 400),
        (none, "/a%25b", 400),
        (none, "/a%3Fb", 400),
        (none, "/a%23b", 400),
        (none, "/a?b=%2F", 200),
        (none, "/a%2", 400),
        (none, "/a%41%2Fb", 400),
        (slash, "/a%2Fb", 200),
        (slash, "/a%2Fb%5C", 400),
    ] {
        let asked = request("GET", &format!("http://localhost{target}"), &[]);
        assert_eq!(outcome(encoded::check(&options, &asked)).0, expected, "{target} with {options:?}");
    }
}

proptest! {
    /// Whatever is stripped, what goes on is a path in which nothing climbs, or nothing goes on.
    #[test]
    fn nothing_climbs_out_of_a_stripped_path(
        prefix in "/?[a.]{0,4}/?", path in "(/|a|\\.|%2e|%2F|%61){0,10}",
    ) {
        let mut request = request("GET", &format!("http://localhost/{path}"), &[]);
        let before = request.uri().clone();
        let options = StripPrefix { prefixes: vec![prefix], force_slash: true };
        match outcome(strip_prefix(&options, &mut request)).0 {
            200 if request.headers().contains_key("x-forwarded-prefix") => {
                let decoded = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
                prop_assert!(decoded.starts_with('/'));
                prop_assert!(decoded.split('/').all(|segment| segment != ".." && segment != "."));
            }
            200 => prop_assert_eq!(request.uri(), &before),
            status => prop_assert_eq!(status, 400),
        }
    }
}
