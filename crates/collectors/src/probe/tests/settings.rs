//! What `[[probe]]` may say.

use std::time::Duration;

use model::Labels;

use super::{read, spec};
use crate::probe::spec::{Kind, Statuses};
use crate::scrape::Origin;

#[test]
fn all_keys_are_read() {
    let spec = spec(
        "[identity]\nenvironment = \"staging\"\n\n[[probe]]\nname = \"site\"\nurl = \"https://shop.example/health/\"\n\
         interval = \"1m\"\ntimeout = \"5s\"\nexpect_within = \"2s\"\nexpect_status = [200, \"3xx\"]\n\
         expect_body = 'ok'\nreject_body = '(?i)error'\nmethod = \"GET\"\nheaders = { accept = \"text/html\" }\n\
         authorization = \"Bearer x\"\nbody = \"\"\nfollow_redirects = false\ninsecure_skip_verify = true\n\
         ca_file = \"ca.pem\"\nservice = \"web\"\nproject = \"shop\"\n",
    );
    assert_eq!((spec.interval, spec.timeout), (Duration::from_secs(60), Duration::from_secs(5)));
    assert_eq!(spec.expect_within, Some(Duration::from_secs(2)));
    assert_eq!(spec.origin, Origin::File { line: Some(5) });
    let expected = Labels::from_pairs([
        ("job", "probe"),
        ("instance", "https://shop.example/health/"),
        ("probe", "site"),
        ("service", "web"),
        ("project", "shop"),
        ("environment", "staging"),
    ]);
    assert_eq!(spec.labels, expected);
    let Kind::Http(http) = spec.kind else { panic!("{:?}", spec.kind) };
    assert_eq!(http.expect_status, [Statuses::One(200), Statuses::Class(3)]);
    assert!(http.tls.insecure_skip_verify && !http.follow_redirects);
}

#[test]
fn little_is_needed() {
    let site = spec("[[probe]]\nname = \"site\"\nurl = \"http://shop.example\"");
    assert_eq!((site.interval, site.timeout), (Duration::from_secs(30), Duration::from_secs(10)));
    let labels = [("job", "probe"), ("instance", "http://shop.example/"), ("probe", "site")];
    assert_eq!(site.labels, Labels::from_pairs(labels));
    let Kind::Http(http) = site.kind else { panic!("{:?}", site.kind) };
    assert_eq!((http.expect_status, http.follow_redirects), (vec![Statuses::Class(2)], true));
    let often = spec("[[probe]]\nname = \"db\"\nurl = \"tcp://db:5432\"\ninterval = \"2s\"");
    assert_eq!((often.timeout, often.url.as_str()), (Duration::from_secs(2), "tcp://db:5432"));
    let Kind::Tcp(tcp) = often.kind else { panic!("{:?}", often.kind) };
    assert_eq!((tcp.host.as_str(), tcp.port, tcp.tls), ("db", 5432, None));
}

#[test]
fn faults_are_told_all_at_once() {
    let check = |text: &str, expected: &[&str]| {
        let (_, faults) = read(text);
        assert_eq!(faults.len(), expected.len(), "{text}: {faults:#?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.contains(expected), "{text}: {fault}");
        }
    };
    let site = "[[probe]]\nname = \"site\"\nurl = \"http://shop.example/\"\n";
    check(
        "[[probe]]\n",
        &["probe[0].name: it is missing", "probe[0].url: it is missing; write what to probe"],
    );
    check(&format!("{site}{site}"), &["probe[1].name: another probe has this name"]);
    check(&format!("{site}interval = \"100ms\""), &["interval: too often; write 1s to 4m"]);
    check(
        &format!("{site}interval = \"5m\""),
        &["interval: too seldom: graphs would have gaps; write 1s to 4m"],
    );
    check(
        &format!("{site}timeout = \"1m\""),
        &["timeout: must end before 30s have passed; write 30s or less"],
    );
    check(&format!("{site}timeout = \"5s\"\nexpect_within = \"6s\""), &["expect_within: must end before 5s"]);
    check(&format!("{site}expect_status = [\"ok\", 99]"), &["`99` is no status", "`ok` is no status"]);
    check(&format!("{site}expect_status = true"), &["expect_status"]);
    check(&format!("{site}expect_body = '('"), &["expect_body: is no regular expression"]);
    check(&format!("{site}method = \"GET IT\""), &["is no method of HTTP"]);
    check(
        &format!("{site}headers = {{ \"a b\" = \"c\", d = \"e\\nf\" }}"),
        &["is no name of a header", "holds what no header"],
    );
    check(&format!("{site}expect = 200"), &["probe[0].expect"]);
    for (url, expected) in [
        ("shop.example", "begins with none of http://"),
        ("ftp://shop.example/", "begins with none of http://"),
        ("http://", "is no address"),
        ("http://user:secret@shop.example/", "a name and a password have no place in it"),
        ("tcp://db", "names no port"),
        ("/health/", "names no host"),
    ] {
        check(&format!("[[probe]]\nname = \"x\"\nurl = \"{url}\""), &[expected]);
    }
    let tcp = "[[probe]]\nname = \"db\"\nurl = \"tcp://db:5432\"\nexpect_status = 200\nservice = \"db\"";
    check(tcp, &["expect_status: there is nothing of HTTP to tcp:// and tls://"]);
}
