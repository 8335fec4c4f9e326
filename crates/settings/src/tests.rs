//! Whole files against what is read from them, and against all of their faults.

use std::fs;
use std::time::Duration;

use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::{ByteSize, Section, Tree};

mod environment;
mod faults;
mod properties;
mod values;

/// The faults of `text` after `read` has read it, one a line.
fn check(text: &str, read: impl FnOnce(Section<'_>), expected: Expect) {
    check_with(text, &[], read, expected);
}

fn check_with(text: &str, variables: &[(&str, &str)], read: impl FnOnce(Section<'_>), expected: Expect) {
    let tree = tree_with(text, variables);
    read(tree.root());
    let faults: String = tree.finish().iter().map(|fault| format!("{fault}\n")).collect();
    expected.assert_eq(&faults);
}

fn tree_with(text: &str, variables: &[(&str, &str)]) -> Tree {
    Tree::parse(
        "porthole.toml",
        text,
        variables.iter().map(|(name, value)| (name.to_string(), value.to_string())),
    )
}

/// An engine's section, read as engines do.
fn read_logs(root: Section<'_>) {
    let logs = root.section("logs");
    logs.duration("retention");
    logs.size("max_size");
    for class in logs.sections("class") {
        class.string("name");
        class.strings("labels");
    }
    let server = root.section("server");
    server.socket_address("listen");
    server.secret("password");
}
