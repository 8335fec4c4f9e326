//! The labels of a container, `key=value` a line: none panic, and whatever is refused strictly is found leniently.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines = text.lines().map(|line| line.split_once('=').unwrap_or((line, "")));
    let labels: BTreeMap<String, String> = lines.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let decoded = route::labels::decode("c", &labels);
    if let Err(refused) = route::labels::decode_strictly("c", &labels) {
        assert!(decoded.findings.contains(&refused));
    }
    let others: BTreeMap<_, _> = labels.into_iter().filter(|(key, _)| route::labels::is_ours(key)).collect();
    let again = route::labels::decode("c", &others);
    assert_eq!(format!("{:?}", again.declared), format!("{:?}", decoded.declared));
});
