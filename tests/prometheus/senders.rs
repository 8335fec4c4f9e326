//! A real Prometheus's remote_write, the receiver killed meanwhile: every sample is there, once.

use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::harness::http::Client;
use crate::harness::prometheus::{self, Prometheus};
use crate::harness::promql::value;
use crate::harness::{Home, until};

tests! {
    [Prometheus]: remote_write_goes_on_where_the_receiver_was_killed;
    []: samples_that_do_not_fit_are_counted;
}

const LIMIT: Duration = Duration::from_secs(90);

fn remote_write_goes_on_where_the_receiver_was_killed() {
    let appliance = Home::new().start();
    let sender = Prometheus::start(&format!(
        "global: {{scrape_interval: 500ms, scrape_timeout: 500ms}}
scrape_configs:
  - job_name: self
    static_configs: [{{targets: ['SELF']}}]
remote_write:
  - url: http://127.0.0.1:{}/api/v1/write
    basic_auth: {{username: x, password: '{}'}}
    queue_config: {{batch_send_deadline: 500ms, min_backoff: 50ms, max_backoff: 200ms, max_samples_per_send: 300}}
    metadata_config: {{send_interval: 1s}}
",
        appliance.home().port(),
        appliance.token(),
    ));
    let arrived = |client: &Client| value(client, "count_over_time(up{job=\"self\"}[1h])").unwrap_or(0.0);
    until("samples arrive", LIMIT, || (arrived(appliance.client()) > 4.0).then_some(()));
    let home = appliance.kill();
    // It is away for some scrapes.
    thread::sleep(Duration::from_secs(2));
    let appliance = home.start();
    let client = appliance.client();
    let before = arrived(client);
    until("samples arrive again", LIMIT, || (arrived(client) > before + 6.0).then_some(()));
    // What both have up to now must be the same, to the last sample.
    let now = format!("{:.3}", prometheus::now_ms() as f64 / 1e3);
    let expected = samples(sender.client(), &now);
    assert!(expected.len() > 300, "only {} series", expected.len());
    until("every sample is there once", LIMIT, || (samples(client, &now) == expected).then_some(()));
    until("metadata is there", LIMIT, || {
        let told = client.get("/api/v1/metadata?metric=go_goroutines").expect(200).json();
        (told["data"]["go_goroutines"][0]["type"] == "gauge").then_some(())
    });
}

/// All samples of all series up to an instant, sorted.
fn samples(client: &Client, at: &str) -> Vec<String> {
    let query = "{job=\"self\"}[5m]";
    let answer = client.ask("/api/v1/query", &[("query", query), ("time", at)]).expect(200).json();
    let mut series: Vec<String> =
        answer["data"]["result"].as_array().into_iter().flatten().map(Value::to_string).collect();
    series.sort();
    series
}

fn samples_that_do_not_fit_are_counted() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let now = prometheus::now_ms();
    let labels = [("__name__", "measured"), ("job", "a")];
    let send = |samples: &[(i64, f64)]| {
        let answer = prometheus::write(client, prometheus::body(&[(&labels, samples)]));
        (answer.status, answer.text())
    };
    assert_eq!(send(&[(now - 2000, 1.0), (now - 1000, 2.0)]), (204, String::new()));
    // A sender that got no answer sends again.
    assert_eq!(send(&[(now - 2000, 1.0), (now - 1000, 2.0)]), (204, String::new()));
    let year = 366 * 86_400_000;
    for (sample, why) in [
        ((now - 1000, 3.0), "another value at the same instant"),
        ((now + 3_600_000, 3.0), "too far in the future"),
        ((now - 2 * year, 3.0), "older than what is kept"),
    ] {
        let (status, text) = send(&[sample, (now, 4.0)]);
        assert_eq!((status, text), (400, format!("1 samples were refused: 1 {why}; 1 were stored")));
    }
    let at = (now + 1000).to_string();
    let time = format!("{}.{}", &at[..at.len() - 3], &at[at.len() - 3..]);
    let count = |query: &str| {
        let answer = client.ask("/api/v1/query", &[("query", query), ("time", &time)]).expect(200).json();
        answer["data"]["result"][0]["value"][1].as_str().map(str::to_owned)
    };
    assert_eq!(count("count_over_time(measured[1h])").as_deref(), Some("3"));
    assert_eq!(count("sum_over_time(measured[1h])").as_deref(), Some("7"));
}
