//! The settings file: no text panics, whatever is asked of it, and every fault has a place inside it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use settings::{Place, Tree};

fuzz_target!(|text: &str| {
    let tree = Tree::parse("fuzz.toml", text, []);
    let root = tree.root();
    let server = root.section("server");
    let _ = server.socket_address("listen");
    let _ = server.string("public_url");
    let logs = root.section("logs");
    let _ = logs.duration("retention");
    let _ = logs.size("max_size");
    let _ = logs.integer("number", 0..=10);
    let _ = logs.strings("list");
    for class in logs.sections("class") {
        let _ = class.choice("kind", &[("short", 1), ("long", 2)]);
        let _ = class.boolean("on");
    }
    for (_, entrypoint) in root.section("proxy").named("entrypoints") {
        let _ = entrypoint.path("file");
    }
    drop((root, server, logs));
    let lines = text.lines().count() as u32 + 1;
    for fault in tree.finish() {
        assert!(!matches!(fault.place, Place::File { line, .. } if line > lines), "{fault}");
        assert!(!fault.to_string().is_empty());
    }
});
