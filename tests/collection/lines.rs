//! Lines of every kind: with a terminal and without, very long, of no encoding, empty, unfinished.

use super::written::{await_count, expect_equal, expect_stored, numbered};
use crate::harness::app;
use crate::harness::shared::rig;

tests! {
    [Docker]:
        pipes_keep_their_two_streams_apart,
        a_terminal_is_one_stream,
        a_line_of_a_mebibyte_is_one_line,
        a_long_line_on_a_terminal_is_one_line,
        bytes_that_are_no_text_are_replaced,
        empty_blank_and_unfinished_lines_are_kept,
        both_drivers_give_the_same_lines;
}

fn pipes_keep_their_two_streams_apart() {
    let rig = rig();
    let script = "for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo err $i >&2; done";
    rig.engine.run("pipes", &[], script);
    for (stream, word) in [("stdout", "out"), ("stderr", "err")] {
        let written: Vec<String> = (1..=9).map(|number| format!("{word} {number}")).collect();
        let query = format!(r#"{{container="pipes", stream="{stream}"}}"#);
        expect_stored(rig.appliance.client(), &query, &written);
    }
}

fn a_terminal_is_one_stream() {
    let rig = rig();
    let (script, written) = numbered("seen on a terminal", 300);
    rig.engine.run("terminal", &["--tty"], &format!("{script}; echo not an error >&2"));
    let written = [written, vec!["not an error".to_owned()]].concat();
    expect_stored(rig.appliance.client(), r#"{container="terminal", stream="stdout"}"#, &written);
    expect_stored(rig.appliance.client(), r#"{container="terminal", stream="stderr"}"#, &[]);
}

/// A script that writes a line of `bytes` letters between two short ones, and the lines that it writes.
fn long_line(bytes: usize) -> (String, Vec<String>) {
    let script = format!("echo before; head -c {bytes} /dev/zero | tr '\\0' a; echo; echo after");
    (script, vec!["before".to_owned(), "a".repeat(bytes), "after".to_owned()])
}

fn a_line_of_a_mebibyte_is_one_line() {
    let rig = rig();
    let (script, written) = long_line(1 << 20);
    rig.engine.run("mebibyte", &[], &format!("{script}; {script}"));
    let twice = [written.clone(), written].concat();
    expect_stored(rig.appliance.client(), r#"{container="mebibyte", stream="stdout"}"#, &twice);
}

fn a_long_line_on_a_terminal_is_one_line() {
    let rig = rig();
    let (script, written) = long_line(100_000);
    rig.engine.run("long-terminal", &["--tty"], &script);
    expect_stored(rig.appliance.client(), r#"{container="long-terminal", stream="stdout"}"#, &written);
}

fn bytes_that_are_no_text_are_replaced() {
    let rig = rig();
    // The driver `local` keeps bytes as they are; `json-file` replaces what is no UTF-8 itself.
    for driver in ["local", "json-file"] {
        let name = format!("no-text-{driver}");
        let script = r"printf 'cut \377\376 here\nna\303\257ve \342\202\254\nhalf \342\202\n'";
        rig.engine.run(&name, &["--log-driver", driver], script);
        let query = format!(r#"{{container="{name}", stream="stdout"}} |= "na""#);
        expect_stored(rig.appliance.client(), &query, &["naïve €".to_owned()]);
        let query = format!(r#"{{container="{name}", stream="stdout"}} != "na""#);
        await_count(rig.appliance.client(), &query, 2);
        let replaced: Vec<String> = crate::harness::loki::texts(rig.appliance.client(), &query);
        assert!(replaced[0].starts_with("cut \u{fffd}") && replaced[0].ends_with(" here"), "{replaced:?}");
        assert!(replaced[1].starts_with("half \u{fffd}"), "{replaced:?}");
    }
}

fn empty_blank_and_unfinished_lines_are_kept() {
    let rig = rig();
    rig.engine.run("odd-lines", &[], r"printf 'first\n\n  indented  \n\t\n\033[31mred\033[0m\nunfinished'");
    let written = ["first", "", "  indented  ", "\t", "\u{1b}[31mred\u{1b}[0m", "unfinished"];
    let written: Vec<String> = written.into_iter().map(str::to_owned).collect();
    expect_stored(rig.appliance.client(), r#"{container="odd-lines", stream="stdout"}"#, &written);
}

fn both_drivers_give_the_same_lines() {
    let rig = rig();
    let (script, written) = numbered("kept by a driver", 2000);
    for driver in ["local", "json-file"] {
        let name = format!("driver-{driver}");
        rig.engine.run(&name, &["--log-driver", driver], &script);
        let query = format!(r#"{{container="{name}", stream="stdout"}}"#);
        expect_stored(rig.appliance.client(), &query, &written);
        // The page's own paging gives the same lines.
        expect_equal("paged by cursor", &app::pages(rig.appliance.client(), &query, 300), &written);
    }
}
