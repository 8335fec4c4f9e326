//! Rules of routers: no text panics, every fault lies inside the text, and a rule is read again from its own text as
//! the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use route::rule::{Rule, Seen, Syntax, TcpRule, routed_path};

/// Longer rules are refused; escapes can make a rule's own text longer than it was written.
const RULE_BYTES_MAX: usize = 64 << 10;

fuzz_target!(|text: &str| {
    let _ = routed_path(text);
    for syntax in [Syntax::V3, Syntax::V2] {
        if let Ok(rule) = TcpRule::parse(text, syntax) {
            let _ = (rule.takes_all(), rule.hosts().len());
        }
        match Rule::parse(text, syntax) {
            Ok(rule) => read_again(&rule, syntax),
            Err(fault) => assert!(text.is_char_boundary(fault.at) && !fault.what.is_empty(), "{fault:?}"),
        }
    }
});

fn read_again(rule: &Rule, syntax: Syntax) {
    let seen = Seen {
        host: "a.example",
        path: "/a/b",
        method: "GET",
        headers: &Default::default(),
        query: "a=b&a=%41+c",
        client: [127, 0, 0, 1].into(),
    };
    let takes = rule.matches(&seen);
    // A rule that needs certain hosts takes no other.
    assert!(!takes || rule.needed_hosts().is_none_or(|hosts| hosts.contains("a.example")), "{rule}");
    let written = rule.to_string();
    if written.len() > RULE_BYTES_MAX {
        return;
    }
    let again = Rule::parse(&written, syntax).unwrap_or_else(|fault| panic!("{written}: {fault}"));
    assert_eq!(again.to_string(), written);
    assert_eq!(again.matches(&seen), takes, "{written}");
}
