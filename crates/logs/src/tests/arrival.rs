//! What happens to lines between the front doors and the units: joined, masked, given a level.

use std::time::Duration;

use model::{Batch, Entry, Level, Multiline, Position};
use settings::Tree;

use super::doors::Running;
use crate::testing::{Ground, NOON, batch, content, entry, labels, lines, small, until};
use crate::{Config, MaskedCount};

const SECRET: &str = "hunter2";

fn auto(service: &str, lines: &[&str]) -> Batch {
    let entries = lines.iter().map(|line| entry(NOON, line)).collect();
    Batch { multiline: Multiline::Auto, ..batch(service, entries) }
}

fn config(text: &str) -> Config {
    let tree = Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root());
    assert_eq!(tree.finish(), []);
    config
}

fn masked(running: &Running) -> Vec<(String, String, u64)> {
    let counts = running.logs.status().masked;
    counts.into_iter().map(|MaskedCount { service, rule, places }| (service, rule, places)).collect()
}

/// Whether any file of the store has the text in it.
fn is_on_disk(ground: &Ground, text: &str) -> bool {
    let files = std::fs::read_dir(ground.path()).unwrap();
    let mut contents = files.filter_map(|file| std::fs::read(file.unwrap().path()).ok());
    contents.any(|content| memchr::memmem::find(&content, text.as_bytes()).is_some())
}

#[tokio::test]
async fn secrets_are_masked_whatever_the_door() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let line = format!("level=warn password={SECRET} token=abc");
    let mut pushed = batch("web", vec![entry(NOON, &line)]);
    pushed.entries[0].metadata = vec![("api_key".into(), "k1".into()), ("user".into(), "ada".into())];
    running.logs.push(vec![pushed]).await.unwrap();
    running.logs.intake().send(batch("worker", vec![entry(NOON, &line)])).await.unwrap();
    until(|| (running.logs.status().lines == 2).then_some(())).await;
    let expected = "level=warn password=[masked:password] token=[masked:token]";
    for service in ["web", "worker"] {
        assert_eq!(lines(&running.logs.shared, service), [expected]);
    }
    let stored = content(&running.logs.shared);
    let web = &stored[&labels("web").with("service_name", "web")][0];
    assert_eq!(web.level, Level::Warn);
    let metadata: Vec<(&str, &str)> = web.metadata.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(metadata, [("api_key", "[masked:api_key]"), ("user", "ada")]);
    let count = |service: &str, rule: &str| (service.to_owned(), rule.to_owned(), 1);
    assert_eq!(
        masked(&running),
        [
            count("web", "api_key"),
            count("web", "password"),
            count("web", "token"),
            count("worker", "password"),
            count("worker", "token")
        ]
    );
    running.close().await;
}

#[tokio::test]
async fn the_settings_say_what_is_masked() {
    let text = r#"
        [logs.mask]
        also = ["email"]
        off = ["token"]
        [[logs.mask.pattern]]
        name = "customer"
        regex = 'KD-(?P<secret>\d+)'
        [[logs.mask.except]]
        service = "till"
        rules = ["customer", "email"]
        [[logs.mask.except]]
        service = "open"
    "#;
    let ground = Ground::new();
    let running = Running::with(&ground, config(text), small());
    let push = async |service: &str, expected: &str| {
        let line = "password=s3 token=t1 ada@example.com KD-12";
        running.logs.push(vec![batch(service, vec![entry(NOON, line)])]).await.unwrap();
        assert_eq!(lines(&running.logs.shared, service).last().unwrap(), expected);
    };
    push("web", "password=[masked:password] token=t1 [masked:email] KD-[masked:customer]").await;
    push("till", "password=[masked:password] token=t1 ada@example.com KD-12").await;
    push("open", "password=s3 token=t1 ada@example.com KD-12").await;
    running.logs.apply(config("[logs.mask]\nenabled = false"));
    push("web", "password=s3 token=t1 ada@example.com KD-12").await;
    running.close().await;
}

#[test]
fn faults_of_the_settings_name_the_mend() {
    let text = r#"
        [logs.mask]
        also = ["emails"]
        [[logs.mask.pattern]]
        name = "card"
        regex = "a"
        [[logs.mask.pattern]]
        name = "own"
        regex = "(a"
        [[logs.mask.pattern]]
        regex = "a"
        [[logs.mask.pattern]]
        name = "twice"
        regex = "a"
        [[logs.mask.pattern]]
        name = "twice"
        regex = "a"
        [[logs.mask.except]]
        rules = ["nothing"]
    "#;
    let tree = Tree::parse("porthole.toml", text, []);
    Config::read(&tree.root());
    let faults: Vec<String> = tree.finish().iter().map(ToString::to_string).collect();
    let all = faults.join("\n");
    for part in [
        "logs.mask.also: `emails` is no rule; write some of password, secret,",
        "logs.mask.pattern[0].regex: a built-in rule has this name already",
        "logs.mask.pattern[1].regex: unclosed group",
        "logs.mask.pattern[2].name: it is missing",
        "logs.mask.pattern[4].name: the name is taken; write another",
        "logs.mask.except[0].service: it is missing",
        "logs.mask.except[0].rules: `nothing` is no rule",
    ] {
        assert!(all.contains(part), "{part} not in\n{all}");
    }
    assert_eq!(faults.len(), 7, "{all}");
}

#[tokio::test]
async fn tracebacks_are_joined_over_batches_and_are_errors() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let intake = running.logs.intake();
    let parts: [&[&str]; 3] = [
        &["first", "Traceback (most recent call last):"],
        &["  File \"/app/x.py\", line 1, in f"],
        &["KeyError: 'a'", "2026-11-22 10:00:00 INFO next"],
    ];
    for part in parts {
        intake.send(auto("web", part)).await.unwrap();
    }
    until(|| (running.logs.status().lines == 3).then_some(())).await;
    let trace = "Traceback (most recent call last):\n  File \"/app/x.py\", line 1, in f\nKeyError: 'a'";
    let stored = content(&running.logs.shared).remove(&labels("web").with("service_name", "web")).unwrap();
    let found: Vec<(&str, Level)> =
        stored.iter().map(|stored| (stored.line.as_str(), stored.level)).collect();
    let expected =
        [("first", Level::Unknown), (trace, Level::Error), ("2026-11-22 10:00:00 INFO next", Level::Info)];
    assert_eq!(found, expected);
    running.close().await;
}

#[tokio::test]
async fn what_is_pushed_stays_as_it_was_sent() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let sent = ["2026-11-22 10:00:00 ERROR a", "Traceback (most recent call last):", "  File \"x\", line 1"];
    let entries: Vec<Entry> = sent.iter().map(|line| entry(NOON, line)).collect();
    running.logs.push(vec![batch("web", entries)]).await.unwrap();
    assert_eq!(lines(&running.logs.shared, "web"), sent);
    running.logs.push(vec![auto("joined", &sent)]).await.unwrap();
    assert_eq!(lines(&running.logs.shared, "joined"), [sent.join("\n")]);
    running.close().await;
}

/// What is held back when the process ends is on disk behind the position, masked; the next run goes on with it.
#[tokio::test]
async fn lines_that_are_held_back_are_durable_and_masked() {
    let ground = Ground::new();
    let mut limits = small();
    limits.joining.trace_wait = Duration::from_secs(3600);
    limits.joining.line_wait = Duration::from_secs(3600);
    let running = Running::with(&ground, Config::default(), limits);
    let position = Position { key: "docker/a".into(), value: Some(vec![1]) };
    let secret = format!("ValueError: password={SECRET}");
    let head = ["Traceback (most recent call last):", "  File \"x\", line 1", &secret];
    let sent = Batch { positions: vec![position.clone()], ..auto("web", &head) };
    running.logs.intake().send(sent).await.unwrap();
    until(|| (running.logs.positions("docker/") == [position.clone()]).then_some(())).await;
    assert_eq!(lines(&running.logs.shared, "web"), Vec::<String>::new());
    assert!(is_on_disk(&ground, "most recent call last") && !is_on_disk(&ground, SECRET));

    // As after `kill -9`: a copy of the files as they are now.
    let copy = Ground::new();
    running.logs.backup(&copy.path()).await.unwrap();
    running.close().await;
    let running = Running::with(&copy, Config::default(), limits);
    assert_eq!(running.logs.positions("docker/"), [position]);
    let link = "During handling of the above exception, another exception occurred:";
    running.logs.intake().send(auto("web", &["", link, "{\"a\":1}"])).await.unwrap();
    until(|| (running.logs.status().lines == 2).then_some(())).await;
    let joined = format!(
        "Traceback (most recent call last):\n  File \"x\", line 1\nValueError: password=[masked:password]\n\n{link}"
    );
    assert_eq!(lines(&running.logs.shared, "web"), [joined.as_str(), "{\"a\":1}"]);
    running.close().await;
    let tail = rusqlite::Connection::open(copy.path().join("tail.db")).unwrap();
    let held: i64 = tail.query_row("SELECT count(*) FROM held", [], |row| row.get(0)).unwrap();
    assert_eq!(held, 0);
}
