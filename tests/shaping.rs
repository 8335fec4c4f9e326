//! `[[logs.pipeline]]`: lines are changed, labelled or left out before they are stored, wherever they come from.

use serde_json::json;

use crate::harness::http::Client;
use crate::harness::{Engine, Home, app, eventually, loki};

tests! {
    []:
        stages_find_values_and_give_them_to_labels_metadata_time_and_line,
        what_is_dropped_is_counted,
        a_faulty_stage_is_told_with_its_place;
    [Docker]:
        dropped_lines_of_a_container_stay_dropped_after_a_kill;
}

const SHOP: &str = r#"
[[logs.pipeline]]
match = '{job="shop"}'
stages = [
    { json = { fields = { method = "http.method", trace = "trace_id", at = "time", text = "message" } } },
    { labels = { method = "" } },
    { structured_metadata = { trace = "" } },
    { timestamp = { source = "at", format = "RFC3339" } },
    { relabel = [{ source_labels = ["job", "method"], separator = "/", target_label = "kind" }] },
    { template = { source = "text", template = '{{ .Value | upper }}' } },
    { output = "text" },
]

[[logs.pipeline]]
match = '{job="api"}'
stages = [
    { regex = { expression = '^(?P<verb>\w+) (?P<path>\S+)' } },
    { static_labels = { team = "core" } },
    { replace = { expression = 'session=(\S+)', replace = "…" } },
    { decolorize = true },
]
"#;

fn push(client: &Client, job: &str, lines: &[&str]) -> i64 {
    let now = loki::now();
    let lines: Vec<(i64, String)> =
        (now..).zip(lines).map(|(time, line)| (time, (*line).to_owned())).collect();
    loki::push(client, &json!({ "job": job }), &lines);
    now
}

fn stages_find_values_and_give_them_to_labels_metadata_time_and_line() {
    let appliance = Home::new().with(SHOP).start();
    let client = appliance.client();
    let hour_ago = (loki::now() / 1_000_000_000 - 3600) * 1_000_000_000;
    let written = rfc3339(hour_ago);
    let line =
        json!({ "http": { "method": "GET" }, "trace_id": "4f1a", "time": written, "message": "a word" });
    push(client, "shop", &[&line.to_string()]);
    let now = push(client, "api", &["GET /a session=abc \u{1b}[31mred\u{1b}[0m"]);

    let found = loki::dump(client, r#"{job="shop", method="GET", kind="shop/GET"}"#);
    assert_eq!(found.len(), 1, "{:?}", loki::dump(client, r#"{job="shop"}"#));
    assert_eq!((found[0].time, found[0].text.as_str()), (hour_ago, "A WORD"));
    assert_eq!(found[0].labels.get("trace").map(String::as_str), Some("4f1a"));
    let found = loki::dump(client, r#"{job="api", team="core"}"#);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].time, found[0].text.as_str()), (now, "GET /a session=… red"));
    // A line of another job passes as it is.
    push(client, "other", &["GET /a session=abc"]);
    assert_eq!(loki::texts(client, r#"{job="other"}"#), ["GET /a session=abc"]);
}

/// Whole seconds, in UTC.
fn rfc3339(nanos: i64) -> String {
    let seconds = nanos / 1_000_000_000;
    let output = std::process::Command::new("date")
        .args(["--utc", "+%Y-%m-%dT%H:%M:%SZ", &format!("--date=@{seconds}")])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

const DROPS: &str = r#"
[[logs.pipeline]]
match = '{job=~".+"} |= "/health"'
drop = { expression = "/health", reason = "health checks" }

[[logs.pipeline]]
match = '{job="chatty"}'
limit = { rate = 1, burst = 5, reason = "too chatty" }
"#;

fn what_is_dropped_is_counted() {
    let appliance = Home::new().with(DROPS).start();
    let client = appliance.client();
    push(client, "web", &["GET /health 200", "GET / 200", "GET /healthy 200"]);
    assert_eq!(loki::texts(client, r#"{job="web"}"#), ["GET / 200"]);
    let lines: Vec<String> = (0..100).map(|number| format!("line {number}")).collect();
    push(client, "chatty", &lines.iter().map(String::as_str).collect::<Vec<_>>());
    let kept = loki::texts(client, r#"{job="chatty"}"#);
    assert!((5..=10).contains(&kept.len()), "{kept:?}");
    let dropped = app::now(client)["intake"]["dropped"].to_string();
    assert!(dropped.contains("health checks") && dropped.contains("too chatty"), "{dropped}");
}

fn a_faulty_stage_is_told_with_its_place() {
    let home = Home::new().with("[[logs.pipeline]]\nmatch = '{job=\"a\"}'\nregex = { expression = '(' }\n");
    let output = home.run(&["check"]);
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("porthole.toml:") && said.contains("expression"), "{said}");
}

const ONLY_ODD: &str = r#"
[[logs.pipeline]]
match = '{container="picky"}'
stages = [
    { drop = { expression = '[02468]$', reason = "even" } },
    { regex = { expression = 'number (?P<number>\d+)' } },
    { structured_metadata = { number = "" } },
]
"#;

fn dropped_lines_of_a_container_stay_dropped_after_a_kill() {
    let engine = Engine::start();
    let mut home = Home::new().docker(&engine).with(ONLY_ODD);
    engine.run(
        "picky",
        &[],
        "i=0; while ! test -e /tmp/stop; do i=$((i+1)); echo number $i; usleep 2000; done",
    );
    let query = r#"{container="picky", stream="stdout"}"#;
    let mut stored = 0;
    for growth in [1, 200, 201] {
        let appliance = home.start();
        eventually("lines arrive again", || {
            let total = app::histogram_total(appliance.client(), query);
            (total >= stored + growth).then(|| stored = total)
        });
        home = appliance.kill();
    }
    engine.touch("picky", "/tmp/stop");
    engine.await_end("picky", std::time::Duration::from_secs(30));
    let appliance = home.start();
    let odd = |line: &String| line.ends_with(['1', '3', '5', '7', '9']);
    let written: Vec<String> = engine.logs("picky", "stdout").into_iter().filter(odd).collect();
    eventually("all that are kept are there", || {
        (app::histogram_total(appliance.client(), query) >= written.len() as u64).then_some(())
    });
    let lines = loki::dump(appliance.client(), query);
    assert_eq!(lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>(), written);
    for line in lines {
        assert_eq!(line.labels.get("number").map(String::as_str), line.text.strip_prefix("number "));
    }
}
