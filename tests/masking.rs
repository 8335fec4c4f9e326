//! Secrets are masked before anything is written: no file and no answer holds one.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::ValueRef;
use serde_json::json;

use crate::harness::files::below;
use crate::harness::http::Client;
use crate::harness::{Engine, Home, app, eventually, loki, until};

tests! {
    []:
        what_is_pushed_is_masked_before_it_is_written,
        rules_of_ones_own_are_kept_and_exceptions_too;
    [Docker]:
        what_containers_write_is_masked_even_while_it_is_held_back;
}

/// Lines with a secret, the secret, and what stays of the line.
const SECRETS: [(&str, &str, &str); 6] = [
    ("POST /login user=ann password=correct-horse-battery-staple", "correct-horse", "user=ann"),
    (r#"{"level":"info","api_key":"k3yk3yk3yk3yk3yk3y"}"#, "k3yk3y", r#""level":"info""#),
    ("connecting to postgres://shop:s3cretpassw0rd@db:5432/shop", "s3cretpassw0rd", "postgres://shop:"),
    ("charging card 4111 1111 1111 1111 now", "4111 1111", "charging card"),
    (
        "calling api, Authorization: Bearer zx8kqv1mwp3rtn5bfg7cjl9sdhye2u46",
        // Not the alphabet: numbers that go up by one look like it.
        "zx8kqv1mwp3rtn5b",
        "calling api",
    ),
    ("using key AKIAQYLPMN5HFIQR7XYA of bucket backups", "AKIAQYLPMN5HFIQR7XYA", "of bucket backups"),
];

/// A word that is no secret: it must be found by whoever looks for the others.
const MARKER: &str = "harmless-marker-of-this-test";

fn what_is_pushed_is_masked_before_it_is_written() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let now = loki::now();
    let lines: Vec<(i64, String)> =
        (0..).zip(SECRETS).map(|(at, (line, ..))| (now + at, line.to_owned())).collect();
    loki::push(client, &json!({ "job": "leaky", "service": "web" }), &lines);
    loki::push(client, &json!({ "job": "leaky", "service": "web" }), &[(now + 99, MARKER.to_owned())]);
    let metadata = [("password", "metadata-secret-1"), ("plain", "metadata-plain")];
    let body = loki::snappy_body(r#"{job="leaky"}"#, &[(now + 100, "with metadata".to_owned())], &metadata);
    loki::push_body(client, loki::Body { headers: vec![], bytes: body }).expect(204);

    let stored = loki::dump(client, r#"{job="leaky"}"#);
    assert_eq!(stored.len(), SECRETS.len() + 2);
    for (line, (_, secret, rest)) in stored.iter().zip(SECRETS) {
        assert!(!line.text.contains(secret) && line.text.contains("[masked:"), "{}", line.text);
        assert!(line.text.contains(rest), "{}", line.text);
    }
    let with = stored.last().expect("a line");
    assert_eq!(with.labels.get("plain").map(String::as_str), Some("metadata-plain"));
    assert!(!format!("{with:?}").contains("metadata-secret-1"), "{with:?}");
    expect_none_found(client);
    let data = appliance.home().data().to_owned();
    let home = appliance.kill();
    expect_none_on_disk(&data);
    // In sealed blocks neither.
    let (_home, status) = home.start().stop();
    assert!(status.success(), "{status}");
    expect_none_on_disk(&data);
}

fn expect_none_found(client: &Client) {
    for (_, secret, _) in SECRETS {
        assert_eq!(loki::texts(client, &format!("{{job=\"leaky\"}} |= \"{secret}\"")), [""; 0]);
    }
}

fn expect_none_on_disk(data: &Path) {
    let everything = everything_on(data);
    let holds = |word: &str| memchr::memmem::find(&everything, word.as_bytes()).is_some();
    assert!(holds(MARKER), "the search finds nothing at all");
    for (line, secret, _) in SECRETS {
        assert!(!holds(secret), "the disk holds the secret of: {line}");
    }
    assert!(!holds("metadata-secret-1"));
}

/// The bytes of all files, and what the compressed values in databases hold.
fn everything_on(data: &Path) -> Vec<u8> {
    let mut everything = Vec::new();
    for file in below(data, "") {
        let Ok(bytes) = fs::read(&file) else { continue };
        everything.extend_from_slice(&bytes);
        if bytes.starts_with(b"SQLite format 3") {
            values_of(&file, &mut everything);
        }
    }
    everything
}

fn values_of(file: &Path, everything: &mut Vec<u8>) {
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut names = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let tables: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for table in tables {
        let mut all = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = all.column_count();
        let mut rows = all.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                if let ValueRef::Blob(bytes) | ValueRef::Text(bytes) = row.get_ref(column).unwrap() {
                    everything.extend_from_slice(bytes);
                    frames_of(bytes, everything);
                }
            }
        }
    }
}

/// Appends what each zstd frame in the value holds.
fn frames_of(value: &[u8], everything: &mut Vec<u8>) {
    const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    for at in memchr::memmem::find_iter(value, &MAGIC) {
        if let Ok(decoder) = zstd::stream::read::Decoder::new(&value[at..]) {
            // Whatever follows the frame ends it with an error.
            let _ = std::io::copy(&mut decoder.single_frame(), everything);
        }
    }
}

fn rules_of_ones_own_are_kept_and_exceptions_too() {
    let toml = "[logs.mask]\nalso = [\"email\"]\noff = [\"card\"]\n\n[[logs.mask.pattern]]\nname = \"customer\"\nregex = 'KD-(?P<secret>[0-9]+)'\n\n[[logs.mask.except]]\nservice = \"till\"\n";
    let appliance = Home::new().with(toml).start();
    let client = appliance.client();
    let line = "ann@example.com KD-12345 4111 1111 1111 1111 password=hunter22hunter";
    for service in ["web", "till"] {
        loki::push(client, &json!({ "service": service }), &[(loki::now(), line.to_owned())]);
    }
    let masked = loki::texts(client, r#"{service="web"}"#).remove(0);
    assert!(!masked.contains("ann@example.com") && !masked.contains("12345"), "{masked}");
    assert!(masked.contains("KD-[masked:customer]") && masked.contains("4111 1111 1111 1111"), "{masked}");
    assert!(!masked.contains("hunter22"), "{masked}");
    assert_eq!(loki::texts(client, r#"{service="till"}"#), [line]);
}

/// A private key whose lines come with pauses, so that its beginning is held back while the rest is written.
const KEY: &str = r#"echo harmless-marker-of-this-test
printf '2026-11-22 10:00:00,001 ERROR loading failed\nTraceback (most recent call last):\n'
printf '  File "/app/x.py", line 1, in load\n    connect("postgres://shop:s3cretpassw0rd@db/shop")\n'
touch /tmp/begun; until test -e /tmp/go; do usleep 20000; done
echo 'ValueError: charging card 4111 1111 1111 1111 now'"#;

fn what_containers_write_is_masked_even_while_it_is_held_back() {
    let engine = Engine::start();
    let home = Home::new().docker(&engine);
    let data = home.data().to_owned();
    let appliance = home.start();
    engine.run("leaky", &[], KEY);
    eventually("the first lines are stored", || {
        let seen = app::histogram_total(appliance.client(), r#"{container="leaky"}"#);
        (seen > 0).then_some(())
    });
    let home = appliance.kill();
    expect_none_on_disk(&data);
    let appliance = home.start();
    engine.touch("leaky", "/tmp/go");
    let texts = until("the last line is stored", Duration::from_secs(60), || {
        let texts = loki::texts(appliance.client(), r#"{container="leaky", stream="stdout"}"#);
        texts.last().is_some_and(|text| text.contains("ValueError")).then_some(texts)
    });
    let all = texts.join("\n");
    assert!(all.contains("[masked:url]") && all.contains("[masked:card]"), "{all}");
    let _home = appliance.kill();
    expect_none_on_disk(&data);
}
