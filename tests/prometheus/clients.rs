//! Prometheus' own clients: promtool, and a Prometheus that federates and reads.

use std::time::Duration;

use crate::harness::prometheus::{self, Prometheus, promtool};
use crate::harness::promql::{rows, value};
use crate::harness::{Appliance, Home, until};

tests! {
    [Prometheus]: promtool_asks_as_it_asks_prometheus, another_prometheus_federates_and_reads;
}

const LIMIT: Duration = Duration::from_secs(60);

/// An appliance with a minute of two series, and the second of their last sample.
fn filled() -> (Appliance, i64) {
    let appliance = Home::new().start();
    let now = prometheus::now_ms() / 1000;
    let samples: Vec<(i64, f64)> = (0..=4).map(|i| ((now - 60 + i * 15) * 1000, i as f64 * 30.0)).collect();
    let a = [("__name__", "hits_total"), ("instance", "x:1"), ("job", "a")];
    let b = [("__name__", "hits_total"), ("instance", "y:1"), ("job", "b")];
    let body = prometheus::body(&[(&a, &samples), (&b, &samples[..3])]);
    prometheus::write(appliance.client(), body).expect(204);
    (appliance, now)
}

fn promtool_asks_as_it_asks_prometheus() {
    let (appliance, now) = filled();
    let server = format!("http://promtool:{}@127.0.0.1:{}", appliance.token(), appliance.home().port());
    let (now, before) = (now.to_string(), (now - 60).to_string());
    let instant = |query| promtool(&["query", "instant", &format!("--time={now}"), &server, query]);
    assert_eq!(instant("sum by (job) (hits_total)").lines().count(), 2);
    assert_eq!(
        instant("rate(hits_total{job=\"a\"}[1m])"),
        format!("{{instance=\"x:1\", job=\"a\"}} => 2 @[{now}]\n")
    );
    assert_eq!(instant("scalar(hits_total{job=\"a\"})"), format!("scalar: 120 @[{now}]\n"));
    let span = [format!("--start={before}"), format!("--end={now}")];
    let range =
        promtool(&["query", "range", &span[0], &span[1], "--step=15s", &server, "hits_total{job=\"a\"}"]);
    assert_eq!(range.lines().filter(|line| line.contains('@')).count(), 5, "{range}");
    let selector = ["query", "series", "--match=hits_total", &span[0], &span[1], &server];
    let series = "{__name__=\"hits_total\", instance=\"x:1\", job=\"a\"}\n{__name__=\"hits_total\", instance=\"y:1\", job=\"b\"}\n";
    assert_eq!(promtool(&selector), series);
    assert_eq!(promtool(&["query", "series", "--match=hits_total", &server]), series);
    let of_ours = promtool(&["query", "labels", &span[0], &span[1], &server, "instance"]);
    assert!(of_ours.contains("x:1\ny:1\n"), "{of_ours}");
    assert!(promtool(&["query", "labels", &server, "job"]).contains("a\nb\n"));
    let refused =
        std::process::Command::new("promtool").args(["query", "instant", &server, "sum("]).output().unwrap();
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && told.contains("bad_data: invalid parameter \"query\": 1:5: parse error"),
        "{told}"
    );
}

fn another_prometheus_federates_and_reads() {
    let (appliance, now) = filled();
    let sign_in = format!("basic_auth: {{username: x, password: '{}'}}", appliance.token());
    let port = appliance.home().port();
    let other = Prometheus::start(&format!(
        "global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: federate
    honor_labels: true
    metrics_path: /federate
    params: {{'match[]': ['hits_total']}}
    {sign_in}
    static_configs: [{{targets: ['127.0.0.1:{port}']}}]
remote_read:
  - url: http://127.0.0.1:{port}/api/v1/read
    read_recent: true
    {sign_in}
",
    ));
    // What was measured before it was there it has to read.
    let query = format!("count_over_time(hits_total{{job=\"a\"}}[2m] @ {now})");
    until("the other one reads", LIMIT, || (value(other.client(), &query) == Some(5.0)).then_some(()));
    until("the other one federates", LIMIT, || {
        let up = value(other.client(), "up{job=\"federate\"}") == Some(1.0);
        (up && value(other.client(), "scrape_samples_scraped{job=\"federate\"}") == Some(2.0)).then_some(())
    });
    assert_eq!(rows(other.client(), "hits_total").len(), 2);
}
