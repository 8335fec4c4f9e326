//! `[[logs.pipeline]]` on its way into the store: before masking, within one commit with the positions.

use model::{Batch, Position};
use settings::Tree;

use crate::testing::{Ground, NOON, batch, entry, lines, small};
use crate::tests::doors::Running;
use crate::{Config, DroppedCount};

fn config(text: &str) -> Config {
    let tree = Tree::parse("porthole.toml", text, []);
    let config = Config::read(&tree.root());
    assert!(tree.finish().is_empty());
    config
}

const RULES: &str = r#"
    [[logs.pipeline]]
    match = '{service="web"}'
    stages = [
        { drop = { expression = '^GET /health', reason = "health" } },
        { regex = { expression = 'to=(?P<service>\w+) (?P<rest>.*)' } },
        { labels = { service = "" } },
        { output = "rest" },
    ]
"#;

#[tokio::test]
async fn lines_are_stored_as_the_rules_leave_them_and_positions_pass_dropped_ones() {
    let ground = Ground::new();
    let running = Running::with(&ground, config(RULES), small());
    let sent = |texts: &[&str]| batch("web", texts.iter().map(|text| entry(NOON, text)).collect());
    running
        .logs
        .push(vec![sent(&["GET /health", "GET /shop", "to=pay password=hunter22222"])])
        .await
        .unwrap();
    assert_eq!(lines(&running.logs.shared, "web"), ["GET /shop"]);
    let masked = lines(&running.logs.shared, "pay").join("\n");
    assert!(masked.starts_with("password=") && !masked.contains("hunter"), "{masked}");

    let position = Position { key: "docker/a".into(), value: Some(b"1".to_vec()) };
    let dropped = Batch { positions: vec![position.clone()], ..sent(&["GET /health", "GET /healthz"]) };
    running.logs.intake().send(dropped).await.unwrap();
    running.logs.push(vec![sent(&["after"])]).await.unwrap();
    let count = DroppedCount { service: "web".to_owned(), reason: "health".to_owned(), lines: 3 };
    assert_eq!(running.logs.status().filtered, [count]);
    running.close().await;

    let running = Running::open(&ground);
    assert_eq!(running.logs.positions("docker/"), [position]);
    assert_eq!(lines(&running.logs.shared, "web"), ["GET /shop", "after"]);
    running.close().await;
}

#[tokio::test]
async fn rules_may_change_while_the_store_runs() {
    let ground = Ground::new();
    let running = Running::open(&ground);
    let push =
        async |text: &str| running.logs.push(vec![batch("web", vec![entry(NOON, text)])]).await.unwrap();
    push("GET /health 1").await;
    running.logs.shared.set_config(config(RULES));
    push("GET /health 2").await;
    running.logs.shared.set_config(Config::default());
    push("GET /health 3").await;
    assert_eq!(lines(&running.logs.shared, "web"), ["GET /health 1", "GET /health 3"]);
    running.close().await;
}
