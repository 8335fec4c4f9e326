//! For tests: what was declared, a line each; and tables in which that stands behind each case.
//!
//! A case is a text, a line `=>`, and what is declared; a line of three dashes ends it. `UPDATE_EXPECT=1 cargo test -p
//! route` writes what is declared now: read the difference before you keep it.

use std::fmt::{Debug, Write};
use std::path::Path;

use super::{Declared, Objects};
use crate::finding::Finding;

/// `Debug` without what is empty: `Router { rule: "…", tls: RouterTls }`.
pub(crate) fn shown(value: &impl Debug) -> String {
    let empty = regex::Regex::new(r#"(?:, )?\b\w+: (?:None|\[\]|\{\}|false|""|0(?:ns)?)(?P<end>,? )"#);
    let empty = empty.expect("sound");
    let mut text = format!("{value:?}");
    loop {
        let less = empty.replace(&text, "$end").into_owned();
        if less == text {
            break;
        }
        text = less;
    }
    let text = text.replace("{ ,", "{").replace("{  }", "{}").replace(" { }", "").replace("  ", " ");
    text.replace("Some(", "(")
        .replace(" {}", "")
        .replace(", observability: Observability }", " }")
        .replace(", observability: Observability,", ",")
}

fn add<T: Debug>(report: &mut String, kind: &str, objects: &Objects<T>) {
    for (name, object) in objects {
        let _ = writeln!(report, "{kind} {name}: {}", shown(&object.value));
    }
}

pub(crate) fn add_declared(report: &mut String, declared: &Declared) {
    add(report, "router", &declared.routers);
    add(report, "service", &declared.services);
    add(report, "middleware", &declared.middlewares);
    add(report, "transport", &declared.transports);
    add(report, "tcp router", &declared.tcp_routers);
    add(report, "tcp service", &declared.tcp_services);
    add(report, "tcp middleware", &declared.tcp_middlewares);
    add(report, "udp router", &declared.udp_routers);
    add(report, "udp service", &declared.udp_services);
    add(report, "tls options", &declared.tls_options);
    add(report, "tls store", &declared.tls_stores);
    for certificate in &declared.certificates {
        let _ = writeln!(report, "{}", shown(&certificate.value));
    }
}

/// `refused` is what Traefik stops at.
pub(crate) fn add_finding(report: &mut String, finding: &Finding, refused: bool, place: &str) {
    let sign = if refused { "refused" } else { finding.severity.word() };
    let text = finding.to_string();
    let _ = writeln!(report, "{sign} {}", text.strip_prefix(place).unwrap_or(&text));
}

/// Compares what stands behind each case of `testdata/<file>` with what `report` says of it.
pub(crate) fn check(file: &str, report: impl Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(file);
    let written = std::fs::read_to_string(&path).expect("the table");
    let found = written.split("\n---\n").map(|case| {
        let (text, _) = case.split_once("\n=>").unwrap_or((case.trim_end(), ""));
        format!("{text}\n=>\n{}", report(text).trim_end())
    });
    let found: Vec<String> = found.collect();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, found.join("\n---\n") + "\n").expect("written");
        return;
    }
    for (case, found) in written.split("\n---\n").zip(&found) {
        assert_eq!(case.trim_end(), found.trim_end(), "{file}");
    }
}
