//! A real Prometheus as a source of alerts: its rules fire, its alerts are told here.

use std::fs;

use super::catcher::Catcher;
use super::parts::{await_message, home, messages};
use crate::harness::eventually;
use crate::harness::prometheus::Prometheus;

tests! {
    [Prometheus]: a_prometheus_sends_its_alerts_here;
}

fn a_prometheus_sends_its_alerts_here() {
    let catcher = Catcher::start();
    let appliance = home(&catcher, "", "").start();
    let rules = appliance.home().path().join("prometheus-rules.yml");
    let rule = |holds: bool| {
        format!(
            "groups: [{{name: g, interval: 1s, rules: [{{alert: Theirs, expr: 'vector(7) {} 5', \
             labels: {{severity: critical, service: web}}, annotations: {{summary: 'it is {{{{ $value }}}}', \
             description: 'look at it'}}}}]}}]\n",
            if holds { ">" } else { "<" }
        )
    };
    fs::write(&rules, rule(true)).unwrap();
    let prometheus = Prometheus::start(&format!(
        "global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ['{}']
alerting:
  alertmanagers:
    - api_version: v2
      authorization: {{credentials: '{}'}}
      static_configs: [{{targets: ['127.0.0.1:{}']}}]
",
        rules.display(),
        appliance.token(),
        appliance.home().port(),
    ));
    let message = await_message(&catcher, "Theirs", "firing").json();
    let alert = &message["alerts"][0];
    assert_eq!(alert["labels"]["severity"], "critical", "{message}");
    assert!(message.to_string().contains("it is 7"), "{message}");
    let listed = appliance.client().get("/api/v2/alerts").expect(200).json();
    assert_eq!(listed[0]["labels"]["alertname"], "Theirs", "{listed}");
    fs::write(&rules, rule(false)).unwrap();
    prometheus.read_again();
    await_message(&catcher, "Theirs", "resolved");
    eventually("it is no longer listed", || {
        (appliance.client().get("/api/v2/alerts").expect(200).json().as_array()?.is_empty()).then_some(())
    });
    assert_eq!(messages(&catcher, "Theirs"), ["firing", "resolved"]);
}
